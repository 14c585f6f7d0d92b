// One compliance rule: the form, what it does now, and its versions. `/compliance/rules/new` is the same, empty.
import { Button, Group, Menu, Stack, Text } from '@mantine/core';
import type { ComplianceRule, RuleCounts } from '@gatehouse/contracts/admin/rules.ts';
import { IconChevronDown } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useChange, useEditable, useList, useRead } from '../../../api/hooks.ts';
import {
  countComplianceRules,
  deleteComplianceRule,
  describeComplianceRuleKinds,
  getComplianceRule,
  listComplianceRules,
} from '../../../api/operations/compliance.ts';
import { listAssignments } from '../../../api/operations/policies.ts';
import { Ask } from '../../../design/ask.tsx';
import { Conflict } from '../../../design/conflict.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { StatusMark } from '../../../design/status-mark.tsx';
import { useMay } from '../../../session/session.ts';
import { complianceTexts } from '../texts.ts';
import { Assigned } from './assigned.tsx';
import { draftOf, newDraft, type RuleDraft, type RuleKindInfo } from './rule-draft.ts';
import { useRuleReader } from './use-rule-reader.ts';
import { RuleForm } from './rule-form.tsx';
import type { Done } from './save-rule.ts';
import { readRuleSearch, type RuleSearch } from './search.ts';
import { chosenText, everybody, targetText } from './target.ts';
import { TargetFields } from './target-fields.tsx';
import { ruleTexts } from './texts.ts';
import { Warnings } from './warnings.tsx';

// What comes last on the page is loaded last.
const SavePanel = lazy(async () => ({ default: (await import('./save-panel.tsx')).SavePanel }));
const Versions = lazy(async () => ({ default: (await import('./versions.tsx')).Versions }));

export function NewRulePage() {
  const t = ruleTexts.use();
  const search = readRuleSearch(useSearch({ strict: false }));
  const kinds = useRead(describeComplianceRuleKinds, {});
  const crumbs = [{ text: t('title'), to: '/compliance/rules' }];
  return (
    <Page title={t('newRule')} crumbs={crumbs}>
      {kinds.error ? (
        <Failure problem={kinds.error} retry={() => void kinds.refetch()} />
      ) : kinds.data === undefined || kinds.data === null ? (
        <Loading lines={8} />
      ) : (
        <RuleEditor kinds={kinds.data.kinds} start={startOf(kinds.data.kinds, search)} />
      )}
    </Page>
  );
}

/** Empty; or what weighs what policies demand, if somebody came from there. */
function startOf(kinds: readonly RuleKindInfo[], { kind, from }: RuleSearch): RuleDraft {
  const chosen = kinds.find((each) => each.kind === kind) ?? kinds.find((each) => each.kind === 'minimum-os');
  const [first] = kinds;
  const draft = newDraft(chosen ?? (first as RuleKindInfo));
  return from === 'policies' && chosen?.fromPolicies === true ? { ...draft, demand: 'from-policies' } : draft;
}

export function RulePage() {
  const t = ruleTexts.use();
  const { ruleId } = useParams({ strict: false }) as { ruleId: string };
  const search = readRuleSearch(useSearch({ strict: false }));
  const kinds = useRead(describeComplianceRuleKinds, {});
  const rule = useEditable(getComplianceRule, { params: { ruleId } });
  const counts = useRead(countComplianceRules, {}, { live: ['device.posture-changed'] });
  const [round, setRound] = useState(0);
  const [kept, setKept] = useState<RuleDraft>();
  const loaded = rule.data?.answer as ComplianceRule | undefined;
  const problem = rule.error ?? kinds.error;
  const name = loaded === undefined ? '' : plainLine(loaded.name, 80);
  const to = `/compliance/rules/${ruleId}`;
  const mine = counts.data?.items.filter((item) => item.ruleId === ruleId) ?? [];
  return (
    <Page
      title={loaded === undefined ? t('rule') : name}
      windowTitle={loaded === undefined ? t('rule') : t('editTitle', { name })}
      crumbs={[{ text: t('title'), to: '/compliance/rules' }]}
      status={loaded && !loaded.enabled ? <StatusMark kind="unchecked" word={t('off')} /> : undefined}
      meaning={loaded && <Standing counts={mine} version={loaded.version} />}
      action={loaded && <More rule={loaded} />}
      tabs={[
        { text: t('rule'), to, selected: search.tab === 'rule' },
        { text: t('versions'), to: `${to}?tab=versions`, selected: search.tab === 'versions' },
      ]}
    >
      {problem ? (
        <Failure problem={problem} retry={() => void Promise.all([rule.refetch(), kinds.refetch()])} />
      ) : loaded === undefined || kinds.data === undefined || kinds.data === null ? (
        <Loading lines={8} />
      ) : search.tab === 'versions' ? (
        <Suspense fallback={<Loading lines={2} />}>
          <Versions rule={loaded} />
        </Suspense>
      ) : (
        <RuleEditor
          key={`${loaded.version}/${round}`}
          kinds={kinds.data.kinds}
          start={kept ?? draftOf(loaded)}
          saved={{ rule: loaded, etag: rule.data?.etag }}
          counts={mine[0]}
          onReload={async (mine) => {
            setKept(mine);
            await rule.refetch();
            setRound((before) => before + 1);
          }}
          onSaved={() => {
            setKept(undefined);
            void rule.refetch();
          }}
        />
      )}
    </Page>
  );
}

