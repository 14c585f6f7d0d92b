import { broken, judgeFact, mention, met, unknown } from '../finding.ts';
import { defineRule, noGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/** CMP-19, GAP-10, MON-05. About cost: it tells people, and cuts nothing unless somebody says so. */
export const dataPlan = defineRule({
  kind: 'data-plan',
  severity: 'low',
  purpose: 'cost',
  defaultGates: noGate,
  reads: ['cellular.data-used-bytes', 'cellular.data-limit-bytes'],
  demand: (demand) => demand,
  judge: ({ maximumPercent, limitBytes }, view) => {
    const stated = mention(view, 'cellular.data-limit-bytes', (bytes) => bytes);
    const limit = limitBytes ?? (typeof stated?.value === 'number' ? stated.value : undefined);
    return [
      judgeFact(
        view,
        'cellular.data-used-bytes',
        (used) => {
          if (limit === undefined) return unknown(say('data-plan.no-limit'), say('ask-administrators'));
          const percent = Math.floor((used / limit) * 100);
          return percent < maximumPercent
            ? met(say('data-plan.used', { percent }))
            : broken(say('data-plan.used-up', { percent, mark: maximumPercent }), say('data-plan.save'));
        },
        [stated],
      ),
    ];
  },
});
