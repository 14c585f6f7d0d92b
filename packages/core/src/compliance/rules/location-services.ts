import { broken, judgeFact, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/** CMP-10. */
export const locationServices = defineRule({
  kind: 'location-services',
  severity: 'low',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['location.services'],
  demand: (demand) => demand,
  judge: (_demand, view) => [
    judgeFact(view, 'location.services', (on) =>
      on ? met(say('location.on')) : broken(say('location.off'), say('location.turn-on')),
    ),
  ],
});
