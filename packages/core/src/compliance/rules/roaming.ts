import type { Demands } from '../demands.ts';
import { broken, judgeFact, met } from '../finding.ts';
import { defineRule, noGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/** CMP-15. About cost: it warns, and shuts nothing unless somebody says so. */
export const roaming = defineRule({
  kind: 'roaming',
  severity: 'low',
  purpose: 'cost',
  defaultGates: noGate,
  reads: ['roaming.active', 'roaming.data'],
  readsOf: ({ when }: Demands['roaming']): readonly ('roaming.active' | 'roaming.data')[] =>
    when === 'any' ? ['roaming.active'] : ['roaming.active', 'roaming.data'],
  demand: (demand) => demand,
  judge: ({ when }, view) => {
    const abroad = judgeFact(view, 'roaming.active', (active) =>
      active ? broken(say('roaming.abroad'), say('roaming.use-other')) : met(say('roaming.at-home')),
    );
    if (when === 'any' || abroad.outcome === 'met') return [abroad];
    const data = judgeFact(view, 'roaming.data', (on) =>
      on ? broken(say('roaming.data-on'), say('roaming.turn-off')) : met(say('roaming.data-off')),
    );
    // Abroad without data costs nothing; only both together break the rule.
    return abroad.outcome === 'broken'
      ? [{ ...data, evidence: [...abroad.evidence, ...data.evidence] }]
      : data.outcome === 'met'
        ? [data]
        : [abroad];
  },
});
