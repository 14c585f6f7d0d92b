// Rollouts in rings. `$1` is the organization.
import type { RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

/** The devices of a group, or so many of a hundred, chosen by their ids; rings add up. */
export type Ring = { readonly percent: number } | { readonly groupId: string };

export type RolloutState = 'preparing' | 'running' | 'halted' | 'done' | 'aborted';

export interface RolloutRow {
  readonly rollout_id: string;
  readonly item_kind: 'policy' | 'rule';
  readonly item_id: string;
  readonly from_version: number;
  readonly state: RolloutState;
  readonly rings: readonly Ring[];
  readonly ring: number;
  readonly reached_percent: number;
  readonly reached_groups: readonly string[];
  readonly expected: readonly number[];
  readonly tolerance: number;
  readonly soak_minutes: number;
  readonly not_compliant: number;
  readonly next_at: Date;
  readonly started_at: Date;
  readonly created_by: string;
}

const columns =
  'rollout_id, item_kind, item_id, from_version, state, rings, ring, reached_percent, reached_groups, expected, tolerance, soak_minutes, not_compliant, next_at, started_at, created_by';

const insertStatement = sql(
  'rollouts-insert',
  `insert into rollouts (organization_id, ${columns})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict do nothing`,
);

/** @returns false when the item is being rolled out already. */
export async function insertRollout(tx: TenantTx, row: RolloutRow): Promise<boolean> {
  const values = [
    tx.organizationId,
    row.rollout_id,
    row.item_kind,
    row.item_id,
    row.from_version,
    row.state,
    JSON.stringify(row.rings),
    row.ring,
    row.reached_percent,
    row.reached_groups,
    JSON.stringify(row.expected),
    row.tolerance,
    row.soak_minutes,
    row.not_compliant,
    row.next_at,
    row.started_at,
    row.created_by,
  ];
  return (await tx.run(insertStatement, values)) === 1;
}

const selectOne = sql(
  'rollouts-select',
  `select ${columns} from rollouts where organization_id = $1 and rollout_id = $2`,
);
const lockOne = sql(
  'rollouts-lock',
  `select ${columns} from rollouts where organization_id = $1 and rollout_id = $2 for update`,
);
const selectMany = sql(
  'rollouts-list',
  `select ${columns} from rollouts
   where organization_id = $1 and ($2::uuid is null or rollout_id < $2) order by rollout_id desc limit $3`,
);
const updateStatement = sql(
  'rollouts-update',
  `update rollouts set state = $3, ring = $4, reached_percent = $5, reached_groups = $6, not_compliant = $7, next_at = $8
   where organization_id = $1 and rollout_id = $2`,
);
const deleteStatement = sql(
  'rollouts-delete',
  'delete from rollouts where organization_id = $1 and rollout_id = $2',
);

export function findRollout(tx: TenantTx, rolloutId: string): Promise<RolloutRow | undefined> {
  return tx.one<RolloutRow>(selectOne, [tx.organizationId, rolloutId]);
}

export function lockRollout(tx: TenantTx, rolloutId: string): Promise<RolloutRow | undefined> {
  return tx.one<RolloutRow>(lockOne, [tx.organizationId, rolloutId]);
}

export function selectRollouts(tx: TenantTx, before: string | null, limit: number): Promise<RolloutRow[]> {
  return tx.query<RolloutRow>(selectMany, [tx.organizationId, before, limit]);
}

export function updateRollout(tx: TenantTx, row: RolloutRow): Promise<number> {
  const { rollout_id, state, ring, reached_percent, reached_groups, not_compliant, next_at } = row;
  return tx.run(updateStatement, [
    tx.organizationId,
    rollout_id,
    state,
    ring,
    reached_percent,
    reached_groups,
    not_compliant,
    next_at,
  ]);
}

export function deleteRollout(tx: TenantTx, rolloutId: string): Promise<number> {
  return tx.run(deleteStatement, [tx.organizationId, rolloutId]);
}

/** Through the partial index of what does not comply; of each its last change from before the rollout. */
const countTurned = sql(
  'rollouts-count-turned',
  `select count(*)::int as count
   from device_posture p
   join devices d on d.organization_id = $1 and d.device_id = p.device_id
   cross join lateral (
     select c.compliant from posture_changes c
     where c.organization_id = $1 and c.device_id = p.device_id and c.changed_at <= $3
     order by c.changed_at desc limit 1) was
   where p.organization_id = $1 and not p.compliant and p.registered and was.compliant
     and (('x' || left(md5($2::text || d.device_id::text), 8))::bit(32)::bigint % 100 < $4
       or exists (select 1 from group_members m
         where m.organization_id = $1 and m.user_id = d.user_id and m.group_id = any ($5))
       or exists (select 1 from group_devices m
         where m.organization_id = $1 and m.device_id = d.device_id and m.group_id = any ($5)))`,
);

/** Devices in the rings reached that complied when the rollout began and do not now. */
export async function countTurnedDevices(tx: TenantTx, row: RolloutRow): Promise<number> {
  const { rollout_id, started_at, reached_percent, reached_groups } = row;
  const values = [tx.organizationId, rollout_id, started_at, reached_percent, reached_groups];
  return (await tx.one<{ count: number }>(countTurned, values))?.count ?? 0;
}

const selectFormerStatement = sql(
  'rollouts-select-former',
  `select pv.settings, rv.content, rv.enabled
   from rollouts o
   left join policy_versions pv on o.item_kind = 'policy' and pv.organization_id = $1 and pv.policy_id = o.item_id
     and pv.version = o.from_version
   left join compliance_rule_versions rv on o.item_kind = 'rule' and rv.organization_id = $1 and rv.rule_id = o.item_id
     and rv.version = o.from_version
   where o.organization_id = $1 and o.rollout_id = $2`,
);

/** What the item was before. */
export function selectFormer(
  tx: TenantTx,
  { rollout_id }: RolloutRow,
): Promise<
  | {
      readonly settings: Settings | null;
      readonly content: RuleContent | null;
      readonly enabled: boolean | null;
    }
  | undefined
> {
  return tx.one(selectFormerStatement, [tx.organizationId, rollout_id]);
}

const selectActive = sql(
  'rollouts-is-active',
  `select 1 from rollouts
   where organization_id = $1 and item_id = $2 and state in ('preparing', 'running', 'halted')`,
);

export async function isBeingRolledOut(tx: TenantTx, itemId: string): Promise<boolean> {
  return (await tx.one(selectActive, [tx.organizationId, itemId])) !== undefined;
}
