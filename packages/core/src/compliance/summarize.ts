/** The evaluation in one line each, for peers that have room for one line only (ISE's failure_reason and remediation). */
import { shorten } from './plain-language.ts';
import { ruleKinds } from './rule.ts';
import { type Evaluation, type RuleVerdict, severities } from './verdict.ts';

export const summaryLength = 255;

export interface EvaluationSummary {
  /** What is wrong, worst first; null when nothing is. */
  readonly failureReason: string | null;
  /** What mends it, in the same order. */
  readonly remediation: string | null;
}

/** @returns plain English without text from the device, each at most 255 characters. */
export function summarize(evaluation: Evaluation): EvaluationSummary {
  const failing = evaluation.verdicts
    .filter(({ status, purpose }) => status !== 'compliant' && purpose === 'security')
    .toSorted(compareUrgency);
  const line = (parts: readonly (string | null)[]): string | null =>
    shorten(parts.filter((part) => part !== null).join(' '), summaryLength) || null;
  return {
    failureReason: line(failing.map(({ summary }) => summary)),
    remediation: line([...new Set(failing.map(({ remedy }) => remedy))]),
  };
}

/** What is broken before what is unknown, then the more severe. */
function compareUrgency(a: RuleVerdict, b: RuleVerdict): number {
  return (
    Number(a.status === 'unknown') - Number(b.status === 'unknown') ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    ruleKinds.indexOf(a.rule) - ruleKinds.indexOf(b.rule)
  );
}
