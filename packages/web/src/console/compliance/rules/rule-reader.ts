/**
 * What the very code that the server reads rules with says of a draft. It knows every kind of rule and its expressions, so it is
 * large and loaded beside the page: see use-rule-reader.ts.
 */
import { parseRule, type RuleInput } from '@gatehouse/core/compliance/parse-rule.ts';
import { ruleWarnings } from '@gatehouse/core/compliance/rule-warnings.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { placeIn } from './demand-values.ts';
import { type Complaint, type RuleDraft, type RuleKindInfo, toNewRule } from './rule-draft.ts';

export function complaintsAbout(draft: RuleDraft, kind: RuleKindInfo): readonly Complaint[] {
  const named = draft.name.trim() === '' ? [{ place: 'name', says: 'is missing' }] : [];
  try {
    parseRule(toNewRule(draft, kind) as RuleInput);
    return named;
  } catch (error) {
    if (!isDomainError(error, 'invalid-input')) throw error;
    return [...named, ...complaintsIn(error.reason, error.detail ?? {}, error.message)];
  }
}

/** The complaints that an error of the server or of ours carries. */
function complaintsIn(
  reason: string | undefined,
  detail: Readonly<Record<string, unknown>>,
  message: string,
): readonly Complaint[] {
  const { position, line, column, problem, problems } = detail;
  if (reason === 'expression' && typeof position === 'number') {
    const at = { position, line: Number(line), column: Number(column) };
    return [{ place: 'demand.expression', says: String(problem), at }];
  }
  if (!Array.isArray(problems)) return [{ place: '', says: message }];
  return problems.map((each) => {
    const { place, rest } = placeIn(String(each));
    return { place, says: rest };
  });
}

/** What its author should hear of a rule that can be read; the server knows more, because it knows the other rules. */
export function warningsAbout(draft: RuleDraft, kind: RuleKindInfo): readonly string[] {
  try {
    return ruleWarnings(parseRule(toNewRule(draft, kind) as RuleInput));
  } catch (error) {
    if (isDomainError(error, 'invalid-input')) return [];
    throw error;
  }
}
