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

export interface Resolved {
  readonly name: string;
  readonly policy: EffectivePolicy;
}

const mostAlike = 10_000;

export class AssignmentTable {
  readonly rows: readonly TabledRow[];
  readonly #organizationId: string;
  readonly #byTarget: ReadonlyMap<string, readonly TabledRow[]>;
  readonly #resolved = new Map<string, EffectivePolicy>();
  /** What was found for devices alike: of one platform, and in the same groups among those to which anything is assigned. */
  readonly #alike = new Map<string, Resolved>();

  constructor(organizationId: string, rows: readonly TabledRow[]) {
    this.rows = rows;
    this.#organizationId = organizationId;
    this.#byTarget = Map.groupBy(rows, (row) => `${row.target_kind}/${row.target_id}`);
  }

  static async load(tx: TenantTx): Promise<AssignmentTable> {
    return new AssignmentTable(tx.organizationId, await selectAllAssigned(tx));
  }

  /** The same table with a change; this one stays as it is. */
  with(change: TableChange): AssignmentTable {
    return new AssignmentTable(this.#organizationId, changed(this.rows, change));
  }

  /** What holds for a device, and a name for it: devices of one name share the policy. */
  resolve(device: Reachable): Resolved {
    const targets = this.#targetsOf(device);
    const key = `${device.platform}|${targets.join()}`;
    const known = this.#alike.get(key);
    if (known !== undefined) return known;
    const resolved = this.#resolve(device, targets);
    // What is assigned to single devices or users is looked up again for each: memory does not grow with the fleet.
    if (this.#alike.size < mostAlike) this.#alike.set(key, resolved);
    return resolved;
  }

  #resolve(device: Reachable, targets: readonly string[]): Resolved {
    const rows = this.#reaching(device.platform, targets);
    const name = rows
      .map((row) => row.assignment_id)
      .sort()
      .join();
    const policy = this.#resolved.get(name) ?? resolveAssigned(rows);
    this.#resolved.set(name, policy);
    return { name, policy };
  }

  /** Those of a device's targets to which anything is assigned. */
  #targetsOf({ deviceId, userId, groupIds }: Reachable): readonly string[] {
    const targets: string[] = [];
    const add = (target: string) => void (this.#byTarget.has(target) && targets.push(target));
    add(`organization/${this.#organizationId}`);
    add(`device/${deviceId}`);
    if (userId !== null) add(`user/${userId}`);
    for (const id of groupIds) add(`group/${id}`);
    return targets;
  }

  #reaching(platform: Platform, targets: readonly string[]): readonly TabledRow[] {
    return targets.flatMap((target) =>
      (this.#byTarget.get(target) ?? []).filter(
        (row) => row.for_platform === null || row.for_platform === platform,
      ),
    );
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
