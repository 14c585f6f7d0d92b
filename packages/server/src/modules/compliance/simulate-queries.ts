// What a simulation reads: a fleet in chunks by device number, of each device only what the rules that change look at. `$1` is
// the organization. A chunk is one JSON text: taking apart a hundred thousand rows by columns costs more than evaluating them.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { StoredEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { BarCause, DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { FactReport } from '@gatehouse/core/facts/select.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import { namesToPick, readPickedFacts } from './picked-facts.ts';
import type { DeviceRow } from './queries.ts';

/**
 * What of a row `f` of device_facts makes its line, behind whose it is; `n.names` are the facts asked for, null all. Times are taken
 * as floating numbers, which are exact to the millisecond and cost a tenth.
 */
const pickedFacts = `e'\\t', f.source, e'\\t', round(date_part('epoch', f.observed_at) * 1000), e'\\t',
  case when n.names is null then f.facts::text else concat(
    f.facts -> n.names[1], e'\\t', f.facts -> n.names[2], e'\\t', f.facts -> n.names[3], e'\\t', f.facts -> n.names[4], e'\\t',
    f.facts -> n.names[5], e'\\t', f.facts -> n.names[6], e'\\t', f.facts -> n.names[7], e'\\t', f.facts -> n.names[8], e'\\t',
    f.facts -> n.names[9], e'\\t', f.facts -> n.names[10], e'\\t', f.facts -> n.names[11], e'\\t', f.facts -> n.names[12], e'\\t',
    f.facts -> n.names[13], e'\\t', f.facts -> n.names[14], e'\\t', f.facts -> n.names[15], e'\\t', f.facts -> n.names[16]) end`;

const selectPicked = sql(
  'compliance-select-picked-facts',
  `select string_agg(concat(f.device_id, ${pickedFacts}), e'\\n') as lines
   from (select $4::text[] as names) n, device_facts f
   where f.organization_id = $1 and f.device_id = any ($2) and f.scan = any ($3)`,
);

/** What is stated of these facts, by device. */
export async function loadPickedFacts(
  tx: TenantTx,
  deviceIds: readonly string[],
  { scans, facts }: { readonly scans: readonly Scan[]; readonly facts: readonly string[] },
): Promise<ReadonlyMap<string, readonly FactReport[]>> {
  if (facts.length === 0) return new Map();
  const names = namesToPick(facts);
  const row = await tx.one<{ lines: string | null }>(selectPicked, [
    tx.organizationId,
    deviceIds,
    scans,
    names,
  ]);
  return readPickedFacts(row?.lines ?? null, names);
}

/** Whom a change can concern: everybody, or whoever is one of these or belongs to one. */
export interface Circle {
  readonly everybody: boolean;
  readonly groupIds: readonly string[];
  readonly userIds: readonly string[];
  readonly deviceIds: readonly string[];
  readonly platform: Platform | null;
}

/** What the rules that change look at. */
export interface Needed {
  readonly scans: readonly Scan[];
  readonly facts: readonly string[];
  /** Kinds of rules whose verdicts so far must be known. */
  readonly kinds: readonly string[];
}

export interface SimulatedRow {
  readonly id: string;
  readonly no: number;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly barred: BarCause | null;
  readonly name: string;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly groupIds: readonly string[];
  /** ms since the epoch */
  readonly contactAt: number | null;
  readonly acknowledged: string | null;
  readonly registered: boolean;
  readonly compliant: boolean;
  readonly network: Access;
  readonly mail: Access;
  readonly vpn: Access;
  readonly apps: Access;
  readonly content: Access;
  readonly policyVersion: string;
  readonly exceptions: DeviceRow['exceptions'];
  /** Whole where something stands against the device, so that what does not change counts on. */
  readonly evaluation: StoredEvaluation | null;
  /** Of the kinds of rules that change. */
  readonly verdicts: StoredEvaluation['verdicts'] | null;
  /** Where their evidence is from. */
  readonly from: StoredEvaluation['from'] | null;
  /** What sources state of the facts that are looked at. */
  readonly reports: readonly FactReport[];
}

