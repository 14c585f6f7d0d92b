// Statements over looks at mail servers and the plans for them. `$1` is always the organization.
import type { JudgedSight, ProbeVerdict, ProbeWay, Vantage } from '@gatehouse/core/mail/probe-result.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface ProbePlanRow {
  readonly server_id: string;
  readonly hosts: readonly string[];
  readonly domains: readonly string[];
  readonly accepted_ways: readonly ProbeWay[];
  readonly every_minutes: number | null;
  readonly let_in: boolean;
  readonly next_at: Date | null;
}

export interface ProbedServerRow {
  readonly name: string;
  readonly url: string;
  readonly gateway_hosts: readonly string[];
  readonly mail_domains: readonly string[];
}

export interface ProbeRow {
  readonly probe_id: string;
  readonly probe_no: string;
  readonly server_id: string;
  readonly state: 'waiting' | 'done';
  readonly source: 'server' | 'report';
  readonly vantage: Vantage;
  readonly place: string | null;
  readonly verdict: ProbeVerdict | null;
  readonly open_ways: readonly ProbeWay[];
  readonly accepted_ways: readonly ProbeWay[];
  readonly sights: readonly JudgedSight[];
  readonly requested_by: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

const selectServer = sql(
  'mail-probes-server',
  `select s.name, s.url, coalesce(m.gateway_hosts, '{}') as gateway_hosts,
     coalesce(o.settings -> 'mailDomains', '[]') as mail_domains
   from mail_servers s join organizations o on o.organization_id = s.organization_id
   left join mail_settings m on m.organization_id = s.organization_id
   where s.organization_id = $1 and s.server_id = $2`,
);
const planColumns = 'server_id, hosts, domains, accepted_ways, every_minutes, let_in, next_at';
const selectPlan = sql(
  'mail-probes-plan',
  `select ${planColumns} from mail_probe_plans where organization_id = $1 and server_id = $2`,
);
const lockPlan = sql(
  'mail-probes-plan-lock',
  `select ${planColumns} from mail_probe_plans where organization_id = $1 and server_id = $2 for update`,
);
const insertPlan = sql(
  'mail-probes-plan-insert',
  `insert into mail_probe_plans (organization_id, server_id, every_minutes, next_at, updated_at)
   select $1, s.server_id, $3, $4, $4 from mail_servers s where s.organization_id = $1 and s.server_id = $2
   on conflict (organization_id, server_id) do nothing`,
);
const updatePlan = sql(
  'mail-probes-plan-update',
  `update mail_probe_plans set hosts = $3, domains = $4, accepted_ways = $5, every_minutes = $6, let_in = $7, next_at = $8,
     updated_at = $9
   where organization_id = $1 and server_id = $2`,
);
const planNext = sql(
  'mail-probes-plan-next',
  `update mail_probe_plans set next_at = $3 where organization_id = $1 and server_id = $2`,
);
const insertProbe = sql(
  'mail-probes-insert',
  `insert into mail_probes (organization_id, probe_id, server_id, state, source, vantage, place, requested_by, created_at)
   values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8)
   on conflict (organization_id, server_id) where state = 'waiting' do nothing`,
);
const insertReport = sql(
  'mail-probes-insert-report',
  `insert into mail_probes (organization_id, probe_id, server_id, state, source, vantage, place, verdict, open_ways, accepted_ways,
     sights, requested_by, created_at, finished_at)
   values ($1, $2, $3, 'done', 'report', 'outside', $4, $5, $6, $7, $8::jsonb, $9, $10, $10)`,
);
const claim = sql(
  'mail-probes-claim',
  `update mail_probes set locked_until = $3, vantage = $5
   where organization_id = $1 and probe_id = $2 and state = 'waiting' and (locked_until is null or locked_until < $4)
   returning probe_id`,
);
const settle = sql(
  'mail-probes-settle',
  `update mail_probes set state = 'done', verdict = $3, open_ways = $4, accepted_ways = $5, sights = $6::jsonb, finished_at = $7,
     locked_until = null
   where organization_id = $1 and probe_id = $2 and state = 'waiting'`,
);
const summaryColumns = `probe_id, probe_no, server_id, state, source, vantage, place, verdict, open_ways, accepted_ways, requested_by,
  created_at, finished_at`;
const selectProbe = sql(
  'mail-probes-select',
  `select ${summaryColumns}, sights from mail_probes where organization_id = $1 and probe_id = $2`,
);
const selectWaiting = sql(
  'mail-probes-waiting',
  `select ${summaryColumns}, sights from mail_probes where organization_id = $1 and server_id = $2 and state = 'waiting'`,
);
const selectBefore = sql(
  'mail-probes-before',
  `select ${summaryColumns}, sights from mail_probes
   where organization_id = $1 and server_id = $2 and state = 'done' and source = $3 and vantage = $4
     and place is not distinct from $5 and probe_id <> $6
   order by probe_no desc limit 1`,
);
const list = sql(
  'mail-probes-list',
  `select ${summaryColumns} from mail_probes where organization_id = $1 and probe_no < $2 order by probe_no desc limit $3`,
);
const listOfServer = sql(
  'mail-probes-list-of-server',
  `select ${summaryColumns} from mail_probes where organization_id = $1 and server_id = $4 and probe_no < $2
   order by probe_no desc limit $3`,
);
const unplanned = sql(
  'mail-probes-unplanned',
  `select s.organization_id, s.server_id from mail_servers s
   where not exists (select 1 from mail_probe_plans p where p.organization_id = s.organization_id and p.server_id = s.server_id)
   limit 1000`,
);
const duePlans = sql(
  'mail-probes-due-plans',
  'select organization_id, server_id from mail_probe_plans where next_at <= $1 order by next_at limit 1000',
);
const dueProbes = sql(
  'mail-probes-due',
  `select organization_id, probe_id, server_id from mail_probes
   where state = 'waiting' and (locked_until is null or locked_until < $1) order by created_at limit 64`,
);
const purge = sql(
  'mail-probes-purge',
  `delete from mail_probes where state = 'done' and finished_at < now() - $1 * interval '1 day'`,
);

export const readProbedServer = (tx: TenantTx, serverId: string) =>
  tx.one<ProbedServerRow>(selectServer, [tx.organizationId, serverId]);
export const readPlan = (tx: TenantTx, serverId: string) =>
  tx.one<ProbePlanRow>(selectPlan, [tx.organizationId, serverId]);
export const readPlanForChange = (tx: TenantTx, serverId: string) =>
  tx.one<ProbePlanRow>(lockPlan, [tx.organizationId, serverId]);
export const storeFirstPlan = (tx: TenantTx, serverId: string, everyMinutes: number, at: Date) =>
  tx.run(insertPlan, [tx.organizationId, serverId, everyMinutes, at]);
export const storePlan = (tx: TenantTx, plan: ProbePlanRow, now: Date) =>
  tx.run(updatePlan, [
    tx.organizationId,
    plan.server_id,
    plan.hosts,
    plan.domains,
    plan.accepted_ways,
    plan.every_minutes,
    plan.let_in,
    plan.next_at,
    now,
  ]);
export const storeNext = (tx: TenantTx, serverId: string, next: Date | null) =>
  tx.run(planNext, [tx.organizationId, serverId, next]);

export const storeWaiting = (
  tx: TenantTx,
  probe: Pick<
    ProbeRow,
    'probe_id' | 'server_id' | 'source' | 'vantage' | 'place' | 'requested_by' | 'created_at'
  >,
) =>
  tx.run(insertProbe, [
    tx.organizationId,
    probe.probe_id,
    probe.server_id,
    probe.source,
    probe.vantage,
    probe.place,
    probe.requested_by,
    probe.created_at,
  ]);

export interface ProbeOutcome {
  readonly verdict: ProbeVerdict;
  readonly openWays: readonly ProbeWay[];
  readonly acceptedWays: readonly ProbeWay[];
  readonly sights: readonly JudgedSight[];
}

export const storeReport = (
  tx: TenantTx,
  report: Pick<ProbeRow, 'probe_id' | 'server_id' | 'place' | 'requested_by' | 'created_at'>,
  { verdict, openWays, acceptedWays, sights }: ProbeOutcome,
) =>
  tx.run(insertReport, [
    tx.organizationId,
    report.probe_id,
    report.server_id,
    report.place,
    verdict,
    openWays,
    acceptedWays,
    JSON.stringify(sights),
    report.requested_by,
    report.created_at,
  ]);

/** @returns whether it is ours now; of another server of this installation it may be already. */
export async function claimProbe(
  tx: TenantTx,
  probeId: string,
  vantage: Vantage,
  now: Date,
  until: Date,
): Promise<boolean> {
  const claimed = await tx.query(claim, [tx.organizationId, probeId, until, now, vantage]);
  return claimed.length > 0;
}

export const storeOutcome = (
  tx: TenantTx,
  probeId: string,
  { verdict, openWays, acceptedWays, sights }: ProbeOutcome,
  now: Date,
) =>
  tx.run(settle, [tx.organizationId, probeId, verdict, openWays, acceptedWays, JSON.stringify(sights), now]);

export const readProbe = (tx: TenantTx, probeId: string) =>
  tx.one<ProbeRow>(selectProbe, [tx.organizationId, probeId]);
export const readWaiting = (tx: TenantTx, serverId: string) =>
  tx.one<ProbeRow>(selectWaiting, [tx.organizationId, serverId]);
/** The last one that was looked from the same place. */
export const readBefore = (
  tx: TenantTx,
  {
    server_id,
    source,
    vantage,
    place,
    probe_id,
  }: Pick<ProbeRow, 'server_id' | 'source' | 'vantage' | 'place' | 'probe_id'>,
) => tx.one<ProbeRow>(selectBefore, [tx.organizationId, server_id, source, vantage, place, probe_id]);

const newest = '9223372036854775807';
export const readProbes = (
  tx: TenantTx,
  serverId: string | undefined,
  before: string | undefined,
  limit: number,
) =>
  serverId === undefined
    ? tx.query<Omit<ProbeRow, 'sights'>>(list, [tx.organizationId, before ?? newest, limit])
    : tx.query<Omit<ProbeRow, 'sights'>>(listOfServer, [
        tx.organizationId,
        before ?? newest,
        limit,
        serverId,
      ]);

export interface PlaceOfServer {
  readonly organization_id: string;
  readonly server_id: string;
}
export const findUnplanned = (tx: SystemTx) => tx.query<PlaceOfServer>(unplanned);
export const findDuePlans = (tx: SystemTx, now: Date) => tx.query<PlaceOfServer>(duePlans, [now]);
export const findDueProbes = (tx: SystemTx, now: Date) =>
  tx.query<PlaceOfServer & { readonly probe_id: string }>(dueProbes, [now]);
export const dropOldProbes = (tx: SystemTx, days: number) => tx.run(purge, [days]);
