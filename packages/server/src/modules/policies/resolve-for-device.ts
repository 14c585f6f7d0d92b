// What a device should have now: every suite that reaches it made one (POL-09), and the schedule nearest to it (POL-02).
import { createHash } from 'node:crypto';
import { canonicalJson } from '@gatehouse/core/audit/canonical-json.ts';
import { type AssignedRule, rankRules } from '@gatehouse/core/compliance/rules-in-force.ts';
import { type ConnectionSchedule, defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import {
  type AssignmentPath,
  type ResolvedSettings,
  resolveSettings,
  targetKinds,
} from '@gatehouse/core/settings/resolve.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type AssignedRow, selectAssignedTo, selectAssignedToPerson } from './resolve-queries.ts';

export interface EffectivePolicy {
  readonly resolved: ResolvedSettings;
  readonly schedule: ConnectionSchedule;
  /** Where the schedule comes from; null: the built-in one, because none is assigned. */
  readonly scheduleOrigin: {
    readonly scheduleId: string;
    readonly name: string;
    readonly path: AssignmentPath;
  } | null;
  /** The compliance rules that reach it, nearest first. */
  readonly rules: readonly AssignedRule[];
  /** Names these rules in their versions: equal lists have the same. */
  readonly rulesVersion: string;
  /** Names settings and schedule together: a device that acknowledged this version has nothing to fetch (POL-15). */
  readonly version: string;
}

/** One query, however many assignments there are. A device that does not exist gets the defaults, like one without assignments. */
export async function resolveForDevice(tx: TenantTx, deviceId: string): Promise<EffectivePolicy> {
  return (await resolveForDevices(tx, [deviceId])).get(deviceId) ?? resolveAssigned([]);
}

/** Also one query. Devices that are reached by the same assignments share one result. */
export async function resolveForDevices(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, EffectivePolicy>> {
  const assigned = await selectAssignedTo(tx, deviceIds);
  const known = new Map<readonly AssignedRow[], EffectivePolicy>();
  return new Map(
    [...assigned].map(([deviceId, rows]) => {
      const policy = known.get(rows) ?? resolveAssigned(rows);
      known.set(rows, policy);
      return [deviceId, policy];
    }),
  );
}

/**
 * What a device of this person would have that is not enrolled. null for nobody that is known here: what the organization has.
 * @param platform null: what is for one platform alone does not count.
 */
export async function resolveForUser(
  tx: TenantTx,
  userId: string | null,
  platform: Platform | null,
): Promise<EffectivePolicy> {
  return resolveAssigned(await selectAssignedToPerson(tx, userId, platform));
}

/** One policy out of everything that is assigned to a device. */
export function resolveAssigned(assigned: readonly AssignedRow[]): EffectivePolicy {
  const resolved = resolveSettings(
    assigned.flatMap((row) =>
      row.settings === null
        ? []
        : [
            {
              policyId: row.item_id,
              name: row.name,
              version: row.version,
              settings: row.settings,
              path: pathOf(row),
              priority: row.priority,
            },
          ],
    ),
  );
  const nearest = assigned.filter((row) => row.schedule !== null).toSorted(compareRank)[0];
  const schedule = nearest?.schedule ?? defaultSchedule;
  const rules = rankRules(assigned.flatMap((row) => toRule(row) ?? []));
  return {
    resolved,
    rules,
    rulesVersion: rules.map(({ rule }) => `${rule.ruleId}@${rule.version}`).join(),
    schedule,
    scheduleOrigin: nearest
      ? { scheduleId: nearest.item_id, name: nearest.name, path: pathOf(nearest) }
      : null,
    version: versionOf(resolved, schedule),
  };
}

function toRule(row: AssignedRow): AssignedRule | undefined {
  if (row.rule === null) return undefined;
  const { item_id: ruleId, name, version, priority } = row;
  return { rule: { ...row.rule, ruleId, name, version, enabled: true }, path: pathOf(row), priority };
}

function pathOf(row: AssignedRow): AssignmentPath {
  return { targetKind: row.target_kind, targetId: row.target_id, targetName: row.target_name };
}

/** The same order as for settings: nearest target, then priority, then name. */
function compareRank(a: AssignedRow, b: AssignedRow): number {
  return (
    targetKinds.indexOf(a.target_kind) - targetKinds.indexOf(b.target_kind) ||
    b.priority - a.priority ||
    compareText(a.name, b.name) ||
    compareText(a.item_id, b.item_id)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionOf(resolved: ResolvedSettings, schedule: ConnectionSchedule): string {
  const content = canonicalJson({ settings: { ...resolved.values }, schedule: { ...schedule } });
  return createHash('sha256').update(content).digest('base64url').slice(0, 16);
}
