// Background work that failed for good: why, and another try.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { call } from '../../../api/call.ts';
import { useList } from '../../../api/hooks.ts';
import { listDeadJobs, retryDeadJob } from '../../../api/operations/activity.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone, notifyProblem } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { activityTexts } from '../texts.ts';
import { groupJobs, type JobGroup } from './job-groups.ts';

export function JobsPage() {
  const t = activityTexts.use();
  const may = useMay();
  const list = useList(listDeadJobs, { query: { limit: 500 } }, { every: 30_000 });
  const [retrying, setRetrying] = useState('');

  async function retry(group: JobGroup): Promise<void> {
    setRetrying(group.key);
    try {
      for (const job of group.jobs) await call(retryDeadJob, { params: { jobId: job.id } });
      notifyDone(t('retried', { count: group.jobs.length }));
    } catch (error) {
      notifyProblem(error);
    } finally {
      setRetrying('');
      list.refetch();
    }
  }

  const columns: Column<JobGroup>[] = [
    {
      key: 'kind',
      title: t('kind'),
      width: '16rem',
      card: 'title',
      render: (group) => (group.jobs.length === 1 ? group.kind : `${group.jobs.length} × ${group.kind}`),
    },
    {
      key: 'error',
      title: t('error'),
      render: (group) => (group.error === '' ? t('noError') : <Plain text={group.error} />),
    },
    { key: 'since', title: t('made'), width: '10rem', render: (group) => <Time at={group.since} /> },
    {
      key: 'do',
      title: '',
      width: '12rem',
      card: 'mark',
      render: (group) =>
        may('jobs.retry') && (
          <Button
            size="compact-xs"
            variant="default"
            loading={retrying === group.key}
            onClick={() => void retry(group)}
          >
            {group.jobs.length === 1 ? t('retry') : t('retryAll')}
          </Button>
        ),
    },
  ];
  return (
    <Page title={t('jobs')} meaning={t('jobsMeaning')}>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('jobs')}
          columns={columns}
          rows={groupJobs(list.items)}
          rowKey={(group) => group.key}
          rowLabel={(group) => group.kind}
          isPending={list.isPending}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={<EmptyState title={t('jobsEmptyTitle')}>{t('jobsEmpty')}</EmptyState>}
        />
      )}
    </Page>
  );
}
