// Statements over what Apple devices should have and have. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';
import type { RetryDesiredItem } from '../../../modules/policies/index.ts';
import type { DeclarationKind, ItemForm } from './desired.ts';

export type ItemState = 'pending' | 'installed' | 'failed' | 'withheld' | 'removing' | 'foreign';

export interface ItemRow {
  readonly device_id: string;
  readonly channel: string;
  readonly form: ItemForm;
  readonly identifier: string;
  readonly kind: DeclarationKind | null;
  readonly source_kind: 'settings' | 'resource' | 'management' | 'foreign';
  readonly source_id: string | null;
  readonly source_name: string;
  readonly wanted: string | null;
  readonly wanted_since: Date | null;
  readonly served: string | null;
  readonly installed: string | null;
  readonly state: ItemState;
  readonly reason: string | null;
  readonly since: Date;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
  readonly command_id: string | null;
}

const columns = `device_id, channel, form, identifier, kind, source_kind, source_id, source_name, wanted, wanted_since, served,
  installed, state, reason, since, attempts, next_attempt_at, command_id`;

const selectOfDevices = sql(
  'apple-items-of-devices',
  `select ${columns} from apple_items where organization_id = $1 and device_id = any ($2)`,
);

export function selectItems(tx: TenantTx, deviceIds: readonly string[]): Promise<ItemRow[]> {
  return tx.query<ItemRow>(selectOfDevices, [tx.organizationId, deviceIds]);
}

const selectItemsNamed = sql(
  'apple-items-named',
  `select ${columns} from apple_items
   where organization_id = $1 and device_id = $2 and channel = $3 and identifier = $4 and form = any ($5)`,
);

const profileForms: readonly ItemForm[] = ['profile', 'provisioning-profile'];

/** A profile or provisioning profile by name. */
export function findProfileItem(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  identifier: string,
): Promise<ItemRow | undefined> {
  return tx.one<ItemRow>(selectItemsNamed, [tx.organizationId, deviceId, channel, identifier, profileForms]);
}

/** An app that comes by command. */
export function findAppItem(tx: TenantTx, deviceId: string, bundleId: string): Promise<ItemRow | undefined> {
  return tx.one<ItemRow>(selectItemsNamed, [tx.organizationId, deviceId, '', bundleId, ['app']]);
}

const upsert = sql(
  'apple-items-upsert',
  `insert into apple_items (organization_id, device_id, channel, form, identifier, kind, source_kind, source_id, source_name,
     wanted, wanted_since, served, installed, state, reason, since, attempts, next_attempt_at, command_id)
   select $1, r.device_id, r.channel, r.form, r.identifier, r.kind, r.source_kind, r.source_id, r.source_name, r.wanted,
     r.wanted_since, r.served, r.installed, r.state, r.reason, r.since, r.attempts, r.next_attempt_at, r.command_id
   from jsonb_to_recordset($2::jsonb) as r (device_id uuid, channel text, form text, identifier text, kind text, source_kind text,
     source_id uuid, source_name text, wanted text, wanted_since timestamptz, served text, installed text, state text,
     reason text, since timestamptz, attempts integer, next_attempt_at timestamptz, command_id uuid)
   on conflict (organization_id, device_id, channel, form, identifier) do update set kind = excluded.kind,
     source_kind = excluded.source_kind, source_id = excluded.source_id, source_name = excluded.source_name,
     wanted = excluded.wanted, wanted_since = excluded.wanted_since, served = excluded.served, installed = excluded.installed,
     state = excluded.state, reason = excluded.reason, since = excluded.since, attempts = excluded.attempts,
     next_attempt_at = excluded.next_attempt_at, command_id = excluded.command_id`,
);

export async function writeItems(tx: TenantTx, rows: readonly ItemRow[]): Promise<void> {
  if (rows.length > 0) await tx.run(upsert, [tx.organizationId, JSON.stringify(rows)]);
}

const remove = sql(
  'apple-items-delete',
  `delete from apple_items i using jsonb_to_recordset($2::jsonb) as r (device_id uuid, channel text, form text, identifier text)
   where i.organization_id = $1 and i.device_id = r.device_id and i.channel = r.channel and i.form = r.form
     and i.identifier = r.identifier`,
);

export async function deleteItems(
  tx: TenantTx,
  rows: readonly Pick<ItemRow, 'device_id' | 'channel' | 'form' | 'identifier'>[],
): Promise<void> {
  if (rows.length > 0) await tx.run(remove, [tx.organizationId, JSON.stringify(rows)]);
}

