/** The evaluation in one line each, for peers that have room for one line only (ISE's failure_reason and remediation). */
import { effectOn } from './access.ts';
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
  const broken = evaluation.verdicts.filter(
    ({ status, exception }) => status !== 'compliant' && exception === null,
  );
  // The network is told what counts for it (NAC-41); what does not is told only where the network has nothing to complain of.
  const counting = broken.filter((verdict) => effectOn(verdict, 'network') !== 'allow');
  const failing = (
    counting.length > 0 ? counting : broken.filter(({ purpose }) => purpose === 'security')
  ).toSorted(compareUrgency);
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
