import { broken, type Finding, judgeFact, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

/** PWD-06: the server sets the longest idle time, the device may choose less. A time without a lock locks nothing. */
export const screenLock = defineRule({
  kind: 'screen-lock',
  title: 'The screen locks by itself',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['screen-lock.enabled', 'screen-lock.timeout-seconds'],
  settings: {
    names: ['screen-lock.required', 'screen-lock.maximum-inactivity-seconds'],
    grace: 'passcode.grace-minutes',
    demand: (values) => {
      const longest = values['screen-lock.maximum-inactivity-seconds'];
      return values['screen-lock.required'] || longest !== undefined ? { longest } : undefined;
    },
  },
  demand: ({ maximumInactivitySeconds: longest }) => ({ longest }),
  judge: ({ longest }, view) => {
    const findings: Finding[] = [
      judgeFact(view, 'screen-lock.enabled', 'whether its screen locks by itself', (enabled) =>
        enabled
          ? met('The screen locks by itself.')
          : broken('The screen does not lock by itself.', 'Turn on the automatic screen lock.'),
      ),
    ];
    if (longest !== undefined) {
      findings.push(
        judgeFact(view, 'screen-lock.timeout-seconds', 'after how long its screen locks', (timeout) =>
          timeout <= longest
            ? met(`The screen locks after ${timeout} seconds.`)
            : broken(
                `The screen locks only after ${timeout} seconds; at most ${longest} are allowed.`,
                `Let the screen lock after at most ${longest} seconds.`,
              ),
        ),
      );
    }
    return findings;
  },
});
