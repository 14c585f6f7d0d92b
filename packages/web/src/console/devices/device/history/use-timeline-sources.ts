// The lists that make up the history of a device, those that one may read.
import { useList } from '../../../../api/hooks.ts';
import {
  listCommands,
  listDeviceAudit,
  listFactChanges,
  listPostureChanges,
} from '../../../../api/operations/device.ts';
import { useMay } from '../../../../session/session.ts';
import { isToldElsewhere, type Moment, type Source, type TimelineKind } from './timeline.ts';

const perPage = { limit: 50 };

export function useTimelineSources(deviceId: string) {
  const may = useMay();
  const given = { params: { deviceId }, query: perPage };
  const lists = {
    decision: useList(listPostureChanges, given, { enabled: may('devices.explain') }),
    fact: useList(listFactChanges, given, { enabled: may('devices.facts.read') }),
    command: useList(listCommands, given, { enabled: may('commands.read') }),
    record: useList(
      listDeviceAudit,
      { query: { ...perPage, target: deviceId } },
      { enabled: may('audit.read') },
    ),
  };
  const source = (moments: readonly Moment[], hasMore: boolean): Source => ({ moments, hasMore });
  const sources: Partial<Record<TimelineKind, Source>> = {
    ...(may('devices.explain') && {
      decision: source(
        lists.decision.items.map((change, index) => ({
          kind: 'decision',
          at: change.at,
          change,
          before: lists.decision.items[index + 1],
        })),
        lists.decision.hasMore,
      ),
    }),
    ...(may('devices.facts.read') && {
      fact: source(
        lists.fact.items.map((change) => ({ kind: 'fact', at: change.observedAt, change })),
        lists.fact.hasMore,
      ),
    }),
    ...(may('commands.read') && {
      command: source(
        lists.command.items.map((command) => ({ kind: 'command', at: command.createdAt, command })),
        lists.command.hasMore,
      ),
    }),
    ...(may('audit.read') && {
      record: source(
        lists.record.items
          .filter((entry) => !isToldElsewhere(entry, may('commands.read')))
          .map((entry) => ({ kind: 'record', at: entry.time, entry })),
        lists.record.hasMore,
      ),
    }),
  };
  return { sources, lists };
}
