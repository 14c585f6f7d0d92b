// Statements over authorities and certificates. `$1` is always the organization, save in the one that reads across tenants.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export type AuthorityKind = 'device-root' | 'device-issuing' | 'scep' | 'profile-signing';
export type AuthorityState = 'active' | 'retiring' | 'retired';

export interface AuthorityRow {
  readonly organization_id: string;
  readonly authority_id: string;
  /** Of those that sign certificates of devices, or of their signers. */
  readonly kind: Exclude<AuthorityKind, 'profile-signing'>;
  readonly certificate: Buffer;
  readonly state: AuthorityState;
}

const lockAuthoritiesStatement = sql(
  'certificates-lock-authorities',
  `select pg_advisory_xact_lock(hashtextextended('certificate-authorities/' || $1::text, 0))`,
);

/** Two servers must not both make the organization's next authority. */
export async function lockAuthorities(tx: TenantTx): Promise<void> {
  await tx.run(lockAuthoritiesStatement, [tx.organizationId]);
}

const selectAuthoritiesStatement = sql(
  'certificates-select-authorities',
  `select organization_id, authority_id, kind, certificate, state from certificate_authorities
   where organization_id = $1 and kind in ('device-root', 'device-issuing', 'scep') and state <> 'retired'
   order by kind desc, not_before, authority_id`,
);

export function selectAuthorities(tx: TenantTx): Promise<AuthorityRow[]> {
  return tx.query<AuthorityRow>(selectAuthoritiesStatement, [tx.organizationId]);
}

const selectAuthorityKeyStatement = sql(
  'certificates-select-authority-key',
  `select private_key from certificate_authorities where organization_id = $1 and authority_id = $2`,
);

export async function selectAuthorityKey(tx: TenantTx, authorityId: string): Promise<Buffer | undefined> {
  const values = [tx.organizationId, authorityId];
  return (await tx.one<{ private_key: Buffer }>(selectAuthorityKeyStatement, values))?.private_key;
}

