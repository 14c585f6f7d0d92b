// Statements over enrolments and the handshakes in progress. `$1` is always the organization, save where tenants are listed.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';

export type EnrollmentState = 'open' | 'used' | 'completed' | 'cancelled' | 'expired';

const lockUserStatement = sql(
  'enrollment-lock-user',
  `select user_id, state from users
   where organization_id = $1 and (user_id = $2 or email_key = lower($3)) for no key update`,
);

/** Locked, so that two codes issued at once are counted one after the other. */
export function lockUser(
  tx: TenantTx,
  user: { readonly id: string | null; readonly email: string | null },
): Promise<{ user_id: string; state: string } | undefined> {
  return tx.one(lockUserStatement, [tx.organizationId, user.id, user.email]);
}

const countStatement = sql(
  'enrollment-count',
  `select
     (select count(*)::int from enrollments
      where organization_id = $1 and user_id = $2 and state = 'open' and expires_at > $3) as open,
     (select count(*)::int from devices
      where organization_id = $1 and user_id = $2 and state <> 'unmanaged') as devices`,
);

export async function countOfUser(
  tx: TenantTx,
  userId: string,
  now: number,
): Promise<{ open: number; devices: number }> {
  const values = [tx.organizationId, userId, new Date(now)];
  return (await tx.one<{ open: number; devices: number }>(countStatement, values)) ?? { open: 0, devices: 0 };
}

const selectSlugStatement = sql(
  'enrollment-select-slug',
  `select slug from organizations where organization_id = $1`,
);

export async function selectSlug(tx: TenantTx): Promise<string | undefined> {
  return (await tx.one<{ slug: string }>(selectSlugStatement, [tx.organizationId]))?.slug;
}

