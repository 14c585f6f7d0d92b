// All compliance rules: what each weighs, where it counts, and what it does to the fleet at this moment.
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useList, useRead } from '../../../api/hooks.ts';
import { countComplianceRules, listComplianceRules } from '../../../api/operations/compliance.ts';
import { listAssignments } from '../../../api/operations/policies.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark, type StatusKind } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber, formatTime } from '../../../language/format.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { listOf, reasonQuery } from '../../fleet/device-lists.ts';
import { complianceTexts } from '../texts.ts';
import { GateLetters } from './gate-letters.tsx';
import { type Numbers, type PolicyRow, policyRows, type RuleRow, ruleRows } from './rule-rows.ts';
import { kindTitle, minutesText, type SayRule, type SayShared } from './rule-sentence.ts';
import css from './rules.module.css';
import { targetText } from './target.ts';
import { type RuleText, ruleTexts } from './texts.ts';

export function RulesPage() {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const rules = useList(listComplianceRules, { query: { limit: 200 } });
  const counts = useRead(countComplianceRules, {}, { live: ['device.posture-changed'], every: 30_000 });
  const assignments = useList(
    listAssignments,
    { query: { itemKind: 'rule', limit: 500 } },
    { enabled: may('policies.read') },
  );
  const found = counts.data ?? undefined;
  const ofPolicies = policyRows(found);
  const make = may('rules.manage') && (
    <Button onClick={() => void navigate({ to: '/compliance/rules/new' })}>{t('newRule')}</Button>
  );
  return (
    <Page title={t('title')} meaning={t('meaning')} action={make}>
      {counts.error && <Alert color="orange">{t('countsFailed')}</Alert>}
      {rules.error ? (
        <Failure problem={rules.error} retry={rules.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columnsOf(t, shared)}
          rows={ruleRows(rules.items, found, assignments.items)}
          rowKey={({ rule }) => rule.id}
          rowLabel={({ rule }) => rule.name}
          rowLink={({ rule }) => `/compliance/rules/${rule.id}`}
          isPending={rules.isPending}
          hasMore={rules.hasMore}
          loadMore={rules.loadMore}
          empty={
            <EmptyState title={t('emptyTitle')} action={make}>
              {t('empty')}
            </EmptyState>
          }
        />
      )}
      {ofPolicies.length > 0 && <OfPolicies rows={ofPolicies} mayManage={may('rules.manage')} />}
      {found && (
        <Text size="sm" c="dimmed">
          {t('asOf', { time: formatTime(found.asOf), count: formatNumber(found.fleet) })}
        </Text>
      )}
    </Page>
  );
}

function OfPolicies({ rows, mayManage }: { rows: readonly PolicyRow[]; mayManage: boolean }) {
  const t = ruleTexts.use();
  const columns: Column<PolicyRow>[] = [
    {
      key: 'kind',
      title: t('kind'),
      card: 'title',
      render: ({ kind }) => kindTitle(kind, currentLanguage()),
    },
    nowColumn<PolicyRow>(t, ({ kind }) => kind),
    {
      key: 'weigh',
      title: t('weigh'),
      width: '8rem',
      render: ({ kind }) =>
        mayManage && (
          <RouteLink to={`/compliance/rules/new?kind=${kind}&from=policies`} size="sm">
            {t('weigh')}
          </RouteLink>
        ),
    },
  ];
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">
        {t('ofPolicies')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('ofPoliciesMeaning')}
      </Text>
      <DataTable
        label={t('ofPolicies')}
        columns={columns}
        rows={rows}
        rowKey={({ kind }) => kind}
        rowLabel={({ kind }) => kind}
      />
    </Stack>
  );
}

const standings = [
  ['notCompliant', 'failing', 'bad'],
  ['inGrace', 'inGrace', 'grace'],
  ['unknown', 'unknown', 'unknown'],
  ['exempt', 'exempt', 'exempt'],
] as const satisfies readonly (readonly [keyof Numbers, RuleText, StatusKind])[];

