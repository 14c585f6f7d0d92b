// Statements over which enrolled device a mail device is. `$1` is always the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { LinkEvidenceKind, LinkSuggestion } from '@gatehouse/core/mail/link-evidence.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface CandidateRow {
  readonly device_id: string;
  readonly platform: Platform;
  readonly name: string;
  readonly serial_number: string | null;
  readonly imei: string | null;
  readonly model: string | null;
  readonly product: string | null;
  readonly mail_ids: readonly string[];
}

const candidates = sql(
  'mail-link-candidates',
  `select d.device_id, d.platform, d.name, p.serial_number, p.imei, p.model,
     (select f.facts ->> 'device.product' from device_facts f where f.organization_id = $1 and f.device_id = d.device_id
        and f.scan = 'device-information' and f.source in ('os-protocol', 'agent') and f.facts ? 'device.product' limit 1) as product,
     array(select i.value from device_identifiers i where i.organization_id = $1 and i.device_id = d.device_id
        and i.kind = 'mail-id') as mail_ids
   from devices d join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   where d.organization_id = $1 and d.user_id = $2 and d.state in ('registered', 'blocked', 'wiping')
   order by d.device_no limit 50`,
);

/** The person's devices that are enrolled. */
export function selectCandidates(tx: TenantTx, userId: string): Promise<CandidateRow[]> {
  return tx.query<CandidateRow>(candidates, [tx.organizationId, userId]);
}

const toLink = sql(
  'mail-link-unlinked-of-user',
  `select m.mail_device_id from mail_devices m
   where m.organization_id = $1 and m.user_id = $2 and ((m.device_id is null and m.linked_by is null) or (m.linked_by = 'automatic' and not exists (
     select 1 from devices d where d.organization_id = $1 and d.device_id = m.device_id and d.user_id = m.user_id
       and d.state <> 'unmanaged')))
   order by m.mail_device_no limit 50`,
);

/** Those that are no enrolled device, or one that is not managed any more or has gone to somebody else. */
export async function selectUnlinkedOf(tx: TenantTx, userId: string): Promise<readonly string[]> {
  const rows = await tx.query<{ mail_device_id: string }>(toLink, [tx.organizationId, userId]);
  return rows.map((row) => row.mail_device_id);
}

const userOf = sql(
  'mail-link-user-of-device',
  'select user_id from devices where organization_id = $1 and device_id = $2',
);

export async function selectUserOf(tx: TenantTx, deviceId: string): Promise<string | null> {
  return (await tx.one<{ user_id: string | null }>(userOf, [tx.organizationId, deviceId]))?.user_id ?? null;
}

const write = sql(
  'mail-link-write',
  `update mail_devices set device_id = $3, linked_by = $4, link_evidence = $5, suggestions = $6, link_tried_at = $7,
     state = $8, policy_epoch = 0
   where organization_id = $1 and mail_device_id = $2`,
);

export function writeLink(
  tx: TenantTx,
  mailDeviceId: string,
  link: {
    readonly deviceId: string | null;
    readonly by: 'automatic' | 'administrator';
    readonly evidence: readonly LinkEvidenceKind[];
    readonly suggestions: readonly LinkSuggestion[];
    readonly state: string;
    readonly at: Date;
  },
): Promise<number> {
  const { deviceId, by, evidence, suggestions, state, at } = link;
  return tx.run(write, [
    tx.organizationId,
    mailDeviceId,
    deviceId,
    by,
    evidence,
    JSON.stringify(suggestions),
    at,
    state,
  ]);
}

const noteTried = sql(
  'mail-link-note-suggestions',
  `update mail_devices set suggestions = $3, link_tried_at = $4 where organization_id = $1 and mail_device_id = $2`,
);

export function writeSuggestions(
  tx: TenantTx,
  mailDeviceId: string,
  suggestions: readonly LinkSuggestion[],
  at: Date,
): Promise<number> {
  return tx.run(noteTried, [tx.organizationId, mailDeviceId, JSON.stringify(suggestions), at]);
}

const due = sql(
  'mail-link-due',
  `select mail_device_id from mail_devices where organization_id = $1 and mail_device_id = any ($2) and device_id is null
     and user_id is not null and linked_by is distinct from 'administrator' and (link_tried_at is null or link_tried_at < $3)`,
);

/** Of those that fetched mail just now, those for which it has not been tried lately. */
export async function selectDueLinks(
  tx: TenantTx,
  mailDeviceIds: readonly string[],
  before: Date,
): Promise<readonly string[]> {
  const rows = await tx.query<{ mail_device_id: string }>(due, [tx.organizationId, mailDeviceIds, before]);
  return rows.map((row) => row.mail_device_id);
}
