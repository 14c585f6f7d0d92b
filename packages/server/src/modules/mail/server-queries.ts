// Statements over mail servers and whose mail is where. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface MailServerRow {
  readonly server_id: string;
  readonly name: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly url: string;
  readonly trust: string | null;
  readonly login_form: 'as-given' | 'address' | 'user-name' | 'windows';
  readonly windows_domain: string | null;
  readonly protocol_versions: readonly string[] | null;
  readonly redirect_hosts: readonly string[];
  readonly autodiscover_url: string | null;
  readonly lockout_attempts: number;
  readonly lockout_minutes: number;
  readonly timeout_seconds: number;
  readonly user_header: string | null;
  readonly secret_header: string | null;
  /** Sealed. */
  readonly secret: Buffer | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns = `server_id, name, version, enabled, url, trust, login_form, windows_domain, protocol_versions, redirect_hosts,
  autodiscover_url, lockout_attempts, lockout_minutes, timeout_seconds, user_header, secret_header, secret, created_at, updated_at`;

const valuesOf = (row: MailServerRow) => [
  row.server_id,
  row.name,
  row.version,
  row.enabled,
  row.url,
  row.trust,
  row.login_form,
  row.windows_domain,
  row.protocol_versions,
  row.redirect_hosts,
  row.autodiscover_url,
  row.lockout_attempts,
  row.lockout_minutes,
  row.timeout_seconds,
  row.user_header,
  row.secret_header,
  row.secret,
  row.created_at,
  row.updated_at,
];

const insert = sql(
  'mail-servers-insert',
  `insert into mail_servers (organization_id, ${columns})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
);

export function insertMailServer(tx: TenantTx, row: MailServerRow): Promise<number> {
  return tx.run(insert, [tx.organizationId, ...valuesOf(row)]);
}

const update = sql(
  'mail-servers-update',
  `update mail_servers set name = $3, version = $4, enabled = $5, url = $6, trust = $7, login_form = $8, windows_domain = $9,
     protocol_versions = $10, redirect_hosts = $11, autodiscover_url = $12, lockout_attempts = $13, lockout_minutes = $14,
     timeout_seconds = $15, user_header = $16, secret_header = $17, secret = $18, created_at = $19, updated_at = $20
   where organization_id = $1 and server_id = $2`,
);

export function updateMailServerRow(tx: TenantTx, row: MailServerRow): Promise<number> {
  return tx.run(update, [tx.organizationId, ...valuesOf(row)]);
}

const select = sql(
  'mail-servers-select',
  `select ${columns} from mail_servers where organization_id = $1 and server_id = $2`,
);
const lock = sql(
  'mail-servers-lock',
  `select ${columns} from mail_servers where organization_id = $1 and server_id = $2 for update`,
);

export function selectMailServer(tx: TenantTx, serverId: string): Promise<MailServerRow | undefined> {
  return tx.one<MailServerRow>(select, [tx.organizationId, serverId]);
}
export function lockMailServer(tx: TenantTx, serverId: string): Promise<MailServerRow | undefined> {
  return tx.one<MailServerRow>(lock, [tx.organizationId, serverId]);
}

const any = sql(
  'mail-servers-any',
  `select s.server_id, s.version from mail_servers s where s.organization_id = $1 and s.enabled
     and exists (select 1 from mail_server_assignments a where a.organization_id = $1 and a.server_id = s.server_id)
   order by md5(s.server_id::text || lower($2)) limit 1`,
);

export function selectAnyMailServer(
  tx: TenantTx,
  name: string,
): Promise<Pick<MailServerRow, 'server_id' | 'version'> | undefined> {
  return tx.one(any, [tx.organizationId, name]);
}

const list = sql(
  'mail-servers-list',
  `select ${columns} from mail_servers where organization_id = $1 and ($2::uuid is null or server_id > $2)
   order by server_id limit $3`,
);

export function selectMailServers(
  tx: TenantTx,
  after: string | null,
  limit: number,
): Promise<MailServerRow[]> {
  return tx.query<MailServerRow>(list, [tx.organizationId, after, limit]);
}

const remove = sql(
  'mail-servers-delete',
  'delete from mail_servers where organization_id = $1 and server_id = $2',
);

export function deleteMailServerRow(tx: TenantTx, serverId: string): Promise<number> {
  return tx.run(remove, [tx.organizationId, serverId]);
}

// ----------------------------------------------------------------------------------------------- whose mail is where

export const serverTargetKinds = ['user', 'group', 'domain', 'organization'] as const;
export type ServerTargetKind = (typeof serverTargetKinds)[number];

export interface ServerAssignmentRow {
  readonly mail_assignment_id: string;
  readonly server_id: string;
  readonly target_kind: ServerTargetKind;
  readonly target: string;
  readonly target_name: string | null;
  readonly priority: number;
  readonly created_at: Date;
}

const insertAssignmentStatement = sql(
  'mail-servers-insert-assignment',
  `insert into mail_server_assignments (organization_id, mail_assignment_id, server_id, target_kind, target, priority, created_at)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
);

