import { broken, judgeFact, mention, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/** CMP-08, CMA-07. No grace: a device that lies about itself has no time to mend. */
export const compromised = defineRule({
  kind: 'compromised',
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
      (isCompromised) =>
        isCompromised
          ? broken(say('compromised.yes'), say('compromised.restore'))
          : met(say('compromised.no')),
      [mention(view, 'integrity.signs', (signs) => signs.slice(0, 8).map(({ sign }) => sign))],
    ),
  ],
});
