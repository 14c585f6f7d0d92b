import { broken, judgeFact, mention, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

/** CMP-08, CMA-07. No grace: a device that lies about itself has no time to mend. */
export const compromised = defineRule({
  kind: 'compromised',
  title: 'The device is not compromised',
  severity: 'critical',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['integrity.compromised', 'integrity.signs'],
  settings: {
    names: ['compromise.forbidden'],
    grace: 'none',
    demand: (values) => (values['compromise.forbidden'] ? {} : undefined),
  },
  demand: (demand) => demand,
  judge: (_demand, view) => [
    judgeFact(
      view,
      'integrity.compromised',
      'whether it is compromised',
      (isCompromised) =>
        isCompromised
          ? broken('The device is compromised.', 'Restore the original operating system, then enrol again.')
          : met('No sign of a compromise was found.'),
      [mention(view, 'integrity.signs', (signs) => signs.slice(0, 8).map(({ sign }) => sign))],
    ),
  ],
});
