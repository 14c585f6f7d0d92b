// Statements of the portal: whatever is read stands under the user's own id (POR-01) and after the moment from which the device is
// theirs (POR-03). `$1` is always the organization, `$2` the user.
import type { AuditContent } from '@gatehouse/core/audit/entry.ts';
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { FactSource, FactValue } from '@gatehouse/core/facts/types.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface OwnDeviceRow {
  readonly device_id: string;
  readonly user_id: string;
  readonly user_since: Date;
  readonly name: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly model: string | null;
  readonly os_version: string | null;
  readonly serial_number: string | null;
  readonly asset_number: string | null;
  readonly last_check_in_at: Date | null;
  readonly registered_at: Date | null;
  readonly access_network: Access;
  readonly access_mail: Access;
  readonly access_vpn: Access;
}

const ownDevices = sql(
  'portal-own-devices',
  `select d.device_id, d.user_id, d.user_since, d.name, d.platform, d.ownership, d.state, p.model, p.os_version, p.serial_number,
     d.asset_number, c.last_check_in_at, d.registered_at, p.access_network, p.access_mail, p.access_vpn
   from devices d
   join device_contacts c on c.organization_id = $1 and c.device_id = d.device_id
   join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   where d.organization_id = $1 and d.user_id = $2 and ($3::uuid is null or d.device_id = $3)
   order by d.device_no desc limit 100`,
);

/** Newest first. @param deviceId only this one. */
export function selectOwnDevices(tx: TenantTx, userId: string, deviceId?: string): Promise<OwnDeviceRow[]> {
  return tx.query(ownDevices, [tx.organizationId, userId, deviceId ?? null]);
}

const openOrders = sql(
  'portal-open-orders',
  `select command_id, name from commands
   where organization_id = $1 and device_id = $2 and channel = '' and finished_at is null and expires_at > $3`,
);

export function selectOpenOrders(
  tx: TenantTx,
  deviceId: string,
  now: Date,
): Promise<{ readonly command_id: string; readonly name: CommandName }[]> {
  return tx.query(openOrders, [tx.organizationId, deviceId, now]);
}

