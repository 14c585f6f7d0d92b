// The rules in force for a device of a platform under a policy: in one place, so that whoever evaluates and whoever simulates agree.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { Rule } from '@gatehouse/core/compliance/rule.ts';
import { rulesInForce } from '@gatehouse/core/compliance/rules-in-force.ts';
import type { EffectivePolicy } from '../policies/index.ts';

export function rulesOfPolicy(policy: EffectivePolicy, platform: Platform): readonly Rule[] {
  return rulesInForce(policy.resolved, platform, policy.rules);
}
