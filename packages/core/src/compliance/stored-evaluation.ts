/** Reads an evaluation as it was stored, also one from before verdicts had ids, stages and exceptions. */
import type { Evaluation, RuleVerdict } from './verdict.ts';

type StoredVerdict = Partial<RuleVerdict> &
  Pick<
    RuleVerdict,
    'rule' | 'severity' | 'purpose' | 'gates' | 'settings' | 'status' | 'summary' | 'remedy' | 'evidence'
  > &
  Pick<RuleVerdict, 'failingSince' | 'graceEndsAt' | 'changesAt'>;

/** The same object when nothing is missing. */
export function readEvaluation(stored: Evaluation): Evaluation {
  const verdicts = stored.verdicts as readonly StoredVerdict[];
  if (verdicts.every(({ id }) => id !== undefined)) return stored;
  return { ...stored, verdicts: verdicts.map(completed) };
}

function completed(verdict: StoredVerdict): RuleVerdict {
  return {
    id: verdict.rule,
    ruleId: null,
    ruleVersion: null,
    name: null,
    settlesAt: null,
    brokenAt: [],
    stage: 0,
    reached: [],
    restricts: [],
    quarantines: false,
    removesProfiles: false,
    exception: null,
    memory: null,
    ...verdict,
  };
}
