// A device's certificate: 90 days, for proving itself to this server. The profile decides all of its content; of what the
// device sends only the key is taken (ENR-T05).
import { randomBytes } from 'node:crypto';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  buildCertificate,
  type Certificate,
  deviceIdentityNames,
  newSerial,
  parseCertificate,
  parseCertificateRequest,
  type PublicKeyFacts,
} from '@gatehouse/protocols/x509/index.ts';
import type { Actor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { type AuthorityDeps, backdateMs, ensureAuthorities, openSigner } from './authorities.ts';
import { insertCertificate } from './queries.ts';

const day = 86_400_000;
export const agentCertificateLifeMs = 90 * day;
/** From day 60 on a device asks for the next one. */
export const renewAfterMs = 60 * day;

export interface IssuedCertificate {
  readonly certificate: Certificate;
  /** DER: the certificate, then its issuer. The device has the root above them since its enrolment. */
  readonly chain: readonly Uint8Array[];
  readonly notAfter: number;
  /** When the device may ask for the next one. */
  readonly renewAfter: number;
}

/** Reads a request and keeps its key. @throws DomainError `unprocessable`, reason `key-not-accepted`, naming the weakness. */
export function keyOfRequest(csr: Uint8Array): PublicKeyFacts {
  try {
    return parseCertificateRequest(csr);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('unprocessable', `The certificate request is not accepted: ${error.message}`, {
      reason: 'key-not-accepted',
      cause: error,
    });
  }
}

/** @throws DomainError `unprocessable`, reason `key-not-accepted`, when the key stands in another certificate already (ENR-T06). */
export async function issueAgentCertificate(
  tx: TenantTx,
  deps: AuthorityDeps,
  request: { readonly deviceId: string; readonly key: PublicKeyFacts; readonly actor: Actor },
): Promise<IssuedCertificate> {
  const { deviceId, key } = request;
  const { issuer } = await ensureAuthorities(tx, deps);
  const now = deps.clock.now();
  const der = buildCertificate({
    profile: 'device-identity',
    ...deviceIdentityNames(deviceId),
    issuer: issuer.certificate,
    serial: newSerial(randomBytes),
    notBefore: now - backdateMs,
    notAfter: now + agentCertificateLifeMs,
    subjectPublicKey: key.spki,
    signer: await openSigner(tx, deps, issuer),
  });
  const certificate = parseCertificate(der);
  const inserted = await insertCertificate(tx, {
    serial: certificate.serial,
    authorityId: issuer.authorityId,
    deviceId,
    fingerprint: certificate.fingerprint,
    publicKeyFingerprint: key.fingerprint,
    der,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  });
  if (!inserted) {
    throw new DomainError('unprocessable', 'The key belongs to another certificate; make a new one', {
      reason: 'key-not-accepted',
    });
  }
  await recordAudit(tx, {
    actor: request.actor,
    action: 'certificates.issue',
    target: { kind: 'certificate', id: certificate.serial },
    outcome: 'done',
    via: 'agent',
    show: {
      deviceId,
      fingerprint: certificate.fingerprint,
      publicKeyFingerprint: key.fingerprint,
      notAfter: new Date(certificate.notAfter).toISOString(),
    },
  });
  return describeIssued(certificate, issuer.certificate.der);
}

export function describeIssued(certificate: Certificate, issuer: Uint8Array): IssuedCertificate {
  return {
    certificate,
    chain: [certificate.der, issuer],
    notAfter: certificate.notAfter,
    renewAfter: certificate.notBefore + backdateMs + renewAfterMs,
  };
}
