/** Certificate revocation lists (RFC 5280, section 5), for foreign verifiers: our own check reads the stored row. */
import {
  bitString,
  encodeValue,
  explicit,
  implicitPrimitive,
  sequence,
  time,
  unsignedInteger,
} from '../der/write-der.ts';
import { tag } from '../der/read-der.ts';
import { encodeSignatureAlgorithm, type Signer, signatureAlgorithms } from './algorithms.ts';
import { encodeExtension } from './extensions.ts';
import type { Certificate } from './parse-certificate.ts';

/** Section 5.3.1, those we use. */
const reasonCodes = {
  unspecified: 0,
  'key-compromise': 1,
  'affiliation-changed': 3,
  superseded: 4,
  'cessation-of-operation': 5,
  'privilege-withdrawn': 9,
} as const;
export type RevocationReason = keyof typeof reasonCodes;

export interface RevokedCertificate {
  /** Hex, as in `Certificate.serial`. */
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason?: RevocationReason;
}

export interface CrlContent {
  readonly issuer: Certificate;
  readonly signer: Signer;
  /** Grows with each list of the same issuer (section 5.2.3). */
  readonly number: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly revoked: readonly RevokedCertificate[];
}

export function buildCrl(content: CrlContent): Uint8Array {
  const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[content.signer.algorithm]);
  const entries = content.revoked.map(encodeEntry);
  const identifier = content.issuer.subjectKeyIdentifier;
  const toBeSigned = sequence(
    unsignedInteger(1),
    algorithm,
    content.issuer.subject.der,
    time(content.thisUpdate),
    time(content.nextUpdate),
    // An empty list must be absent (section 5.1.2.6).
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    explicit(
      0,
      sequence(
        ...(identifier === undefined
          ? []
          : [encodeExtension('2.5.29.35', false, sequence(implicitPrimitive(0, identifier)))]),
        encodeExtension('2.5.29.20', false, unsignedInteger(content.number)),
      ),
    ),
  );
  return sequence(toBeSigned, algorithm, bitString(content.signer.sign(toBeSigned)));
}

function encodeEntry(entry: RevokedCertificate): Uint8Array {
  // `unspecified` should be left out rather than written (section 5.3.1).
  const code = reasonCodes[entry.reason ?? 'unspecified'];
  const extensions =
    code === 0
      ? []
      : [sequence(encodeExtension('2.5.29.21', false, encodeValue(tag.enumerated, Uint8Array.of(code))))];
  return sequence(unsignedInteger(Buffer.from(entry.serial, 'hex')), time(entry.revokedAt), ...extensions);
}
