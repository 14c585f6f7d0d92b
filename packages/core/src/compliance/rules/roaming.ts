import type { Demands } from '../demands.ts';
import { broken, judgeFact, met } from '../finding.ts';
import { defineRule, noGate } from '../rule.ts';

/** CMP-15. About cost: it warns, and shuts nothing unless somebody says so. */
export const roaming = defineRule({
  kind: 'roaming',
  title: 'The device is not roaming',
  severity: 'low',
  purpose: 'cost',
  defaultGates: noGate,
  reads: ['roaming.active', 'roaming.data'],
  readsOf: ({ when }: Demands['roaming']): readonly ('roaming.active' | 'roaming.data')[] =>
    when === 'any' ? ['roaming.active'] : ['roaming.active', 'roaming.data'],
  demand: (demand) => demand,
  judge: ({ when }, view) => {
    const abroad = judgeFact(view, 'roaming.active', 'whether it is in a foreign network', (active) =>
      active
        ? broken(
            'The device is in a foreign mobile network.',
            'Use Wi-Fi, or a mobile network that your plan includes.',
          )
        : met('The device is in its own mobile network.'),
    );
    if (when === 'any' || abroad.outcome === 'met') return [abroad];
    const data = judgeFact(view, 'roaming.data', 'whether it uses data abroad', (on) =>
      on
        ? broken('The device uses mobile data in foreign networks.', 'Turn off data roaming.')
        : met('The device uses no mobile data in foreign networks.'),
    );
    // Abroad without data costs nothing; only both together break the rule.
    return abroad.outcome === 'broken'
      ? [{ ...data, evidence: [...abroad.evidence, ...data.evidence] }]
      : data.outcome === 'met'
        ? [data]
        : [abroad];
  },
});
