/** The catalogue of rule kinds. A new rule is one file in rules/ and one line here. */
import type { Platform } from '../devices/device.ts';
import type { ResolvedSettings } from '../settings/resolve.ts';
import type { Rule, RuleDefinition, RuleKind } from './rule.ts';
import { policyRuleKinds } from './rule-kind.ts';
import { accessRestriction } from './rules/access-restriction.ts';
import { activesync } from './rules/activesync.ts';
import { apps } from './rules/apps.ts';
import { checkInAge } from './rules/check-in-age.ts';
import { compromised } from './rules/compromised.ts';
import { custom } from './rules/custom.ts';
import { dataPlan } from './rules/data-plan.ts';
import { encryption } from './rules/encryption.ts';
import { enrollment } from './rules/enrollment.ts';
import { geofence } from './rules/geofence.ts';
import { locationServices } from './rules/location-services.ts';
import { minimumOs } from './rules/minimum-os.ts';
import { passcode } from './rules/passcode.ts';
import { policyCurrent } from './rules/policy-current.ts';
import { roaming } from './rules/roaming.ts';
import { screenLock } from './rules/screen-lock.ts';
import { simChange } from './rules/sim-change.ts';

export const ruleCatalogue = {
  'access-restriction': accessRestriction,
  compromised,
  enrollment,
  encryption,
  passcode,
  'screen-lock': screenLock,
  'minimum-os': minimumOs,
  apps,
  'sim-change': simChange,
  geofence,
  'location-services': locationServices,
  'policy-current': policyCurrent,
  activesync,
  custom,
  'check-in-age': checkInAge,
  roaming,
  'data-plan': dataPlan,
} as const satisfies { [K in RuleKind]: RuleDefinition<K> };

/** The rules that a device's settings ask for. */
export function rulesFromSettings(
  resolved: Pick<ResolvedSettings, 'values'>,
  platform: Platform,
): readonly Rule[] {
  return policyRuleKinds.flatMap((kind) => ruleCatalogue[kind].instantiate(resolved.values, platform) ?? []);
}
