/**
 * An evaluation as it is stored: without what is so for nearly every verdict. A fleet has its evaluations written again when a
 * policy changes and keeps one for each change of each device; a third of the bytes is a third of that work. What is left out
 * reads back as it was, and evaluations from before verdicts had ids, stages and exceptions are read in the same way.
 */
import { gates } from './gate.ts';
import type { Evaluation, Evidence, RuleVerdict } from './verdict.ts';
import { inTheirWords } from './wording/message.ts';

/** What a verdict says where nothing is stored; its id is then its rule's kind. */
const usual = {
  ruleId: null,
  ruleVersion: null,
  name: null,
  assignedTo: null,
  purpose: 'security',
  gates,
  mends: [],
  evidence: [],
  failingSince: null,
  graceEndsAt: null,
  changesAt: null,
  settlesAt: null,
  brokenAt: [],
  stage: 0,
  reached: [],
  restricts: [],
  quarantines: false,
  removesProfiles: false,
  exception: null,
  memory: null,
} as const satisfies Partial<RuleVerdict>;

type StoredEvidence = Pick<Evidence, 'fact' | 'value'> & Partial<Evidence>;
/** Source and time that evidence has where it names none: nearly all of a device's comes from its last report. */
type Origin = readonly [source: Evidence['source'], observedAt: number];
type StoredVerdict = Pick<RuleVerdict, 'rule' | 'severity' | 'settings' | 'status'> &
  Partial<Omit<RuleVerdict, 'evidence'>> & {
    readonly evidence?: readonly StoredEvidence[];
    /** Of verdicts from before there were messages: in English, and read as words that stay as they are. */
    readonly summary?: string;
    readonly remedy?: string | null;
  };

export interface StoredEvaluation extends Omit<Evaluation, 'verdicts'> {
  readonly verdicts: readonly StoredVerdict[];
  readonly from?: Origin | undefined;
}

export function writeEvaluation(evaluation: Evaluation): StoredEvaluation {
  const from = originOf(evaluation);
  return { ...evaluation, from, verdicts: evaluation.verdicts.map((verdict) => reduced(verdict, from)) };
}

function originOf({ verdicts }: Evaluation): Origin | undefined {
  for (const { evidence } of verdicts)
    for (const { source, observedAt } of evidence) if (source !== 'server') return [source, observedAt];
  return undefined;
}

function reduced(verdict: RuleVerdict, from: Origin | undefined): StoredVerdict {
  const kept: Record<string, unknown> = {};
  const said = verdict as unknown as Readonly<Record<string, unknown>>;
  for (const name in said) {
    const value = said[name];
    if (name === 'id' ? value !== verdict.rule : !isUsual(value, usual[name as keyof typeof usual]))
      kept[name] = value;
  }
  if (verdict.evidence.length > 0)
    kept['evidence'] = verdict.evidence.map((each) => reducedEvidence(each, from));
  return kept as unknown as StoredVerdict;
}

/** Its age follows from the moment of the evaluation. */
function reducedEvidence(
  { ageMs: _age, stale, source, observedAt, ...evidence }: Evidence,
  from: Origin | undefined,
): StoredEvidence {
  const origin = source === from?.[0] && observedAt === from[1] ? {} : { source, observedAt };
  return stale ? { ...evidence, ...origin, stale } : { ...evidence, ...origin };
}

function isUsual(value: unknown, common: unknown): boolean {
  if (value === common) return true;
  if (!Array.isArray(value) || !Array.isArray(common)) return false;
  return value.length === common.length && value.every((each, index) => each === common[index]);
}

export function readEvaluation({ from, ...stored }: StoredEvaluation): Evaluation {
  return {
    ...stored,
    verdicts: stored.verdicts.map(({ summary = '', remedy = null, ...verdict }) => ({
      id: verdict.rule,
      ...usual,
      says: [inTheirWords(summary)],
      ...(remedy === null ? {} : { mends: [inTheirWords(remedy)] }),
      ...verdict,
      evidence: (verdict.evidence ?? []).map((evidence) => readEvidence(evidence, stored.evaluatedAt, from)),
    })),
  };
}

function readEvidence(
  evidence: StoredEvidence,
  evaluatedAt: number,
  [usualSource, usualTime]: Origin = ['server', evaluatedAt],
): Evidence {
  const { source = usualSource, observedAt = usualTime } = evidence;
  return { ageMs: Math.max(0, evaluatedAt - observedAt), stale: false, ...evidence, source, observedAt };
}
