// Devices that fetch mail: whose, which, by what protocol, with what outcome, and the decisions of people about each.
import { ActionIcon, Menu, Select, Text } from '@mantine/core';
import type { MailDevice } from '@gatehouse/contracts/admin/mail.ts';
import { IconDots } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useList } from '../../../api/hooks.ts';
import { listMailDevices } from '../../../api/operations/mail-gate.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatBytes } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { accessMarks } from '../access-marks.ts';
import { gateTexts } from '../texts.ts';
import { type Decision, decisionsFor, devicesQuery, readMailSearch, shownDevices } from './mail-view.ts';
import { mailTexts } from './texts.ts';
import { useDecisions } from './use-decisions.ts';

const verbs = {
  approve: 'letIn',
  quarantine: 'hold',
  block: 'block',
  reset: 'reset',
  unlink: 'unlink',
  forget: 'forget',
} as const satisfies Record<Decision, string>;

export function MailDevices() {
  const t = mailTexts.use();
  const shared = gateTexts.use();
  const mayDecide = useMay()('mail.approve');
  const navigate = useNavigate();
  const { show } = readMailSearch(useSearch({ strict: false }));
  const list = useList(
    listMailDevices,
    { query: devicesQuery(show) },
    { live: ['mail-device.*'], every: 15_000 },
  );
  const { decide } = useDecisions();
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  const columns: Column<MailDevice>[] = [
    {
      key: 'user',
      title: t('user'),
      card: 'title',
      width: '22%',
      render: ({ userName, login }) => <Plain text={userName ?? login} limit={60} />,
    },
    {
      key: 'device',
      title: t('device'),
      render: ({ type, mailId, deviceId }) => (
        <span>
          <Plain text={type || mailId} limit={40} />
          {' · '}
          {deviceId === null ? (
            <Text span size="sm" c="dimmed">
              {t('notLinked')}
            </Text>
          ) : (
            <RouteLink to={`/devices/${deviceId}`} inherit underline="always">
              {t('anEnrolled')}
            </RouteLink>
          )}
        </span>
      ),
    },
    {
      key: 'state',
      title: t('state'),
      width: '15rem',
      card: 'mark',
      render: ({ access, accessReason, state, wiped }) => (
        <StatusMark
          kind={accessMarks[access]}
          word={
            wiped ? t('wiped') : `${shared(access)}${state === 'unknown' ? '' : ` · ${t(`byHand_${state}`)}`}`
          }
          {...(accessReason === null ? {} : { why: <Plain text={accessReason} limit={400} /> })}
        />
      ),
    },
    {
      key: 'protocol',
      title: t('protocol'),
      width: '6rem',
      card: 'hidden',
      render: ({ protocolVersion }) => protocolVersion ?? '–',
    },
    {
      key: 'last',
      title: t('lastSync'),
      width: '9rem',
      render: ({ lastSeenAt }) => (lastSeenAt === null ? shared('never') : <Time at={lastSeenAt} />),
    },
    {
      key: 'bytes',
      title: t('bytes'),
      width: '7rem',
      align: 'end',
      card: 'hidden',
      render: ({ bytesIn, bytesOut }) => formatBytes(bytesIn + bytesOut),
    },
    ...(mayDecide
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '6rem',
            render: (device: MailDevice) => (
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('actionsFor', { name: plainLine(device.userName ?? device.login, 40) })}
                  >
                    <IconDots size={18} aria-hidden />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  {decisionsFor(device).map((decision) => (
                    <Menu.Item key={decision} onClick={() => void decide(decision, [device.id])}>
                      {t(verbs[decision])}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Select
        label={t('filter')}
        w={240}
        data={shownDevices.map((each) => ({ value: each, label: t(each) }))}
        value={show}
        allowDeselect={false}
        onChange={(next) => void navigate({ to: '.', search: { tab: 'devices', show: next } as never })}
      />
      <DataTable
        label={t('devices')}
        columns={columns}
        rows={list.items}
        rowKey={({ id }) => id}
        rowLabel={({ userName, login }) => userName ?? login}
        isPending={list.isPending}
        isStale={list.isStale}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        empty={<EmptyState title={t('devicesEmptyTitle')}>{t('devicesEmpty')}</EmptyState>}
      />
    </>
  );
}
