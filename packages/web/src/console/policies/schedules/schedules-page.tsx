// All connection schedules.
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import type { Schedule } from '@gatehouse/contracts/admin/schedules.ts';
import { defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import { createSchedule, listAssignments, listSchedules } from '../../../api/operations/policies.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { formatDuration } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { assignedTo } from '../suites/assigned-to.ts';
import { policyTexts, type SayPolicy } from '../texts.ts';
import { type SaySchedule, scheduleTexts } from './texts.ts';

const minute = 60_000;

export function SchedulesPage() {
  const t = scheduleTexts.use();
  const tp = policyTexts.use();
  const mayManage = useMay()('schedules.manage');
  const list = useList(listSchedules, { query: { limit: 200 } });
  const assignments = useList(listAssignments, { query: { limit: 500 } });
  const [making, setMaking] = useState(false);
  const byItem = useMemo(() => Map.groupBy(assignments.items, ({ item }) => item.id), [assignments.items]);
  const create = (
    <Hint label={t('readOnly')} disabled={mayManage}>
      <Button disabled={!mayManage} onClick={() => setMaking(true)}>
        {t('newSchedule')}
      </Button>
    </Hint>
  );
  return (
    <Page title={t('schedules')} meaning={t('meaning')} action={create}>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('schedules')}
          columns={columnsOf(t, tp, byItem)}
          rows={list.items}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.name}
          rowLink={(row) => `/policies/schedules/${row.id}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          empty={
            <EmptyState title={t('none')} action={create}>
              {t('noneText')}
            </EmptyState>
          }
        />
      )}
      {making && <NewSchedule onClose={() => setMaking(false)} />}
    </Page>
  );
}

function columnsOf(
  t: SaySchedule,
  tp: SayPolicy,
  byItem: ReadonlyMap<string, readonly Assignment[]>,
): readonly Column<Schedule>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: (row) => (
        <RouteLink to={`/policies/schedules/${row.id}`} size="sm">
          <Plain text={row.name} limit={100} />
        </RouteLink>
      ),
    },
    {
      key: 'every',
      title: t('reports'),
      render: (row) => t('every', { time: formatDuration(row.schedule.checkInMinutes * minute) }),
    },
    {
      key: 'assigned',
      title: t('assigned'),
      render: (row) => <Plain text={assignedTo(byItem.get(row.id), tp)} />,
    },
    { key: 'version', title: tp('version'), width: '6rem', align: 'end', render: (row) => row.version },
  ];
}

function NewSchedule({ onClose }: { onClose: () => void }) {
  const t = scheduleTexts.use();
  const tp = policyTexts.use();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const create = useChange(createSchedule, {
    refreshes: [listSchedules],
    onDone: (made) => {
      notifyDone(t('created', { name: made.name }));
      void navigate({ to: `/policies/schedules/${made.id}` } as never);
    },
  });
  const taken = isApiProblem(create.error, 'name-taken');
  return (
    <Modal closeButtonProps={{ 'aria-label': tp('close') }} opened onClose={onClose} title={t('newSchedule')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (name.trim() !== '') create.mutate({ body: { name: name.trim(), schedule: defaultSchedule } });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={taken ? tp('nameTaken') : tried && name.trim() === '' ? tp('enterName') : undefined}
            maxLength={100}
            required
            data-autofocus
          />
          {create.error && !taken && <Failure problem={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {tp('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {tp('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
