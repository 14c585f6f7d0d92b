// A certificate for a device that manages itself by its operating system's own protocol. The device asks by SCEP; what stands in
// the certificate is decided here. Of what the device sends the key is taken, and a name only to be compared.
import { randomBytes } from 'node:crypto';
import {
  buildCertificate,
  type Certificate,
  deviceIdentityNames,
  newSerial,
  parseCertificate,
  type PublicKeyFacts,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Events } from '../../kernel/events.ts';
import { recordAudit } from '../audit/index.ts';
import { backdateMs } from './authorities.ts';
import type { OpenedCertificate } from './keyed-certificates.ts';
import { selectOrganizationName } from './queries.ts';
import { findChallenge } from './scep-challenges.ts';
import {
  insertMdmCertificate,
  type MdmCertificateRow,
  selectMdmCertificate,
  selectMdmCertificateByKey,
  spendChallenge,
  supersedeUnused,
} from './scep-queries.ts';
import type { CertificateVerifier } from './verify-certificate.ts';

const day = 86_400_000;
export const mdmCertificateLifeMs = 2 * 365 * day;
/** From here on the next one is due: an expired certificate can only be mended by enrolling anew. */
export const mdmRenewBeforeEndMs = 180 * day;

export interface IssueDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly events: Events;
  readonly clock: Clock;
  readonly verifier: CertificateVerifier;
}

/** What a device asks for. */
export interface CertificateWish {
  readonly organizationId: string;
  readonly key: PublicKeyFacts;
  /** SHA-256 of the certification request. */
  readonly requestHash: Uint8Array;
  readonly transactionId: string;
  /** As the request has it; undefined when it names nobody. */
  readonly commonName: string | undefined;
  readonly requestId: string;
  /** Signs: the newest of the organization. */
  readonly authority: OpenedCertificate;
}

/** Device states in which a certificate is given out. */
const servedStates: ReadonlySet<string> = new Set(['pending', 'registered']);

/** Refused: all the same to the device, told apart for the audit record. */
export class IssueRefused extends DomainError {
  readonly why: string;
  /** Known once a challenge or a certificate proved it. */
  readonly deviceId: string | undefined;

  constructor(why: string, deviceId?: string) {
    super('forbidden', 'The certificate request is refused', { reason: 'certificate-request-refused' });
    this.why = why;
    this.deviceId = deviceId;
  }
}

/**
 * The certificate for a challenge. The same request again (same transaction, same bytes) gets the same certificate: its device
 * has lost the answer.
 *
 * @throws IssueRefused
 */
export function issueByChallenge(
  deps: IssueDeps,
  wish: CertificateWish,
  challenge: string | undefined,
): Promise<Uint8Array> {
  return deps.database.withTenant(wish.organizationId, async (tx) => {
    const found = challenge === undefined ? undefined : await findChallenge(tx, challenge);
    if (!found) throw new IssueRefused('challenge-unknown');
    const { challengeId, row } = found;
    const deviceId = row.device_id;
    if (row.used_at !== null) {
      const same =
        row.transaction_id === wish.transactionId &&
        row.request_hash?.equals(Buffer.from(wish.requestHash)) === true;
      const issued =
        same && row.serial ? await selectMdmCertificate(tx, row.serial.toString('hex')) : undefined;
      if (!issued || !isLive(issued, deps.clock.now())) throw new IssueRefused('challenge-used', deviceId);
      return issued.certificate;
    }
    if (row.expires_at.getTime() < deps.clock.now()) throw new IssueRefused('challenge-expired', deviceId);
    requireNamed(wish, deviceId);
    if (!servedStates.has(row.device_state)) throw new IssueRefused(`device-${row.device_state}`, deviceId);
    const certificate = await issue(
      tx,
      deps,
      wish,
      deviceId,
      row.renewal_of === null ? 'challenge' : 'renewal',
    );
    await spendChallenge(tx, {
      challengeId,
      at: deps.clock.now(),
      transactionId: wish.transactionId,
      requestHash: wish.requestHash,
      serial: certificate.serial,
    });
    return certificate.der;
  });
}

/**
 * The next certificate of a device that asks under its present one (SCEP-03). The key must be new; the present certificate works
 * until the new one is used.
 *
 * @param presented DER of the certificate that signed the request.
 * @throws IssueRefused, CertificateRefused
 */
