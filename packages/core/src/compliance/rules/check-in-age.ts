import { broken, met, unknown } from '../finding.ts';
import { platformRemedies } from '../platform-remedies.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

const hour = 3_600_000;

/** CMP-05. The one rule about silence itself: it needs no fact, only the server's own memory. */
export const checkInAge = defineRule({
  kind: 'check-in-age',
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
    const connect = [say('check-in.connect'), platformRemedies[device.platform].report];
    if (lastCheckInAt === null) {
      return [{ ...unknown(say('check-in.never'), ...connect), evidence: [], holdsUntil: null }];
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
    return stale
      ? [
          {
            ...broken(say('check-in.late', { ms: longestMs }), ...connect),
            evidence,
            holdsUntil: null,
          },
        ]
      : [
          {
            ...met(say('check-in.within', { ms: longestMs })),
            evidence,
            holdsUntil: lastCheckInAt + longestMs,
          },
        ];
  },
});
