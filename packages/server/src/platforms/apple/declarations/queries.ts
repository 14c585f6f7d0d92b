// Statements over the declarations of a channel and what the device says of them. `$1` is always the organization.
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';
import type { DeclarationKind } from '../desired-state/desired.ts';

export interface SetRow {
  readonly device_id: string;
  readonly channel: string;
  readonly token: string;
  readonly changed_at: Date;
  readonly told: string | null;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
  readonly command_id: string | null;
}

const selectSetsStatement = sql(
  'apple-declaration-sets-select',
  `select device_id, channel, token, changed_at, told, attempts, next_attempt_at, command_id from apple_declaration_sets
   where organization_id = $1 and device_id = any ($2)`,
);

export function selectSets(tx: TenantTx, deviceIds: readonly string[]): Promise<SetRow[]> {
  return tx.query<SetRow>(selectSetsStatement, [tx.organizationId, deviceIds]);
}

const writeSetsStatement = sql(
  'apple-declaration-sets-write',
  `insert into apple_declaration_sets (organization_id, device_id, channel, token, changed_at, reason, attempts, next_attempt_at,
     command_id)
   select $1, r.device_id, r.channel, r.token, r.changed_at, r.reason, r.attempts, r.next_attempt_at, r.command_id
   from jsonb_to_recordset($2::jsonb) as r (device_id uuid, channel text, token text, changed_at timestamptz, reason text,
     attempts integer, next_attempt_at timestamptz, command_id uuid)
   on conflict (organization_id, device_id, channel) do update set token = excluded.token, changed_at = excluded.changed_at,
     reason = excluded.reason, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
     command_id = excluded.command_id`,
);

export interface NewSet {
  readonly device_id: string;
  readonly channel: string;
  readonly token: string;
  readonly changed_at: Date;
  readonly reason: string | null;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
  readonly command_id: string | null;
}

export async function writeSets(tx: TenantTx, rows: readonly NewSet[]): Promise<void> {
  if (rows.length > 0) await tx.run(writeSetsStatement, [tx.organizationId, JSON.stringify(rows)]);
}

export interface DeclarationRow {
  readonly kind: DeclarationKind;
  readonly identifier: string;
  readonly token: string;
}

const wantedStatement = sql(
  'apple-declarations-wanted',
  `select kind, identifier, wanted as token from apple_items
   where organization_id = $1 and device_id = $2 and channel = $3 and form = 'declaration' and wanted is not null`,
);

export function selectWanted(tx: TenantTx, deviceId: string, channel: string): Promise<DeclarationRow[]> {
  return tx.query<DeclarationRow>(wantedStatement, [tx.organizationId, deviceId, channel]);
}

const serveStatement = sql(
  'apple-declarations-serve',
  `update apple_items set served = wanted
   where organization_id = $1 and device_id = $2 and channel = $3 and form in ('declaration', 'asset')
     and served is distinct from wanted`,
);
const dropGoneStatement = sql(
  'apple-declarations-drop-gone',
  `delete from apple_items where organization_id = $1 and device_id = $2 and channel = $3
     and form in ('declaration', 'asset') and wanted is null and state <> 'withheld'`,
);
const noteToldStatement = sql(
  'apple-declarations-note-told',
  `update apple_declaration_sets set told = $4, reason = null, attempts = 0, next_attempt_at = null
   where organization_id = $1 and device_id = $2 and channel = $3`,
);

/** From here on the device asks for these, and what is not among them it drops. */
export async function serveSet(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  token: string,
): Promise<void> {
  const values = [tx.organizationId, deviceId, channel];
  await Promise.all([
    tx.run(serveStatement, values),
    tx.run(dropGoneStatement, values),
    tx.run(noteToldStatement, [...values, token]),
  ]);
}

const servedStatement = sql(
  'apple-declarations-served',
  `select coalesce(served, wanted) as token from apple_items
   where organization_id = $1 and device_id = $2 and channel = $3 and form = 'declaration' and identifier = $4 and kind = $5`,
);

/** The token under which the device was told of it. */
export async function findServed(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  { kind, identifier }: { readonly kind: string; readonly identifier: string },
): Promise<string | undefined> {
  const values = [tx.organizationId, deviceId, channel, identifier, kind];
  return (await tx.one<{ token: string | null }>(servedStatement, values))?.token ?? undefined;
}

// The certificate is looked at as it stands at this moment: one that was revoked fetches nothing.
const assetStatement = sql(
  'apple-declarations-asset',
  `select coalesce(i.served, i.wanted) as token
   from certificates c
   join devices d on d.organization_id = $1 and d.device_id = c.device_id and d.state = 'registered'
   join apple_items i on i.organization_id = $1 and i.device_id = c.device_id and i.form = 'asset' and i.identifier = $4
   where c.organization_id = $1 and c.fingerprint = $3 and c.device_id = $2 and c.revoked_at is null
   order by i.channel limit 1`,
);

