import { broken, met, recorded } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

const minute = 60_000;

/**
 * CMP-11. The time counts from when the device first lacked what it should have; further changes meanwhile do not start it
 * anew, or a device that applies nothing would stay compliant under a policy that changes often.
 */
export const policyCurrent = defineRule({
  kind: 'policy-current',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [],
  demand: ({ withinMinutes }) => ({ withinMs: withinMinutes * minute }),
  judge: ({ withinMs }, { device, memory, now }) => {
    const acknowledged = device.acknowledgedPolicyVersion;
    const evidence = [recorded('acknowledged-policy', acknowledged ?? 'none', now, now)];
    if (acknowledged === device.policyVersion)
      return [{ ...met(say('policy.applied')), evidence, holdsUntil: null, memory: null }];
    const remembered = memory?.['since'];
    const since = typeof remembered === 'number' ? remembered : now;
    const common = { evidence, memory: { since } };
    const end = since + withinMs;
    return now < end
      ? [{ ...met(say('policy.on-its-way')), ...common, holdsUntil: end }]
      : [
          {
            ...broken(say('policy.not-applied', { ms: withinMs }), say('policy.connect')),
            ...common,
            holdsUntil: null,
          },
        ];
  },
});
