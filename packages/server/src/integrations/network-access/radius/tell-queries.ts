// Statements of telling network devices. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';
import type { NasRow } from './nas-queries.ts';

// By certificate where the session has one, else by address: a session belongs to nobody who merely claims its address.
const sessionsOfDevices = `select s.session_id from unnest((select $2::uuid[])) as d (device_id)
     join device_identifiers i on i.organization_id = $1 and i.device_id = d.device_id and i.kind = 'guid'
     join nac_sessions s on s.organization_id = $1 and s.guid = i.value
     union
     select s.session_id from unnest((select $2::uuid[])) as d (device_id)
     join device_identifiers i on i.organization_id = $1 and i.device_id = d.device_id and i.kind = 'mac'
     join nac_sessions s on s.organization_id = $1 and s.mac = i.value and s.guid is null`;

const noteStatement = sql(
  'nac-note-changes',
  `with mine as (${sessionsOfDevices})
   update nac_sessions s set due_at = greatest($3::timestamptz, case when s.told_at > $3 then $3 else s.told_at end + q.quiet), changed_at = $3,
     revision = s.revision + 1, attempts = 0
   from mine, (select coalesce((select quiet_seconds from network_access_settings where organization_id = $1), 10)
     * interval '1 second' as quiet) q
   where s.organization_id = $1 and s.session_id = mine.session_id and s.expires_at > $3`,
);
/** The sessions of these devices are due, those that were told a moment ago when it is quiet again (RAD-06). @returns how many */
export function noteChanges(tx: TenantTx, deviceIds: readonly string[], now: Date): Promise<number> {
  return tx.run(noteStatement, [tx.organizationId, deviceIds, now]);
}

export interface DueSession
  extends Pick<
    NasRow,
    | 'nas_id'
    | 'address'
    | 'port'
    | 'secret'
    | 'template'
    | 'tell'
    | 'message_authenticator'
    | 'most_per_second'
    | 'enabled'
  > {
  readonly session_id: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly revision: number;
  readonly attempts: number;
  readonly decision: string;
  /** What its station was last answered; null: not by us. */
  readonly answered: string | null;
}

/** Longer than any exchange takes: a session whose server died meanwhile is due again then. */
const leaseSeconds = 90;

const claimStatement = sql(
  'nac-claim-due',
  `with due as (
     select session_id from nac_sessions where organization_id = $1 and due_at <= $3
     order by due_at limit $2 for update skip locked
   ), claimed as (
     update nac_sessions s set due_at = $3::timestamptz + $4 * interval '1 second', attempts = s.attempts + 1, told_at = $3
     where s.organization_id = $1 and s.session_id = any (array (select session_id from due))
     returning s.session_id, s.nas_id, s.attributes, s.revision, s.attempts, s.guid, s.mac
   )
   select s.session_id, s.attributes, s.revision, s.attempts, n.nas_id, n.address, n.port, n.secret, n.template, n.tell,
     n.message_authenticator, n.most_per_second, n.enabled, a.decision as answered, d.decision
   from claimed s join nas_clients n on n.organization_id = $1 and n.nas_id = s.nas_id
   cross join lateral gh.network_decisions(s.guid, s.mac) d
   left join nac_admissions a on a.organization_id = $1 and a.station = case when s.mac is null then s.guid else s.mac end`,
);
export function claimDue(tx: TenantTx, most: number, now: Date): Promise<DueSession[]> {
  return tx.query(claimStatement, [tx.organizationId, most, now, leaseSeconds]);
}

const dueStatement = sql(
  'nac-organizations-due',
  `select distinct organization_id from nac_sessions where due_at <= $1`,
);
export async function organizationsWithDueSessions(tx: SystemTx, now: Date): Promise<string[]> {
  return (await tx.query<{ organization_id: string }>(dueStatement, [now])).map((row) => row.organization_id);
}

const settleStatement = sql(
  'nac-settle',
  `update nac_sessions s set due_at = r.due_at
   from unnest((select $2::uuid[]), (select $3::int[]), (select $4::timestamptz[])) as r (session_id, revision, due_at)
   where s.organization_id = $1 and s.session_id = r.session_id and s.revision = r.revision`,
);
/** A change that came meanwhile keeps its own time. */
export async function settleSessions(
  tx: TenantTx,
  settled: readonly {
    readonly sessionId: string;
    readonly revision: number;
    /** null: told. */
    readonly dueAt: Date | null;
  }[],
): Promise<void> {
  await tx.run(settleStatement, [
    tx.organizationId,
    settled.map(({ sessionId }) => sessionId),
    settled.map(({ revision }) => revision),
    settled.map(({ dueAt }) => dueAt),
  ]);
}

const dropStatement = sql(
  'nac-drop-sessions',
  `delete from nac_sessions where organization_id = $1 and session_id = any ($2::uuid[])`,
);
export async function dropSessions(tx: TenantTx, sessionIds: readonly string[]): Promise<void> {
  await tx.run(dropStatement, [tx.organizationId, sessionIds]);
}

const forgetStatement = sql(
  'nac-forget-answers',
  `delete from nac_admissions a using device_identifiers i
   where i.organization_id = $1 and i.device_id = any ($2::uuid[]) and i.kind in ('mac', 'guid')
     and a.organization_id = $1 and a.station = i.value`,
);
/** So that their sessions are told even though the decision is what it was. */
export async function forgetAnswers(tx: TenantTx, deviceIds: readonly string[]): Promise<void> {
  await tx.run(forgetStatement, [tx.organizationId, deviceIds]);
}

const ofUsersStatement = sql(
  'nac-devices-of-users',
  `select device_id from devices where organization_id = $1 and user_id = any ($2::uuid[]) and state <> 'unmanaged'`,
);
export async function devicesOfUsers(tx: TenantTx, userIds: readonly string[]): Promise<string[]> {
  return (await tx.query<{ device_id: string }>(ofUsersStatement, [tx.organizationId, userIds])).map(
    (row) => row.device_id,
  );
}
