// Statements over mail devices: found, made, decided on, linked, listed. `$1` is always the organization.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { Evaluation } from '@gatehouse/core/compliance/verdict.ts';
import type { BarCause } from '@gatehouse/core/devices/device.ts';
import type { LinkEvidenceKind, LinkSuggestion } from '@gatehouse/core/mail/link-evidence.ts';
import type {
  MailDeviceState,
  MailWipeKind,
  MailWipeState,
  PolicyOutcome,
} from '@gatehouse/core/mail/mail-device.ts';
import type { MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface MailDeviceRow {
  readonly mail_device_id: string;
  readonly account_key: string;
  readonly user_id: string | null;
  readonly login: string;
  readonly device_key: Buffer;
  readonly device_key_text: string;
  readonly device_type: string;
  readonly state: MailDeviceState;
  readonly state_reason: string | null;
  readonly state_by: string | null;
  readonly device_id: string | null;
  readonly linked_by: 'automatic' | 'administrator' | null;
  readonly link_evidence: readonly LinkEvidenceKind[];
  readonly suggestions: readonly LinkSuggestion[];
  readonly certificate_device_id: string | null;
  readonly protocol_version: string | null;
  readonly user_agent: string | null;
  readonly information: Readonly<Record<string, string>>;
  readonly temporary_key: string | null;
  readonly temporary_version: string | null;
  readonly policy_key: string | null;
  readonly policy_version: string | null;
  readonly policy_acknowledged_at: Date | null;
  readonly policy_outcome: PolicyOutcome | null;
  readonly wiped_at: Date | null;
  readonly first_seen_at: Date;
}

const columns = `mail_device_id, account_key, user_id, login, device_key, device_key_text, device_type, state, state_reason, state_by,
  device_id, linked_by, link_evidence, suggestions, certificate_device_id, protocol_version, user_agent, information, temporary_key,
  temporary_version, policy_key, policy_version, policy_acknowledged_at, policy_outcome, wiped_at, first_seen_at`;

const adopt = sql(
  'mail-devices-adopt',
  `update mail_devices set account_key = 'user:' || $2::text, user_id = $2::uuid
   where organization_id = $1 and account_key = 'login:' || $3 and device_key = $4
     and not exists (select 1 from mail_devices n
       where n.organization_id = $1 and n.account_key = 'user:' || $2::text and n.device_key = $4)`,
);

/** Somebody whom only the mail server knew is known here by now. */
export function adoptMailDevice(
  tx: TenantTx,
  userId: string,
  login: string,
  deviceKey: Buffer,
): Promise<number> {
  return tx.run(adopt, [tx.organizationId, userId, login, deviceKey]);
}

const insert = sql(
  'mail-devices-insert',
  `insert into mail_devices (organization_id, mail_device_id, account_key, user_id, login, device_key, device_key_text, device_type,
     protocol_version, user_agent, certificate_device_id, first_seen_at)
   select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
   where (select count(*) from mail_devices where organization_id = $1 and account_key = $3) < $13
   on conflict (organization_id, account_key, device_key) do nothing returning mail_device_id`,
);

export interface NewMailDeviceRow {
  readonly mailDeviceId: string;
  readonly accountKey: string;
  readonly userId: string | null;
  readonly login: string;
  readonly deviceKey: Buffer;
  readonly deviceKeyText: string;
  readonly deviceType: string;
  readonly protocolVersion: string | null;
  readonly userAgent: string | null;
  readonly certificateDeviceId: string | null;
  readonly at: Date;
}

/** @returns false when it exists already, or the account has as many as it may. */
export async function insertMailDevice(tx: TenantTx, row: NewMailDeviceRow, most: number): Promise<boolean> {
  const made = await tx.one(insert, [
    tx.organizationId,
    row.mailDeviceId,
    row.accountKey,
    row.userId,
    row.login,
    row.deviceKey,
    row.deviceKeyText,
    row.deviceType,
    row.protocolVersion,
    row.userAgent,
    row.certificateDeviceId,
    row.at,
    most,
  ]);
  return made !== undefined;
}

const byKey = sql(
  'mail-devices-by-key',
  `select ${columns} from mail_devices where organization_id = $1 and account_key = $2 and device_key = $3`,
);

export function selectMailDeviceByKey(
  tx: TenantTx,
  accountKey: string,
  deviceKey: Buffer,
): Promise<MailDeviceRow | undefined> {
  return tx.one<MailDeviceRow>(byKey, [tx.organizationId, accountKey, deviceKey]);
}

const selectOne = sql(
  'mail-devices-select',
  `select ${columns} from mail_devices where organization_id = $1 and mail_device_id = $2`,
);
const lockOne = sql(
  'mail-devices-lock',
  `select ${columns} from mail_devices where organization_id = $1 and mail_device_id = $2 for update`,
);

export function selectMailDevice(tx: TenantTx, mailDeviceId: string): Promise<MailDeviceRow | undefined> {
  return tx.one<MailDeviceRow>(selectOne, [tx.organizationId, mailDeviceId]);
}

export function lockMailDeviceRow(tx: TenantTx, mailDeviceId: string): Promise<MailDeviceRow | undefined> {
  return tx.one<MailDeviceRow>(lockOne, [tx.organizationId, mailDeviceId]);
}

const writeState = sql(
  'mail-devices-write-state',
  `update mail_devices set state = $3, state_reason = $4, state_by = $5, state_at = $6, wiped_at = $7
   where organization_id = $1 and mail_device_id = $2`,
);

export function writeMailDeviceState(
  tx: TenantTx,
  mailDeviceId: string,
  to: {
    readonly state: MailDeviceState;
    readonly reason: string | null;
    readonly by: string;
    readonly at: Date;
    readonly wipedAt: Date | null;
  },
): Promise<number> {
  const { state, reason, by, at, wipedAt } = to;
  return tx.run(writeState, [tx.organizationId, mailDeviceId, state, reason, by, at, wipedAt]);
}

const removeOne = sql(
  'mail-devices-delete',
  'delete from mail_devices where organization_id = $1 and mail_device_id = $2',
);

export function deleteMailDevice(tx: TenantTx, mailDeviceId: string): Promise<number> {
  return tx.run(removeOne, [tx.organizationId, mailDeviceId]);
}

const markWiped = sql(
  'mail-devices-mark-wiped',
  `update mail_devices set wiped_at = $3, policy_key = null, policy_version = null, policy_acknowledged_at = null,
     policy_outcome = null, temporary_key = null, temporary_version = null
   where organization_id = $1 and mail_device_id = $2`,
);

/** Nothing that it was given before counts any more. */
export function markMailDeviceWiped(tx: TenantTx, mailDeviceId: string, at: Date): Promise<number> {
  return tx.run(markWiped, [tx.organizationId, mailDeviceId, at]);
}

const writeInformationStatement = sql(
  'mail-devices-write-information',
  'update mail_devices set information = $3 where organization_id = $1 and mail_device_id = $2',
);

export function writeInformation(
  tx: TenantTx,
  mailDeviceId: string,
  information: Readonly<Record<string, string>>,
): Promise<number> {
  return tx.run(writeInformationStatement, [tx.organizationId, mailDeviceId, JSON.stringify(information)]);
}

// --------------------------------------------------------------------------------------------------------- the policy

const setTemporary = sql(
  'mail-devices-set-temporary-key',
  `update mail_devices set temporary_key = $3, temporary_version = $4 where organization_id = $1 and mail_device_id = $2`,
);

export function writeTemporaryKey(
  tx: TenantTx,
  mailDeviceId: string,
  key: number,
  version: string,
): Promise<number> {
  return tx.run(setTemporary, [tx.organizationId, mailDeviceId, key, version]);
}

const setKey = sql(
  'mail-devices-set-policy-key',
  `update mail_devices set policy_key = $3, policy_version = $4, policy_outcome = $5, policy_acknowledged_at = $6,
     temporary_version = null
   where organization_id = $1 and mail_device_id = $2`,
);

/** What was acknowledged keeps its temporary key, by which it is known should the client say so again. */
export function writePolicyKey(
  tx: TenantTx,
  mailDeviceId: string,
  policy: {
    readonly key: number;
    readonly version: string;
    readonly outcome: PolicyOutcome;
    readonly at: Date;
  },
): Promise<number> {
  const { key, version, outcome, at } = policy;
  return tx.run(setKey, [tx.organizationId, mailDeviceId, key, version, outcome, at]);
}

// --------------------------------------------------------------------------------------------------------- for people

export interface ListedMailDeviceRow extends MailDeviceRow {
  readonly mail_device_no: string;
  readonly user_name: string | null;
  readonly access_mail: Access | null;
  readonly registered: boolean | null;
  readonly blocked: boolean | null;
  readonly barred: BarCause | null;
  readonly evaluation: Evaluation | null;
  readonly wanted_version: string | null;
  readonly user_state: 'active' | 'disabled' | null;
  readonly last_seen_at: Date | null;
  readonly last_outcome: MailOutcome | null;
  readonly requests: string | null;
  readonly bytes_in: string | null;
  readonly bytes_out: string | null;
  readonly wipe: {
    readonly wipe_id: string;
    readonly kind: MailWipeKind;
    readonly state: MailWipeState;
    readonly ordered_by: string;
    readonly reason: string | null;
    readonly ordered_at: string;
    readonly fetched_at: string | null;
    readonly finished_at: string | null;
  } | null;
}

const listColumns = `m.mail_device_id, m.account_key, m.user_id, m.login, m.device_key, m.device_key_text, m.device_type, m.state,
  m.state_reason, m.state_by, m.device_id, m.linked_by, m.link_evidence, m.suggestions, m.certificate_device_id, m.protocol_version,
  m.user_agent, m.information, m.temporary_key, m.temporary_version, m.policy_key, m.policy_version, m.policy_acknowledged_at,
  m.policy_outcome, m.wiped_at, m.first_seen_at, m.mail_device_no, u.user_name, u.state as user_state, l.access_mail, l.registered, l.blocked, l.barred,
  case when l.access_mail <> 'allow' then l.evaluation end as evaluation, p.policy_version as wanted_version,
  t.last_seen_at, t.last_outcome, t.requests, t.bytes_in, t.bytes_out,
  (select to_jsonb(w) from mail_device_wipes w where w.organization_id = $1 and w.mail_device_id = m.mail_device_id
   order by w.state in ('ordered', 'fetched') desc, w.ordered_at desc limit 1) as wipe`;

const listJoins = `left join users u on u.organization_id = $1 and u.user_id = m.user_id
   left join mail_device_traffic t on t.organization_id = $1 and t.mail_device_id = m.mail_device_id
   left join mail_settings o on o.organization_id = $1
   left join lateral (
     select d.device_id, p.access_mail, p.registered, d.state = 'blocked' or d.barred_at is not null as blocked,
       case when d.state <> 'blocked' and d.barred_at is not null then coalesce(d.barred_cause, 'order') end as barred, p.evaluation,
       p.policy_version
     from devices d join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
     where d.organization_id = $1 and d.device_id = m.device_id
       and (m.linked_by = 'administrator' or d.user_id = m.user_id) offset 0) l on true
   left join mail_policies p on p.organization_id = $1 and p.format = 1 and p.source_version = case
     when l.device_id is not null then l.policy_version
     when m.policy_epoch = coalesce(o.policy_epoch, 1) then m.policy_source end`;

const list = sql(
  'mail-devices-list',
  `select ${listColumns} from mail_devices m ${listJoins}
   where m.organization_id = $1 and m.mail_device_no > $2 and ($3::text is null or m.state = $3)
     and ($4::boolean is null or (m.device_id is not null) = $4) and ($5::uuid is null or m.user_id = $5)
     and ($6::uuid is null or m.device_id = $6) and ($7::text is null or m.device_key_text = $7)
   order by m.mail_device_no limit $8`,
);

export interface MailDeviceSearch {
  readonly state: MailDeviceState | null;
  readonly linked: boolean | null;
  readonly userId: string | null;
  readonly deviceId: string | null;
  readonly mailId: string | null;
}

export function selectMailDevices(
  tx: TenantTx,
  search: MailDeviceSearch,
  after: number,
  limit: number,
): Promise<ListedMailDeviceRow[]> {
  const { state, linked, userId, deviceId, mailId } = search;
  return tx.query<ListedMailDeviceRow>(list, [
    tx.organizationId,
    after,
    state,
    linked,
    userId,
    deviceId,
    mailId,
    limit,
  ]);
}

const show = sql(
  'mail-devices-show',
  `select ${listColumns} from mail_devices m ${listJoins} where m.organization_id = $1 and m.mail_device_id = $2`,
);

export function selectListedMailDevice(
  tx: TenantTx,
  mailDeviceId: string,
): Promise<ListedMailDeviceRow | undefined> {
  return tx.one<ListedMailDeviceRow>(show, [tx.organizationId, mailDeviceId]);
}

const ofEnrolled = sql(
  'mail-devices-of-enrolled',
  `select ${listColumns} from mail_devices m ${listJoins} where m.organization_id = $1 and m.device_id = $2
   order by m.mail_device_no limit 20`,
);

/** The mail devices that an enrolled device is. */
export function selectMailDevicesOf(tx: TenantTx, deviceId: string): Promise<ListedMailDeviceRow[]> {
  return tx.query<ListedMailDeviceRow>(ofEnrolled, [tx.organizationId, deviceId]);
}
