import { createHash } from 'node:crypto';
import { broken, judgeFact, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/**
 * The SIM first seen under this version of the rule is the right one. Its number is not kept with the verdict, only a digest;
 * who accepts the new SIMs of a fleet saves the rule anew, who accepts one makes an exception.
 */
export const simChange = defineRule({
  kind: 'sim-change',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['sim.id'],
  demand: (demand) => demand,
  judge: (_demand, view) => {
    const first = view.memory?.['sim'];
    let memory = view.memory;
    const finding = judgeFact(
      view,
      'sim.id',
      (id) => {
        const sim = createHash('sha256').update(id).digest('base64url').slice(0, 16);
        memory ??= { sim };
        return first === undefined || first === sim
          ? met(say('sim.same'))
          : broken(say('sim.other'), say('sim.put-back'));
      },
      [],
      () => 'not shown',
    );
    return [{ ...finding, memory }];
  },
});
