import { broken, type Finding, judgeFact, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/** PWD-06: the server sets the longest idle time, the device may choose less. A time without a lock locks nothing. */
export const screenLock = defineRule({
  kind: 'screen-lock',
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
      judgeFact(view, 'screen-lock.enabled', (enabled) =>
        enabled ? met(say('screen-lock.on')) : broken(say('screen-lock.off'), say('screen-lock.turn-on')),
      ),
    ];
    if (longest !== undefined) {
      findings.push(
        judgeFact(view, 'screen-lock.timeout-seconds', (seconds) =>
          seconds <= longest
            ? met(say('screen-lock.soon', { seconds }))
            : broken(
                say('screen-lock.late', { seconds, longest }),
                say('screen-lock.make-sooner', { longest }),
              ),
        ),
      );
    }
    return findings;
  },
});
