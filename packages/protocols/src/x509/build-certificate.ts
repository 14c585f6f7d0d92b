/**
 * Issues certificates from the profiles of the security design. The profile decides what a certificate may do; of a request
 * only the key is taken over, so nothing a device writes into its request can widen the result.
 */
import { requireAtMost } from '../decode-error.ts';
import { bitString, encodeValue, explicit, sequence, time, unsignedInteger } from '../der/write-der.ts';
import { tag } from '../der/read-der.ts';
import { encodeSignatureAlgorithm, type Signer, signatureAlgorithms } from './algorithms.ts';
import { type DistinguishedName, encodeName } from './distinguished-names.ts';
import {
  type BasicConstraints,
  encodeExtensions,
  type ExtendedKeyUsage,
  type KeyUsage,
  type NameConstraints,
} from './extensions.ts';
import type { GeneralName } from './general-names.ts';
import { type Certificate, certificateLimits } from './parse-certificate.ts';
import { parsePublicKey } from './public-keys.ts';

interface Profile {
  readonly basicConstraints: BasicConstraints;
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage?: readonly ExtendedKeyUsage[];
  /** Self-signed, or signed by another certificate. */
  readonly isRoot: boolean;
  readonly names: 'required' | 'none';
  readonly nameConstraints: 'required' | 'none';
}

const certificateAuthority: readonly KeyUsage[] = ['keyCertSign', 'cRLSign'];

export const certificateProfiles = {
  /**
   * The only root a device's system store ever gets. Constrained to our own names and to serving TLS: an unconstrained one
   * would let whoever holds its key intercept all traffic of every enrolled computer.
   */
  'server-trust-root': {
    basicConstraints: { ca: true, pathLength: 1 },
    keyUsage: certificateAuthority,
    extendedKeyUsage: ['serverAuth'],
    isRoot: true,
    names: 'none',
    nameConstraints: 'required',
  },
  'server-tls': {
    basicConstraints: { ca: false },
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['serverAuth'],
    isRoot: false,
    names: 'required',
    nameConstraints: 'none',
  },
  /** One for each organization; never a system trust anchor. */
  'device-root': {
    basicConstraints: { ca: true, pathLength: 1 },
    keyUsage: certificateAuthority,
    isRoot: true,
    names: 'none',
    nameConstraints: 'none',
  },
  'issuing-ca': {
    basicConstraints: { ca: true, pathLength: 0 },
    keyUsage: certificateAuthority,
    isRoot: false,
    names: 'none',
    nameConstraints: 'none',
  },
  /** What an agent or connector proves itself with; see device-identity for its names. */
  'device-identity': {
    basicConstraints: { ca: false },
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['clientAuth'],
    isRoot: false,
    names: 'required',
    nameConstraints: 'none',
  },
  /**
   * What devices that speak their operating system's own protocol get theirs from. It stands for itself, and also opens and signs
   * SCEP messages: Apple's client wants one certificate that does all of it.
   */
  'scep-authority': {
    basicConstraints: { ca: true, pathLength: 0 },
    keyUsage: ['digitalSignature', 'keyEncipherment', 'keyCertSign', 'cRLSign'],
    isRoot: true,
    names: 'none',
    nameConstraints: 'none',
  },
  /** The same identity with an RSA key: profiles can be encrypted for it too. */
  'device-identity-rsa': {
    basicConstraints: { ca: false },
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: ['clientAuth'],
    isRoot: false,
    names: 'required',
    nameConstraints: 'none',
  },
  /** Signs configuration profiles, and nothing else. */
  'profile-signing': {
    basicConstraints: { ca: false },
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['emailProtection'],
    isRoot: false,
    names: 'none',
    nameConstraints: 'none',
  },
} as const satisfies Record<string, Profile>;

export type CertificateProfileName = keyof typeof certificateProfiles;