function nowColumn<Row extends { readonly numbers: Numbers | undefined }>(
  t: SayRule,
  ruleOf: (row: Row) => string,
): Column<Row> {
  return {
    key: 'now',
    title: t('standing_now'),
    width: '13rem',
    render: (row) => <Now numbers={row.numbers} rule={ruleOf(row)} />,
  };
}

/** What it does at this moment; never a nought for what has not been counted. */
function Now({ numbers, rule }: { numbers: Numbers | undefined; rule: string }) {
  const t = ruleTexts.use();
  if (numbers === undefined) return <span>–</span>;
  const some = standings.filter(([name]) => numbers[name] > 0);
  if (some.length === 0)
    return (
      <Text span size="sm" c="dimmed">
        {t('nobodyFails')}
      </Text>
    );
  const mark = ([name, , kind]: (typeof standings)[number]) => (
    <StatusMark key={name} kind={kind} word={formatNumber(numbers[name])} />
  );
  const said = (marks: typeof some) =>
    marks.map(([name, title]) => `${t(title)}: ${formatNumber(numbers[name])}`).join(', ');
  const unmet = some.filter(([name]) => name !== 'exempt');
  const exempt = some.filter(([name]) => name === 'exempt');
  return (
    <Group gap="sm" wrap="nowrap">
      {unmet.length > 0 && (
        <Hint label={said(unmet)}>
          <RouteLink to={listOf(reasonQuery(rule))} aria-label={said(unmet)} className={css.number}>
            {unmet.map(mark)}
          </RouteLink>
        </Hint>
      )}
      {exempt.length > 0 && (
        <Hint label={said(exempt)}>
          <RouteLink to="/compliance/exceptions" aria-label={said(exempt)} className={css.number}>
            {exempt.map(mark)}
          </RouteLink>
        </Hint>
      )}
    </Group>
  );
}

function columnsOf(t: SayRule, shared: SayShared): Column<RuleRow>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      width: '19%',
      render: ({ rule }) => (
        <RouteLink to={`/compliance/rules/${rule.id}`} inherit>
          <Plain text={rule.name} limit={60} />
        </RouteLink>
      ),
    },
    {
      key: 'severity',
      title: t('severity'),
      width: '6.5rem',
      render: ({ rule }) =>
        rule.enabled ? shared(rule.severity) : <StatusMark kind="unchecked" word={t('off')} />,
    },
    {
      key: 'scope',
      title: t('scope'),
      render: ({ assignments: [first, ...others] }) =>
        first === undefined ? (
          <Text span size="sm" c="dimmed">
            {t('nobody')}
          </Text>
        ) : (
          <Plain
            text={
              others.length === 0
                ? targetText(first, shared)
                : t('andMore', { first: targetText(first, shared), count: others.length })
            }
          />
        ),
    },
    {
      key: 'absent',
      title: t('absent'),
      width: '6.2rem',
      card: 'hidden',
      render: ({ rule }) =>
        rule.whenUnknown === 'quarantine' ? t('short_quarantine') : t(`as-${rule.whenUnknown}`),
    },
    {
      key: 'grace',
      title: t('grace'),
      width: '5rem',
      card: 'hidden',
      render: ({ rule }) =>
        rule.graceMinutes === 0 ? t('none') : minutesText(rule.graceMinutes, currentLanguage()),
    },
    {
      key: 'gates',
      title: t('counts'),
      width: '9rem',
      card: 'mark',
      render: ({ rule }) => <GateLetters gates={rule.gates} />,
    },
    nowColumn<RuleRow>(t, ({ rule }) => rule.id),
    {
      key: 'changed',
      title: t('changed'),
      width: '6.2rem',
      card: 'hidden',
      render: ({ rule }) => <Time at={rule.updatedAt} />,
    },
  ];
}