const insertAuthorityStatement = sql(
  'certificates-insert-authority',
  `insert into certificate_authorities (organization_id, authority_id, kind, certificate, private_key, not_before, not_after)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);

export async function insertAuthority(
  tx: TenantTx,
  row: {
    readonly authorityId: string;
    readonly kind: AuthorityKind;
    readonly certificate: Uint8Array;
    readonly sealedKey: Buffer;
    readonly notBefore: number;
    readonly notAfter: number;
  },
): Promise<void> {
  await tx.run(insertAuthorityStatement, [
    tx.organizationId,
    row.authorityId,
    row.kind,
    Buffer.from(row.certificate),
    row.sealedKey,
    new Date(row.notBefore),
    new Date(row.notAfter),
  ]);
}

const retireIssuersStatement = sql(
  'certificates-retire-issuers',
  `update certificate_authorities set state = 'retiring'
   where organization_id = $1 and kind = 'device-issuing' and state = 'active' and authority_id <> $2`,
);

/** The older issuing authorities sign no more; what they signed stays valid. */
export async function retireIssuersBut(tx: TenantTx, authorityId: string): Promise<void> {
  await tx.run(retireIssuersStatement, [tx.organizationId, authorityId]);
}

const organizationNameStatement = sql(
  'certificates-organization-name',
  `select name from organizations where organization_id = $1`,
);

export async function selectOrganizationName(tx: TenantTx): Promise<string | undefined> {
  return (await tx.one<{ name: string }>(organizationNameStatement, [tx.organizationId]))?.name;
}

const allAuthoritiesStatement = sql(
  'certificates-all-authorities',
  `select organization_id, authority_id, kind, certificate, state from certificate_authorities
   where kind in ('device-root', 'device-issuing', 'scep') and state <> 'retired'`,
);

/** Every organization's authorities: a certificate names its issuer before anything names its tenant. */
export function selectAllAuthorities(tx: SystemTx): Promise<AuthorityRow[]> {
  return tx.query<AuthorityRow>(allAuthoritiesStatement);
}

const insertCertificateStatement = sql(
  'certificates-insert',
  `insert into certificates (organization_id, serial, authority_id, purpose, device_id, fingerprint, public_key_fingerprint,
     certificate, not_before, not_after)
   values ($1, $2, $3, 'agent', $4, $5, $6, $7, $8, $9)
   on conflict do nothing`,
);

export interface NewCertificateRow {
  readonly serial: string;
  readonly authorityId: string;
  readonly deviceId: string;
  readonly fingerprint: string;
  readonly publicKeyFingerprint: string;
  readonly der: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** @returns false when another certificate of the organization has the same key. */
export async function insertCertificate(tx: TenantTx, row: NewCertificateRow): Promise<boolean> {
  const inserted = await tx.run(insertCertificateStatement, [
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

export interface CertificateRow {
  readonly serial: Buffer;
  readonly authority_id: string;
  readonly device_id: string | null;
  readonly fingerprint: Buffer;
  readonly public_key_fingerprint: Buffer;
  readonly certificate: Buffer;
  readonly not_before: Date;
  readonly not_after: Date;
  readonly first_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revocation_reason: string | null;
  readonly created_at: Date;
}

const selectUnusedStatement = sql(
  'certificates-select-unused',
  `select serial, authority_id, device_id, fingerprint, public_key_fingerprint, certificate, not_before, not_after,
     first_used_at, revoked_at, revocation_reason, created_at
   from certificates
   where organization_id = $1 and device_id = $2 and serial <> $3 and first_used_at is null and revoked_at is null
   order by created_at
   for update`,
);

/** Successors that were issued and never used, locked. */
export function selectUnused(tx: TenantTx, deviceId: string, serial: string): Promise<CertificateRow[]> {
  return tx.query<CertificateRow>(selectUnusedStatement, [
    tx.organizationId,
    deviceId,
    Buffer.from(serial, 'hex'),
  ]);
}

const confirmUseStatement = sql(
  'certificates-confirm-use',
  `update certificates set first_used_at = $3
   where organization_id = $1 and serial = $2 and first_used_at is null and revoked_at is null`,
);

/** @returns false when it had been used before. */
export async function confirmUse(tx: TenantTx, serial: string, at: number): Promise<boolean> {
  return (
    (await tx.run(confirmUseStatement, [tx.organizationId, Buffer.from(serial, 'hex'), new Date(at)])) === 1
  );
}

const revokeOneStatement = sql(
  'certificates-revoke',
  `update certificates set revoked_at = $3, revocation_reason = $4
   where organization_id = $1 and serial = $2 and revoked_at is null returning device_id`,
);

/** @returns the device; undefined when there is no such certificate or it is revoked already. */
export function revokeOne(
  tx: TenantTx,
  serial: string,
  at: number,
  reason: string,
): Promise<{ device_id: string | null } | undefined> {
  return tx.one(revokeOneStatement, [tx.organizationId, Buffer.from(serial, 'hex'), new Date(at), reason]);
}

/** The purposes of certificates by which a device speaks to us; one for Wi-Fi opens nothing here. */
const speaks = `purpose in ('agent', 'mdm')`;

const wouldSilenceStatement = sql(
  'certificates-would-silence',
  `select c.${speaks} and c.revoked_at is null and c.not_after > $3 and not exists (
     select 1 from certificates o
     where o.organization_id = $1 and o.device_id = c.device_id and o.serial <> c.serial and o.${speaks}
       and o.revoked_at is null and o.not_after > $3) as silences
   from certificates c where c.organization_id = $1 and c.serial = $2 and c.device_id is not null`,
);

/** Whether the device has no other valid certificate to speak to us by. */
export async function wouldSilence(tx: TenantTx, serial: string, now: number): Promise<boolean> {
  const values = [tx.organizationId, Buffer.from(serial, 'hex'), new Date(now)];
  return (await tx.one<{ silences: boolean }>(wouldSilenceStatement, values))?.silences === true;
}

const revokeOthersStatement = sql(
  'certificates-revoke-of-device',
  `update certificates set revoked_at = $3, revocation_reason = $4
   where organization_id = $1 and device_id = $2 and revoked_at is null and serial is distinct from $5::bytea
     and ($5::bytea is null or purpose = (select n.purpose from certificates n where n.organization_id = $1 and n.serial = $5))
   returning serial`,
);

/**
 * Revokes the device's certificates: all, or those that the one given takes the place of, being for the same purpose.
 *
 * @returns their serial numbers in hex.
 */
export async function revokeOfDevice(
  tx: TenantTx,
  deviceId: string,
  at: number,
  reason: string,
  save: string | null,
): Promise<string[]> {
  const rows = await tx.query<{ serial: Buffer }>(revokeOthersStatement, [
    tx.organizationId,
    deviceId,
    new Date(at),
    reason,
    save === null ? null : Buffer.from(save, 'hex'),
  ]);
  return rows.map(({ serial }) => serial.toString('hex'));
}

// `place` keeps the microseconds that a JavaScript date loses: without them a page could skip rows.
const listColumns = `serial, authority_id, device_id, fingerprint, public_key_fingerprint, certificate, not_before, not_after,
     first_used_at, revoked_at, revocation_reason, created_at, created_at::text as place`;
const listAllStatement = sql(
  'certificates-list',
  `select ${listColumns} from certificates
   where organization_id = $1 and (created_at, serial) < ($2::timestamptz, $3::bytea)
   order by created_at desc, serial desc limit $4`,
);
const listOfDeviceStatement = sql(
  'certificates-list-of-device',
  `select ${listColumns} from certificates
   where organization_id = $1 and (created_at, serial) < ($2::timestamptz, $3::bytea) and device_id = $5
   order by created_at desc, serial desc limit $4`,
);

export interface ListedCertificateRow extends CertificateRow {
  readonly place: string;
}

/** @param before place and serial number of the last row of the page before. */
export function listCertificateRows(
  tx: TenantTx,
  filter: {
    readonly deviceId: string | null;
    readonly before: { readonly place: string; readonly serial: string } | null;
  },
  limit: number,
): Promise<ListedCertificateRow[]> {
  const { deviceId, before } = filter;
  const values = [
    tx.organizationId,
    before?.place ?? 'infinity',
    Buffer.from(before?.serial ?? '', 'hex'),
    limit,
  ];
  return deviceId === null
    ? tx.query(listAllStatement, values)
    : tx.query(listOfDeviceStatement, [...values, deviceId]);
}

const selectCertificateStatement = sql(
  'certificates-select',
  `select serial, authority_id, device_id, fingerprint, public_key_fingerprint, certificate, not_before, not_after,
     first_used_at, revoked_at, revocation_reason, created_at
   from certificates where organization_id = $1 and serial = $2`,
);

export function selectCertificate(tx: TenantTx, serial: string): Promise<CertificateRow | undefined> {
  return tx.one<CertificateRow>(selectCertificateStatement, [tx.organizationId, Buffer.from(serial, 'hex')]);
}

const selectRevokedStatement = sql(
  'certificates-select-revoked',
  `select serial, revoked_at, revocation_reason from certificates
   where organization_id = $1 and authority_id = $2 and revoked_at is not null and not_after > $3
   order by revoked_at, serial`,
);

/** Those that a revocation list must name: an expired certificate needs no revocation any more. */
export function selectRevoked(
  tx: TenantTx,
  authorityId: string,
  now: number,
): Promise<{ serial: Buffer; revoked_at: Date; revocation_reason: string | null }[]> {
  return tx.query(selectRevokedStatement, [tx.organizationId, authorityId, new Date(now)]);
}
