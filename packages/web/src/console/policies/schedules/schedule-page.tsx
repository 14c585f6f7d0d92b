// One connection schedule: its numbers, drawn as a week, and whom it is assigned to.
import type { Schedule } from '@gatehouse/contracts/admin/schedules.ts';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient, useChange, useList, useRead } from '../../../api/hooks.ts';
import {
  deleteSchedule,
  getAssignmentReach,
  getSchedule,
  listAssignments,
  listSchedules,
  updateSchedule,
} from '../../../api/operations/policies.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Ask } from '../../../design/ask.tsx';
import { Conflict } from '../../../design/conflict.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { useMay } from '../../../session/session.ts';
import { AssignmentsTab } from '../editor/assignments-tab.tsx';
import { useSuiteSearch } from '../editor/use-saved-search.ts';
import { policyTexts } from '../texts.ts';
import { PaceForm } from './pace-form.tsx';
import { scheduleTexts } from './texts.ts';
import { type Pace, wrongFields } from './week.ts';
import { WeekPicture } from './week-picture.tsx';

export function SchedulePage() {
  const t = scheduleTexts.use();
  const { scheduleId } = useParams({ strict: false }) as { scheduleId: string };
  const { data, error, refetch } = useRead(getSchedule, { params: { scheduleId } });
  if (data !== undefined && data !== null) return <OpenSchedule key={scheduleId} saved={data} />;
  return (
    <Page title={t('schedules')} crumbs={[{ text: t('schedules'), to: '/policies/schedules' }]}>
      {error ? <Failure problem={error} retry={() => void refetch()} /> : <Loading lines={6} height={36} />}
    </Page>
  );
}

const refreshes = [getSchedule, listSchedules];

function OpenSchedule({ saved }: { saved: Schedule }) {
  const t = scheduleTexts.use();
  const tp = policyTexts.use();
  const may = useMay();
  const readOnly = !may('schedules.manage');
  const [search] = useSuiteSearch();
  const tab = search.tab === 'assignments' ? 'assignments' : 'settings';
  const [begun, setBegun] = useState<{ readonly on: number; readonly pace: Pace } | undefined>(undefined);
  const [asking, setAsking] = useState(false);
  const reach = useRead(getAssignmentReach, { query: { itemId: saved.id } });
  const assignments = useList(listAssignments, { query: { itemId: saved.id, limit: 200 } });
  const pace = begun?.pace ?? saved.schedule;
  const changed = JSON.stringify(pace) !== JSON.stringify(saved.schedule);
  const overtaken = changed && begun !== undefined && begun.on !== saved.version;
  const save = useChange(updateSchedule, {
    refreshes,
    onDone: ({ version }) => {
      setBegun(undefined);
      notifyDone(t('saved', { version }));
    },
    onError: (problem) => {
      if (isApiProblem(problem, 'version-changed'))
        for (const { id } of refreshes) void queryClient.invalidateQueries({ queryKey: [id] });
    },
  });
  const to = `/policies/schedules/${saved.id}`;
  return (
    <Page
      title={saved.name}
      crumbs={[{ text: t('schedules'), to: '/policies/schedules' }]}
      meaning={`${tp('versionNo', { version: saved.version })} · ${t('reaches', { count: reach.data?.devices ?? 0 })}`}
      action={
        <Group gap="xs">
          <Button variant="default" color="red" disabled={readOnly} onClick={() => setAsking(true)}>
            {t('remove')}
          </Button>
          <Button
            disabled={readOnly || !changed || overtaken || wrongFields(pace).length > 0}
            loading={save.isPending}
            onClick={() =>
              save.mutate({
                params: { scheduleId: saved.id },
                body: { schedule: pace, expectedVersion: saved.version },
              })
            }
          >
            {t('save')}
          </Button>
        </Group>
      }
      tabs={[
        { text: t('settings'), to, selected: tab === 'settings' },
        {
          text: t('assignments'),
          to: `${to}?tab=assignments`,
          selected: tab === 'assignments',
          count: assignments.items.length,
        },
      ]}
    >
      {readOnly && (
        <Text size="sm" c="dimmed">
          {t('readOnly')}
        </Text>
      )}
      {overtaken && (
        <>
          <Text size="sm">{t('overtaken', { version: saved.version })}</Text>
          <Conflict
            mine={pace}
            theirs={saved.schedule}
            onKeepMine={() => setBegun({ on: saved.version, pace })}
            onTakeTheirs={() => setBegun(undefined)}
          />
        </>
      )}
      {save.error && !isApiProblem(save.error, 'version-changed') && <Failure problem={save.error} />}
      {tab === 'settings' ? (
        <Stack gap="lg">
          <WeekPicture pace={pace} />
          <PaceForm
            pace={pace}
            disabled={readOnly}
            onChange={(next) => setBegun((before) => ({ on: before?.on ?? saved.version, pace: next }))}
          />
        </Stack>
      ) : (
        <AssignmentsTab
          item={{ kind: 'schedule', id: saved.id, name: saved.name }}
          assignments={assignments}
          reach={reach.data ?? undefined}
        />
      )}
      {asking && (
        <DeleteSchedule saved={saved} devices={reach.data?.devices ?? 0} onClose={() => setAsking(false)} />
      )}
    </Page>
  );
}

interface DeleteProps {
  readonly saved: Schedule;
  readonly devices: number;
  readonly onClose: () => void;
}

function DeleteSchedule({ saved, devices, onClose }: DeleteProps) {
  const t = scheduleTexts.use();
  const navigate = useNavigate();
  const change = useChange(deleteSchedule, {
    refreshes: [listSchedules],
    onDone: () => {
      notifyDone(t('removed', { name: saved.name }));
      void navigate({ to: '/policies/schedules' } as never);
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('removeTitle', { name: saved.name })}
      verb={t('remove')}
      danger
      busy={change.isPending}
      problem={change.error}
      consequences={{
        goes: [t('removeGoes')],
        after: devices === 0 ? [] : [t('removeAfter', { count: devices })],
      }}
      onConfirm={() => change.mutate({ params: { scheduleId: saved.id } })}
    />
  );
}
