// What administrators were told of, and what nobody has looked at yet.
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import type { Alert } from '@gatehouse/contracts/admin/alerts.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import { acknowledgeAlert, listAlerts } from '../../../api/operations/compliance.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyProblem } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { useActorName } from '../../actors/actor-name.tsx';
import { alertMarks, alertPage, alertsQuery, readAlertsSearch, shownAlerts } from './alert-view.ts';
import { alertTexts } from './texts.ts';

export function AlertsPage() {
  const t = alertTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const { show } = readAlertsSearch(useSearch({ strict: false }));
  const nameOf = useActorName();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const list = useList(listAlerts, { query: alertsQuery(show) }, { live: ['alert.*'], every: 30_000 });
  const acknowledge = useChange(acknowledgeAlert, { refreshes: [listAlerts] });
  const mayAcknowledge = may('alerts.acknowledge');
  const open = list.items.filter(({ id, acknowledgedAt }) => selected.has(id) && acknowledgedAt === null);

  async function acknowledgeAll(): Promise<void> {
    const outcomes = await Promise.allSettled(
      open.map(({ id }) => acknowledge.mutateAsync({ params: { alertId: id } })),
    );
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    setSelected(new Set());
    const failed = outcomes.find((each) => each.status === 'rejected');
    if (failed) notifyProblem(failed.reason, t('partly', { done, count: outcomes.length }));
  }

  return (
    <Page title={t('title')} meaning={t('meaning')}>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t('filter')}
          data={shownAlerts.map((each) => ({ value: each, label: t(each) }))}
          value={show}
          onChange={(next) => void navigate({ to: '.', search: { show: next } as never })}
          transitionDuration={0}
        />
        {open.length > 0 && (
          <Button loading={acknowledge.isPending} onClick={() => void acknowledgeAll()}>
            {t('acknowledgeSelected', { count: open.length })}
          </Button>
        )}
      </Group>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columnsOf(
            t,
            nameOf,
            mayAcknowledge
              ? (alertId) =>
                  acknowledge.mutate({ params: { alertId } }, { onError: (error) => notifyProblem(error) })
              : undefined,
          )}
          rows={list.items}
          rowKey={({ id }) => id}
          rowLabel={({ summary }) => summary}
          {...(mayAcknowledge ? { selection: { selected, onChange: setSelected } } : {})}
          isPending={list.isPending}
          isStale={list.isStale}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={
            <EmptyState title={t('emptyTitle')}>{show === 'open' ? t('emptyOpen') : t('empty')}</EmptyState>
          }
        />
      )}
    </Page>
  );
}

function columnsOf(
  t: ReturnType<typeof alertTexts.use>,
  nameOf: (reference: string) => string,
  onAcknowledge: ((alertId: string) => void) | undefined,
): Column<Alert>[] {
  return [
    {
      key: 'what',
      title: t('what'),
      card: 'title',
      render: (alert) => {
        const to = alertPage(alert);
        const text = (
          <Text span size="sm" display="block" py={6} style={{ whiteSpace: 'normal' }}>
            <Plain text={alert.summary} limit={300} />
          </Text>
        );
        return to === undefined ? text : <RouteLink to={to}>{text}</RouteLink>;
      },
    },
    {
      key: 'severity',
      title: t('severity'),
      width: '9rem',
      card: 'mark',
      render: ({ severity }) => <StatusMark kind={alertMarks[severity]} word={t(severity)} />,
    },
    {
      key: 'last',
      title: t('last'),
      width: '13rem',
      render: ({ lastAt, occurrences }) => (
        <span>
          <Time at={lastAt} /> · {t('times', { count: occurrences })}
        </span>
      ),
    },
    {
      key: 'state',
      title: t('state'),
      width: '12rem',
      render: ({ id, acknowledgedAt, acknowledgedBy }) => {
        if (acknowledgedAt !== null)
          return (
            <StatusMark
              kind="ok"
              word={t('acknowledged')}
              since={acknowledgedAt}
              why={<Plain text={t('acknowledgedBy', { who: nameOf(acknowledgedBy ?? '') })} />}
            />
          );
        return onAcknowledge === undefined ? (
          t('waits')
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => onAcknowledge(id)}>
            {t('acknowledge')}
          </Button>
        );
      },
    },
  ];
}
