import { broken, met, unknown } from '../finding.ts';
import { formatDuration } from '../plain-language.ts';
import { platformRemedies } from '../platform-remedies.ts';
import { defineRule, everyGate } from '../rule.ts';

const hour = 3_600_000;

/** CMP-05. The one rule about silence itself: it needs no fact, only the server's own memory. */
export const checkInAge = defineRule({
  kind: 'check-in-age',
  title: 'The device checks in',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [],
  settings: {
    names: ['check-in.maximum-age-hours'],
    grace: 'none',
    demand: (values) => {
      const longest = values['check-in.maximum-age-hours'];
      return longest === undefined ? undefined : { longestMs: longest * hour };
    },
  },
  demand: ({ maximumHours }) => ({ longestMs: maximumHours * hour }),
  judge: ({ longestMs }, { lastCheckInAt, now, device }) => {
    const connect = `Connect the device to the internet. ${platformRemedies[device.platform].report}`;
    if (lastCheckInAt === null) {
      return [{ ...unknown('The device has never checked in.', connect), evidence: [], holdsUntil: null }];
    }
    const ageMs = Math.max(0, now - lastCheckInAt);
    const stale = now - lastCheckInAt >= longestMs;
    const evidence = [
      {
        fact: 'last-check-in',
        value: new Date(lastCheckInAt).toISOString(),
        source: 'server',
        observedAt: lastCheckInAt,
        ageMs,
        stale,
      },
    ] as const;
    const allowed = formatDuration(longestMs);
    return stale
      ? [
          {
            ...broken(`The device has not checked in for more than ${allowed}.`, connect),
            evidence,
            holdsUntil: null,
          },
        ]
      : [
          {
            ...met(`The device checked in within the last ${allowed}.`),
            evidence,
            holdsUntil: lastCheckInAt + longestMs,
          },
        ];
  },
});
