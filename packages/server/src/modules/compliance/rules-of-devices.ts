// The rules in force for devices, and the facts that only some of them look at.
import type { Rule } from '@gatehouse/core/compliance/rule.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { EffectivePolicy } from '../policies/index.ts';
import { scansBeyond, scansOf } from './posture.ts';
import { type DeviceRow, type LoadedRows, loadFurtherFacts } from './queries.ts';
import { rulesOfPolicy } from './rules-of-policy.ts';
import { loadPickedFacts } from './simulate-queries.ts';

export type RulesFor = (policy: EffectivePolicy, platform: Platform) => readonly Rule[];

/** Devices of one platform under one policy with the same rules share them. */
export function ruleCache(): RulesFor {
  const known = new Map<string, readonly Rule[]>();
  return (policy, platform) => {
    const key = [platform, policy.resolved.version, policy.rulesVersion].join('/');
    const rules = known.get(key) ?? rulesOfPolicy(policy, platform);
    known.set(key, rules);
    return rules;
  };
}

/** Of facts only what the rules of these devices look at. */
export async function factsForRules(
  tx: TenantTx,
  devices: readonly DeviceRow[],
  policies: ReadonlyMap<string, EffectivePolicy>,
  rulesFor: RulesFor,
): Promise<LoadedRows['facts']> {
  const rules = new Set(
    devices.flatMap((device) => {
      const policy = policies.get(device.device_id);
      return policy ? [rulesFor(policy, device.platform)] : [];
    }),
  );
  const facts = [...new Set([...rules].flatMap((each) => each.flatMap(({ reads }) => reads)))];
  const ids = devices.map(({ device_id }) => device_id);
  return loadPickedFacts(tx, ids, { scans: scansOf(facts), facts });
}

/** Inventories, read only for devices that have a rule that looks into them: one statement more for those. */
export async function furtherFacts(
  tx: TenantTx,
  devices: readonly DeviceRow[],
  policies: ReadonlyMap<string, EffectivePolicy>,
  rulesFor: RulesFor,
): Promise<LoadedRows['facts']> {
  const wanted = devices.flatMap((device) => {
    const policy = policies.get(device.device_id);
    const scans = policy ? scansBeyond(rulesFor(policy, device.platform)) : [];
    return scans.length === 0 ? [] : [{ id: device.device_id, scans }];
  });
  if (wanted.length === 0) return new Map();
  const scans = [...new Set(wanted.flatMap((each) => each.scans))];
  const ids = wanted.map(({ id }) => id);
  return loadFurtherFacts(tx, ids, scans);
}
