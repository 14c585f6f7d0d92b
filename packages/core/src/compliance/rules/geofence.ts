import type { Demands } from '../demands.ts';
import {
  broken,
  type DeviceView,
  evidenceOf,
  type Finding,
  isStale,
  met,
  type Opinion,
  readFact,
  unknown,
} from '../finding.ts';
import { metersFromBorder } from '../geometry.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';
import type { Named } from '../wording/named.ts';

const minute = 60_000;

type Side = 'inside' | 'outside';
type View = DeviceView<'location.latitude' | 'location.longitude' | 'location.accuracy-meters'>;

/**
 * CMP-18. A device has crossed a border when it is surely beyond it by the hysteresis: by more than its position may be wrong.
 * Until then it is on the side where it was. The wrong side breaks the rule when it has lasted for the dwell time; an old
 * position on the wrong side still breaks it, an old one on the right side shows nothing. The evidence tells the side and
 * never the place.
 */
export const geofence = defineRule({
  kind: 'geofence',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['location.latitude', 'location.longitude', 'location.accuracy-meters'],
  demand: (demand) => demand,
  judge: (demand, view) => {
    const latitude = readFact(view, 'location.latitude');
    const longitude = readFact(view, 'location.longitude');
    const remembered = view.memory;
    const locate = say('place.locate');
    const was = sideOf(remembered?.['side']);
    if (latitude === undefined || longitude === undefined)
      return [
        {
          ...unknown(say('place.unknown'), locate),
          evidence: [],
          holdsUntil: null,
          memory: remembered,
        },
      ];
    const side = sideNow(demand, view, was, {
      latitude: latitude.value as number,
      longitude: longitude.value as number,
    });
    const evidence = [evidenceOf(view, 'location.latitude', latitude, side ?? 'at the border')];
    if (side === undefined) {
      return [{ ...unknown(say('place.at-border'), locate), evidence, holdsUntil: null, memory: remembered }];
    }
    const since = side === was && typeof remembered?.['since'] === 'number' ? remembered['since'] : view.now;
    const common = { evidence, memory: { side, since } };
    if (side !== demand.must) return [{ ...wrongSide(demand, side, since, view.now), ...common }];
    const staleAt = latitude.observedAt + view.maximumFactAgeMs;
    return isStale(view, latitude)
      ? [
          {
            ...unknown(say('place.too-old'), locate),
            ...common,
            holdsUntil: null,
          },
        ]
      : [{ ...met(say('place.is', { side, areas: named(demand) })), ...common, holdsUntil: staleAt }];
  },
});

function wrongSide(
  demand: Demands['geofence'],
  side: Side,
  since: number,
  now: number,
): Opinion & Pick<Finding, 'holdsUntil'> {
  const end = since + demand.dwellMinutes * minute;
  const areas = named(demand);
  if (now < end)
    return {
      ...met(say('place.is-shortly', { side, areas, ms: end - since })),
      holdsUntil: end,
    };
  const go = say(demand.must === 'inside' ? 'place.return' : 'place.leave', { areas });
  return { ...broken(say('place.is', { side, areas }), go), holdsUntil: null };
}

function sideOf(value: unknown): Side | undefined {
  return value === 'inside' || value === 'outside' ? value : undefined;
}

/** undefined: it was on no side before, and is too near to a border to say. */
function sideNow(
  { areas, hysteresisMeters }: Demands['geofence'],
  view: View,
  was: Side | undefined,
  position: { readonly latitude: number; readonly longitude: number },
): Side | undefined {
  const stated = readFact(view, 'location.accuracy-meters')?.value;
  const doubt = typeof stated === 'number' ? stated : 0;
  const meters = Math.min(...areas.map((area) => metersFromBorder(area, position)));
  const margin = was === undefined ? doubt : doubt + hysteresisMeters;
  if (Math.abs(meters) < margin) return was;
  return meters <= 0 ? 'inside' : 'outside';
}

function named({ areas }: Demands['geofence']): Named {
  const names = areas.slice(0, 3).map(({ name }) => name);
  return { names, more: areas.length - names.length };
}
