// What happens to devices, as it happens; it can be paused, because a line that moves away cannot be read.
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useRead } from '../../api/hooks.ts';
import { getDevice } from '../../api/operations/device.ts';
import { Tile } from '../../design/charts.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { Time } from '../../design/time.tsx';
import type { LiveEvent } from '../../live/live-events.ts';
import { useLive } from '../../live/use-live.ts';
import { useMay } from '../../session/session.ts';
import { fleetTexts } from '../fleet/texts.ts';
import { changedGates, deviceOf, shownEvents } from './feed.ts';
import { overviewTexts } from './texts.ts';

const most = 12;

export function LiveFeed() {
  const t = overviewTexts.use();
  const may = useMay();
  const [lines, setLines] = useState<readonly LiveEvent[]>([]);
  const [waiting, setWaiting] = useState<readonly LiveEvent[]>([]);
  const [isPaused, setPaused] = useState(false);
  useLive(['device.*', 'command.*'], (events) => {
    const fresh = events.filter(({ type }) => (shownEvents as readonly string[]).includes(type)).toReversed();
    if (isPaused) setWaiting((before) => [...fresh, ...before].slice(0, 200));
    else setLines((before) => [...fresh, ...before].slice(0, most));
  });
  function toggle(): void {
    if (isPaused) {
      setLines((before) => [...waiting, ...before].slice(0, most));
      setWaiting([]);
    }
    setPaused(!isPaused);
  }
  return (
    <Tile
      title={t('live')}
      action={
        may('events.read') && (
          <Button size="xs" variant="default" aria-pressed={isPaused} onClick={toggle}>
            {isPaused ? t('liveGo') : t('livePause')}
          </Button>
        )
      }
    >
      {isPaused && waiting.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('livePaused', { count: waiting.length })}
        </Text>
      )}
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {may('events.read') ? t('liveEmpty') : t('liveOff')}
        </Text>
      ) : (
        lines.map((event, index) => <Line key={`${event.timestamp} ${event.type} ${index}`} event={event} />)
      )}
    </Tile>
  );
}

function Line({ event }: { event: LiveEvent }) {
  const t = overviewTexts.use();
  const f = fleetTexts.use();
  const deviceId = deviceOf(event);
  const { data } = useRead(
    getDevice,
    { params: { deviceId: deviceId ?? '-' } },
    { enabled: deviceId !== undefined && event.type !== 'device.deleted' },
  );
  const { gained, lost } = changedGates(event);
  const words = [
    ...(gained.length > 0 ? [t('gotBack', { gates: gained.map((gate) => f(gate)).join(', ') })] : []),
    ...(lost.length > 0 ? [t('lost', { gates: lost.map((gate) => f(gate)).join(', ') })] : []),
  ];
  return (
    <Group gap="xs" wrap="nowrap" py={2}>
      <Text size="sm" c="dimmed" component="span" style={{ whiteSpace: 'nowrap' }}>
        <Time at={event.timestamp} />
      </Text>
      <Text size="sm" component="span" miw={0}>
        {data === undefined || deviceId === undefined ? (
          t('aDevice')
        ) : (
          <RouteLink to={`/devices/${deviceId}`}>
            <Plain text={data.name} limit={60} />
          </RouteLink>
        )}{' '}
        {words.length > 0 ? words.join('; ') : t(event.type as 'device.changed')}
      </Text>
    </Group>
  );
}
