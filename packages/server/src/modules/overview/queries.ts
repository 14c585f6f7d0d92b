// Statements over a whole fleet at once, and over what needs somebody’s attention. `$1` is the organization.
import type { Standing } from '@gatehouse/core/compliance/standing.ts';
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface CellRow {
  readonly platform: Platform;
  readonly standing: Standing;
  readonly network: Access;
  readonly mail: Access;
  readonly vpn: Access;
  /** How many of the bounds the last contact is older than; null: there was none. */
  readonly silence: number | null;
  readonly lost: boolean;
  readonly devices: number;
}

/** One look at every device; the sums of all tiles are sums of its rows. */
const selectCells = sql(
  'overview-cells',
  `select d.platform, p.standing, p.access_network as network, p.access_mail as mail, p.access_vpn as vpn,
     width_bucket(extract(epoch from $2::timestamptz - c.last_check_in_at)::float8, $3::float8[]) as silence,
     coalesce(p.access_changed_at > $2::timestamptz - interval '1 hour', false)
       and not (p.access_network = 'allow' and p.access_mail = 'allow' and p.access_vpn = 'allow') as lost,
     count(*)::int as devices
   from devices d
   join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   join device_contacts c on c.organization_id = $1 and c.device_id = d.device_id
   where d.organization_id = $1 and d.state <> 'unmanaged'
   group by 1, 2, 3, 4, 5, 6, 7`,
);

/** @param bounds seconds, rising */
export function selectFleetCells(tx: TenantTx, now: Date, bounds: readonly number[]): Promise<CellRow[]> {
  return tx.query<CellRow>(selectCells, [tx.organizationId, now, bounds]);
}

const selectVersions = sql(
  'overview-versions',
  `select d.platform, p.os_version as version, count(*)::int as devices
   from devices d join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   where d.organization_id = $1 and d.state <> 'unmanaged' and p.os_version is not null
   group by 1, 2, p.os_key order by d.platform, p.os_key desc`,
);

export function selectOsVersions(
  tx: TenantTx,
): Promise<{ readonly platform: Platform; readonly version: string; readonly devices: number }[]> {
  return tx.query(selectVersions, [tx.organizationId]);
}

const selectReasons = sql(
  'overview-reasons',
  `select f.rule, r.name, r.kind, count(*)::int as devices
   from device_posture p
   join devices d on d.organization_id = $1 and d.device_id = p.device_id and d.state <> 'unmanaged'
   cross join lateral unnest(p.failing) as f (rule)
   left join compliance_rules r on r.organization_id = $1 and r.rule_id::text = f.rule
   where p.organization_id = $1 and cardinality(p.failing) > 0
   group by 1, 2, 3 order by 4 desc, 1 limit 12`,
);

export interface ReasonRow {
  /** The kind, of rules that policies bring about; else the id of the rule. */
  readonly rule: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly devices: number;
}

export function selectTopReasons(tx: TenantTx): Promise<ReasonRow[]> {
  return tx.query<ReasonRow>(selectReasons, [tx.organizationId]);
}

// ------------------------------------------------------------------------------------------------------- day by day

const upsertDay = sql(
  'overview-upsert-day',
  `insert into fleet_days (organization_id, day, standings, network_shut, mail_shut, vpn_shut, taken_at)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (organization_id, day) do update set standings = excluded.standings, network_shut = excluded.network_shut,
     mail_shut = excluded.mail_shut, vpn_shut = excluded.vpn_shut, taken_at = excluded.taken_at
   where fleet_days.taken_at <= excluded.taken_at`,
);

export interface DayRow {
  readonly day: string;
  readonly standings: Readonly<Partial<Record<Standing, number>>>;
  readonly network_shut: number;
  readonly mail_shut: number;
  readonly vpn_shut: number;
  readonly taken_at: Date;
}

export function writeDay(tx: TenantTx, row: DayRow): Promise<number> {
  return tx.run(upsertDay, [
    tx.organizationId,
    row.day,
    JSON.stringify(row.standings),
    row.network_shut,
    row.mail_shut,
    row.vpn_shut,
    row.taken_at,
  ]);
}

const selectDaysSince = sql(
  'overview-days',
  `select day::text, standings, network_shut, mail_shut, vpn_shut, taken_at from fleet_days
   where organization_id = $1 and day >= $2 order by day`,
);