/** Of the asset that a declaration of the device points at, on whichever of its channels. */
export async function findAsset(
  tx: TenantTx,
  { deviceId, fingerprint }: { readonly deviceId: string; readonly fingerprint: string },
  identifier: string,
): Promise<string | undefined> {
  const values = [tx.organizationId, deviceId, Buffer.from(fingerprint, 'hex'), identifier];
  return (await tx.one<{ token: string | null }>(assetStatement, values))?.token ?? undefined;
}

const selectStatusStatement = sql(
  'apple-declarations-select-status',
  `select status, changed_at from apple_declaration_sets where organization_id = $1 and device_id = $2 and channel = $3 for update`,
);
const writeStatusStatement = sql(
  'apple-declarations-write-status',
  `insert into apple_declaration_sets (organization_id, device_id, channel, token, changed_at, status, status_at)
   values ($1, $2, $3, '', $5, $4, $5)
   on conflict (organization_id, device_id, channel) do update set status = excluded.status, status_at = excluded.status_at`,
);
const writeUnreadStatement = sql(
  'apple-declarations-write-unread',
  `insert into apple_declaration_sets (organization_id, device_id, channel, token, changed_at, unread, unread_at)
   values ($1, $2, $3, '', $5, $4, $5)
   on conflict (organization_id, device_id, channel) do update set unread = excluded.unread, unread_at = excluded.unread_at`,
);

export async function lockStatus(
  tx: TenantTx,
  deviceId: string,
  channel: string,
): Promise<{ readonly status: unknown; readonly changed_at: Date } | undefined> {
  return tx.one(selectStatusStatement, [tx.organizationId, deviceId, channel]);
}

export function writeStatus(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  status: unknown,
  at: Date,
): Promise<number> {
  return tx.run(writeStatusStatement, [tx.organizationId, deviceId, channel, JSON.stringify(status), at]);
}

export function writeUnread(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  bytes: Uint8Array,
  at: Date,
): Promise<number> {
  return tx.run(writeUnreadStatement, [tx.organizationId, deviceId, channel, Buffer.from(bytes), at]);
}

const settleStatement = sql(
  'apple-declarations-settle',
  `update apple_items i set state = r.state, reason = r.reason, installed = coalesce(r.installed, i.installed), since = $5
   from jsonb_to_recordset($4::jsonb) as r (identifier text, token text, state text, reason text, installed text)
   where i.organization_id = $1 and i.device_id = $2 and i.channel = $3 and i.form = 'declaration'
     and i.identifier = r.identifier and i.wanted = r.token
     and (i.state, coalesce(i.reason, ''), coalesce(i.installed, '')) is distinct from
       (r.state, coalesce(r.reason, ''), coalesce(r.installed, i.installed, ''))`,
);

export interface Settled {
  readonly identifier: string;
  /** The ServerToken that the device speaks of: an older one says nothing of what is wanted now. */
  readonly token: string;
  readonly state: 'installed' | 'failed' | 'pending';
  readonly reason: string | null;
  readonly installed: string | null;
}

export async function settleDeclarations(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  settled: readonly Settled[],
  at: Date,
): Promise<number> {
  if (settled.length === 0) return 0;
  return tx.run(settleStatement, [tx.organizationId, deviceId, channel, JSON.stringify(settled), at]);
}

const noteDeclarativeStatement = sql(
  'apple-declarations-note-declarative',
  `update apple_channels set declarative_at = $4
   where organization_id = $1 and device_id = $2 and channel = $3 and declarative_at is null`,
);

export function noteDeclarative(tx: TenantTx, deviceId: string, channel: string, at: Date): Promise<number> {
  return tx.run(noteDeclarativeStatement, [tx.organizationId, deviceId, channel, at]);
}

const remindStatement = sql(
  'apple-declarations-remind',
  `update apple_declaration_sets set next_attempt_at = $4
   where organization_id = $1 and device_id = $2 and channel = $3 and told is distinct from token`,
);

export function remindTomorrow(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  now: number,
): Promise<number> {
  return tx.run(remindStatement, [tx.organizationId, deviceId, channel, new Date(now + 86_400_000)]);
}

const noteSystemStatement = sql(
  'apple-declarations-note-system',
  `update apple_channels set os_version = $3
   where organization_id = $1 and device_id = $2 and channel = '' and os_version is distinct from $3`,
);

/** @returns whether it is another than was known: the device may take other things now. */
export async function noteOsVersion(tx: TenantTx, deviceId: string, version: string): Promise<boolean> {
  return (await tx.run(noteSystemStatement, [tx.organizationId, deviceId, version])) === 1;
}
