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
import { formatDuration } from '../plain-language.ts';
import { defineRule, everyGate } from '../rule.ts';

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
  title: 'The device is where it may be',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['location.latitude', 'location.longitude', 'location.accuracy-meters'],
  demand: (demand) => demand,
  judge: (demand, view) => {
    const latitude = readFact(view, 'location.latitude');
    const longitude = readFact(view, 'location.longitude');
    const remembered = view.memory;
    const locate = 'Turn on location services and open the agent, so that the device can say where it is.';
    const was = sideOf(remembered?.['side']);
    if (latitude === undefined || longitude === undefined)
      return [
        {
          ...unknown('Where the device is, is not known.', locate),
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
      const text = 'The device is so near to a border that its side cannot be told.';
      return [{ ...unknown(text, locate), evidence, holdsUntil: null, memory: remembered }];
    }
    const since = side === was && typeof remembered?.['since'] === 'number' ? remembered['since'] : view.now;
    const common = { evidence, memory: { side, since } };
    if (side !== demand.must) return [{ ...wrongSide(demand, side, since, view.now), ...common }];
    const staleAt = latitude.observedAt + view.maximumFactAgeMs;
    return isStale(view, latitude)
      ? [
          {
            ...unknown('Where the device is, was reported too long ago.', locate),
            ...common,
            holdsUntil: null,
          },
        ]
      : [{ ...met(`The device is ${side} ${areaNames(demand)}.`), ...common, holdsUntil: staleAt }];
  },
});

function wrongSide(
  demand: Demands['geofence'],
  side: Side,
  since: number,
  now: number,
): Opinion & Pick<Finding, 'holdsUntil'> {
  const end = since + demand.dwellMinutes * minute;
  const where = `${side} ${areaNames(demand)}`;
  if (now < end)
    return {
      ...met(`The device is ${where}, and not yet for ${formatDuration(end - since)}.`),
      holdsUntil: end,
    };
  const go = demand.must === 'inside' ? 'Return to' : 'Leave';
  return { ...broken(`The device is ${where}.`, `${go} ${areaNames(demand)}.`), holdsUntil: null };
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

function areaNames({ areas }: Demands['geofence']): string {
  const names = areas.slice(0, 3).map(({ name }) => name);
  const rest = areas.length - names.length;
  return [...names, ...(rest > 0 ? [`${rest} other areas`] : [])].join(' or ');
}
