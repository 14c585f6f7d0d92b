// Which rules a change makes other rules: those are judged in a simulation, all others stand as they are stored.
import { canonicalJson, type Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { Rule } from '@gatehouse/core/compliance/rule.ts';
import { ruleCatalogue } from '@gatehouse/core/compliance/rules.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';

export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly values: Settings;
  readonly policyVersion: string;
}

/** The ids of rules that are there on one side only, ask something else, or weigh otherwise. */
export function rulesThatDiffer(before: RuleSet, after: RuleSet): ReadonlySet<string> {
  const [old, made] = [namesOf(before), namesOf(after)];
  const ids = new Set([...old.keys(), ...made.keys()]);
  return new Set([...ids].filter((id) => old.get(id) !== made.get(id)));
}

function namesOf(set: RuleSet): Map<string, string> {
  return new Map(set.rules.map((rule) => [rule.id, nameOf(rule, set)]));
}

/** Everything that a rule says, and what its demand comes from; what it looks at beyond facts is the version of the policy. */
function nameOf({ judge: _judge, ...said }: Rule, { values, policyVersion }: RuleSet): string {
  const definition = ruleCatalogue[said.kind as keyof typeof ruleCatalogue] as
    | { readonly settings: readonly (keyof Settings)[] }
    | undefined;
  const fromSettings = said.id === said.kind ? (definition?.settings ?? []) : [];
  return canonicalJson({
    said: said as unknown as Json,
    demand: fromSettings.map((name) => values[name] ?? null),
    policyVersion: said.kind === 'policy-current' ? policyVersion : null,
  });
}
