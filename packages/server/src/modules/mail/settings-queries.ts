// Statements over an organization's settings of mail. `$1` is always the organization.
import type { StrangerTreatment } from '@gatehouse/core/mail/mail-device.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface MailSettingsRow {
  readonly strangers: StrangerTreatment;
  readonly enrol_by: Date | null;
  readonly without_policy: 'allow' | 'block';
  readonly refresh_policy_hours: number | null;
  readonly maximum_devices: number;
  readonly instruct: boolean;
  readonly instruction: string | null;
  readonly gateway_hosts: readonly string[];
  readonly windows_domains: readonly string[];
}

const columns = `strangers, enrol_by, without_policy, refresh_policy_hours, maximum_devices, instruct, instruction, gateway_hosts,
  windows_domains`;

const select = sql('mail-select-settings', `select ${columns} from mail_settings where organization_id = $1`);
const lock = sql(
  'mail-lock-settings',
  `select ${columns} from mail_settings where organization_id = $1 for update`,
);

export function selectMailSettings(tx: TenantTx): Promise<MailSettingsRow | undefined> {
  return tx.one<MailSettingsRow>(select, [tx.organizationId]);
}

export function lockMailSettings(tx: TenantTx): Promise<MailSettingsRow | undefined> {
  return tx.one<MailSettingsRow>(lock, [tx.organizationId]);
}

const insert = `insert into mail_settings (organization_id, ${columns}, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

const valuesOf = (tx: TenantTx, row: MailSettingsRow, at: Date) => [
  tx.organizationId,
  row.strangers,
  row.enrol_by,
  row.without_policy,
  row.refresh_policy_hours,
  row.maximum_devices,
  row.instruct,
  row.instruction,
  row.gateway_hosts,
  row.windows_domains,
  at,
];

const upsert = sql(
  'mail-write-settings',
  `${insert}
   on conflict (organization_id) do update set strangers = excluded.strangers, enrol_by = excluded.enrol_by,
     without_policy = excluded.without_policy, refresh_policy_hours = excluded.refresh_policy_hours,
     maximum_devices = excluded.maximum_devices, instruct = excluded.instruct, instruction = excluded.instruction,
     gateway_hosts = excluded.gateway_hosts, windows_domains = excluded.windows_domains, updated_at = excluded.updated_at`,
);

export function writeMailSettings(tx: TenantTx, row: MailSettingsRow, at: Date): Promise<number> {
  return tx.run(upsert, valuesOf(tx, row, at));
}

const ensure = sql(
  'mail-ensure-settings',
  `${insert}
   on conflict (organization_id) do nothing`,
);

/** From now on the organization counts as one that has to do with mail. */
export function ensureMailSettings(tx: TenantTx, row: MailSettingsRow, at: Date): Promise<number> {
  return tx.run(ensure, valuesOf(tx, row, at));
}

// ------------------------------------------------------------------------------ before an organization is known

interface Found {
  readonly organization_id: string;
}

const byHost = sql(
  'mail-find-by-host',
  `select organization_id from mail_settings where gateway_hosts @> array[$1::text] limit 2`,
);
const byWindowsDomain = sql(
  'mail-find-by-windows-domain',
  `select organization_id from mail_settings where windows_domains @> array[$1::text] limit 2`,
);
const anyTwo = sql('mail-find-only', `select organization_id from mail_settings limit 2`);

/** Nobody when several say so. */
async function theOnly(rows: Promise<Found[]>): Promise<string | undefined> {
  const [first, ...others] = await rows;
  return others.length === 0 ? first?.organization_id : undefined;
}

export const findByHost = (tx: SystemTx, host: string) => theOnly(tx.query<Found>(byHost, [host]));
export const findByWindowsDomain = (tx: SystemTx, domain: string) =>
  theOnly(tx.query<Found>(byWindowsDomain, [domain]));
export const findOnlyWithMail = (tx: SystemTx) => theOnly(tx.query<Found>(anyTwo, []));

const everyOne = sql('mail-list-organizations', 'select organization_id from mail_settings');

export async function selectOrganizationsWithMail(tx: SystemTx): Promise<readonly string[]> {
  return (await tx.query<Found>(everyOne, [])).map((row) => row.organization_id);
}