export interface CertificateContent {
  readonly profile: CertificateProfileName;
  readonly subject: DistinguishedName;
  /** The issuer's own certificate, or `self` for a root. Its exact subject bytes and key identifier are copied. */
  readonly issuer: Certificate | 'self';
  /** 8 to 20 random bytes; see `newSerial`. */
  readonly serial: Uint8Array;
  /** Milliseconds since the epoch; whole seconds are kept. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo of the certified key. */
  readonly subjectPublicKey: Uint8Array;
  readonly signer: Signer;
  readonly names?: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
}

/** Returns the DER of the certificate. Wrong use of a profile is a programming error and throws TypeError. */
export function buildCertificate(content: CertificateContent): Uint8Array {
  const profile: Profile = certificateProfiles[content.profile];
  requireFit(content, profile);
  const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[content.signer.algorithm]);
  const subject = encodeName(content.subject);
  const key = parsePublicKey(content.subjectPublicKey);
  const issuer = content.issuer === 'self' ? undefined : content.issuer;
  const authorityKeyIdentifier = issuer === undefined ? key.keyIdentifier : issuer.subjectKeyIdentifier;
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(2)),
    encodeValue(tag.integer, content.serial),
    algorithm,
    issuer === undefined ? subject : issuer.subject.der,
    sequence(time(content.notBefore), time(content.notAfter)),
    subject,
    content.subjectPublicKey,
    encodeExtensions({
      basicConstraints: profile.basicConstraints,
      keyUsage: profile.keyUsage,
      subjectKeyIdentifier: key.keyIdentifier,
      ...(profile.extendedKeyUsage === undefined ? {} : { extendedKeyUsage: profile.extendedKeyUsage }),
      ...(authorityKeyIdentifier === undefined ? {} : { authorityKeyIdentifier }),
      ...(content.names === undefined ? {} : { subjectAlternativeNames: content.names }),
      ...(content.nameConstraints === undefined ? {} : { nameConstraints: content.nameConstraints }),
    }),
  );
  const certificate = sequence(toBeSigned, algorithm, bitString(content.signer.sign(toBeSigned)));
  requireAtMost(certificate, certificateLimits.bytes, 'certificate');
  return certificate;
}

function requireFit(content: CertificateContent, profile: Profile): void {
  const { serial, issuer, names = [], nameConstraints } = content;
  const refuse = (problem: string): never => {
    throw new TypeError(`${content.profile} certificate: ${problem}`);
  };
  const first = serial[0] ?? 0;
  if (serial.length < 8 || serial.length > 20 || first === 0 || first >= 0x80)
    refuse('serial is not as newSerial makes it');
  if (profile.isRoot !== (issuer === 'self'))
    refuse(profile.isRoot ? 'a root signs itself' : 'an issuer is needed');
  if ((profile.names === 'required') !== names.length > 0) refuse('alternative names do not fit the profile');
  if ((profile.nameConstraints === 'required') !== (nameConstraints !== undefined)) {
    refuse('name constraints do not fit the profile');
  }
  if (content.notAfter <= content.notBefore) refuse('validity ends before it begins');
}

/** A positive serial number of exactly 16 bytes with at least 126 random bits (RFC 5280, section 4.1.2.2). */
export function newSerial(randomBytes: (size: number) => Uint8Array): Uint8Array {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/**
 * Constraints that permit exactly these hosts. RFC 5280 restricts only the kinds of names that are mentioned, so a kind
 * without a permitted entry is excluded as a whole: a root for host names alone could otherwise certify any address.
 */
export function onlyTheseHosts(hosts: {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}): NameConstraints {
  return {
    permitted: [
      ...hosts.dns.map((value): GeneralName => ({ kind: 'dns', value })),
      ...hosts.ip.map(
        (value): GeneralName => ({ kind: 'ip', value: value.includes('/') ? value : hostSubnet(value) }),
      ),
    ],
    excluded: [
      ...(hosts.dns.length > 0 ? [] : [{ kind: 'dns', value: '' } as const]),
      ...(hosts.ip.some((value) => !value.includes(':'))
        ? []
        : [{ kind: 'ip', value: '0.0.0.0/0' } as const]),
      ...(hosts.ip.some((value) => value.includes(':')) ? [] : [{ kind: 'ip', value: '::/0' } as const]),
    ],
  };
}

function hostSubnet(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
