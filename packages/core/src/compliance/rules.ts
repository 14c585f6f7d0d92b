/** The catalogue of rule kinds. A new rule is one file in rules/ and one line here. */
import type { Platform } from '../devices/device.ts';
import type { ResolvedSettings } from '../settings/resolve.ts';
import type { Rule, RuleDefinition, RuleKind } from './rule.ts';
import { type PolicyRuleKind, policyRuleKinds } from './rule-kind.ts';
import { checkInAge } from './rules/check-in-age.ts';
import { compromised } from './rules/compromised.ts';
import { encryption } from './rules/encryption.ts';
import { minimumOs } from './rules/minimum-os.ts';
import { passcode } from './rules/passcode.ts';
import { screenLock } from './rules/screen-lock.ts';

export const ruleCatalogue = {
  compromised,
  encryption,
  passcode,
  'screen-lock': screenLock,
  'minimum-os': minimumOs,
  'check-in-age': checkInAge,
} as const satisfies { [K in PolicyRuleKind]: RuleDefinition<K> };

/** The rules that a device's settings ask for. */
export function rulesFromSettings(
  resolved: Pick<ResolvedSettings, 'values'>,
  platform: Platform,
): readonly Rule[] {
  return policyRuleKinds.flatMap((kind) => ruleCatalogue[kind].instantiate(resolved.values, platform) ?? []);
}

export function titleOf(kind: RuleKind): string {
  const known: Partial<Record<RuleKind, RuleDefinition>> = ruleCatalogue;
  return known[kind]?.title ?? kind;
}
