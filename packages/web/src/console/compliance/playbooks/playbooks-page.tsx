// The procedures for lost and stolen devices that were run, and the way to start one.
import { Button, Select } from '@mantine/core';
import type { PlaybookRun } from '@gatehouse/contracts/admin/playbooks.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useList } from '../../../api/hooks.ts';
import { listPlaybookRuns } from '../../../api/operations/compliance.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { progressOf, runMarks } from './questions.ts';
import { playbookTexts } from './texts.ts';

const states = Object.keys(runMarks) as PlaybookRun['state'][];

export function PlaybooksPage() {
  const t = playbookTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const state = states.find((each) => each === search['state']);
  const list = useList(listPlaybookRuns, { query: { state } }, { live: ['playbook.*'] });
  const start = may('playbooks.run') && (
    <Button onClick={() => void navigate({ to: '/compliance/playbooks/new' })}>{t('start')}</Button>
  );
  return (
    <Page title={t('title')} meaning={t('meaning')} action={start}>
      <Select
        label={t('filter')}
        w={220}
        data={[
          { value: '', label: t('allRuns') },
          ...states.map((each) => ({ value: each, label: t(each) })),
        ]}
        value={state ?? ''}
        allowDeselect={false}
        onChange={(next) => void navigate({ to: '.', search: { state: next || undefined } as never })}
      />
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columnsOf(t)}
          rows={list.items}
          rowKey={({ id }) => id}
          rowLabel={({ playbook, reason }) => `${t(playbook)} ${reason}`}
          rowLink={({ id }) => `/compliance/playbooks/${id}`}
          isPending={list.isPending}
          isStale={list.isStale}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={
            <EmptyState title={t('emptyTitle')} action={start}>
              {t('empty')}
            </EmptyState>
          }
        />
      )}
    </Page>
  );
}

function columnsOf(t: ReturnType<typeof playbookTexts.use>): Column<PlaybookRun>[] {
  return [
    {
      key: 'what',
      title: t('what'),
      card: 'title',
      width: '12rem',
      render: ({ id, playbook }) => (
        <RouteLink to={`/compliance/playbooks/${id}`} inherit>
          {t(playbook)}
        </RouteLink>
      ),
    },
    { key: 'reason', title: t('reason'), render: ({ reason }) => <Plain text={reason} limit={100} /> },
    {
      key: 'state',
      title: t('state'),
      width: '16rem',
      card: 'mark',
      render: (run) => (
        <StatusMark
          kind={runMarks[run.state]}
          word={`${t(run.state)} · ${t('of', { ...progressOf(run) })}`}
        />
      ),
    },
    {
      key: 'device',
      title: t('device'),
      width: '9rem',
      render: ({ deviceId }) => (
        <RouteLink to={`/devices/${deviceId}`} inherit>
          {t('toDevice')}
        </RouteLink>
      ),
    },
    {
      key: 'started',
      title: t('started'),
      width: '9rem',
      render: ({ startedAt }) => <Time at={startedAt} />,
    },
  ];
}
