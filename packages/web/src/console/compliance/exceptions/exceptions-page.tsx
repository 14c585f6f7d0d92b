// The exceptions of all devices: which are in force, which end soon, which have ended.
import { Button, SegmentedControl, VisuallyHidden } from '@mantine/core';
import type { ListedException } from '@gatehouse/contracts/admin/rules.ts';
import { isRuleKind } from '@gatehouse/core/compliance/rule-kind.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  countComplianceRules,
  deleteException,
  listAllExceptions,
} from '../../../api/operations/compliance.ts';
import { Ask } from '../../../design/ask.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { useNow } from '../../../design/time.tsx';
import { formatDate } from '../../../language/format.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { kindTitle } from '../rules/rule-sentence.ts';
import { endsSoon, exceptionsQuery, readExceptionsSearch, shownKinds } from './exception-list.ts';
import css from './exceptions.module.css';
import { NewException } from './new-exception.tsx';
import { exceptionTexts } from './texts.ts';

type Say = ReturnType<typeof exceptionTexts.use>;

export function ExceptionsPage() {
  const t = exceptionTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const now = useNow();
  const { show } = readExceptionsSearch(useSearch({ strict: false }));
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<ListedException>();
  const list = useList(
    listAllExceptions,
    { query: exceptionsQuery(show, Math.floor(now / 60_000) * 60_000) },
    { live: ['device.exception-created', 'device.exception-deleted'] },
  );
  const remove = useChange(deleteException, {
    refreshes: [listAllExceptions, countComplianceRules],
    onDone: () => {
      setLeaving(undefined);
      notifyDone(t('removed'));
    },
  });
  const mayManage = may('exceptions.manage');
  const add = mayManage && <Button onClick={() => setAdding(true)}>{t('add')}</Button>;
  return (
    <Page title={t('title')} meaning={t('meaning')} action={add}>
      <div className={css.filter}>
        <VisuallyHidden id="exceptions-shown">{t('filter')}</VisuallyHidden>
        <SegmentedControl
          aria-labelledby="exceptions-shown"
          data={shownKinds.map((each) => ({ value: each, label: t(each) }))}
          value={show}
          onChange={(next) => void navigate({ to: '.', search: { show: next } as never })}
          transitionDuration={0}
        />
      </div>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columnsOf(t, now, mayManage ? setLeaving : undefined)}
          rows={list.items}
          rowKey={({ id }) => id}
          rowLabel={({ device }) => device.name}
          rowLink={({ device }) => `/devices/${device.id}`}
          isPending={list.isPending}
          isStale={list.isStale}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={
            <EmptyState title={t('emptyTitle')} action={show === 'inForce' ? add : undefined}>
              {show === 'ended' ? t('emptyEnded') : show === 'ending' ? t('emptyEnding') : t('empty')}
            </EmptyState>
          }
        />
      )}
      <NewException opened={adding} onClose={() => setAdding(false)} />
      <Ask
        opened={leaving !== undefined}
        onClose={() => {
          setLeaving(undefined);
          remove.reset();
        }}
        title={t('removeTitle', { name: plainLine(leaving?.device.name ?? '', 60) })}
        verb={t('remove')}
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() =>
          leaving && remove.mutate({ params: { deviceId: leaving.device.id, exceptionId: leaving.id } })
        }
      >
        {t('removeText')}
      </Ask>
    </Page>
  );
}

function columnsOf(t: Say, now: number, onLeave: ((exception: ListedException) => void) | undefined) {
  const columns: Column<ListedException>[] = [
    {
      key: 'device',
      title: t('device'),
      card: 'title',
      width: '20%',
      render: ({ device }) => (
        <RouteLink to={`/devices/${device.id}`} inherit>
          <Plain text={device.name || device.id} limit={60} />
        </RouteLink>
      ),
    },
    {
      key: 'rule',
      title: t('rule'),
      width: '22%',
      render: (exception) => <RuleName exception={exception} />,
    },
    {
      key: 'state',
      title: t('until'),
      card: 'mark',
      width: '15rem',
      render: ({ expired, expiresAt }) => {
        const word =
          expiresAt === null
            ? t('exemptForever')
            : t(expired ? 'over' : 'exempt', { time: formatDate(expiresAt) });
        if (expired) return <StatusMark kind="unchecked" word={word} />;
        return endsSoon(expiresAt, now) ? (
          <StatusMark kind="grace" word={word} why={t('endsSoon')} />
        ) : (
          <StatusMark kind="exempt" word={word} />
        );
      },
    },
    {
      key: 'reason',
      title: t('reason'),
      render: ({ reason }) => (
        <Hint label={<Plain text={reason} />}>
          <span tabIndex={0}>
            <Plain text={reason} limit={80} />
          </span>
        </Hint>
      ),
    },
  ];
  if (onLeave === undefined) return columns;
  return [
    ...columns,
    {
      key: 'actions',
      title: t('actions'),
      width: '8.5rem',
      render: (exception: ListedException) =>
        !exception.expired && (
          <Button size="compact-sm" variant="default" onClick={() => onLeave(exception)}>
            {t('remove')}
          </Button>
        ),
    },
  ];
}

function RuleName({ exception: { rule, ruleName } }: { exception: ListedException }) {
  const t = exceptionTexts.use();
  if (isRuleKind(rule)) return t('ofPolicies', { title: kindTitle(rule, currentLanguage()) });
  if (ruleName === null) return t('gone');
  return (
    <RouteLink to={`/compliance/rules/${rule}`} inherit>
      <Plain text={ruleName} limit={60} />
    </RouteLink>
  );
}
