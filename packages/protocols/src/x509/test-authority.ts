/** For tests: an authority of two levels with fresh keys, and certificates issued by it with any detail changed. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { bitString, encodeValue, explicit, sequence, time, unsignedInteger } from '../der/write-der.ts';
import { tag } from '../der/read-der.ts';
import { encodeSignatureAlgorithm, signatureAlgorithms, type Signer, signerFor } from './algorithms.ts';
import { buildCertificate, newSerial } from './build-certificate.ts';
import { deviceIdentityNames } from './device-identity.ts';
import { encodeName } from './distinguished-names.ts';
import { encodeExtensions, type Extensions } from './extensions.ts';
import { type Certificate, parseCertificate } from './parse-certificate.ts';

export const day = 86_400_000;
export const issuedAt = Date.UTC(2026, 0, 1);
export const deviceId = '01890a5d-ac96-774b-bcce-b302099a8057';

export interface Authority {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function spkiOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
}

export function newRoot(commonName = 'Acme device root'): Authority {
  const key = newKey();
  const der = buildCertificate({
    profile: 'device-root',
    subject: { organization: 'Acme', commonName },
    issuer: 'self',
    serial: newSerial(randomBytes),
    notBefore: issuedAt,
    notAfter: issuedAt + 3650 * day,
    subjectPublicKey: spkiOf(key),
    signer: signerFor(key),
  });
  return { certificate: parseCertificate(der), key };
}

export function newIssuing(root: Authority, commonName = 'Acme issuing CA 1'): Authority {
  const key = newKey();
  const der = buildCertificate({
    profile: 'issuing-ca',
    subject: { organization: 'Acme', commonName },
    issuer: root.certificate,
    serial: newSerial(randomBytes),
    notBefore: issuedAt,
    notAfter: issuedAt + 1095 * day,
    subjectPublicKey: spkiOf(key),
    signer: signerFor(root.key),
  });
  return { certificate: parseCertificate(der), key };
}

export function newDeviceCertificate(issuing: Authority, key: KeyObject = newKey()): Certificate {
  return parseCertificate(
    buildCertificate({
      profile: 'device-identity',
      ...deviceIdentityNames(deviceId),
      issuer: issuing.certificate,
      serial: newSerial(randomBytes),
      notBefore: issuedAt,
      notAfter: issuedAt + 90 * day,
      subjectPublicKey: spkiOf(key),
      signer: signerFor(issuing.key),
    }),
  );
}

export interface OddCertificate {
  readonly issuer: Authority;
  readonly commonName?: string;
  readonly key?: KeyObject;
  readonly subjectPublicKey?: Uint8Array;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly extensions?: Extensions;
  /** Replaces the whole `[3]` wrapper. */
  readonly rawExtensions?: Uint8Array;
  readonly signer?: Signer;
  readonly outerAlgorithm?: keyof typeof signatureAlgorithms;
}

/** What no profile would issue: for proving that it is refused. */
export function oddCertificate(odd: OddCertificate): Uint8Array {
  const signer = odd.signer ?? signerFor(odd.issuer.key);
  const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[signer.algorithm]);
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(2)),
    encodeValue(tag.integer, newSerial(randomBytes)),
    algorithm,
    odd.issuer.certificate.subject.der,
    sequence(time(odd.notBefore ?? issuedAt), time(odd.notAfter ?? issuedAt + 90 * day)),
    encodeName({ commonName: odd.commonName ?? deviceId }),
    odd.subjectPublicKey ?? spkiOf(odd.key ?? newKey()),
    odd.rawExtensions ??
      encodeExtensions(
        odd.extensions ?? { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] },
      ),
  );
  const outer =
    odd.outerAlgorithm === undefined
      ? algorithm
      : encodeSignatureAlgorithm(signatureAlgorithms[odd.outerAlgorithm]);
  return sequence(toBeSigned, outer, bitString(signer.sign(toBeSigned)));
}
