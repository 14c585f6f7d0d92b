/**
 * What a device should have: all policies that reach it, made one. The result keeps, for every setting, which policy won,
 * along which assignment, against whom and why, because somebody will ask.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import { compareText } from '../text-order.ts';
import { strictest } from './aggregate.ts';
import {
  type SettingName,
  type Settings,
  type SettingValue,
  settingDefinition,
  settingNames,
} from './catalogue.ts';

/** Nearest to the device first. */
export const targetKinds = ['device', 'user', 'group', 'organization'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Along which assignment a policy reaches the device: "group Sales". */
export interface AssignmentPath {
  readonly targetKind: TargetKind;
  readonly targetId: string;
  readonly targetName: string;
}

export interface AssignedPolicy {
  readonly policyId: string;
  readonly name: string;
  readonly version: number;
  readonly settings: Settings;
  readonly path: AssignmentPath;
  /** Among assignments of the same kind of target, the higher wins. */
  readonly priority: number;
}

export interface SettingCandidate {
  readonly policyId: string;
  readonly policyName: string;
  readonly policyVersion: number;
  readonly path: AssignmentPath;
  readonly value: SettingValue;
}

export type SettingOrigin =
  /** No policy states it; the catalogue's default holds. */
  | { readonly why: 'default'; readonly winner: null; readonly candidates: readonly [] }
  | {
      readonly why: 'only-one' | 'strictest' | 'nearest';
      readonly winner: SettingCandidate;
      /** All that state the setting, the winner included, in order of rank. */
      readonly candidates: readonly SettingCandidate[];
    };

export interface ResolvedSettings {
  readonly values: Settings;
  readonly origins: { readonly [N in SettingName]?: SettingOrigin };
  /** Names the values: equal values have the same version, whatever policies they came from. */
  readonly version: string;
}

type Ranked = Pick<AssignedPolicy, 'policyId' | 'name' | 'version' | 'path' | 'priority'>;

/** The order in which "the first wins": nearest target, then higher priority, then name; ids only break ties. */
export function compareRank(a: Ranked, b: Ranked): number {
  return (
    targetKinds.indexOf(a.path.targetKind) - targetKinds.indexOf(b.path.targetKind) ||
    b.priority - a.priority ||
    compareText(a.name, b.name) ||
    compareText(a.policyId, b.policyId) ||
    compareText(a.path.targetId, b.path.targetId) ||
    b.version - a.version
  );
}

export function resolveSettings(assigned: readonly AssignedPolicy[]): ResolvedSettings {
  const ranked = assigned.toSorted(compareRank);
  const values: Record<string, SettingValue> = {};
  const origins: { [N in SettingName]?: SettingOrigin } = {};
  for (const name of settingNames) {
    const resolved = resolveSetting(name, ranked);
    if (resolved === undefined) continue;
    values[name] = resolved.value;
    origins[name] = resolved.origin;
  }
  return { values, origins, version: settingsVersion(values) };
}

function resolveSetting(
  name: SettingName,
  ranked: readonly AssignedPolicy[],
): { readonly value: SettingValue; readonly origin: SettingOrigin } | undefined {
  const definition = settingDefinition(name);
  const candidates = ranked.flatMap((policy): SettingCandidate[] => {
    const value = policy.settings[name];
    if (value === undefined) return [];
    const { policyId, name: policyName, version: policyVersion, path } = policy;
    return [{ policyId, policyName, policyVersion, path, value }];
  });
  const [first, ...others] = candidates;
  if (first === undefined) {
    if (definition.default === undefined) return undefined;
    return { value: definition.default, origin: { why: 'default', winner: null, candidates: [] } };
  }
  if (others.length === 0)
    return { value: first.value, origin: { why: 'only-one', winner: first, candidates } };
  const winner = strictest(definition.aggregation, [first, ...others]);
  const why = definition.aggregation === 'first' ? 'nearest' : 'strictest';
  return { value: winner.value, origin: { why, winner, candidates } };
}

/** 16 characters, 96 bits: names a set of values, protects nothing. */
export function settingsVersion(values: Settings | Readonly<Record<string, SettingValue>>): string {
  return createHash('sha256')
    .update(canonicalJson({ ...values }))
    .digest('base64url')
    .slice(0, 16);
}
