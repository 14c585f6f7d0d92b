// The part of a certificate's check that never changes: who issued it, for what, until when. Its result is remembered by
// fingerprint, because a device sends the same certificate with every request; whether it still holds is asked anew each time.
import { hash } from 'node:crypto';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  type Certificate,
  findDeviceId,
  parseCertificate,
  verifyPath,
} from '@gatehouse/protocols/x509/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AuthorityDirectory } from './authority-directory.ts';

export interface VerifiedCertificate {
  readonly organizationId: string;
  readonly deviceId: string;
  /** What it was issued for: our agent, or the device's own management protocol. */
  readonly purpose: 'agent' | 'mdm';
  /** Hex. */
  readonly serial: string;
  readonly fingerprint: string;
  /** Milliseconds since the epoch; within them its issuers are valid too. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A certificate that is not accepted. `why` is for the log and the audit record; a device is told only that it is refused. */
export class CertificateRefused extends DomainError {
  readonly why: string;
  /** Known once a signature of the organization's issuer was found good. */
  readonly of: Pick<VerifiedCertificate, 'organizationId' | 'deviceId' | 'serial'> | undefined;

  constructor(
    why: string,
    of?: Pick<VerifiedCertificate, 'organizationId' | 'deviceId' | 'serial'>,
    reason: 'certificate-refused' | 'device-unmanaged' | 'device-blocked' = 'certificate-refused',
  ) {
    super('unauthenticated', messages[reason], { reason });
    this.why = why;
    this.of = of;
  }
}

const messages = {
  'certificate-refused': 'The certificate is not accepted',
  'device-unmanaged': 'This device is no longer managed',
  'device-blocked': 'An administrator has blocked this device',
} as const;

/** Half a kilobyte each: more than the devices of a large fleet, because checking one anew costs ten times a check-in's own work. */
const defaultCapacity = 200_000;

export interface CertificateVerifier {
  /**
   * @param der is remembered by identity and must not be changed.
   * @param purpose what it must have been issued for: a certificate for a device's own protocol is no agent's, nor the other way.
   * @param isPassing these bytes came with one message and are not shown again: remembering them would only cost.
   * @throws CertificateRefused
   */
  verify(
    der: Uint8Array,
    purpose?: VerifiedCertificate['purpose'],
    isPassing?: boolean,
  ): Promise<VerifiedCertificate>;
  /**
   * What was just issued will be shown in a moment: it need not be taken apart and checked by the one that made and signed it. The
   * memory is by SHA-256 of all its bytes, so nothing but these very bytes is known by this; and whether the certificate is on
   * record and not revoked is asked of the database with each request, as it is for every other.
   * @param chain the certificate and its issuers.
   */
  noteIssued(
    named: Pick<VerifiedCertificate, 'organizationId' | 'deviceId' | 'purpose'>,
    chain: readonly [Certificate, ...Certificate[]],
  ): void;
}

export function createCertificateVerifier(deps: {
  readonly directory: AuthorityDirectory;
  readonly clock: Clock;
  readonly capacity?: number;
}): CertificateVerifier {
  const { directory, clock } = deps;
  const capacity = deps.capacity ?? defaultCapacity;
  /** In order of last use; the stalest goes first. Only good certificates are kept, so nobody can push others out with bad ones. */
  const known = new Map<string, VerifiedCertificate>();
  /** By the bytes themselves: those of a connection are read once and shown again with each of its requests. */
  const shown = new WeakMap<Uint8Array, VerifiedCertificate>();

  async function find(der: Uint8Array, isPassing: boolean): Promise<VerifiedCertificate> {
    const again = shown.get(der);
    if (again) {
      assertValid(again, clock.now());
      return again;
    }
    const fingerprint = hash('sha256', der);
    const found = known.get(fingerprint);
    if (found) {
      assertValid(found, clock.now());
      known.delete(fingerprint);
      known.set(fingerprint, found);
      if (!isPassing) shown.set(der, found);
      return found;
    }
    const verified = await verifyOnce(der, directory, clock.now());
    remember(verified);
    if (!isPassing) shown.set(der, verified);
    return verified;
  }

  function remember(verified: VerifiedCertificate): void {
    known.set(verified.fingerprint, verified);
    if (known.size <= capacity) return;
    for (const stalest of known.keys()) {
      known.delete(stalest);
      break;
    }
  }

  return {
    async verify(der, purpose, isPassing = false) {
      const verified = await find(der, isPassing);
      if (purpose !== undefined && verified.purpose !== purpose)
        throw new CertificateRefused('issued-for-another-purpose', verified);
      return verified;
    },
    noteIssued(named, chain) {
      remember({ ...named, ...factsOf(chain) });
    },
  };
}

function assertValid(verified: VerifiedCertificate, now: number): void {
  if (now < verified.notBefore || now > verified.notAfter) throw new CertificateRefused('expired', verified);
}

async function verifyOnce(
  der: Uint8Array,
  directory: AuthorityDirectory,
  now: number,
): Promise<VerifiedCertificate> {
  const leaf = parse(der);
  const issuer = leaf.authorityKeyIdentifier && (await directory.find(leaf.authorityKeyIdentifier));
  if (!issuer) throw new CertificateRefused('unknown-issuer');
  const { organizationId } = issuer;
  const verdict = verifyPath({
    leaf,
    intermediates: [issuer.certificate],
    roots: issuer.roots,
    now,
    usage: 'clientAuth',
  });
  const deviceId = findDeviceId(leaf);
  if (!verdict.ok) {
    // Only a certificate that we did sign says truly whose it is.
    const ours = verdict.reason === 'expired' && deviceId !== undefined;
    throw new CertificateRefused(
      verdict.reason,
      ours ? { organizationId, deviceId, serial: leaf.serial } : undefined,
    );
  }
  if (verdict.chain[1]?.fingerprint !== issuer.certificate.fingerprint)
    throw new CertificateRefused('wrong-issuer');
  if (deviceId === undefined) throw new CertificateRefused('no-device-named');
  return {
    organizationId,
    deviceId,
    purpose: issuer.purpose,
    ...factsOf([leaf, ...verdict.chain]),
  };
}

function factsOf(
  chain: readonly [Certificate, ...Certificate[]],
): Pick<VerifiedCertificate, 'serial' | 'fingerprint' | 'notBefore' | 'notAfter'> {
  const [{ serial, fingerprint }] = chain;
  return {
    serial,
    fingerprint,
    notBefore: Math.max(...chain.map((certificate) => certificate.notBefore)),
    notAfter: Math.min(...chain.map((certificate) => certificate.notAfter)),
  };
}

function parse(der: Uint8Array) {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof DecodeError) throw new CertificateRefused(`malformed: ${error.message}`);
    throw error;
  }
}
