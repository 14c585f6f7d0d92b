// Statements over SCEP challenges and the authority behind them. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { AuthorityState, NewCertificateRow } from './queries.ts';

const insertChallengeStatement = sql(
  'scep-insert-challenge',
  `insert into scep_challenges (organization_id, challenge_id, device_id, enrollment_id, renewal_of, secret_hash, created_at,
     expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export interface NewChallengeRow {
  readonly challengeId: string;
  readonly deviceId: string;
  readonly enrollmentId: string | null;
  readonly renewalOf: string | null;
  readonly secretHash: Uint8Array;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export async function insertChallenge(tx: TenantTx, row: NewChallengeRow): Promise<void> {
  await tx.run(insertChallengeStatement, [
    tx.organizationId,
    row.challengeId,
    row.deviceId,
    row.enrollmentId,
    row.renewalOf === null ? null : Buffer.from(row.renewalOf, 'hex'),
    Buffer.from(row.secretHash),
    new Date(row.createdAt),
    new Date(row.expiresAt),
  ]);
}

const lockChallengeStatement = sql(
  'scep-lock-challenge',
  `select c.device_id, c.renewal_of, c.secret_hash, c.expires_at, c.used_at, c.transaction_id, c.request_hash, c.serial,
     d.state as device_state
   from scep_challenges c
   join devices d on d.organization_id = c.organization_id and d.device_id = c.device_id
   where c.organization_id = $1 and c.challenge_id = $2
   for update of c`,
);

export interface ChallengeRow {
  readonly device_id: string;
  readonly renewal_of: Buffer | null;
  readonly secret_hash: Buffer;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly transaction_id: string | null;
  readonly request_hash: Buffer | null;
  readonly serial: Buffer | null;
  readonly device_state: string;
}

/** Locked, so that of two requests with one challenge only the first is served. */
export function lockChallenge(tx: TenantTx, challengeId: string): Promise<ChallengeRow | undefined> {
  return tx.one<ChallengeRow>(lockChallengeStatement, [tx.organizationId, challengeId]);
}

const spendChallengeStatement = sql(
  'scep-spend-challenge',
  `update scep_challenges set used_at = $3, transaction_id = $4, request_hash = $5, serial = $6
   where organization_id = $1 and challenge_id = $2 and used_at is null`,
);

export async function spendChallenge(
  tx: TenantTx,
  use: {
    readonly challengeId: string;
    readonly at: number;
    readonly transactionId: string;
    readonly requestHash: Uint8Array;
    readonly serial: string;
  },
): Promise<void> {
  await tx.run(spendChallengeStatement, [
    tx.organizationId,
    use.challengeId,
    new Date(use.at),
    use.transactionId,
    Buffer.from(use.requestHash),
    Buffer.from(use.serial, 'hex'),
  ]);
}

const withdrawChallengesStatement = sql(
  'scep-withdraw-challenges',
  `delete from scep_challenges where organization_id = $1 and device_id = $2 and used_at is null`,
);

/** @returns how many there were. */
export function withdrawUnused(tx: TenantTx, deviceId: string): Promise<number> {
  return tx.run(withdrawChallengesStatement, [tx.organizationId, deviceId]);
}

const purgeChallengesStatement = sql(
  'scep-purge-challenges',
  `delete from scep_challenges where expires_at < $1`,
);

/** @returns how many were dropped, over all organizations. */
export function purgeChallenges(tx: SystemTx, before: number): Promise<number> {
  return tx.run(purgeChallengesStatement, [new Date(before)]);
}

const selectByKindStatement = sql(
  'scep-select-authorities',
  `select authority_id, certificate, state from certificate_authorities
   where organization_id = $1 and kind = $2 and state <> 'retired' and not_after > $3
   order by not_before, authority_id`,
);

export interface KindRow {
  readonly authority_id: string;
  readonly certificate: Buffer;
  readonly state: AuthorityState;
}

/** Oldest first. */
export function selectAuthoritiesOfKind(
  tx: TenantTx,
  kind: 'scep' | 'profile-signing',
  now: number,
): Promise<KindRow[]> {
  return tx.query<KindRow>(selectByKindStatement, [tx.organizationId, kind, new Date(now)]);
}

const retireKindStatement = sql(
  'scep-retire-authorities',
  `update certificate_authorities set state = 'retiring'
   where organization_id = $1 and kind = $2 and state = 'active' and authority_id <> $3`,
);

export async function retireOfKindBut(
  tx: TenantTx,
  kind: 'scep' | 'profile-signing',
  authorityId: string,
): Promise<void> {
  await tx.run(retireKindStatement, [tx.organizationId, kind, authorityId]);
}

const selectByKeyStatement = sql(
  'scep-select-certificate-by-key',
  `select c.serial, c.authority_id, c.device_id, c.fingerprint, c.certificate, c.revoked_at, c.not_after, d.state as device_state
   from certificates c
   join devices d on d.organization_id = c.organization_id and d.device_id = c.device_id
   where c.organization_id = $1 and c.public_key_fingerprint = $2 and c.purpose = 'mdm'`,
);

export interface MdmCertificateRow {
  readonly serial: Buffer;
  readonly authority_id: string;
  readonly device_id: string;
  readonly fingerprint: Buffer;
  readonly certificate: Buffer;
  readonly revoked_at: Date | null;
  readonly not_after: Date;
  readonly device_state: string;
}

/** @param publicKeyFingerprint hex; a key stands in one certificate only. */
export function selectMdmCertificateByKey(
  tx: TenantTx,
  publicKeyFingerprint: string,
): Promise<MdmCertificateRow | undefined> {
  return tx.one<MdmCertificateRow>(selectByKeyStatement, [
    tx.organizationId,
    Buffer.from(publicKeyFingerprint, 'hex'),
  ]);
}

const selectMdmCertificateStatement = sql(
  'scep-select-certificate',
  `select c.serial, c.authority_id, c.device_id, c.fingerprint, c.certificate, c.revoked_at, c.not_after, d.state as device_state
   from certificates c
   join devices d on d.organization_id = c.organization_id and d.device_id = c.device_id
   where c.organization_id = $1 and c.serial = $2 and c.purpose = 'mdm'`,
);

/** @param serial hex */
export function selectMdmCertificate(tx: TenantTx, serial: string): Promise<MdmCertificateRow | undefined> {
  return tx.one<MdmCertificateRow>(selectMdmCertificateStatement, [
    tx.organizationId,
    Buffer.from(serial, 'hex'),
  ]);
}

const insertMdmCertificateStatement = sql(
  'scep-insert-certificate',
  `insert into certificates (organization_id, serial, authority_id, purpose, device_id, fingerprint, public_key_fingerprint,
     certificate, not_before, not_after)
   values ($1, $2, $3, 'mdm', $4, $5, $6, $7, $8, $9)
   on conflict do nothing`,
);

/** @returns false when another certificate of the organization has the same key. */
export async function insertMdmCertificate(tx: TenantTx, row: NewCertificateRow): Promise<boolean> {
  const inserted = await tx.run(insertMdmCertificateStatement, [
    tx.organizationId,
    Buffer.from(row.serial, 'hex'),
    row.authorityId,
    row.deviceId,
    Buffer.from(row.fingerprint, 'hex'),
    Buffer.from(row.publicKeyFingerprint, 'hex'),
    Buffer.from(row.der),
    new Date(row.notBefore),
    new Date(row.notAfter),
  ]);
  return inserted === 1;
}

const supersedeUnusedStatement = sql(
  'scep-supersede-unused',
  `update certificates set revoked_at = $3, revocation_reason = 'superseded'
   where organization_id = $1 and device_id = $2 and purpose = 'mdm' and serial <> $4 and first_used_at is null
     and revoked_at is null
   returning serial`,
);

/** Successors that were issued and never used. @returns their serials in hex. */
export async function supersedeUnused(
  tx: TenantTx,
  deviceId: string,
  at: number,
  save: string,
): Promise<string[]> {
  const rows = await tx.query<{ serial: Buffer }>(supersedeUnusedStatement, [
    tx.organizationId,
    deviceId,
    new Date(at),
    Buffer.from(save, 'hex'),
  ]);
  return rows.map(({ serial }) => serial.toString('hex'));
}
