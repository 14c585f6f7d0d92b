import {
  type Certificate,
  findDeviceId,
  findKeyWeakness,
  parseCertificate,
  parseCrl,
  type PublicKeyFacts,
  readCertificateRequest,
} from '@gatehouse/protocols/x509/index.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { isoTime, type Presentable, presentable } from './presentable.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export function presentCertificate(der: Uint8Array): Presentable {
  const certificate: Certificate = parseCertificate(der);
  const {
    notBefore,
    notAfter,
    issuer,
    subject,
    publicKey,
    der: _der,
    toBeSigned: _body,
    ...rest
  } = certificate;
  return {
    subject: subject.text,
    issuer: issuer.text,
    serial: rest.serial,
    notBefore: isoTime(notBefore),
    notAfter: isoTime(notAfter),
    publicKey: presentKey(publicKey),
    ...(presentable({ ...rest, signatureAlgorithm: rest.signatureAlgorithm.name }) as object),
    deviceId: findDeviceId(certificate),
  };
}

function presentKey({
  kind,
  curve,
  bits,
  exponent,
  fingerprint,
  keyIdentifier,
}: PublicKeyFacts): Presentable {
  return {
    kind,
    ...(curve === undefined ? {} : { curve }),
    bits,
    ...(exponent === undefined ? {} : { exponent }),
    sha256: fingerprint,
    keyIdentifier: hex(keyIdentifier),
  };
}

/** The reader proves that the request is signed by its own key, and refuses weak keys: an answer says that both hold. */
export function presentRequest(der: Uint8Array): Presentable {
  const { key, subject, challengePassword } = readCertificateRequest(der);
  return {
    subject: subject.text,
    publicKey: presentKey(key),
    signedByItsKey: true,
    weakness: findKeyWeakness(key) ?? null,
    ...(challengePassword === undefined ? {} : { challengePassword }),
  };
}

function presentCrl(der: Uint8Array): Presentable {
  const { issuer, thisUpdate, nextUpdate, number, fingerprint, revoked, ...rest } = parseCrl(der);
  return {
    issuer: issuer.text,
    number: number ?? null,
    thisUpdate: isoTime(thisUpdate),
    nextUpdate: nextUpdate === undefined ? null : isoTime(nextUpdate),
    signatureAlgorithm: rest.signatureAlgorithm.name,
    authorityKeyIdentifier: rest.authorityKeyIdentifier ? hex(rest.authorityKeyIdentifier) : null,
    unknownCriticalExtensions: rest.unknownCriticalExtensions,
    fingerprint,
    revoked: revoked.map((entry) => ({ ...entry, revokedAt: isoTime(entry.revokedAt) })),
  };
}

export const certificateFormats: readonly DecodedFormat[] = [
  { name: 'x509', what: 'an X.509 certificate', pem: 'CERTIFICATE', decode: presentCertificate },
  {
    name: 'csr',
    what: 'a certification request (PKCS#10)',
    pem: 'CERTIFICATE REQUEST',
    decode: presentRequest,
  },
  { name: 'crl', what: 'a certificate revocation list', pem: 'X509 CRL', decode: presentCrl },
];
