/** Certificates as the catalogue lists them, read out of PEM bundles and DER files of unknown quality. */
import { X509Certificate } from 'node:crypto';

const maximumCertificates = 5_000;

export interface CertificateEntry {
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: string;
  readonly store: string;
  readonly managed: boolean;
}

/** PEM blocks of any number, or one certificate in DER. */
export function encodedCertificates(bytes: Buffer): readonly (string | Buffer)[] {
  if (bytes[0] === 0x30) return [bytes];
  const blocks = bytes
    .toString('latin1')
    .matchAll(
      /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}?-----END (?:TRUSTED )?CERTIFICATE-----/g,
    );
  return [...blocks].slice(0, maximumCertificates).map(([block]) => block);
}

/** Undefined for what is no certificate. */
export function certificateEntry(
  encoded: string | Buffer,
  store: string,
  managed: ReadonlySet<string>,
): CertificateEntry | undefined {
  try {
    const certificate = new X509Certificate(encoded);
    const sha256 = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    const notAfter = new Date(certificate.validTo);
    if (Number.isNaN(notAfter.getTime())) return undefined;
    return {
      sha256,
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      notAfter: notAfter.toISOString(),
      store,
      managed: managed.has(sha256),
    };
  } catch {
    return undefined;
  }
}

/** Node gives one attribute per line; an empty name is allowed in X.509. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
