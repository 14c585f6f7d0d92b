// Everything that is assigned in an organization, for questions about a whole fleet: read once, changed as a simulation asks, and
// then asked for each device without the database. What comes out is resolved as for a single device.
import type { RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type EffectivePolicy, resolveAssigned } from './resolve-for-device.ts';
import { selectAllAssigned, type TabledRow } from './assignment-table-queries.ts';

/** What of a device decides what reaches it. */
export interface Reachable {
  readonly deviceId: string;
  readonly userId: string | null;
  readonly groupIds: readonly string[];
  readonly platform: Platform;
}

export interface AssignmentTarget {
  readonly kind: TargetKind;
  readonly id: string;
}

/** A change of what is assigned or of what it says; whatever it does not name stays. */
export type TableChange =
  | { readonly kind: 'policy'; readonly policyId: string; readonly settings: Settings | null }
  /** null: the rule and its assignments are gone, or it is off. */
  | {
      readonly kind: 'rule';
      readonly ruleId: string;
      readonly name: string;
      readonly version: number;
      readonly content: RuleContent | null;
    }
  | { readonly kind: 'removed'; readonly assignmentId: string }
  | { readonly kind: 'added'; readonly row: TabledRow };

const mostAlike = 10_000;

export class AssignmentTable {
  readonly rows: readonly TabledRow[];
  readonly #organizationId: string;
  readonly #byTarget: Readonly<Record<TargetKind, ReadonlyMap<string, readonly TabledRow[]>>>;
  readonly #resolved = new Map<string, EffectivePolicy>();
  /** What was found for devices alike: of one platform, and in the same groups among those to which anything is assigned. */
  readonly #alike = new Map<string, EffectivePolicy>();

  constructor(organizationId: string, rows: readonly TabledRow[]) {
    this.rows = rows;
    this.#organizationId = organizationId;
    const of = (kind: TargetKind) =>
      Map.groupBy(
        rows.filter((row) => row.target_kind === kind),
        (row) => row.target_id,
      );
    this.#byTarget = {
      organization: of('organization'),
      group: of('group'),
      user: of('user'),
      device: of('device'),
    };
  }

  static async load(tx: TenantTx): Promise<AssignmentTable> {
    return new AssignmentTable(tx.organizationId, await selectAllAssigned(tx));
  }

  /** The same table with a change; this one stays as it is. */
  with(change: TableChange): AssignmentTable {
    return new AssignmentTable(this.#organizationId, changed(this.rows, change));
  }

  /** What holds for a device; devices that the same assignments reach share it. */
  resolve(device: Reachable): EffectivePolicy {
    const key = this.#keyOf(device);
    const known = this.#alike.get(key);
    if (known !== undefined) return known;
    const resolved = this.#resolve(device);
    // What is assigned to single devices or users is looked up again for each: memory does not grow with the fleet.
    if (this.#alike.size < mostAlike) this.#alike.set(key, resolved);
    return resolved;
  }

  /** Its platform, and those of its targets to which anything is assigned; to most devices and users nothing is. */
  #keyOf({ deviceId, userId, groupIds, platform }: Reachable): string {
    const { device, user, group } = this.#byTarget;
    let key: string = platform;
    if (device.has(deviceId)) key += ` ${deviceId}`;
    if (userId !== null && user.has(userId)) key += ` ${userId}`;
    for (const id of groupIds) if (group.has(id)) key += ` ${id}`;
    return key;
  }

  #resolve({ deviceId, userId, groupIds, platform }: Reachable): EffectivePolicy {
    const { organization, device, user, group } = this.#byTarget;
    const rows = [
      organization.get(this.#organizationId),
      device.get(deviceId),
      userId === null ? undefined : user.get(userId),
      ...groupIds.map((id) => group.get(id)),
    ]
      .flatMap((assigned) => assigned ?? [])
      .filter((row) => row.for_platform === null || row.for_platform === platform);
    const name = rows
      .map((row) => row.assignment_id)
      .sort()
      .join();
    const policy = this.#resolved.get(name) ?? resolveAssigned(rows);
    this.#resolved.set(name, policy);
    return policy;
  }
}

function changed(rows: readonly TabledRow[], change: TableChange): readonly TabledRow[] {
  switch (change.kind) {
    case 'policy': {
      const { policyId, settings } = change;
      if (settings === null) return rows.filter((row) => row.item_id !== policyId);
      return rows.map((row) =>
        row.item_id === policyId ? { ...row, settings, version: row.version + 1 } : row,
      );
    }
    case 'rule': {
      const { ruleId, name, version, content } = change;
      if (content === null) return rows.filter((row) => row.item_id !== ruleId);
      return rows.map((row) => (row.item_id === ruleId ? { ...row, name, rule: content, version } : row));
    }
    case 'removed':
      return rows.filter((row) => row.assignment_id !== change.assignmentId);
    case 'added':
      return [...rows, change.row];
    default:
      return change satisfies never;
  }
}
