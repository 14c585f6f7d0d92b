// One timeline of what became of the device: facts, decisions, commands, and who looked at it or changed it.
import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { type Gate, gates } from '@gatehouse/core/compliance/gate.ts';
import { IconDatabase, IconEye, IconScale, IconSend, type IconProps } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ComponentType, useEffect } from 'react';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { RouteLink } from '../../../../design/route-link.tsx';
import { addressWith } from '../../../../design/search-params.ts';
import { designTexts } from '../../../../design/texts.ts';
import { Time } from '../../../../design/time.tsx';
import { useMay } from '../../../../session/session.ts';
import classes from '../device.module.css';
import { deviceTexts } from '../texts.ts';
import { useDeviceId } from '../use-device.ts';
import { gateNames } from '../why/gate-names.ts';
import type { HistorySearch } from './history-search.ts';
import { useMomentText } from './moment-text.ts';
import { historyTexts } from './texts.ts';
import { mergeTimeline, type Moment, type TimelineKind, timelineKinds } from './timeline.ts';
import { useTimelineSources } from './use-timeline-sources.ts';

const icons: Readonly<Record<TimelineKind, ComponentType<IconProps>>> = {
  decision: IconScale,
  fact: IconDatabase,
  command: IconSend,
  record: IconEye,
};

export function HistoryTab() {
  const t = historyTexts.use();
  const d = deviceTexts.use();
  const may = useMay();
  const deviceId = useDeviceId();
  const navigate = useNavigate();
  const { kind } = useSearch({ strict: false }) as HistorySearch;
  const { sources, lists } = useTimelineSources(deviceId);
  const permitted = timelineKinds.filter((each) => sources[each] !== undefined);
  const timeline = mergeTimeline(sources, kind === undefined ? permitted : [kind]);
  const failed = Object.values(lists).find((list) => list.error !== null);
  const pending = permitted.some((each) => lists[each].isPending);
  const more = () => {
    for (const each of timeline.waitsFor) lists[each].loadMore();
  };
  // A first page of one kind may reach less far than nothing of another: it is gone on until something can be shown.
  const stuck = timeline.moments.length === 0 && timeline.waitsFor.length > 0 && !pending;
  useEffect(() => {
    if (stuck) more();
  });
  return (
    <Stack>
      <SegmentedControl
        aria-label={t('kinds')}
        value={kind ?? 'all'}
        onChange={(value) =>
          void navigate({
            to: '/devices/$deviceId/history' as string,
            params: { deviceId } as never,
            search: (value === 'all' ? {} : { kind: value }) as never,
            replace: true,
          })
        }
        data={[
          { value: 'all', label: t('all') },
          ...permitted.map((each) => ({ value: each, label: t(each) })),
        ]}
        style={{ flexWrap: 'wrap', alignSelf: 'flex-start' }}
      />
      {!may('audit.read') && (
        <Text size="sm" c="dimmed">
          {t('noRecord')}
        </Text>
      )}
      {failed !== undefined && <Failure problem={failed.error} retry={failed.refetch} />}
      {pending ? (
        <Loading lines={8} />
      ) : timeline.moments.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
      ) : (
        <ol className={classes.timeline}>
          {timeline.moments.map((moment, index) => (
            // Moments of one second are many; their place is their identity.
            <MomentLine key={`${moment.at} ${moment.kind} ${index}`} moment={moment} deviceId={deviceId} />
          ))}
        </ol>
      )}
      {timeline.waitsFor.length > 0 && (
        <Group>
          <Button
            variant="default"
            onClick={more}
            loading={timeline.waitsFor.some((each) => lists[each].isLoadingMore)}
          >
            {d('loadMore')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function MomentLine({ moment, deviceId }: { moment: Moment; deviceId: string }) {
  const t = historyTexts.use();
  const text = useMomentText();
  const Icon = icons[moment.kind];
  return (
    <li className={classes.moment}>
      <Time at={moment.at} form="time" />
      <Icon size={16} aria-label={t(moment.kind)} />
      <div>
        {text(moment).map((line) => (
          <div key={line}>
            <Plain text={line} limit={300} />
          </div>
        ))}
        {moment.kind === 'decision' && <GateChanges moment={moment} deviceId={deviceId} />}
      </div>
    </li>
  );
}

function GateChanges({
  moment,
  deviceId,
}: {
  moment: Extract<Moment, { kind: 'decision' }>;
  deviceId: string;
}) {
  const t = historyTexts.use();
  const d = designTexts.use();
  const { change, before } = moment;
  const turned: Gate[] = gates.filter((gate) => before?.access[gate] !== change.access[gate]);
  return (
    <>
      {turned.map((gate) => (
        <div key={gate}>
          {before === undefined
            ? t('first', { gate: d(gateNames[gate]), after: d(change.access[gate]) })
            : t('gate', {
                gate: d(gateNames[gate]),
                before: d(before.access[gate]),
                after: d(change.access[gate]),
              })}
        </div>
      ))}
      <RouteLink
        to={addressWith(`/devices/${deviceId}/why`, { gate: turned[0] ?? 'network', at: change.at })}
        size="sm"
      >
        {t('why')}
      </RouteLink>
    </>
  );
}
