// Statements over the one stored decision and its history, for one device or for many at once. `$1` is the organization.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { Evaluation } from '@gatehouse/core/compliance/verdict.ts';
import type { Bar, DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { FactReport } from '@gatehouse/core/facts/select.ts';
import type { FactSource, FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface ContactRow {
  readonly device_id: string;
  readonly last_check_in_at: Date | null;
  readonly acknowledged_policy_version: string | null;
}

/** The lock of modules/devices/lock-device.ts, for many: in one order, so that two batches cannot deadlock. */
const lockContacts = sql(
  'compliance-lock-contacts',
  `select device_id, last_check_in_at, acknowledged_policy_version from device_contacts
   where organization_id = $1 and device_id = any ($2) order by device_id for update`,
);
const selectContacts = sql(
  'compliance-select-contacts',
  `select device_id, last_check_in_at, acknowledged_policy_version from device_contacts
   where organization_id = $1 and device_id = any ($2)`,
);

export interface DeviceRow {
  readonly device_id: string;
  readonly platform: Platform;
  readonly state: DeviceState;
  readonly bar: Bar | null;
  readonly ownership: Ownership;
  readonly name: string;
  readonly user_name: string | null;
  readonly exceptions: readonly ExceptionColumns[] | null;
}

interface ExceptionColumns {
  readonly exception_id: string;
  readonly rule: string;
  readonly reason: string;
  readonly expires_at: string | null;
}

/** One that is barred may be talked to, and passes no more gates than one that is blocked. */
const selectDevices = sql(
  'compliance-select-devices',
  `select d.device_id, d.platform, case when d.state = 'registered' and d.barred_at is not null then 'blocked' else d.state end as state,
     case when d.state = 'registered' and d.barred_at is not null
       then jsonb_build_object('cause', coalesce(d.barred_cause, 'order'), 'reason', d.barred_reason) end as bar,
     d.ownership, d.name, u.user_name,
     (select jsonb_agg(e.*) from compliance_exceptions e where e.organization_id = $1 and e.device_id = d.device_id)
       as exceptions
   from devices d
   left join users u on u.organization_id = $1 and u.user_id = d.user_id
   where d.organization_id = $1 and d.device_id = any ($2)`,
);

/** What an evaluation decides. */
export interface DecisionColumns {
  readonly registered: boolean;
  readonly compliant: boolean;
  readonly access_network: Access;
  readonly access_mail: Access;
  readonly access_vpn: Access;
  readonly access_apps: Access;
  readonly access_content: Access;
  readonly failure_reason: string | null;
  readonly remediation: string | null;
  readonly policy_version: string;
  readonly user_name: string | null;
}

/** What gates are told of a device beside the decision: copied from its facts when it reports. */
export interface StatedColumns {
  readonly disk_encrypted: boolean | null;
  readonly passcode_set: boolean | null;
  readonly compromised: boolean | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly imei: string | null;
  readonly meid: string | null;
  readonly udid: string | null;
  readonly serial_number: string | null;
  readonly os_version: string | null;
  readonly phone_number: string | null;
  readonly host_name: string | null;
  readonly macs: readonly string[];
}

/** As it is stored; with what is stated where that was asked for. */
export interface PostureRow extends DecisionColumns, Partial<StatedColumns> {
  readonly device_id: string;
  readonly evaluation: Evaluation;
  readonly evaluated_at: Date;
  readonly next_change_at: Date | null;
}

const decision = `device_id, registered, compliant, access_network, access_mail, access_vpn, access_apps, access_content,
     failure_reason, remediation, policy_version, user_name, evaluation, evaluated_at, next_change_at`;

const selectDecisions = sql(
  'compliance-select-decisions',
  `select ${decision} from device_posture where organization_id = $1 and device_id = any ($2)`,
);
const selectPostures = sql(
  'compliance-select-postures',
  `select ${decision}, disk_encrypted, passcode_set, compromised, manufacturer, model, imei, meid, udid, serial_number,
     os_version, phone_number, host_name, macs
   from device_posture where organization_id = $1 and device_id = any ($2)`,
);

const selectFactsOfMany = sql(
  'compliance-select-facts',
  `select device_id, source, facts, observed_at from device_facts
   where organization_id = $1 and device_id = any ($2) and scan = any ($3)`,
);

interface FactsRow {
  readonly device_id: string;
  readonly source: FactSource;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly observed_at: Date;
}

export interface LoadedRows {
  readonly contacts: readonly ContactRow[];
  readonly devices: readonly DeviceRow[];
  readonly postures: readonly PostureRow[];
  /** What was reported by the scans asked for. */
  readonly facts: ReadonlyMap<string, readonly FactReport[]>;
}

/**
 * One round trip. With `lock`, everything is read after the lock is held, and thus is the newest truth.
 * @param scans null: neither facts nor what was copied from them is read.
 */
export async function loadRows(
  tx: TenantTx,
  deviceIds: readonly string[],
  scans: readonly Scan[] | null,
  { lock }: { readonly lock: boolean },
): Promise<LoadedRows> {
  const key = [tx.organizationId, deviceIds];
  const [contacts, devices, postures, facts] = await Promise.all([
    tx.query<ContactRow>(lock ? lockContacts : selectContacts, key),
    tx.query<DeviceRow>(selectDevices, key),
    tx.query<PostureRow>(scans === null ? selectDecisions : selectPostures, key),
    scans === null ? [] : tx.query<FactsRow>(selectFactsOfMany, [...key, scans]),
  ]);
  return {
    contacts,
    devices,
    postures: postures.map((row) => withReadEvaluation(row)),
    facts: byDevice(facts),
  };
}

/** Facts of further scans, for devices whose rules look into them. */
export async function loadFurtherFacts(
  tx: TenantTx,
  deviceIds: readonly string[],
  scans: readonly Scan[],
): Promise<LoadedRows['facts']> {
  return byDevice(await tx.query<FactsRow>(selectFactsOfMany, [tx.organizationId, deviceIds, scans]));
}

function byDevice(rows: readonly FactsRow[]): LoadedRows['facts'] {
  const grouped = Map.groupBy(rows, (row) => row.device_id);
  return new Map([...grouped].map(([id, list]) => [id, list.map(toReport)]));
}

function toReport({ source, observed_at, facts }: FactsRow): FactReport {
  return { source, observedAt: observed_at.getTime(), facts };
}

function withReadEvaluation<Row extends { readonly evaluation: Evaluation }>(row: Row): Row {
  return { ...row, evaluation: readEvaluation(row.evaluation) };
}

export interface ChangeRow {
  readonly device_id: string;
  readonly registered: boolean;
  readonly blocked: boolean;
  /** As it was then; not kept of changes from before there were words for it. */
  readonly bar: Bar | null;
  readonly compliant: boolean;
  readonly access_network: Access;
  readonly access_mail: Access;
  readonly access_vpn: Access;
  readonly access_apps: Access;
  readonly access_content: Access;
  readonly evaluation: Evaluation;
  readonly policy_version: string;
  readonly changed_at: Date;
}

const selectChangeAt = sql(
  'compliance-select-change-at',
  `select device_id, registered, blocked, bar, compliant, access_network, access_mail, access_vpn, access_apps, access_content,
     evaluation, policy_version, changed_at
   from posture_changes where organization_id = $1 and device_id = $2 and changed_at <= $3
   order by changed_at desc, change_id desc limit 1`,
);

/** The posture that held at a moment: that of the last change before it. */
export async function findChangeAt(tx: TenantTx, deviceId: string, at: Date): Promise<ChangeRow | undefined> {
  const row = await tx.one<ChangeRow>(selectChangeAt, [tx.organizationId, deviceId, at]);
  return row && withReadEvaluation(row);
}

const selectChanges = sql(
  'compliance-list-changes',
  `select change_id::text, device_id, registered, blocked, bar, compliant, access_network, access_mail, access_vpn, access_apps,
     access_content, evaluation, policy_version, changed_at
   from posture_changes c
   where organization_id = $1 and device_id = $2 and change_id < coalesce($3::bigint, 9223372036854775807)
     and changed_at <= coalesce((select b.changed_at from posture_changes b
       where b.organization_id = $1 and b.change_id = $3), 'infinity')
   order by c.changed_at desc, c.change_id desc limit $4`,
);

export async function listChanges(
  tx: TenantTx,
  deviceId: string,
  before: string | null,
  limit: number,
): Promise<(ChangeRow & { readonly change_id: string })[]> {
  const rows = await tx.query<ChangeRow & { readonly change_id: string }>(selectChanges, [
    tx.organizationId,
    deviceId,
    before,
    limit,
  ]);
  return rows.map((row) => withReadEvaluation(row));
}

const selectDue = sql(
  'compliance-select-due',
  `select organization_id, device_id from device_posture where next_change_at <= $1 order by next_change_at limit $2`,
);

export function findDue(
  tx: SystemTx,
  now: Date,
  limit: number,
): Promise<{ organization_id: string; device_id: string }[]> {
  return tx.query(selectDue, [now, limit]);
}

// ------------------------------------------------------------------- the devices that a change of policies concerns

export interface ReachedRow {
  readonly device_id: string;
  readonly device_no: string;
}

const reached = {
  organization: sql(
    'compliance-reached-organization',
    `select d.device_id, d.device_no from devices d
     where d.organization_id = $1 and $2::uuid = $1 and d.device_no > $3 and ($4::text is null or d.platform = $4)
       and d.state <> 'unmanaged'
     order by d.device_no limit $5`,
  ),
  group: sql(
    'compliance-reached-group',
    `(select d.device_id, d.device_no from group_members m
      join devices d on d.organization_id = $1 and d.user_id = m.user_id
       where m.organization_id = $1 and m.group_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
        and d.state <> 'unmanaged'
      order by d.device_no limit $5)
     union all
     (select d.device_id, d.device_no from group_devices m
      join devices d on d.organization_id = $1 and d.device_id = m.device_id
       where m.organization_id = $1 and m.group_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
        and d.state <> 'unmanaged'
      order by d.device_no limit $5)
     order by device_no limit $5`,
  ),
  user: sql(
    'compliance-reached-user',
    `select d.device_id, d.device_no from devices d
     where d.organization_id = $1 and d.user_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
       and d.state <> 'unmanaged'
     order by d.device_no limit $5`,
  ),
  device: sql(
    'compliance-reached-device',
    `select d.device_id, d.device_no from devices d
     where d.organization_id = $1 and d.device_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
       and d.state <> 'unmanaged'
     order by d.device_no limit $5`,
  ),
};

/** The next devices, in order of their number, that a target reaches. */
export function findReached(
  tx: TenantTx,
  target: {
    readonly targetKind: keyof typeof reached;
    readonly targetId: string;
    readonly platform: string | null;
  },
  after: string,
  limit: number,
): Promise<ReachedRow[]> {
  const { targetKind, targetId, platform } = target;
  return tx.query<ReachedRow>(reached[targetKind], [tx.organizationId, targetId, after, platform, limit]);
}
