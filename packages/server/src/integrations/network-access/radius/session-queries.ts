// Statements over sessions and over what was answered about stations. `$1` is always the organization.
import type { NetworkAccessSummary } from '@gatehouse/contracts/admin/network-access.ts';
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { NetworkDecision } from '@gatehouse/core/network-access/reply-rules.ts';
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

const findNasStatement = sql(
  'nac-find-nas',
  `select nas_id, interim_seconds from nas_clients where organization_id = $1 and address = $2 and enabled`,
);
export function findNas(
  tx: TenantTx,
  address: string,
): Promise<{ nas_id: string; interim_seconds: number } | undefined> {
  return tx.one(findNasStatement, [tx.organizationId, address]);
}

export interface SeenSession {
  readonly sessionId: string;
  readonly nasId: string;
  readonly key: string;
  readonly guid: string | null;
  readonly mac: string | null;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly at: Date;
  readonly expiresAt: Date;
}

const seeStatement = sql(
  'nac-see-session',
  `insert into nac_sessions as s (organization_id, session_id, nas_id, session_key, guid, mac, attributes, started_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (organization_id, nas_id, session_key) do update set guid = coalesce(excluded.guid, s.guid),
     mac = coalesce(excluded.mac, s.mac), attributes = excluded.attributes,
     expires_at = greatest(excluded.expires_at, s.expires_at)
   returning s.session_id, s.session_id = $2 as is_new`,
);
export async function seeSession(
  tx: TenantTx,
  session: SeenSession,
): Promise<{ sessionId: string; isNew: boolean }> {
  const row = await tx.one<{ session_id: string; is_new: boolean }>(seeStatement, [
    tx.organizationId,
    session.sessionId,
    session.nasId,
    session.key,
    session.guid,
    session.mac,
    JSON.stringify(session.attributes),
    session.at,
    session.expiresAt,
  ]);
  return { sessionId: row?.session_id ?? session.sessionId, isNew: row?.is_new ?? true };
}

const endStatement = sql(
  'nac-end-session',
  `delete from nac_sessions where organization_id = $1 and nas_id = $2 and session_key = $3`,
);
export async function endSession(tx: TenantTx, nasId: string, key: string): Promise<void> {
  await tx.run(endStatement, [tx.organizationId, nasId, key]);
}

const endAllStatement = sql(
  'nac-end-sessions-of-nas',
  `delete from nac_sessions where organization_id = $1 and nas_id = $2`,
);
/** The network device has started or is going down. */
export async function endSessionsOf(tx: TenantTx, nasId: string): Promise<void> {
  await tx.run(endAllStatement, [tx.organizationId, nasId]);
}

const markStaleStatement = sql(
  'nac-mark-stale-session',
  `update nac_sessions s set due_at = coalesce(s.due_at, $3), changed_at = $3, revision = s.revision + 1, attempts = 0
   from nac_admissions a
   where s.organization_id = $1 and s.session_id = $2 and a.organization_id = $1
     and a.station = case when s.mac is null then s.guid else s.mac end
     and a.decision <> (select d.decision from gh.network_decisions(s.guid, s.mac) d)`,
);
/**
 * A change that was committed after the answer and before the session was known had nobody to tell. Asked after the session is
 * committed, so that one of the two sees the other.
 */
export async function markIfStale(tx: TenantTx, sessionId: string, now: Date): Promise<boolean> {
  return (await tx.run(markStaleStatement, [tx.organizationId, sessionId, now])) > 0;
}

const admitStatement = sql(
  'nac-admit',
  `insert into nac_admissions as a (organization_id, station, decision, rule, answered_at) values ($1, $2, $3, $4, $5)
   on conflict (organization_id, station) do update set decision = excluded.decision, rule = excluded.rule,
     answered_at = excluded.answered_at
   where a.decision <> excluded.decision or a.rule is distinct from excluded.rule
     or a.answered_at < excluded.answered_at - interval '1 hour'`,
);
export async function noteAnswer(
  tx: TenantTx,
  answer: {
    readonly station: string;
    readonly decision: NetworkDecision;
    readonly rule: string | undefined;
    readonly at: Date;
  },
): Promise<void> {
  await tx.run(admitStatement, [
    tx.organizationId,
    answer.station,
    answer.decision,
    answer.rule ?? null,
    answer.at,
  ]);
}