export interface OrderRow {
  readonly command_id: string;
  readonly command_no: string;
  readonly device_id: string;
  readonly device_name: string;
  readonly name: CommandName;
  readonly requested_by: string;
  readonly state: CommandState;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

/** What the system orders by itself is noise, save what a person notices. */
const orders = sql(
  'portal-orders',
  `select c.command_id, c.command_no, c.device_id, d.name as device_name, c.name, c.requested_by, c.state, c.created_at,
     c.finished_at
   from devices d
   cross join lateral (
     select * from commands c
     where c.organization_id = $1 and c.device_id = d.device_id and c.created_at >= d.user_since
       and c.command_no < coalesce($4::bigint, 9223372036854775807)
       and (c.origin = 'administrator' or c.name = any ($5))
     order by c.command_no desc limit $6) c
   where d.organization_id = $1 and d.user_id = $2 and ($3::uuid is null or d.device_id = $3)
   order by c.command_no desc limit $6`,
);

export function selectOrders(
  tx: TenantTx,
  of: { readonly userId: string; readonly deviceId: string | undefined },
  page: { readonly before: string | null; readonly limit: number; readonly noticed: readonly CommandName[] },
): Promise<OrderRow[]> {
  return tx.query(orders, [
    tx.organizationId,
    of.userId,
    of.deviceId ?? null,
    page.before,
    page.noticed,
    page.limit,
  ]);
}

const order = sql(
  'portal-order',
  `select c.command_id, c.name, c.state, c.finished_at, c.requested_by, c.sealed_result
   from devices d join commands c on c.organization_id = $1 and c.device_id = d.device_id
   where d.organization_id = $1 and d.user_id = $2 and d.device_id = $3 and c.command_id = $4 and c.created_at >= d.user_since`,
);

export interface OwnOrderRow {
  readonly command_id: string;
  readonly name: CommandName;
  readonly state: CommandState;
  readonly finished_at: Date | null;
  readonly requested_by: string;
  readonly sealed_result: Buffer | null;
}

export function selectOrder(
  tx: TenantTx,
  userId: string,
  deviceId: string,
  commandId: string,
): Promise<OwnOrderRow | undefined> {
  return tx.one(order, [tx.organizationId, userId, deviceId, commandId]);
}

export interface HeldFactsRow {
  readonly source: FactSource;
  readonly facts: Readonly<Record<string, FactValue>> | null;
  readonly observed_at: Date;
  readonly received_at: Date;
}

const heldFacts = sql(
  'portal-facts',
  `select f.source, f.facts, f.observed_at, f.received_at
   from devices d join device_facts f on f.organization_id = $1 and f.device_id = d.device_id
   where d.organization_id = $1 and d.user_id = $2 and d.device_id = $3 and f.received_at >= d.user_since`,
);

export function selectHeldFacts(tx: TenantTx, userId: string, deviceId: string): Promise<HeldFactsRow[]> {
  return tx.query(heldFacts, [tx.organizationId, userId, deviceId]);
}

export interface DeedRow {
  readonly entry_id: string;
  readonly content: AuditContent;
  /** As text: microseconds do not fit a Date, and cursors need them. */
  readonly created: string;
  readonly target: string;
}

/** Along the index of the record by target, one thing after another, each from its moment on. */
const deeds = sql(
  'portal-deeds',
  `select e.entry_id, e.content, e.created_at::text as created, t.id as target
   from unnest((select $2::text[]), (select $3::timestamptz[])) as t (id, since)
   cross join lateral (
     select * from audit_entries e
     where e.organization_id = $1 and e.content -> 'target' ->> 'id' = t.id and e.created_at >= t.since
       and (e.content -> 'actor' ->> 'kind' in ('administrator', 'token', 'local')
         or (e.content -> 'actor' ->> 'kind' = 'system' and e.content ->> 'action' = any ($4)))
       and e.content ->> 'action' <> all ($5)
       and ($6::timestamptz is null or (e.created_at, e.entry_id) < ($6::timestamptz, $7::bigint))
     order by e.created_at desc, e.entry_id desc limit $8) e
   order by e.created_at desc, e.entry_id desc limit $8`,
);

export function selectDeeds(
  tx: TenantTx,
  about: readonly { readonly id: string; readonly since: Date }[],
  of: { readonly systemActions: readonly string[]; readonly without: readonly string[] },
  page: { readonly after: readonly [created: string, entryId: string] | undefined; readonly limit: number },
): Promise<DeedRow[]> {
  return tx.query(deeds, [
    tx.organizationId,
    about.map(({ id }) => id),
    about.map(({ since }) => since),
    of.systemActions,
    of.without,
    page.after?.[0] ?? null,
    page.after?.[1] ?? null,
    page.limit,
  ]);
}

export interface WatcherRow {
  readonly administrator_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly role: string;
}

const watchers = sql(
  'portal-watchers',
  `select administrator_id, email, display_name, role from administrators
   where organization_id = $1 and administrator_id = any ((select $2::uuid[])::uuid[])`,
);

export function selectWatchers(tx: TenantTx, ids: readonly string[]): Promise<WatcherRow[]> {
  return ids.length === 0 ? Promise.resolve([]) : tx.query(watchers, [tx.organizationId, ids]);
}

const lockGrave = sql(
  'portal-grave-lock',
  `select pg_advisory_xact_lock(hashtextextended('grave ' || $1::text || ' ' || $2::text, 0))`,
);
const graveDevices = sql(
  'portal-grave-devices',
  `select distinct device_id from grave_deeds where organization_id = $1 and user_id = $2 and created_at > $3`,
);

/** To which devices the person has done something grave since; one who asks at a time. */
export async function lockGraveDevices(tx: TenantTx, userId: string, since: Date): Promise<string[]> {
  await tx.query(lockGrave, [tx.organizationId, userId]);
  const rows = await tx.query<{ device_id: string }>(graveDevices, [tx.organizationId, userId, since]);
  return rows.map((row) => row.device_id);
}

const insertGrave = sql(
  'portal-grave-insert',
  `insert into grave_deeds (organization_id, command_id, user_id, device_id, created_at) values ($1, $2, $3, $4, $5)
   on conflict do nothing`,
);

export async function insertGraveDeed(
  tx: TenantTx,
  deed: { readonly commandId: string; readonly userId: string; readonly deviceId: string; readonly at: Date },
): Promise<void> {
  await tx.run(insertGrave, [tx.organizationId, deed.commandId, deed.userId, deed.deviceId, deed.at]);
}

const purgeGrave = sql('portal-grave-purge', `delete from grave_deeds where created_at < $1`);

export function purgeGraveDeeds(tx: SystemTx, before: Date): Promise<number> {
  return tx.run(purgeGrave, [before]);
}

export interface LetterRow {
  readonly email: string;
  readonly display_name: string;
  readonly language: string | null;
  readonly organization: string;
  readonly device: string;
}

const letter = sql(
  'portal-letter',
  `select u.email, u.display_name, u.language, o.name as organization, coalesce(d.name, '') as device
   from users u join organizations o on o.organization_id = $1
   left join devices d on d.organization_id = $1 and d.device_id = $3
   where u.organization_id = $1 and u.user_id = $2 and u.state = 'active'`,
);

export function selectLetter(tx: TenantTx, userId: string, deviceId: string): Promise<LetterRow | undefined> {
  return tx.one(letter, [tx.organizationId, userId, deviceId]);
}

export interface DetailsRow {
  readonly email: string;
  readonly user_name: string;
  readonly display_name: string;
  readonly employee_id: string | null;
  readonly language: string | null;
  readonly created_at: Date;
  readonly slug: string;
  readonly organization: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const details = sql(
  'portal-details',
  `select u.email, u.user_name, u.display_name, u.employee_id, u.language, u.created_at, o.slug, o.name as organization, o.settings
   from users u join organizations o on o.organization_id = $1
   where u.organization_id = $1 and u.user_id = $2`,
);

export function selectDetails(tx: TenantTx, userId: string): Promise<DetailsRow | undefined> {
  return tx.one(details, [tx.organizationId, userId]);
}

export interface TermsOfPersonRow {
  readonly terms_id: string;
  readonly kind: 'acceptable-use' | 'licence';
  readonly title: string;
  readonly body: string;
  readonly version: number;
  readonly language: string;
  readonly accepted_at: Date | null;
}

const terms = sql(
  'portal-terms',
  `select t.terms_id, t.kind, t.title, t.body, t.version, t.language, a.accepted_at
   from terms t
   left join lateral (
     select max(accepted_at) as accepted_at from terms_acceptances a
     where a.organization_id = $1 and a.user_id = $2 and a.terms_id = t.terms_id) a on true
   where t.organization_id = $1 and (t.state = 'published' or a.accepted_at is not null)
   order by a.accepted_at desc nulls first, t.kind, t.language limit 100`,
);

export function selectTermsOfPerson(tx: TenantTx, userId: string): Promise<TermsOfPersonRow[]> {
  return tx.query(terms, [tx.organizationId, userId]);
}
