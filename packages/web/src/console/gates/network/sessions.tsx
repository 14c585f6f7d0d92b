// Who is on the network now, by what decision, and whether the network has heard of it.
import { Button, Text } from '@mantine/core';
import type { NasSession } from '@gatehouse/contracts/admin/network-access.ts';
import { useChange, useList, useRead } from '../../../api/hooks.ts';
import {
  listNetworkSessions,
  reauthorizeDevice,
  summarizeNetworkAccess,
} from '../../../api/operations/network-gate.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { notifyDone, notifyProblem } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { accessMarks, worstOf } from '../access-marks.ts';
import { gateTexts } from '../texts.ts';
import { networkTexts } from './texts.ts';

export function Sessions() {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const may = useMay();
  const live = ['device.posture-changed', 'device.registered'];
  const list = useList(listNetworkSessions, {}, { live, every: 5_000 });
  const { data: counted } = useRead(summarizeNetworkAccess, {}, { live, every: 5_000 });
  const tell = useChange(reauthorizeDevice, {
    refreshes: [listNetworkSessions, summarizeNetworkAccess],
    onDone: ({ sessions, endpoints }) =>
      notifyDone(sessions + endpoints === 0 ? t('nobodyToTell') : t('reauthorized', { sessions, endpoints })),
    onError: (problem) => notifyProblem(problem),
  });
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  const mayTell = may('gates.manage');
  const columns: Column<NasSession>[] = [
    {
      key: 'device',
      title: t('device'),
      card: 'title',
      render: ({ devices: [device], mac, guid }) =>
        device === undefined ? (
          <span>
            <Plain text={mac ?? guid ?? '–'} /> · {t('stranger')}
          </span>
        ) : (
          <RouteLink to={`/devices/${device.id}`} inherit>
            <Plain text={device.name || device.id} limit={60} />
          </RouteLink>
        ),
    },
    {
      key: 'decision',
      title: t('decision'),
      width: '10rem',
      card: 'mark',
      render: ({ devices }) => {
        const access = worstOf(devices);
        return access === undefined ? (
          <StatusMark kind="unknown" word={shared('unknown')} />
        ) : (
          <StatusMark kind={accessMarks[access]} word={shared(access)} />
        );
      },
    },
    {
      key: 'where',
      title: t('where'),
      width: '14rem',
      render: ({ nasName }) => <Plain text={nasName} limit={60} />,
    },
    { key: 'since', title: t('since'), width: '9rem', render: ({ startedAt }) => <Time at={startedAt} /> },
    {
      key: 'told',
      title: t('toldColumn'),
      width: '14rem',
      render: ({ waiting, toldAt }) =>
        waiting ? (
          <StatusMark kind="pending" word={t('waiting')} />
        ) : toldAt === null ? (
          <Text span size="sm" c="dimmed">
            {t('nothingToTell')}
          </Text>
        ) : (
          <StatusMark kind="ok" word={t('toldAt')} since={toldAt} />
        ),
    },
    ...(mayTell
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '11rem',
            render: ({ devices: [device] }: NasSession) =>
              device !== undefined && (
                <Hint label={t('reauthorizeHint')}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => tell.mutate({ params: { deviceId: device.id } })}
                  >
                    {t('reauthorize')}
                  </Button>
                </Hint>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      {counted && (
        <Text size="sm">
          {t('told', {
            sessions: formatNumber(counted.sessions),
            settled: formatNumber(Math.max(0, counted.sessions - counted.sessionsWaiting)),
            waiting: formatNumber(counted.sessionsWaiting),
            endpoints: formatNumber(counted.endpointsWaiting),
          })}
        </Text>
      )}
      <DataTable
        label={t('sessions')}
        columns={columns}
        rows={list.items}
        rowKey={({ id }) => id}
        rowLabel={({ devices: [device], mac }) => device?.name ?? mac ?? ''}
        isPending={list.isPending}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        empty={<EmptyState title={t('sessionsEmptyTitle')}>{t('sessionsEmpty')}</EmptyState>}
      />
    </>
  );
}
