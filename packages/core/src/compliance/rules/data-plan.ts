import { broken, judgeFact, mention, met, unknown } from '../finding.ts';
import { defineRule, noGate } from '../rule.ts';

/** CMP-19, GAP-10, MON-05. About cost: it tells people, and cuts nothing unless somebody says so. */
export const dataPlan = defineRule({
  kind: 'data-plan',
  title: 'The mobile data plan is not used up',
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
        'how much mobile data it has used',
        (used) => {
          if (limit === undefined)
            return unknown('How much mobile data the plan allows is not known.', 'Ask your administrators.');
          const percent = Math.floor((used / limit) * 100);
          return percent < maximumPercent
            ? met(`${percent} percent of the mobile data plan are used.`)
            : broken(
                `${percent} percent of the mobile data plan are used; the mark is at ${maximumPercent}.`,
                'Use Wi-Fi where you can until the plan starts anew.',
              );
        },
        [stated],
      ),
    ];
  },
});
