import { broken, judgeFact, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

/** CMP-10. */
export const locationServices = defineRule({
  kind: 'location-services',
  title: 'Location services are on',
  severity: 'low',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['location.services'],
  demand: (demand) => demand,
  judge: (_demand, view) => [
    judgeFact(view, 'location.services', 'whether location services are on', (on) =>
      on
        ? met('Location services are on.')
        : broken('Location services are off.', 'Turn on location services, then refresh in the agent.'),
    ),
  ],
});
