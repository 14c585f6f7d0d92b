import { broken } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

/** CMA-01, CMA-02. Broken for as long as it is assigned: the stages and gates say what that means. */
export const accessRestriction = defineRule({
  kind: 'access-restriction',
  title: 'Access is not restricted',
  severity: 'high',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [],
  demand: (demand) => demand,
  judge: ({ text }) => [
    { ...broken(text, 'Ask the administrators of your organization.'), evidence: [], holdsUntil: null },
  ],
});
