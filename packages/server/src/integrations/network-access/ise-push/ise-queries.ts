// Statements over ISE servers that are told of changes. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

/** What administrators decide. */
export interface IseSettings {
  readonly ise_id: string;
  readonly name: string;
  readonly mnt_url: string | null;
  readonly psn: string | null;
  readonly coa: 'none' | 'reauthenticate' | 'disconnect';
  readonly coa_option: 0 | 1 | 2;
  readonly again_seconds: number | null;
  readonly ers_url: string | null;
  readonly anc_policy: string | null;
  readonly user_name: string;
  readonly password: Buffer;
  readonly trust: string | null;
  readonly enabled: boolean;
}

export interface IseRow extends IseSettings {
  readonly answered_at: Date | null;
  readonly problem: string | null;
  readonly problem_at: Date | null;
  readonly created_at: Date;
}

const settings = `e.ise_id, e.name, e.mnt_url, e.psn, e.coa, e.coa_option, e.again_seconds, e.ers_url, e.anc_policy, e.user_name,
  e.password, e.trust, e.enabled`;
const columns = `${settings}, e.answered_at, e.problem, e.problem_at, e.created_at`;

const listStatement = sql(
  'ise-servers-list',
  `select ${columns} from ise_servers e where e.organization_id = $1 and ($2::uuid is null or e.ise_id > $2)
   order by e.ise_id limit $3`,
);
export function selectIsePage(tx: TenantTx, after: string | null, limit: number): Promise<IseRow[]> {
  return tx.query(listStatement, [tx.organizationId, after, limit]);
}

const selectStatement = sql(
  'ise-servers-select',
  `select ${columns} from ise_servers e where e.organization_id = $1 and e.ise_id = $2`,
);
export function selectIse(tx: TenantTx, iseId: string): Promise<IseRow | undefined> {
  return tx.one(selectStatement, [tx.organizationId, iseId]);
}

const oneStatement = sql(
  'ise-servers-one',
  `select ${columns} from ise_servers e where e.organization_id = $1 and e.ise_id = $2 for update`,
);
export function lockIse(tx: TenantTx, iseId: string): Promise<IseRow | undefined> {
  return tx.one(oneStatement, [tx.organizationId, iseId]);
}

const writeStatement = sql(
  'ise-servers-write',
  `insert into ise_servers (organization_id, ise_id, name, mnt_url, psn, coa, coa_option, again_seconds, ers_url, anc_policy,
     user_name, password, trust, enabled, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
   on conflict (organization_id, ise_id) do update set name = excluded.name, mnt_url = excluded.mnt_url, psn = excluded.psn,
     coa = excluded.coa, coa_option = excluded.coa_option, again_seconds = excluded.again_seconds, ers_url = excluded.ers_url,
     anc_policy = excluded.anc_policy, user_name = excluded.user_name, password = excluded.password, trust = excluded.trust,
     enabled = excluded.enabled, problem = null, problem_at = null`,
);
export async function writeIse(tx: TenantTx, row: IseSettings, at: Date): Promise<void> {
  await tx.run(writeStatement, [
    tx.organizationId,
    row.ise_id,
    row.name,
    row.mnt_url,
    row.psn,
    row.coa,
    row.coa_option,
    row.again_seconds,
    row.ers_url,
    row.anc_policy,
    row.user_name,
    row.password,
    row.trust,
    row.enabled,
    at,
  ]);
}

const nameStatement = sql(
  'ise-servers-name-taken',
  `select 1 from ise_servers where organization_id = $1 and lower(name) = lower($2) and ise_id <> $3`,
);
export async function isIseNameTaken(tx: TenantTx, name: string, iseId: string): Promise<boolean> {
  return (await tx.one(nameStatement, [tx.organizationId, name, iseId])) !== undefined;
}

const deleteStatement = sql(
  'ise-servers-delete',
  `delete from ise_servers where organization_id = $1 and ise_id = $2`,
);
export async function deleteIse(tx: TenantTx, iseId: string): Promise<void> {
  await tx.run(deleteStatement, [tx.organizationId, iseId]);
}

// ---------------------------------------------------------------- telling
const noteStatement = sql(
  'ise-note-changes',
  `with endpoints as (
     select i.device_id, i.value as mac from device_identifiers i
     where i.organization_id = $1 and i.device_id = any ($2::uuid[]) and i.kind = 'mac'
     union
     select i.device_id, s.mac from device_identifiers i
     join nac_sessions s on s.organization_id = $1 and s.guid = i.value and s.mac is not null
     where i.organization_id = $1 and i.device_id = any ($2::uuid[]) and i.kind = 'guid'
   )
   insert into ise_tellings as t (organization_id, ise_id, mac, device_id, due_at, changed_at, revision)
   select distinct on (e.ise_id, p.mac) $1, e.ise_id, p.mac, p.device_id, $3::timestamptz, $3::timestamptz, 1
   from ise_servers e cross join endpoints p
   where e.organization_id = $1 and e.enabled
   order by e.ise_id, p.mac, p.device_id
   on conflict (organization_id, ise_id, mac) do update set device_id = excluded.device_id, changed_at = excluded.changed_at,
     revision = t.revision + 1, attempts = 0, again = false,
     due_at = greatest(excluded.due_at, case when t.told_at > excluded.due_at then excluded.due_at else t.told_at end + interval '1 second' * coalesce(
       (select quiet_seconds from network_access_settings where organization_id = $1), 10))`,
);
/** The endpoints of these devices are due at every ISE server, those told a moment ago when it is quiet again. @returns how many */
export function noteEndpoints(tx: TenantTx, deviceIds: readonly string[], now: Date): Promise<number> {
  return tx.run(noteStatement, [tx.organizationId, deviceIds, now]);
}