const insertEnrollmentStatement = sql(
  'enrollment-insert',
  `insert into enrollments (organization_id, enrollment_id, user_id, platform, ownership, locator, server_key, device_key,
     device_id, created_by, on_behalf, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);

export async function insertEnrollment(
  tx: TenantTx,
  row: {
    readonly enrollmentId: string;
    readonly userId: string | null;
    readonly platform: string;
    readonly ownership: string;
    readonly locator: Uint8Array;
    /** null: no code leads to it; the page made it for somebody who signed in. */
    readonly serverKey: Buffer | null;
    readonly deviceKey: Buffer | null;
    readonly replacesDeviceId: string | null;
    readonly createdBy: string;
    readonly onBehalf: boolean;
    readonly createdAt: number;
    readonly expiresAt: number;
  },
): Promise<void> {
  await tx.run(insertEnrollmentStatement, [
    tx.organizationId,
    row.enrollmentId,
    row.userId,
    row.platform,
    row.ownership,
    Buffer.from(row.locator),
    row.serverKey,
    row.deviceKey,
    row.replacesDeviceId,
    row.createdBy,
    row.onBehalf,
    new Date(row.createdAt),
    new Date(row.expiresAt),
  ]);
}

export interface EnrollmentRow {
  readonly enrollment_id: string;
  readonly user_id: string | null;
  readonly platform: string;
  readonly ownership: 'corporate' | 'personal' | 'unspecified';
  readonly state: EnrollmentState;
  readonly device_id: string | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

/** One round trip for a code that is not there: whoever guesses costs little. */
export const selectByLocator = tenantStatement(
  'enrollment-select-by-locator',
  `select e.enrollment_id, e.state, e.expires_at, e.used_at from enrollments e
   where e.organization_id = t.org and e.locator = $2`,
);

export interface LocatedRow {
  readonly enrollment_id: string;
  readonly state: EnrollmentState;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export interface HandshakeRow extends EnrollmentRow {
  readonly server_key: Buffer | null;
  readonly device_key: Buffer | null;
  readonly key_fingerprint: Buffer | null;
  readonly answer: { readonly chain: readonly string[]; readonly deviceId: string } | null;
}

const lockEnrollmentStatement = sql(
  'enrollment-lock',
  `select enrollment_id, user_id, platform, ownership, state, device_id, created_by, created_at, expires_at, used_at,
     server_key, device_key, key_fingerprint, answer
   from enrollments where organization_id = $1 and enrollment_id = $2 for update`,
);

export function lockEnrollment(tx: TenantTx, enrollmentId: string): Promise<HandshakeRow | undefined> {
  return tx.one<HandshakeRow>(lockEnrollmentStatement, [tx.organizationId, enrollmentId]);
}

const insertSessionStatement = sql(
  'enrollment-insert-session',
  `insert into enrollment_sessions (organization_id, session_id, enrollment_id, transcript, created_at)
   values ($1, $2, $3, $4, $5)`,
);
const trimSessionsStatement = sql(
  'enrollment-trim-sessions',
  `delete from enrollment_sessions where organization_id = $1 and enrollment_id = $2 and session_id not in (
     select session_id from enrollment_sessions where organization_id = $1 and enrollment_id = $2
     order by created_at desc, session_id desc limit $3)`,
);

/** Keeps the newest sessions of the enrolment, this one included. */
export async function insertSession(
  tx: TenantTx,
  row: {
    readonly sessionId: string;
    readonly enrollmentId: string;
    readonly transcript: Uint8Array;
    readonly createdAt: number;
  },
  keep: number,
): Promise<void> {
  await tx.run(insertSessionStatement, [
    tx.organizationId,
    row.sessionId,
    row.enrollmentId,
    Buffer.from(row.transcript),
    new Date(row.createdAt),
  ]);
  await tx.run(trimSessionsStatement, [tx.organizationId, row.enrollmentId, keep]);
}

export const selectSession = tenantStatement(
  'enrollment-select-session',
  `select s.enrollment_id, s.transcript from enrollment_sessions s
   where s.organization_id = t.org and s.session_id = $2`,
);

export interface SessionRow {
  readonly enrollment_id: string;
  readonly transcript: Buffer;
}

const claimStatement = sql(
  'enrollment-claim',
  `update enrollments set state = 'used', key_fingerprint = $3, used_at = $4
   where organization_id = $1 and enrollment_id = $2 and state = 'open' and expires_at > $4`,
);

/** The one step that uses a code up (ENR-T04). @returns false when it was not open any more. */
export async function claimEnrollment(
  tx: TenantTx,
  enrollmentId: string,
  keyFingerprint: Buffer,
  now: number,
): Promise<boolean> {
  return (
    (await tx.run(claimStatement, [tx.organizationId, enrollmentId, keyFingerprint, new Date(now)])) === 1
  );
}

const rekeyStatement = sql(
  'enrollment-rekey',
  `update enrollments set locator = $3, server_key = $4, device_key = $5
   where organization_id = $1 and enrollment_id = $2 and state = 'open' and expires_at > $6`,
);

/** Another code leads to it from now on; the one before is dead. @returns false when it is not open any more. */
export async function rekeyOpen(
  tx: TenantTx,
  enrollmentId: string,
  code: { readonly locator: Uint8Array; readonly serverKey: Buffer; readonly deviceKey: Buffer },
  now: number,
): Promise<boolean> {
  const values = [tx.organizationId, enrollmentId, Buffer.from(code.locator), code.serverKey, code.deviceKey];
  const changed = await tx.run(rekeyStatement, [...values, new Date(now)]);
  await tx.run(dropSessionsStatement, [tx.organizationId, [enrollmentId]]);
  return changed === 1;
}

const handOutStatement = sql(
  'enrollment-hand-out',
  `update enrollments set state = 'used', used_at = $3, server_key = null, device_key = null
   where organization_id = $1 and enrollment_id = $2 and state = 'open' and expires_at > $3`,
);

/** Used by way of the page: no agent can prove anything with the code any more. @returns false when it was not open. */
export async function claimForProfile(tx: TenantTx, enrollmentId: string, now: number): Promise<boolean> {
  return (await tx.run(handOutStatement, [tx.organizationId, enrollmentId, new Date(now)])) === 1;
}

const nameDeviceStatement = sql(
  'enrollment-name-device',
  `update enrollments set device_id = $3 where organization_id = $1 and enrollment_id = $2`,
);

export async function nameDevice(tx: TenantTx, enrollmentId: string, deviceId: string): Promise<void> {
  await tx.run(nameDeviceStatement, [tx.organizationId, enrollmentId, deviceId]);
}

const keepAnswerStatement = sql(
  'enrollment-keep-answer',
  `update enrollments set device_id = $3, answer = $4 where organization_id = $1 and enrollment_id = $2`,
);

export async function keepAnswer(
  tx: TenantTx,
  enrollmentId: string,
  answer: { readonly chain: readonly string[]; readonly deviceId: string },
): Promise<void> {
  await tx.run(keepAnswerStatement, [
    tx.organizationId,
    enrollmentId,
    answer.deviceId,
    JSON.stringify(answer),
  ]);
}

const completeStatement = sql(
  'enrollment-complete',
  `update enrollments set state = 'completed', server_key = null, device_key = null, answer = null
   where organization_id = $1 and device_id = $2 and state = 'used' returning enrollment_id`,
);
const dropSessionsStatement = sql(
  'enrollment-drop-sessions',
  `delete from enrollment_sessions where organization_id = $1 and enrollment_id = any ($2::uuid[])`,
);

/** Erases the proof keys: nothing can be proved with them any more. @returns the enrolments that ended. */
export async function completeOfDevice(tx: TenantTx, deviceId: string): Promise<string[]> {
  const rows = await tx.query<{ enrollment_id: string }>(completeStatement, [tx.organizationId, deviceId]);
  const ids = rows.map((row) => row.enrollment_id);
  await tx.run(dropSessionsStatement, [tx.organizationId, ids]);
  return ids;
}

const cancelStatement = sql(
  'enrollment-cancel',
  `update enrollments set state = 'cancelled', server_key = null, device_key = null
   where organization_id = $1 and enrollment_id = $2 and state = 'open'`,
);

export async function cancelOpen(tx: TenantTx, enrollmentId: string): Promise<boolean> {
  const cancelled = await tx.run(cancelStatement, [tx.organizationId, enrollmentId]);
  await tx.run(dropSessionsStatement, [tx.organizationId, [enrollmentId]]);
  return cancelled === 1;
}

const cancelOfUserStatement = sql(
  'enrollment-cancel-of-user',
  `update enrollments set state = 'cancelled', server_key = null, device_key = null
   where organization_id = $1 and user_id = $2 and state = 'open' returning enrollment_id`,
);

export async function cancelOpenOfUser(tx: TenantTx, userId: string): Promise<string[]> {
  const rows = await tx.query<{ enrollment_id: string }>(cancelOfUserStatement, [tx.organizationId, userId]);
  const ids = rows.map((row) => row.enrollment_id);
  await tx.run(dropSessionsStatement, [tx.organizationId, ids]);
  return ids;
}

const expireStatement = sql(
  'enrollment-expire',
  `update enrollments set state = 'expired', server_key = null, device_key = null
   where organization_id = $1 and state = 'open' and expires_at <= $2 returning enrollment_id`,
);
const forgetKeysStatement = sql(
  'enrollment-forget-keys',
  `update enrollments set server_key = null, device_key = null, answer = null
   where organization_id = $1 and state = 'used' and used_at <= $2 and server_key is not null returning enrollment_id`,
);

/** @param answeredBefore codes used before then get no repeated answer any more, so their keys go too. */
export async function expireOverdue(tx: TenantTx, now: number, answeredBefore: number): Promise<string[]> {
  const expired = await tx.query<{ enrollment_id: string }>(expireStatement, [
    tx.organizationId,
    new Date(now),
  ]);
  const forgotten = await tx.query<{ enrollment_id: string }>(forgetKeysStatement, [
    tx.organizationId,
    new Date(answeredBefore),
  ]);
  const ids = expired.map((row) => row.enrollment_id);
  const ended = [...ids, ...forgotten.map((row) => row.enrollment_id)];
  if (ended.length > 0) await tx.run(dropSessionsStatement, [tx.organizationId, ended]);
  return ids;
}

const abandonedStatement = sql(
  'enrollment-abandoned',
  `update enrollments e set state = 'expired' from devices d
   where e.organization_id = $1 and e.state = 'used' and e.used_at <= $2
     and d.organization_id = e.organization_id and d.device_id = e.device_id and d.state = 'pending'
     and not exists (select 1 from certificates c
       where c.organization_id = e.organization_id and c.device_id = e.device_id and c.revoked_at is null)
   returning e.enrollment_id, e.device_id`,
);

/** A profile was handed out and never installed: the device it was for never asked for its certificate. */
export function expireAbandoned(
  tx: TenantTx,
  usedBefore: number,
): Promise<{ enrollment_id: string; device_id: string }[]> {
  return tx.query(abandonedStatement, [tx.organizationId, new Date(usedBefore)]);
}

const overdueOrganizationsStatement = sql(
  'enrollment-overdue-organizations',
  `select distinct organization_id from enrollments
   where state in ('open', 'used') and (state = 'used' or expires_at <= $1)`,
);

/** Organizations in which codes have run out or proof keys may be erased. */
export async function selectOverdueOrganizations(tx: SystemTx, now: number): Promise<string[]> {
  const rows = await tx.query<{ organization_id: string }>(overdueOrganizationsStatement, [new Date(now)]);
  return rows.map((row) => row.organization_id);
}

// Overdue codes count as expired before the sweep has come by.
const shownState = `case when state = 'open' and expires_at <= $3 then 'expired' else state end`;
const listAllStatement = sql(
  'enrollment-list',
  `select enrollment_id, user_id, platform, ownership, ${shownState} as state, device_id, created_by, created_at, expires_at, used_at
   from enrollments
   where organization_id = $1 and enrollment_id < $2 and ($4::text is null or ${shownState} = $4)
   order by enrollment_id desc limit $5`,
);
const listOfUserStatement = sql(
  'enrollment-list-of-user',
  `select enrollment_id, user_id, platform, ownership, ${shownState} as state, device_id, created_by, created_at, expires_at, used_at
   from enrollments
   where organization_id = $1 and enrollment_id < $2 and ($4::text is null or ${shownState} = $4) and user_id = $6
   order by enrollment_id desc limit $5`,
);

const beyondAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function listRows(
  tx: TenantTx,
  query: {
    readonly now: number;
    readonly userId: string | null;
    readonly state: string | null;
    /** Ids grow with time, so they order the list. */
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<EnrollmentRow[]> {
  const { now, userId, state, before, limit } = query;
  const values = [tx.organizationId, before ?? beyondAll, new Date(now), state, limit];
  return userId === null
    ? tx.query(listAllStatement, values)
    : tx.query(listOfUserStatement, [...values, userId]);
}

const selectStatement = sql(
  'enrollment-select',
  `select enrollment_id, user_id, platform, ownership, state, device_id, created_by, created_at, expires_at, used_at
   from enrollments where organization_id = $1 and enrollment_id = $2`,
);

export function selectEnrollment(tx: TenantTx, enrollmentId: string): Promise<EnrollmentRow | undefined> {
  return tx.one(selectStatement, [tx.organizationId, enrollmentId]);
}

const blockedHardwareStatement = sql(
  'enrollment-blocked-hardware',
  `(select 'device' as what from device_identifiers i
    join devices d on d.organization_id = i.organization_id and d.device_id = i.device_id
    where i.organization_id = $1 and i.kind = $2 and i.value = $3 and d.state = 'blocked' limit 1)
   union all
   (select 'hardware' from hardware_blocks where organization_id = $1 and kind = $2 and value = $3)`,
);

/** @returns what is blocked: a device that says it is this hardware, or the hardware itself. */
export async function findBlockedHardware(
  tx: TenantTx,
  kind: string,
  value: string,
): Promise<'device' | 'hardware' | undefined> {
  const values = [tx.organizationId, kind, value];
  return (await tx.one<{ what: 'device' | 'hardware' }>(blockedHardwareStatement, values))?.what;
}

const identifiersOfDeviceStatement = sql(
  'enrollment-identifiers-of-device',
  `select value from device_identifiers where organization_id = $1 and device_id = $2 and kind = $3`,
);

export async function selectIdentifiers(tx: TenantTx, deviceId: string, kind: string): Promise<string[]> {
  const values = [tx.organizationId, deviceId, kind];
  return (await tx.query<{ value: string }>(identifiersOfDeviceStatement, values)).map((row) => row.value);
}
