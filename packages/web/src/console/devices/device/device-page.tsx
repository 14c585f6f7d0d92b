// The frame around everything about one device: who it is, how it stands, what can be done, and the tabs.
import { ActionIcon, Group, Text } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { Outlet, useLocation, useRouter } from '@tanstack/react-router';
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import { isApiProblem } from '../../../api/problem.ts';
import {
  explainDevice,
  getCommand,
  getDesiredState,
  getDevice,
  listAvailableCommands,
  listCommands,
  listPostureChanges,
} from '../../../api/operations/device.ts';
import { CopyText } from '../../../design/copy-text.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { RouteLink, useAddressOf } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatDate, formatNumber, formatTime } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { DeviceActions } from './actions/device-actions.tsx';
import { Underway } from './actions/underway.tsx';
import classes from './device.module.css';
import { GateLine } from './gate-line.tsx';
import { neighboursOf, readTrail } from './neighbours.ts';
import { type Standing, standingOf } from './standing.ts';
import { tabsFor } from './tabs.ts';
import { deviceTexts } from './texts.ts';
import { useDevice, useDeviceNews, useExplanation } from './use-device.ts';

const concerned = [
  getDevice,
  explainDevice,
  listCommands,
  getCommand,
  listPostureChanges,
  listAvailableCommands,
  getDesiredState,
  { id: 'listApprovals' },
];

export function DevicePage() {
  const t = deviceTexts.use();
  const { data: device, error, refetch, isPending } = useDevice();
  useDeviceNews(concerned);
  if (device === undefined) {
    if (isApiProblem(error) && (error.status === 404 || error.status === 400)) return <Gone />;
    return (
      <Page title={t('devices')} crumbs={[{ text: t('devices'), to: '/devices' }]}>
        {isPending ? <Loading lines={6} /> : <Failure problem={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return <Frame device={device} />;
}

function Gone() {
  const t = deviceTexts.use();
  return (
    <Page title={t('gone')} crumbs={[{ text: t('devices'), to: '/devices' }]}>
      <EmptyState title={t('gone')} action={<RouteLink to="/devices">{t('toDevices')}</RouteLink>}>
        {t('goneText')}
      </EmptyState>
    </Page>
  );
}

function Frame({ device }: { device: Device }) {
  const t = deviceTexts.use();
  const may = useMay();
  const { pathname } = useLocation();
  const { data: explanation } = useExplanation();
  const standing = standingOf(device, explanation?.rules);
  const name = plainLine(device.name, 120);
  const word = useStandingWord(standing);
  const tabs = tabsFor(may).map((tab) => ({
    text: t(tab),
    to: `/devices/${device.id}/${tab}`,
    selected: pathname.endsWith(`/devices/${device.id}/${tab}`),
  }));
  const open = tabs.find((tab) => tab.selected);
  const trail = neighboursOf(readTrail(), device.id);
  return (
    <>
      <Group justify="space-between" mb={4}>
        <RouteLink to={trail?.from ?? '/devices'} size="sm">
          {trail === undefined ? t('devices') : t('devicesOf', { count: formatNumber(trail.total) })}
        </RouteLink>
        {trail !== undefined && <Neighbours trail={trail} tab={open?.to.split('/').at(-1) ?? 'overview'} />}
      </Group>
      <Page
        title={name}
        windowTitle={[name, word, open?.text].filter(Boolean).join(' – ')}
        heading={<Plain text={device.name} limit={120} />}
        status={<StandingMark device={device} standing={standing} />}
        meaning={<Identity device={device} />}
        action={<DeviceActions device={device} barred={isBarred(explanation)} />}
        tabs={tabs}
      >
        <Underway />
        <Outlet />
      </Page>
    </>
  );
}

const isBarred = (explanation: ReturnType<typeof useExplanation>['data']): boolean =>
  explanation?.gates.network.reasons.some(({ code }) => code === 'barred') ?? false;

function useStandingWord({ word, until }: Standing): string {
  const t = deviceTexts.use();
  if (word === 'exempt' && until === null) return t('exemptOpen');
  return until === null ? t(word, { time: '' }) : t(word, { time: formatTime(new Date(until)) });
}

function StandingMark({ device, standing }: { device: Device; standing: Standing }) {
  const t = deviceTexts.use();
  const word = useStandingWord(standing);
  const why =
    standing.word === 'unchecked'
      ? t('uncheckedWhy')
      : standing.word === 'notKnown' && device.evaluatedAt === null
        ? t('notKnownWhy')
        : (device.failureReason ?? (standing.kind === 'ok' ? t('fine') : word));
  return (
    <StatusMark
      kind={standing.kind}
      word={word}
      why={why}
      since={standing.since === null ? undefined : new Date(standing.since).toISOString()}
      to={`/devices/${device.id}/why`}
    />
  );
}

/** Two lines that a call to the help desk begins with. */
function Identity({ device }: { device: Device }) {
  const t = deviceTexts.use();
  const may = useMay();
  const { user } = device;
  return (
    <>
      <div className={classes.line}>
        <span>
          <Plain text={device.model ?? device.platform} limit={60} />
          {device.osVersion !== null && (
            <>
              {' · '}
              <Plain text={device.osVersion} limit={30} />
            </>
          )}
        </span>
        <span>{t(device.ownership)}</span>
        <span>
          {user === null ? (
            t('nobody')
          ) : may('users.read') ? (
            <RouteLink to={`/users/${user.id}`} size="sm">
              <Plain text={user.displayName || user.email} limit={80} />
            </RouteLink>
          ) : (
            <Plain text={user.displayName || user.email} limit={80} />
          )}
        </span>
        {device.serialNumber !== null && (
          <CopyText value={device.serialNumber}>
            <Plain text={t('serial', { serial: device.serialNumber })} limit={80} />
          </CopyText>
        )}
        <span>
          {device.lastCheckInAt === null ? (
            t('neverSeen')
          ) : (
            <>
              {t('seen')} <Time at={device.lastCheckInAt} />
            </>
          )}
        </span>
        <span>{t('enrolledOn', { date: formatDate(device.registeredAt ?? device.createdAt) })}</span>
      </div>
      <GateLine device={device} />
      {device.failureReason !== null && (
        <Text size="sm" c="var(--mantine-color-text)" mt={4}>
          {device.failureReason} {device.remediation}{' '}
          {may('devices.explain') && (
            <RouteLink to={`/devices/${device.id}/why`} size="sm" underline="always">
              {t('whyLink')}
            </RouteLink>
          )}
        </Text>
      )}
    </>
  );
}

function Neighbours({ trail, tab }: { trail: NonNullable<ReturnType<typeof neighboursOf>>; tab: string }) {
  const t = deviceTexts.use();
  const router = useRouter();
  const addressOf = useAddressOf();
  const go = (deviceId: string | undefined) =>
    deviceId === undefined
      ? undefined
      : () => void router.navigate({ href: addressOf(`/devices/${deviceId}/${tab}`) });
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('previous')}
        disabled={trail.previous === undefined}
        onClick={go(trail.previous)}
      >
        <IconChevronUp size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('next')}
        disabled={trail.next === undefined}
        onClick={go(trail.next)}
      >
        <IconChevronDown size={18} aria-hidden />
      </ActionIcon>
      <Text size="sm" c="dimmed">
        {t('placeOf', { place: formatNumber(trail.place), total: formatNumber(trail.total) })}
      </Text>
    </Group>
  );
}
