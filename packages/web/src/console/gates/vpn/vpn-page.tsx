// The gate of the VPN: whom it lets in, and by which ways a gateway hears of it.
import { Button, List, Title } from '@mantine/core';
import type { SignalStream } from '@gatehouse/contracts/admin/signals.ts';
import { useChange, useList } from '../../../api/hooks.ts';
import { changeSignalStream, listSignalStreams } from '../../../api/operations/network-gate.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyProblem } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { GateStanding } from '../gate-standing.tsx';
import { gateTexts } from '../texts.ts';
import { vpnTexts } from './texts.ts';

const marks = { enabled: 'ok', paused: 'grace', disabled: 'unchecked' } as const;

export function VpnGatePage() {
  const t = vpnTexts.use();
  const shared = gateTexts.use();
  const mayManage = useMay()('gates.manage');
  const list = useList(listSignalStreams, {}, { every: 15_000 });
  const change = useChange(changeSignalStream, {
    refreshes: [listSignalStreams],
    onError: (problem) => notifyProblem(problem),
  });
  const columns: Column<SignalStream>[] = [
    {
      key: 'receiver',
      title: t('receiver'),
      card: 'title',
      render: ({ description, endpoint, id }) => <Plain text={description || endpoint || id} limit={80} />,
    },
    { key: 'method', title: t('method'), width: '9rem', render: ({ method }) => t(method) },
    {
      key: 'state',
      title: shared('state'),
      width: '9rem',
      card: 'mark',
      render: ({ status, lastFailure, failingSince }) =>
        failingSince === null ? (
          <StatusMark kind={marks[status]} word={t(status)} />
        ) : (
          <StatusMark
            kind="bad"
            word={shared('trouble')}
            since={failingSince}
            why={<Plain text={lastFailure ?? ''} />}
          />
        ),
    },
    {
      key: 'waiting',
      title: t('waitingEvents'),
      width: '7rem',
      align: 'end',
      card: 'hidden',
      render: ({ waiting }) => formatNumber(waiting),
    },
    {
      key: 'refused',
      title: t('refused'),
      width: '7rem',
      align: 'end',
      card: 'hidden',
      render: ({ parked }) => formatNumber(parked),
    },
    {
      key: 'contact',
      title: t('contact'),
      width: '9rem',
      render: ({ lastContactAt }) => (lastContactAt === null ? shared('never') : <Time at={lastContactAt} />),
    },
    ...(mayManage
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '9rem',
            render: ({ id, status }: SignalStream) =>
              status !== 'disabled' && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() =>
                    change.mutate({
                      params: { streamId: id },
                      body: { status: status === 'enabled' ? 'paused' : 'enabled' },
                    })
                  }
                >
                  {t(status === 'enabled' ? 'pause' : 'resume')}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <Page title={t('title')} meaning={t('meaning')}>
      <GateStanding gate="vpn" />
      <section aria-labelledby="vpn-ways">
        <Title order={2} size="h3" id="vpn-ways" mb="xs">
          {t('howTitle')}
        </Title>
        <List>
          <List.Item>
            {t('radius')}{' '}
            <RouteLink to="/gates/network?tab=devices" underline="always">
              {t('toNetwork')}
            </RouteLink>
          </List.Item>
          <List.Item>{t('signals')}</List.Item>
        </List>
      </section>
      <section aria-labelledby="vpn-streams">
        <Title order={2} size="h3" id="vpn-streams" mb="xs">
          {t('streams')}
        </Title>
        {list.error ? (
          <Failure problem={list.error} retry={list.refetch} />
        ) : (
          <DataTable
            label={t('streams')}
            columns={columns}
            rows={list.items}
            rowKey={({ id }) => id}
            rowLabel={({ description, id }) => description || id}
            isPending={list.isPending}
            hasMore={list.hasMore}
            loadMore={list.loadMore}
            empty={<EmptyState title={t('emptyTitle')}>{t('empty')}</EmptyState>}
          />
        )}
      </section>
    </Page>
  );
}