/** @returns false when the server has this target already. */
export async function insertServerAssignment(
  tx: TenantTx,
  row: Omit<ServerAssignmentRow, 'target_name'>,
): Promise<boolean> {
  const { mail_assignment_id, server_id, target_kind, target, priority, created_at } = row;
  const values = [
    tx.organizationId,
    mail_assignment_id,
    server_id,
    target_kind,
    target,
    priority,
    created_at,
  ];
  return (await tx.run(insertAssignmentStatement, values)) === 1;
}

/** The id is made behind a fence, because a cast is nothing by which row-level security lets an index be searched. */
const listAssignments = sql(
  'mail-servers-list-assignments',
  `select a.mail_assignment_id, a.server_id, a.target_kind, a.target, a.priority, a.created_at,
     case a.target_kind
       when 'user' then (select u.user_name from users u where u.organization_id = $1 and u.user_id = i.id)
       when 'group' then (select g.name from groups g where g.organization_id = $1 and g.group_id = i.id)
     end as target_name
   from mail_server_assignments a
   cross join lateral (
     select case when a.target_kind in ('user', 'group') then a.target::uuid end as id offset 0) i
   where a.organization_id = $1 and a.server_id = $2 and ($3::uuid is null or a.mail_assignment_id > $3)
   order by a.mail_assignment_id limit $4`,
);

export function selectServerAssignments(
  tx: TenantTx,
  serverId: string,
  after: string | null,
  limit: number,
): Promise<ServerAssignmentRow[]> {
  return tx.query<ServerAssignmentRow>(listAssignments, [tx.organizationId, serverId, after, limit]);
}

const deleteAssignment = sql(
  'mail-servers-delete-assignment',
  'delete from mail_server_assignments where organization_id = $1 and mail_assignment_id = $2 returning server_id',
);

/** @returns the server it was for. */
export async function deleteServerAssignmentRow(
  tx: TenantTx,
  assignmentId: string,
): Promise<string | undefined> {
  return (await tx.one<{ server_id: string }>(deleteAssignment, [tx.organizationId, assignmentId]))
    ?.server_id;
}

const findTarget = {
  user: sql('mail-servers-find-user', 'select 1 from users where organization_id = $1 and user_id = $2'),
  group: sql('mail-servers-find-group', 'select 1 from groups where organization_id = $1 and group_id = $2'),
} as const;

export async function targetExists(tx: TenantTx, kind: 'user' | 'group', id: string): Promise<boolean> {
  return (await tx.one(findTarget[kind], [tx.organizationId, id])) !== undefined;
}

const forgetTarget = sql(
  'mail-servers-forget-target',
  'delete from mail_server_assignments where organization_id = $1 and target_kind = $2 and target = $3',
);

/** Its user or group is gone. */
export function deleteAssignmentsTo(tx: TenantTx, kind: 'user' | 'group', id: string): Promise<number> {
  return tx.run(forgetTarget, [tx.organizationId, kind, id]);
}
