/**
 * The device's half of the enrolment handshake as one object: it makes M1 and M3, judges M2 and M4, and gives away nothing
 * before it has judged. Sending the bytes is the caller's business. Agent and simulators share it.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { DecodeError } from '../decode-error.ts';
import {
  buildCertificateRequest,
  type Certificate,
  encodePem,
  findDeviceId,
  parseCertificate,
  verifyPath,
} from '../x509/index.ts';
import { encodeClaims, type EnrollmentClaims } from './claims.ts';
import { parseEnrollmentCode } from './code.ts';
import { parseEnrollmentUrl } from './enrollment-url.ts';
import { acceptOffer, isGrantGenuine, makeProof } from './handshake.ts';
import { deriveEnrollmentKeys, type EnrollmentKeys } from './keys.ts';
import {
  decodeGrant,
  decodeOffer,
  encodeBegin,
  encodeProof,
  type EnrollmentBegin,
  type EnrollmentOffer,
  type EnrollmentProof,
} from './messages.ts';

/** What the device trusts from M2 on. */
export interface EnrollmentTrust {
  readonly enrollmentId: string;
  readonly gateway: string;
  /** PEM of the only certificates that may anchor TLS to this server. */
  readonly tlsAnchors: readonly string[];
  /** PEM. */
  readonly deviceRoot: string;
}

export interface DeviceIdentity {
  readonly deviceId: string;
  /** PEM, leaf first, without the root. */
  readonly chain: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface DeviceEnrollmentInput {
  readonly url: string;
  readonly codeText: string;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** `reason` of the DecodeErrors beyond those of the codecs: `server-not-genuine`, `grant-not-genuine`, `wrong-certificate`. */
export class DeviceEnrollment {
  readonly organizationSlug: string;
  /** Scheme, host and port of the enrolment server. */
  readonly origin: string;
  readonly #keys: EnrollmentKeys;
  readonly #begin: EnrollmentBegin;
  #session: { readonly offer: EnrollmentOffer; readonly transcript: Uint8Array } | undefined;
  #proof: EnrollmentProof | undefined;
  #deviceKey: KeyObject | undefined;

  constructor({ url, codeText, randomBytes }: DeviceEnrollmentInput) {
    const address = parseEnrollmentUrl(url);
    const code = parseEnrollmentCode(codeText);
    this.organizationSlug = address.organizationSlug;
    this.origin = address.origin;
    this.#keys = deriveEnrollmentKeys(code, address);
    code.bytes.fill(0);
    this.#begin = { version: 1, locator: this.#keys.locator, deviceNonce: Uint8Array.from(randomBytes(32)) };
  }

  /** M1. */
  beginMessage(): Uint8Array {
    return encodeBegin(this.#begin);
  }

  /** Judges M2. Throws when it does not come from the server that issued the code: stop and keep nothing (ENR-T03). */
  acceptOffer(bytes: Uint8Array): EnrollmentTrust {
    const offer = decodeOffer(bytes);
    const accepted = acceptOffer(this.#keys, this.#begin, offer);
    if (accepted === undefined) {
      throw new DecodeError('the server does not know this code', { reason: 'server-not-genuine' });
    }
    this.#session = { offer, transcript: accepted.transcript };
    return {
      enrollmentId: offer.enrollmentId,
      gateway: offer.gateway,
      tlsAnchors: offer.tlsAnchors.map((der) => encodePem('CERTIFICATE', der)),
      deviceRoot: encodePem('CERTIFICATE', offer.deviceRoot),
    };
  }

  /** M3; only after `acceptOffer`, and only over TLS that verified against its anchors. The same key may be proven again. */
  proofMessage(deviceKey: KeyObject, claims: EnrollmentClaims): Uint8Array {
    const { offer, transcript } = this.#requireSession();
    this.#deviceKey = deviceKey;
    this.#proof = makeProof(this.#keys.deviceKey, transcript, {
      enrollmentId: offer.enrollmentId,
      csr: buildCertificateRequest(deviceKey),
      claims: encodeClaims(claims),
    });
    return encodeProof(this.#proof);
  }

  /** Judges M4: the proof, the path to the offered root, that the certificate holds our key and names the device. */
  acceptGrant(bytes: Uint8Array, now: number): DeviceIdentity {
    const { offer, transcript } = this.#requireSession();
    if (this.#proof === undefined || this.#deviceKey === undefined)
      throw new TypeError('M3 has not been made');
    const grant = decodeGrant(bytes);
    if (!isGrantGenuine(this.#keys.serverKey, transcript, this.#proof, grant)) {
      throw new DecodeError('the certificate does not come from the server that was met', {
        reason: 'grant-not-genuine',
      });
    }
    const identity = readDeviceChain(grant.chain, {
      deviceRoot: offer.deviceRoot,
      deviceKey: this.#deviceKey,
      now,
    });
    if (identity.deviceId !== grant.deviceId) {
      throw new DecodeError('the certificate names another device', { reason: 'wrong-certificate' });
    }
    return identity;
  }

  /** Overwrites the keys; the object is of no use afterwards. */
  erase(): void {
    this.#keys.serverKey.fill(0);
    this.#keys.deviceKey.fill(0);
  }

  #requireSession(): { readonly offer: EnrollmentOffer; readonly transcript: Uint8Array } {
    if (this.#session === undefined) throw new TypeError('M2 has not been accepted');
    return this.#session;
  }
}

/** Checks a chain for the device's own key, at enrolment and at every renewal. A root at its end is left out. */
export function readDeviceChain(
  chain: readonly Uint8Array[],
  expected: { readonly deviceRoot: Uint8Array; readonly deviceKey: KeyObject; readonly now: number },
): DeviceIdentity {
  const refuse = (message: string): never => {
    throw new DecodeError(message, { reason: 'wrong-certificate' });
  };
  const certificates = chain.map((der) => parseCertificate(der));
  const root = parseCertificate(expected.deviceRoot);
  const [leaf, ...intermediates] = certificates;
  if (leaf === undefined) return refuse('the server sent no certificate');
  const verdict = verifyPath({ leaf, intermediates, roots: [root], now: expected.now, usage: 'clientAuth' });
  if (!verdict.ok) return refuse(`the device certificate is not of this organization: ${verdict.detail}`);
  if (!holdsKey(leaf, expected.deviceKey)) return refuse('the device certificate holds another key');
  const deviceId = findDeviceId(leaf);
  if (deviceId === undefined) return refuse('the device certificate names no device');
  return {
    deviceId,
    chain: certificates
      .map((certificate, index) => ({ certificate, der: chain[index] ?? new Uint8Array() }))
      .filter(({ certificate }) => certificate.fingerprint !== root.fingerprint)
      .map(({ der }) => encodePem('CERTIFICATE', der)),
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
  };
}

function holdsKey(leaf: Certificate, deviceKey: KeyObject): boolean {
  const own = createPublicKey(deviceKey).export({ format: 'der', type: 'spki' });
  return Buffer.compare(own, leaf.publicKey.spki) === 0;
}
