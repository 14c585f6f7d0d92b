// Why a gate is open or shut for a device, as a chain from the fact to the effect: now, or as it was at a moment in the past.
import { Alert, Button, CopyButton, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { type Gate, gates } from '@gatehouse/core/compliance/gate.ts';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useList, useRead } from '../../../../api/hooks.ts';
import { explainDevice, listPostureChanges } from '../../../../api/operations/device.ts';
import { isApiProblem } from '../../../../api/problem.ts';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { RouteLink } from '../../../../design/route-link.tsx';
import { addressWith } from '../../../../design/search-params.ts';
import { designTexts } from '../../../../design/texts.ts';
import { formatTime } from '../../../../language/format.ts';
import { currentLanguage } from '../../../../language/texts.ts';
import { useDevice, useDeviceId, useEvery } from '../use-device.ts';
import { momentsOf } from './why-of.ts';
import { gateNames } from './gate-names.ts';
import { Reasoning } from './reasoning.tsx';
import { whyTexts } from './texts.ts';
import { firstGate, fromLocalInput, toLocalInput, type WhySearch } from './why-search.ts';

export function WhyTab() {
  const t = whyTexts.use();
  const d = designTexts.use();
  const deviceId = useDeviceId();
  const { data: device } = useDevice();
  const search = useSearch({ strict: false }) as WhySearch;
  const gate = search.gate ?? (device === undefined ? undefined : firstGate(device.access));
  const every = useEvery();
  const { data, error, isPending, refetch, isPlaceholderData } = useRead(
    explainDevice,
    {
      params: { deviceId },
      query: { gate, at: search.at, language: currentLanguage() },
    },
    { enabled: gate !== undefined, keep: true, ...(search.at === undefined ? every : {}) },
  );
  const go = useGo(deviceId, { ...search, ...(gate === undefined ? {} : { gate }) });
  if (device === undefined || gate === undefined) return <Loading lines={6} />;
  const before = isApiProblem(error, 'before-the-record');
  return (
    <Stack>
      <Group align="flex-end" justify="space-between">
        <Group align="flex-end" gap="md">
          <SegmentedControl
            aria-label={t('gateLabel')}
            value={gate}
            onChange={(value) => go({ gate: value as Gate })}
            data={gates.map((each) => ({ value: each, label: d(gateNames[each]) }))}
          />
          <TextInput
            type="datetime-local"
            size="xs"
            label={t('pickTime')}
            value={toLocalInput(search.at)}
            onChange={(event) => go({ at: fromLocalInput(event.currentTarget.value) })}
          />
        </Group>
        {data !== undefined && <CopyAsText text={data.text} />}
      </Group>
      <Moments deviceId={deviceId} gate={gate} at={search.at} />
      {search.at !== undefined && (
        <Alert color="violet" variant="light" py="xs" role="status">
          <Group gap="sm">
            <Text size="sm">
              {t('band', { time: formatTime(search.at) })}{' '}
              {gate in device.access &&
                t('bandToday', { access: d(device.access[gate as keyof typeof device.access]) })}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => go({ at: undefined })}>
              {t('back')}
            </Button>
          </Group>
        </Alert>
      )}
      {before ? (
        <EmptyState title={t('before')} />
      ) : data === undefined ? (
        isPending ? (
          <Loading lines={6} height={60} />
        ) : (
          <Failure problem={error} retry={() => void refetch()} />
        )
      ) : (
        <div style={{ opacity: isPlaceholderData ? 0.55 : 1 }} aria-busy={isPlaceholderData}>
          <Reasoning device={device} explanation={data} gate={gate} isPast={search.at !== undefined} />
        </div>
      )}
    </Stack>
  );
}

function useGo(deviceId: string, search: WhySearch) {
  const navigate = useNavigate();
  return (change: { gate?: Gate; at?: string | undefined }) =>
    void navigate({
      to: '/devices/$deviceId/why' as string,
      params: { deviceId } as never,
      search: { ...search, ...change } as never,
      replace: true,
      resetScroll: false,
    });
}

/** Exactly what the command line prints. */
function CopyAsText({ text }: { text: readonly string[] }) {
  const t = whyTexts.use();
  return (
    <CopyButton value={text.join('\n')}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          onClick={copy}
        >
          {copied ? t('copied') : t('copy')}
        </Button>
      )}
    </CopyButton>
  );
}

/** The changes of this gate's answer, to go back to. */
function Moments({ deviceId, gate, at }: { deviceId: string; gate: Gate; at: string | undefined }) {
  const t = whyTexts.use();
  const d = designTexts.use();
  const { items } = useList(listPostureChanges, { params: { deviceId }, query: { limit: 50 } });
  const moments = momentsOf(items, gate).slice(0, 6);
  if (moments.length === 0) return null;
  const link = (moment: string | undefined) => addressWith(`/devices/${deviceId}/why`, { gate, at: moment });
  const [newest] = moments;
  return (
    <Group gap="xs" component="nav" aria-label={t('moments')}>
      <Text size="sm" c="dimmed">
        {t('asOf')}
      </Text>
      <RouteLink to={link(undefined)} size="sm" aria-current={at === undefined ? 'true' : undefined}>
        {t('now')}
      </RouteLink>
      {moments.map((moment) => (
        <RouteLink
          key={moment.at}
          to={link(moment.at)}
          size="sm"
          aria-current={at === moment.at ? 'true' : undefined}
        >
          {formatTime(moment.at)} · {d(moment.access)}
        </RouteLink>
      ))}
      {newest !== undefined && moments.length > 1 && (
        <RouteLink to={link(new Date(Date.parse(newest.at) - 1).toISOString())} size="sm">
          {t('momentBefore')}
        </RouteLink>
      )}
    </Group>
  );
}