function Standing({ counts, version }: { counts: readonly RuleCounts['items'][number][]; version: number }) {
  const t = ruleTexts.use();
  const sum = (name: 'notCompliant' | 'inGrace' | 'unknown' | 'exempt') =>
    counts.reduce((total, each) => total + each[name], 0);
  return (
    <Group gap="md">
      <span>{t('version', { count: version })}</span>
      <StatusMark kind="bad" word={`${t('failing')}: ${sum('notCompliant')}`} />
      <StatusMark kind="grace" word={`${t('inGrace')}: ${sum('inGrace')}`} />
      <StatusMark kind="unknown" word={`${t('unknown')}: ${sum('unknown')}`} />
      <StatusMark kind="exempt" word={`${t('exempt')}: ${sum('exempt')}`} />
    </Group>
  );
}

interface RuleEditorProps {
  readonly kinds: readonly RuleKindInfo[];
  readonly start: RuleDraft;
  readonly saved?: { readonly rule: ComplianceRule; readonly etag: string | undefined };
  readonly counts?: RuleCounts['items'][number] | undefined;
  /** What is saved is read again; what was written here stays if it is given. */
  readonly onReload?: (mine: RuleDraft | undefined) => Promise<void>;
  readonly onSaved?: () => void;
}

function RuleEditor({ kinds, start, saved, counts, onReload, onSaved }: RuleEditorProps) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(start);
  const [target, setTarget] = useState(everybody);
  const [tried, setTried] = useState(false);
  const reader = useRuleReader();
  const [conflicting, setConflicting] = useState(false);
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const ruleId = saved?.rule.id;
  const assignments = useList(
    listAssignments,
    { query: { itemId: ruleId } },
    { enabled: ruleId !== undefined && may('policies.read') },
  );
  const kind = kinds.find((each) => each.kind === draft.kind);
  if (kind === undefined) return null;
  const mayManage = may('rules.manage');
  const disabled = !mayManage;

  function done({ rule, rollout }: Done): void {
    notifyDone(t(rollout === undefined ? 'saved' : 'savedStarted', { name: rule.name }));
    setWarnings(rule.warnings);
    if (rollout !== undefined)
      void navigate({ to: '/compliance/rollouts/$rolloutId', params: { rolloutId: rollout.id } });
    else if (ruleId === undefined)
      void navigate({ to: '/compliance/rules/$ruleId', params: { ruleId: rule.id } });
    else onSaved?.();
  }

  return (
    <Stack gap="md">
      {disabled && <Text c="dimmed">{t('readOnly')}</Text>}
      {warnings.length > 0 && <Warnings title={t('warningsAfter')} warnings={warnings} />}
      <RuleForm
        draft={draft}
        onChange={setDraft}
        kinds={kinds}
        kind={kind}
        isNew={saved === undefined}
        disabled={disabled}
        complaints={tried ? (reader?.complaintsAbout(draft, kind) ?? []) : []}
        whom={
          saved === undefined
            ? chosenText(target, shared)
            : assignments.items.map((assignment) => targetText(assignment, shared))
        }
        scope={
          saved === undefined ? (
            <TargetFields
              target={target}
              onChange={setTarget}
              mayBeNobody
              disabled={disabled || !may('policies.assign')}
            />
          ) : (
            <Assigned ruleId={saved.rule.id} assignments={assignments.items} />
          )
        }
        counts={counts}
      />
      {conflicting && saved !== undefined && (
        <TheirVersion
          ruleId={saved.rule.id}
          mine={draft}
          onKeepMine={() => {
            setConflicting(false);
            void onReload?.(draft);
          }}
          onTakeTheirs={() => {
            setConflicting(false);
            void onReload?.(undefined);
          }}
        />
      )}
      {mayManage && (
        <Suspense fallback={<Loading lines={2} />}>
          <SavePanel
            draft={draft}
            kind={kind}
            {...(saved === undefined ? {} : { saved })}
            target={target}
            tried={tried}
            onTry={() => setTried(true)}
            onDone={done}
            onConflict={() => setConflicting(true)}
          />
        </Suspense>
      )}
    </Stack>
  );
}

function TheirVersion({
  ruleId,
  mine,
  onKeepMine,
  onTakeTheirs,
}: {
  ruleId: string;
  mine: RuleDraft;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}) {
  const theirs = useRead(getComplianceRule, { params: { ruleId } });
  if (theirs.data === undefined || theirs.data === null) return <Loading lines={2} />;
  return (
    <Conflict mine={mine} theirs={draftOf(theirs.data)} onKeepMine={onKeepMine} onTakeTheirs={onTakeTheirs} />
  );
}

function More({ rule }: { rule: ComplianceRule }) {
  const t = ruleTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useChange(deleteComplianceRule, {
    refreshes: [listComplianceRules, countComplianceRules],
    onDone: () => {
      notifyDone(t('deleted', { name: rule.name }));
      void navigate({ to: '/compliance/rules' });
    },
  });
  if (!may('rules.manage')) return null;
  const name = plainLine(rule.name, 60);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t('more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" onClick={() => setAsking(true)}>
            {t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Ask
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('deleteTitle', { name })}
        verb={t('deleteVerb')}
        keep={t('deleteKeep')}
        danger
        consequences={{ goes: [t('deleteGoes')], stays: [t('deleteStays')], after: [t('deleteAfter')] }}
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { ruleId: rule.id }, query: { confirmed: true } })}
      />
    </>
  );
}