export function selectDays(tx: TenantTx, since: string): Promise<DayRow[]> {
  return tx.query<DayRow>(selectDaysSince, [tx.organizationId, since]);
}

const purgeDays = sql(
  'overview-purge-days',
  'delete from fleet_days where organization_id = $1 and day < $2',
);

export function deleteDaysBefore(tx: TenantTx, day: string): Promise<number> {
  return tx.run(purgeDays, [tx.organizationId, day]);
}

const selectOrganizations = sql('overview-organizations', 'select organization_id from organizations');

export async function allOrganizations(tx: SystemTx): Promise<readonly string[]> {
  const rows = await tx.query<{ organization_id: string }>(selectOrganizations, []);
  return rows.map(({ organization_id }) => organization_id);
}

// ------------------------------------------------------------------------------------------------------- attention

export interface NoticeRow {
  readonly kind: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** How many, or of what. */
  readonly count: number | null;
  readonly subject: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
}

const notices = {
  'push.read': sql(
    'overview-notices-push',
    `select 'push-certificate' as kind, case when not_after < $2::timestamptz + interval '7 days' then 'critical' else 'warning' end
         as severity, null::int as count, null as subject, null::timestamptz as since, not_after as until
       from apple_push_certificates
       where organization_id = $1 and state = 'active' and not_after < $2::timestamptz + interval '60 days'
     union all
     select 'push-problem', 'critical', null, kind, since, null from apple_push_problems where organization_id = $1`,
  ),
  'certificates.read': sql(
    'overview-notices-authorities',
    `select 'certificate-authority' as kind, case when not_after < $2::timestamptz + interval '14 days' then 'critical' else 'warning' end
         as severity, null::int as count, a.kind as subject, null::timestamptz as since, not_after as until
       from certificate_authorities a
       where organization_id = $1 and state = 'active' and not_after < $2::timestamptz + interval '60 days'`,
  ),
  'approvals.read': sql(
    'overview-notices-approvals',
    `select 'approvals' as kind, 'warning' as severity, count(*)::int as count, null as subject, min(created_at) as since,
         min(expires_at) as until
       from approval_requests where organization_id = $1 and state = 'pending' and expires_at > $2 having count(*) > 0`,
  ),
  'jobs.read': sql(
    'overview-notices-jobs',
    `select 'dead-jobs' as kind, 'warning' as severity, count(*)::int as count, null as subject, min(created_at) as since,
         null::timestamptz as until
       from jobs where organization_id = $1 and state = 'dead' and $2::timestamptz is not null having count(*) > 0`,
  ),
  'alerts.read': sql(
    'overview-notices-alerts',
    `select 'alerts' as kind, severity, count(*)::int as count, null as subject, min(created_at) as since, null::timestamptz as until
       from alerts where organization_id = $1 and acknowledged_at is null and severity <> 'info' and $2::timestamptz is not null
       group by severity`,
  ),
  'mail.read': sql(
    'overview-notices-probes',
    `select 'mail-open' as kind, 'critical' as severity, null::int as count, s.name as subject, l.finished_at as since,
         null::timestamptz as until
       from mail_servers s cross join lateral (select verdict, finished_at from mail_probes p
         where p.organization_id = $1 and p.server_id = s.server_id and p.state = 'done' order by probe_no desc limit 1) l
       where s.organization_id = $1 and l.verdict = 'open' and $2::timestamptz is not null`,
  ),
  'webhooks.manage': sql(
    'overview-notices-webhooks',
    `select 'webhook-stopped' as kind, 'warning' as severity, null::int as count, name as subject, null::timestamptz as since,
         null::timestamptz as until
       from webhooks where organization_id = $1 and state = 'disabled' and $2::timestamptz is not null
     union all
     select 'signals-paused', 'warning', count(*)::int, null, null, null from signal_streams
       where organization_id = $1 and status <> 'enabled' and status_by = 'transmitter' having count(*) > 0`,
  ),
} as const;

export const noticePermissions = Object.keys(notices) as readonly (keyof typeof notices)[];

export function selectNotices(
  tx: TenantTx,
  permission: keyof typeof notices,
  now: Date,
): Promise<NoticeRow[]> {
  return tx.query<NoticeRow>(notices[permission], [tx.organizationId, now]);
}