const purgeSessionsStatement = sql('nac-purge-sessions', `delete from nac_sessions where expires_at < $1`);
const purgeAdmissionsStatement = sql(
  'nac-purge-admissions',
  `delete from nac_admissions where answered_at < $1::timestamptz - interval '7 days'`,
);
export async function purgeSessions(tx: SystemTx, now: Date): Promise<number> {
  const sessions = await tx.run(purgeSessionsStatement, [now]);
  return sessions + (await tx.run(purgeAdmissionsStatement, [now]));
}

export interface SessionRow {
  readonly session_id: string;
  readonly nas_id: string;
  readonly nas_name: string;
  readonly mac: string | null;
  readonly guid: string | null;
  readonly devices: readonly { readonly id: string; readonly name: string; readonly access: Access }[];
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly told_at: Date | null;
  readonly waiting: boolean;
}

const devicesOfSession = `(select coalesce(jsonb_agg(jsonb_build_object('id', d.device_id, 'name', d.name, 'access', p.access_network)), '[]')
   from (select i.device_id from device_identifiers i where i.organization_id = $1
     and i.kind = case when s.guid is null then 'mac' else 'guid' end and i.value = case when s.guid is null then s.mac else s.guid end limit 5) i
   join devices d on d.organization_id = $1 and d.device_id = i.device_id
   join device_posture p on p.organization_id = $1 and p.device_id = i.device_id)`;
const sessionColumns = `s.session_id, s.nas_id, n.name as nas_name, s.mac, s.guid, ${devicesOfSession} as devices,
  s.started_at, s.expires_at, s.told_at, s.due_at is not null as waiting`;

const listStatement = sql(
  'nac-list-sessions',
  `select ${sessionColumns} from nac_sessions s
   join nas_clients n on n.organization_id = $1 and n.nas_id = s.nas_id
   where s.organization_id = $1 and ($2::uuid is null or s.session_id > $2) and ($3::uuid is null or s.nas_id = $3)
     and s.expires_at > $5
   order by s.session_id limit $4`,
);
const ofDeviceStatement = sql(
  'nac-sessions-of-device',
  `with mine as (
     select s.session_id from device_identifiers i join nac_sessions s on s.organization_id = $1 and s.guid = i.value
     where i.organization_id = $1 and i.device_id = $3 and i.kind = 'guid'
     union
     select s.session_id from device_identifiers i join nac_sessions s on s.organization_id = $1 and s.mac = i.value and s.guid is null
     where i.organization_id = $1 and i.device_id = $3 and i.kind = 'mac'
   )
   select ${sessionColumns} from mine m join nac_sessions s on s.organization_id = $1 and s.session_id = m.session_id
   join nas_clients n on n.organization_id = $1 and n.nas_id = s.nas_id
   where ($2::uuid is null or s.session_id > $2) and s.expires_at > $5
   order by s.session_id limit $4`,
);
export function selectSessions(
  tx: TenantTx,
  filter: { readonly nasId: string | undefined; readonly deviceId: string | undefined },
  page: { readonly after: string | null; readonly limit: number; readonly now: Date },
): Promise<SessionRow[]> {
  return filter.deviceId === undefined
    ? tx.query(listStatement, [tx.organizationId, page.after, filter.nasId ?? null, page.limit, page.now])
    : tx.query(ofDeviceStatement, [tx.organizationId, page.after, filter.deviceId, page.limit, page.now]);
}

const summaryStatement = sql(
  'nac-summary',
  `select
     (select count(*)::int from nac_sessions where organization_id = $1 and expires_at > $2) as "sessions",
     (select count(*)::int from nac_sessions where organization_id = $1 and due_at is not null) as "sessionsWaiting",
     (select count(*)::int from ise_tellings where organization_id = $1 and due_at is not null) as "endpointsWaiting",
     n.all as "networkDevices", n.troubled as "networkDevicesInTrouble", e.all as "iseServers", e.troubled as "iseServersInTrouble"
   from (select count(*)::int as all, count(*) filter (where enabled and problem is not null)::int as troubled
       from nas_clients where organization_id = $1) n,
     (select count(*)::int as all, count(*) filter (where enabled and problem is not null)::int as troubled
       from ise_servers where organization_id = $1) e`,
);
export function selectSummary(tx: TenantTx, now: Date): Promise<NetworkAccessSummary | undefined> {
  return tx.one<NetworkAccessSummary>(summaryStatement, [tx.organizationId, now]);
}
