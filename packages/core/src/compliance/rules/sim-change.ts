import { createHash } from 'node:crypto';
import { broken, judgeFact, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

/**
 * The SIM first seen under this version of the rule is the right one. Its number is not kept with the verdict, only a digest;
 * who accepts the new SIMs of a fleet saves the rule anew, who accepts one makes an exception.
 */
export const simChange = defineRule({
  kind: 'sim-change',
  title: 'The SIM has not been changed',
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
      'which SIM it uses',
      (id) => {
        const sim = createHash('sha256').update(id).digest('base64url').slice(0, 16);
        memory ??= { sim };
        return first === undefined || first === sim
          ? met('The SIM is the one that the device had before.')
          : broken(
              'The device uses another SIM than before.',
              'Put the former SIM back, or tell your administrators of the new one.',
            );
      },
      [],
      () => 'not shown',
    );
    return [{ ...finding, memory }];
  },
});
