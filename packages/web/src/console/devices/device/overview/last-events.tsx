// The last things that happened to the device, of the kinds that one may see.
import { List, Text } from '@mantine/core';
import { Plain } from '../../../../design/plain.tsx';
import { RouteLink } from '../../../../design/route-link.tsx';
import { Tile } from '../../../../design/charts.tsx';
import { Time } from '../../../../design/time.tsx';
import { useMay } from '../../../../session/session.ts';
import { useMomentText } from '../history/moment-text.ts';
import { mergeTimeline } from '../history/timeline.ts';
import { useTimelineSources } from '../history/use-timeline-sources.ts';
import { useDeviceId } from '../use-device.ts';
import { overviewTexts } from './texts.ts';

const shown = 10;

export function LastEvents() {
  const t = overviewTexts.use();
  const may = useMay();
  const deviceId = useDeviceId();
  const { sources } = useTimelineSources(deviceId);
  const text = useMomentText();
  const moments = mergeTimeline(sources).moments.slice(0, shown);
  return (
    <Tile title={t('events')}>
      {moments.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('eventsNone')}
        </Text>
      ) : (
        <List size="sm" mb="xs">
          {moments.map((moment, index) => (
            <List.Item key={`${moment.at} ${moment.kind} ${index}`}>
              <Time at={moment.at} form="time" />: <Plain text={text(moment).join(' ')} limit={200} />
            </List.Item>
          ))}
        </List>
      )}
      {may('devices.explain') && (
        <RouteLink to={`/devices/${deviceId}/history`} size="sm">
          {t('allEvents')}
        </RouteLink>
      )}
    </Tile>
  );
}
