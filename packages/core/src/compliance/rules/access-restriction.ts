import { broken } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { inTheirWords, say } from '../wording/message.ts';

/** CMA-01, CMA-02. Broken for as long as it is assigned: the stages and gates say what that means. */
export const accessRestriction = defineRule({
  kind: 'access-restriction',
  severity: 'high',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [],
  demand: (demand) => demand,
  judge: ({ text }) => [
    { ...broken(inTheirWords(text), say('restriction.ask')), evidence: [], holdsUntil: null },
  ],
});