const forget = sql(
  'apple-items-forget',
  'delete from apple_items where organization_id = $1 and device_id = $2',
);
const forgetSets = sql(
  'apple-declaration-sets-forget',
  'delete from apple_declaration_sets where organization_id = $1 and device_id = $2',
);

/** A device that is managed anew, or no more, has nothing of ours. */
export async function forgetItems(tx: TenantTx, deviceId: string): Promise<void> {
  const values = [tx.organizationId, deviceId];
  await Promise.all([tx.run(forget, values), tx.run(forgetSets, values)]);
}

const findByCommandStatement = sql(
  'apple-items-by-command',
  `select ${columns} from apple_items where organization_id = $1 and device_id = $2 and command_id = $3 for update`,
);

export function selectItemsOfCommand(tx: TenantTx, deviceId: string, commandId: string): Promise<ItemRow[]> {
  return tx.query<ItemRow>(findByCommandStatement, [tx.organizationId, deviceId, commandId]);
}

const markDue = sql(
  'apple-items-mark-due',
  `insert into apple_declaration_sets (organization_id, device_id, channel, token, changed_at, next_attempt_at)
   values ($1, $2, '', '', $3, $3)
   on conflict (organization_id, device_id, channel) do update set next_attempt_at = excluded.next_attempt_at`,
);

/** The device is looked at within moments, together with all others that are due: a fleet that comes in makes no job each. */
export async function reconcileSoon(tx: TenantTx, deviceId: string, now: number): Promise<void> {
  await tx.run(markDue, [tx.organizationId, deviceId, new Date(now)]);
}

const retryFailed = sql(
  'apple-items-retry',
  `update apple_items set next_attempt_at = $6
   where organization_id = $1 and device_id = $2 and (channel = '') = $3 and form = $4 and identifier = $5 and state = 'failed'`,
);

/** @returns how many of that name had failed; on the channels of users it may be several. */
export function retryFailedItems(
  tx: TenantTx,
  deviceId: string,
  { channel, form, identifier }: Parameters<RetryDesiredItem>[2],
  now: Date,
): Promise<number> {
  const values = [tx.organizationId, deviceId, channel === 'device', form, identifier, now];
  return tx.run(retryFailed, values);
}

const unstickItems = sql(
  'apple-items-unstick',
  `update apple_items i set next_attempt_at = $2
   where i.organization_id = $1 and i.state in ('pending', 'removing') and i.form in ('profile', 'provisioning-profile', 'app')
     and i.next_attempt_at is null and not exists (select 1 from commands c
       where c.organization_id = $1 and c.command_id = i.command_id and c.finished_at is null)`,
);
const unstickSets = sql(
  'apple-declaration-sets-unstick',
  `update apple_declaration_sets s set next_attempt_at = $2
   where s.organization_id = $1 and s.token <> '' and s.told is distinct from s.token and s.next_attempt_at is null
     and s.reason is null and not exists (select 1 from commands c
       where c.organization_id = $1 and c.command_id = s.command_id and c.finished_at is null)`,
);

/** What waits for a command that is no more, as after a restore, is tried again: nothing waits for ever. */
export async function unstick(tx: TenantTx, now: Date): Promise<number> {
  const values = [tx.organizationId, now];
  const counts = await Promise.all([tx.run(unstickItems, values), tx.run(unstickSets, values)]);
  return counts.reduce((sum, count) => sum + count, 0);
}

const selectDue = sql(
  'apple-items-due',
  `select organization_id, device_id from apple_items where next_attempt_at <= $1
   union
   select organization_id, device_id from apple_declaration_sets where next_attempt_at <= $1
   limit $2`,
);

export function findDue(
  tx: SystemTx,
  now: Date,
  limit: number,
): Promise<{ readonly organization_id: string; readonly device_id: string }[]> {
  return tx.query(selectDue, [now, limit]);
}

const selectShown = sql(
  'apple-items-shown',
  `select i.channel, i.form, i.identifier, i.source_kind, i.source_id, i.source_name, i.reason, i.since, i.attempts,
     i.next_attempt_at, i.command_id,
     case when i.state in ('pending', 'removing') and c.state = 'delivered' then 'sent' else i.state end as state
   from apple_items i
   left join commands c on c.organization_id = $1 and c.command_id = i.command_id
   where i.organization_id = $1 and i.device_id = $2 and i.form <> 'asset'
     and (i.kind is null or i.kind in ('configuration', 'management') or i.state = 'failed')
   order by i.source_kind, i.source_name, i.channel, i.form, i.identifier limit 2000`,
);