export async function issueByCertificate(
  deps: IssueDeps,
  wish: CertificateWish,
  presented: Uint8Array,
): Promise<Uint8Array> {
  const signer = await deps.verifier.verify(presented);
  const { deviceId } = signer;
  if (signer.organizationId !== wish.organizationId)
    throw new IssueRefused('certificate-of-another-organization');
  requireNamed(wish, deviceId);
  return deps.database.withTenant(wish.organizationId, async (tx) => {
    const row = await selectMdmCertificate(tx, signer.serial);
    if (!row || row.fingerprint.toString('hex') !== signer.fingerprint)
      throw new IssueRefused('certificate-not-on-record', deviceId);
    if (!isLive(row, deps.clock.now())) throw new IssueRefused('certificate-revoked', deviceId);
    if (!servedStates.has(row.device_state)) throw new IssueRefused(`device-${row.device_state}`, deviceId);
    const same = await selectMdmCertificateByKey(tx, wish.key.fingerprint);
    if (
      same &&
      same.device_id === deviceId &&
      !same.serial.equals(row.serial) &&
      isLive(same, deps.clock.now())
    )
      return same.certificate;
    // The device has lost the answer and the key: what was issued then must not lie about.
    for (const lost of await supersedeUnused(tx, deviceId, deps.clock.now(), signer.serial)) {
      await recordAudit(tx, {
        actor: { kind: 'device', id: deviceId, requestId: wish.requestId },
        action: 'certificates.revoke',
        target: { kind: 'certificate', id: lost },
        outcome: 'done',
        via: 'enrollment',
        reason: 'superseded',
        show: { deviceId },
      });
    }
    return (await issue(tx, deps, wish, deviceId, 'certificate')).der;
  });
}

/** What was issued for this very key, for one who asks for the outcome of a request (SCEP-05). */
export function findIssued(
  deps: Pick<IssueDeps, 'database' | 'clock'>,
  organizationId: string,
  publicKeyFingerprint: string,
): Promise<Uint8Array | undefined> {
  return deps.database.withTenant(
    organizationId,
    async (tx) => {
      const row = await selectMdmCertificateByKey(tx, publicKeyFingerprint);
      return row && isLive(row, deps.clock.now()) ? row.certificate : undefined;
    },
    { readOnly: true },
  );
}

function isLive(row: MdmCertificateRow, now: number): boolean {
  return row.revoked_at === null && row.not_after.getTime() > now;
}

/** Who names another device in the request is not who was told the challenge. */
function requireNamed({ commonName }: CertificateWish, deviceId: string): void {
  if (commonName !== undefined && commonName.toLowerCase() !== deviceId)
    throw new IssueRefused('subject-of-another', deviceId);
}

async function issue(
  tx: TenantTx,
  { clock, events, verifier }: IssueDeps,
  { key, authority, requestId }: CertificateWish,
  deviceId: string,
  by: 'challenge' | 'renewal' | 'certificate',
): Promise<Certificate> {
  const now = clock.now();
  const organization = ((await selectOrganizationName(tx)) ?? 'Gatehouse').slice(0, 64);
  const { subject, names } = deviceIdentityNames(deviceId);
  const der = buildCertificate({
    profile: key.kind === 'rsa' ? 'device-identity-rsa' : 'device-identity',
    subject: { ...subject, organization },
    names,
    issuer: authority.certificate,
    serial: newSerial(randomBytes),
    notBefore: now - backdateMs,
    notAfter: now + mdmCertificateLifeMs,
    subjectPublicKey: key.spki,
    signer: signerFor(authority.key),
  });
  const certificate = parseCertificate(der);
  const inserted = await insertMdmCertificate(tx, {
    serial: certificate.serial,
    authorityId: authority.authorityId,
    deviceId,
    fingerprint: certificate.fingerprint,
    publicKeyFingerprint: key.fingerprint,
    der,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  });
  if (!inserted) throw new IssueRefused('key-of-another-certificate', deviceId);
  const notAfter = new Date(certificate.notAfter).toISOString();
  await recordAudit(tx, {
    actor: { kind: 'device', id: deviceId, requestId },
    action: 'certificates.issue',
    target: { kind: 'certificate', id: certificate.serial },
    outcome: 'done',
    via: 'enrollment',
    show: {
      deviceId,
      by,
      fingerprint: certificate.fingerprint,
      publicKeyFingerprint: key.fingerprint,
      notAfter,
    },
  });
  await events.emit(tx, {
    name: 'certificate.issued',
    subjectId: deviceId,
    payload: { serial: certificate.serial, purpose: 'mdm', by, notAfter },
  });
  const { organizationId } = tx;
  tx.afterCommit(() =>
    verifier.noteIssued({ organizationId, deviceId, purpose: 'mdm' }, [certificate, authority.certificate]),
  );
  return certificate;
}