export interface DueEndpoint extends IseSettings {
  readonly mac: string;
  readonly revision: number;
  readonly attempts: number;
  readonly again: boolean;
  readonly quarantined: boolean | null;
  readonly decision: 'allow' | 'quarantine' | 'deny' | 'unknown';
}

const leaseSeconds = 60;

const claimStatement = sql(
  'ise-claim-due',
  `with due as (
     select ise_id, mac from ise_tellings where organization_id = $1 and due_at <= $3
       and (claimed_until is null or claimed_until <= $3)
     order by due_at limit $2 for update skip locked
   ), claimed as (
     update ise_tellings t set claimed_until = $3::timestamptz + $4 * interval '1 second', attempts = t.attempts + 1, told_at = $3
     from due where t.organization_id = $1 and t.ise_id = due.ise_id and t.mac = due.mac
     returning t.ise_id, t.mac, t.revision, t.attempts, t.again, t.quarantined
   )
   select ${settings}, s.mac, s.revision, s.attempts, s.again, s.quarantined, d.decision
   from claimed s join ise_servers e on e.organization_id = $1 and e.ise_id = s.ise_id
   cross join lateral gh.network_decisions(null, s.mac) d`,
);
export function claimEndpoints(tx: TenantTx, most: number, now: Date): Promise<DueEndpoint[]> {
  return tx.query(claimStatement, [tx.organizationId, most, now, leaseSeconds]);
}

const dueStatement = sql(
  'ise-organizations-due',
  `select distinct organization_id from ise_tellings where due_at <= $1 and (claimed_until is null or claimed_until <= $1)`,
);
export async function organizationsWithDueEndpoints(tx: SystemTx, now: Date): Promise<string[]> {
  return (await tx.query<{ organization_id: string }>(dueStatement, [now])).map((row) => row.organization_id);
}

export interface SettledEndpoint {
  readonly iseId: string;
  readonly mac: string;
  readonly revision: number;
  readonly dueAt: Date | null;
  readonly again: boolean;
  readonly quarantined: boolean | null;
}

const settleStatement = sql(
  'ise-settle',
  `update ise_tellings t set quarantined = r.quarantined, claimed_until = null,
     due_at = case when t.revision = r.revision then r.due_at else t.due_at end,
     again = t.revision = r.revision and r.again
   from unnest((select $2::uuid[]), (select $3::text[]), (select $4::int[]), (select $5::timestamptz[]), (select $6::bool[]),
     (select $7::bool[])) as r (ise_id, mac, revision, due_at, again, quarantined)
   where t.organization_id = $1 and t.ise_id = r.ise_id and t.mac = r.mac
   returning t.due_at <= $8 as due`,
);
/** @returns whether something changed meanwhile and is due already. */
export async function settleEndpoints(
  tx: TenantTx,
  settled: readonly SettledEndpoint[],
  now: Date,
): Promise<boolean> {
  const rows = await tx.query<{ due: boolean | null }>(settleStatement, [
    tx.organizationId,
    settled.map(({ iseId }) => iseId),
    settled.map(({ mac }) => mac),
    settled.map(({ revision }) => revision),
    settled.map(({ dueAt }) => dueAt),
    settled.map(({ again }) => again),
    settled.map(({ quarantined }) => quarantined),
    now,
  ]);
  return rows.some(({ due }) => due === true);
}

const healthStatement = sql(
  'ise-health',
  `update ise_servers e set answered_at = case when $4 then $5 else e.answered_at end, problem = $3,
     problem_at = case when $3::text is null then null when e.problem = $3 then e.problem_at else $5 end
   from (select problem from ise_servers where organization_id = $1 and ise_id = $2) b
   where e.organization_id = $1 and e.ise_id = $2 returning e.name, b.problem as problem_before`,
);
export function writeIseHealth(
  tx: TenantTx,
  health: {
    readonly iseId: string;
    readonly problem: string | null;
    readonly answered: boolean;
    readonly at: Date;
  },
): Promise<{ name: string; problem_before: string | null } | undefined> {
  return tx.one(healthStatement, [
    tx.organizationId,
    health.iseId,
    health.problem,
    health.answered,
    health.at,
  ]);
}