export type ShownItem = Pick<
  ItemRow,
  | 'channel'
  | 'form'
  | 'identifier'
  | 'source_kind'
  | 'source_id'
  | 'source_name'
  | 'reason'
  | 'since'
  | 'attempts'
  | 'next_attempt_at'
  | 'command_id'
> & { readonly state: ItemState | 'sent' };

/** For people: without what only carries the rest, such as activations, unless that went wrong. */
export function selectShownItems(tx: TenantTx, deviceId: string): Promise<ShownItem[]> {
  return tx.query<ShownItem>(selectShown, [tx.organizationId, deviceId]);
}

// ------------------------------------------------------------------------------------------------------------- contents

const selectKnown = sql(
  'apple-contents-known',
  'select token from apple_contents where organization_id = $1 and token = any ($2)',
);
const insertContentStatement = sql(
  'apple-contents-insert',
  `insert into apple_contents (organization_id, token, content, content_type) values ($1, $2, $3, $4)
   on conflict do nothing`,
);
const selectContentStatement = sql(
  'apple-contents-select',
  'select content, content_type from apple_contents where organization_id = $1 and token = $2',
);

export async function knownContents(tx: TenantTx, tokens: readonly string[]): Promise<ReadonlySet<string>> {
  if (tokens.length === 0) return new Set();
  const rows = await tx.query<{ token: string }>(selectKnown, [tx.organizationId, tokens]);
  return new Set(rows.map(({ token }) => token));
}

export function insertContent(
  tx: TenantTx,
  token: string,
  sealed: Buffer,
  contentType: string | null,
): Promise<number> {
  return tx.run(insertContentStatement, [tx.organizationId, token, sealed, contentType]);
}

export function selectContent(
  tx: TenantTx,
  token: string,
): Promise<{ readonly content: Buffer; readonly content_type: string | null } | undefined> {
  return tx.one(selectContentStatement, [tx.organizationId, token]);
}

// A profile that is installed is not asked for again; what a later one needs is built anew. An hour's grace for what is under way.
const purge = sql(
  'apple-contents-purge',
  `delete from apple_contents c where c.organization_id = $1 and c.created_at < $2
     and not exists (select 1 from apple_items i where i.organization_id = $1 and i.wanted = c.token
       and (i.form in ('declaration', 'asset') or i.state <> 'installed'))
     and not exists (select 1 from apple_items i where i.organization_id = $1 and i.served = c.token)`,
);
const withOldContents = sql(
  'apple-contents-organizations',
  'select distinct organization_id from apple_contents where created_at < $1',
);

export function purgeContents(tx: TenantTx, before: Date): Promise<number> {
  return tx.run(purge, [tx.organizationId, before]);
}

export async function findOrganizationsWithContents(tx: SystemTx, before: Date): Promise<string[]> {
  const rows = await tx.query<{ organization_id: string }>(withOldContents, [before]);
  return rows.map((row) => row.organization_id);
}

const selectEnd = sql(
  'apple-items-command-end',
  `select name, coalesce(reason, state) as reason from commands
   where organization_id = $1 and device_id = $2 and command_id = $3 and finished_at is not null`,
);

/** How a command of the device ended. */
export function findEnd(
  tx: TenantTx,
  deviceId: string,
  commandId: string,
): Promise<{ readonly name: string; readonly reason: string } | undefined> {
  return tx.one(selectEnd, [tx.organizationId, deviceId, commandId]);
}

const selectKey = sql(
  'apple-token-keys-select',
  'select key from apple_token_keys where organization_id = $1 and key_id = $2',
);
const insertKey = sql(
  'apple-token-keys-insert',
  'insert into apple_token_keys (organization_id, key_id, key) values ($1, $2, $3) on conflict do nothing',
);

export async function selectTokenKey(tx: TenantTx, keyId: string): Promise<Buffer | undefined> {
  return (await tx.one<{ key: Buffer }>(selectKey, [tx.organizationId, keyId]))?.key;
}

export function insertTokenKey(tx: TenantTx, keyId: string, sealed: Buffer): Promise<number> {
  return tx.run(insertKey, [tx.organizationId, keyId, sealed]);
}
