// Statements over network devices. `$1` is always the organization.
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

export interface NasRow {
  readonly nas_id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly secret: Buffer;
  readonly secret_weak: boolean;
  readonly template: string;
  readonly tell: 'reauthenticate' | 'disconnect';
  readonly message_authenticator: boolean;
  readonly interim_seconds: number;
  readonly most_per_second: number;
  readonly enabled: boolean;
  readonly answered_at: Date | null;
  readonly problem: string | null;
  readonly problem_at: Date | null;
  readonly created_at: Date;
  readonly sessions: number;
}

const columns = `n.nas_id, n.name, n.address, n.port, n.secret, n.secret_weak, n.template, n.tell, n.message_authenticator,
  n.interim_seconds, n.most_per_second, n.enabled, n.answered_at, n.problem, n.problem_at, n.created_at`;
const sessions = `(select count(*)::int from nac_sessions s where s.organization_id = $1 and s.nas_id = n.nas_id) as sessions`;

const listStatement = sql(
  'nas-list',
  `select ${columns}, ${sessions} from nas_clients n
   where n.organization_id = $1 and ($2::uuid is null or n.nas_id > $2) order by n.nas_id limit $3`,
);
export function selectNasPage(tx: TenantTx, after: string | null, limit: number): Promise<NasRow[]> {
  return tx.query(listStatement, [tx.organizationId, after, limit]);
}

const oneStatement = sql(
  'nas-one',
  `select ${columns}, ${sessions} from nas_clients n where n.organization_id = $1 and n.nas_id = $2`,
);
export function selectNas(tx: TenantTx, nasId: string): Promise<NasRow | undefined> {
  return tx.one(oneStatement, [tx.organizationId, nasId]);
}

const lockStatement = sql(
  'nas-lock',
  `select ${columns}, 0 as sessions from nas_clients n where n.organization_id = $1 and n.nas_id = $2 for update`,
);
export function lockNas(tx: TenantTx, nasId: string): Promise<NasRow | undefined> {
  return tx.one(lockStatement, [tx.organizationId, nasId]);
}

/** What administrators decide. */
export type NasSettings = Omit<NasRow, 'answered_at' | 'problem' | 'problem_at' | 'created_at' | 'sessions'>;

const values = (row: NasSettings) => [
  row.nas_id,
  row.name,
  row.address,
  row.port,
  row.secret,
  row.secret_weak,
  row.template,
  row.tell,
  row.message_authenticator,
  row.interim_seconds,
  row.most_per_second,
  row.enabled,
];

const insertStatement = sql(
  'nas-insert',
  `insert into nas_clients (organization_id, nas_id, name, address, port, secret, secret_weak, template, tell,
     message_authenticator, interim_seconds, most_per_second, enabled, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (organization_id, address) do nothing`,
);
/** @returns false when another has this address. */
export async function insertNas(tx: TenantTx, row: NasSettings, at: Date): Promise<boolean> {
  return (await tx.run(insertStatement, [tx.organizationId, ...values(row), at])) === 1;
}

const updateStatement = sql(
  'nas-update',
  `update nas_clients set name = $3, address = $4, port = $5, secret = $6, secret_weak = $7, template = $8, tell = $9,
     message_authenticator = $10, interim_seconds = $11, most_per_second = $12, enabled = $13, problem = null, problem_at = null
   where organization_id = $1 and nas_id = $2`,
);
export async function updateNas(tx: TenantTx, row: NasSettings): Promise<void> {
  await tx.run(updateStatement, [tx.organizationId, ...values(row)]);
}

const deleteStatement = sql(
  'nas-delete',
  `delete from nas_clients where organization_id = $1 and nas_id = $2`,
);
export async function deleteNas(tx: TenantTx, nasId: string): Promise<boolean> {
  return (await tx.run(deleteStatement, [tx.organizationId, nasId])) === 1;
}

const healthStatement = sql(
  'nas-health',
  `update nas_clients n set answered_at = coalesce(h.answered_at, n.answered_at), problem = h.problem,
     problem_at = case when h.problem is null then null when n.problem = h.problem then n.problem_at else h.at end
   from unnest((select $2::uuid[]), (select $3::timestamptz[]), (select $4::text[]), (select $5::timestamptz[]))
     as h (nas_id, answered_at, problem, at),
     (select nas_id, problem as problem_before from nas_clients where organization_id = $1) b
   where n.organization_id = $1 and n.nas_id = h.nas_id and b.nas_id = n.nas_id
   returning n.nas_id, n.name, n.address, n.problem, b.problem_before`,
);

export interface NasHealth {
  readonly nasId: string;
  readonly answeredAt: Date | null;
  readonly problem: string | null;
  readonly at: Date;
}
export interface NasHealthRow {
  readonly nas_id: string;
  readonly name: string;
  readonly address: string;
  readonly problem: string | null;
  readonly problem_before: string | null;
}
export function writeNasHealth(tx: TenantTx, health: readonly NasHealth[]): Promise<NasHealthRow[]> {
  return tx.query(healthStatement, [
    tx.organizationId,
    health.map(({ nasId }) => nasId),
    health.map(({ answeredAt }) => answeredAt),
    health.map(({ problem }) => problem),
    health.map(({ at }) => at),
  ]);
}