/** The devices first, each once by the index of their numbers; then what is known of each, by its key. */
const selectChunk = sql(
  'compliance-simulate-chunk',
  `with d as materialized (
     select * from devices d
     where d.organization_id = $1 and d.device_no > $2 and d.device_no <= $12 and d.state <> 'unmanaged'
       and ($4::text is null or d.platform = $4)
       and ($5 or d.device_id = any ($8) or d.user_id = any ($7)
         or (cardinality($6::uuid[]) > 0 and (
           exists (select 1 from group_members m
             where m.organization_id = $1 and m.user_id = d.user_id and m.group_id = any ($6))
           or exists (select 1 from group_devices s
             where s.organization_id = $1 and s.device_id = d.device_id and s.group_id = any ($6)))))
     order by d.device_no limit $3
   )
   select (select json_agg(r) from (
       select d.device_id as id, d.device_no as no, d.platform, d.ownership,
         case when d.state = 'registered' and d.barred_at is not null then 'blocked' else d.state end as state,
         case when d.state = 'registered' and d.barred_at is not null then coalesce(d.barred_cause, 'order') end as barred,
         d.name, d.user_id as "userId",
         u.user_name as "userName",
         array(
           select m.group_id from group_members m where m.organization_id = $1 and m.user_id = d.user_id
           union
           select s.group_id from group_devices s where s.organization_id = $1 and s.device_id = d.device_id) as "groupIds",
         round(date_part('epoch', c.last_check_in_at) * 1000) as "contactAt",
         c.acknowledged_policy_version as acknowledged, p.registered, p.compliant, p.access_network as network,
         p.access_mail as mail, p.access_vpn as vpn, p.access_apps as apps, p.access_content as content, p.policy_version as "policyVersion",
         case when not (p.compliant and p.access_network = 'allow' and p.access_mail = 'allow' and p.access_vpn = 'allow'
             and p.access_apps = 'allow' and p.access_content = 'allow')
           then p.evaluation end as evaluation,
         (select jsonb_agg(e.*) from compliance_exceptions e where e.organization_id = $1 and e.device_id = d.device_id)
           as exceptions,
         jsonb_path_query_array(p.evaluation, '$.verdicts[*] ? (@.rule == $kinds[*])', jsonb_build_object('kinds', $11::jsonb))
           as verdicts, p.evaluation -> 'from' as "from"
       from d
       join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
       join device_contacts c on c.organization_id = $1 and c.device_id = d.device_id
       left join users u on u.organization_id = $1 and u.user_id = d.user_id) r)::text as devices,
     (select string_agg(concat(d.device_no, ${pickedFacts}), e'\\n')
       from (select $10::text[] as names) n, d
       join device_facts f on f.organization_id = $1 and f.device_id = d.device_id and f.scan = any ($9)) as reports`,
);

/** The next devices of a circle by their number; none when it is through. */
export async function readChunk(
  tx: TenantTx,
  { after, upTo, limit }: { readonly after: number; readonly upTo: number; readonly limit: number },
  circle: Circle,
  needed: Needed,
): Promise<readonly SimulatedRow[]> {
  const names = namesToPick(needed.facts);
  const row = await tx.one<{ devices: string | null; reports: string | null }>(selectChunk, [
    tx.organizationId,
    after,
    limit,
    circle.platform,
    circle.everybody,
    circle.groupIds,
    circle.userIds,
    circle.deviceIds,
    needed.scans,
    names,
    JSON.stringify(needed.kinds),
    upTo,
  ]);
  const devices = JSON.parse(row?.devices ?? '[]') as Omit<SimulatedRow, 'reports'>[];
  const reports = readPickedFacts(row?.reports ?? null, names);
  return devices
    .toSorted((a, b) => a.no - b.no)
    .map((device) => Object.assign(device, { reports: reports.get(String(device.no)) ?? [] }));
}

const selectLastNo = sql(
  'compliance-simulate-last-no',
  'select coalesce(max(device_no), 0) as no from devices where organization_id = $1',
);

/** The highest number of a device. */
export async function readLastNo(tx: TenantTx): Promise<number> {
  return Number((await tx.one<{ no: string | number }>(selectLastNo, [tx.organizationId]))?.no ?? 0);
}

const selectGroupNames = sql(
  'compliance-simulate-group-names',
  'select group_id as id, name from groups where organization_id = $1 limit 10000',
);

export interface GroupName {
  readonly id: string;
  readonly name: string;
}

export async function readGroupNames(tx: TenantTx): Promise<ReadonlyMap<string, GroupName>> {
  const rows = await tx.query<GroupName>(selectGroupNames, [tx.organizationId]);
  return new Map(rows.map((row) => [row.id, row]));
}
