// The operator's own server certificate: read, checked to be usable, and read again when its files change, because whoever
// renews it (an ACME client, a person) cannot be expected to restart the server.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { decodePem, encodePem } from '@gatehouse/protocols/x509/index.ts';
import type { Hosts } from './hosts.ts';

export interface OperatorFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface OperatorIdentity {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** What a device must trust to reach this server: the chain's root. DER. */
  readonly anchor: Uint8Array;
  readonly notAfter: number;
  /** What an operator should know: the names it lacks, that it has expired. */
  readonly complaints: readonly string[];
}

/** @throws Error with a sentence for the operator when the files cannot serve. */
export function readOperatorIdentity(files: OperatorFiles, hosts: Hosts, now: number): OperatorIdentity {
  const keyPem = readFileSync(files.key, 'utf8');
  const chain = decodePem('CERTIFICATE', readFileSync(files.certificate, 'utf8')).map(
    (der) => new X509Certificate(Buffer.from(der)),
  );
  const [leaf] = chain;
  if (leaf === undefined) throw new Error(`GATEHOUSE_TLS_CERT (${files.certificate}) holds no certificate`);
  if (!leaf.checkPrivateKey(createPrivateKey(keyPem))) {
    throw new Error(
      `GATEHOUSE_TLS_KEY (${files.key}) is not the key of the certificate in ${files.certificate}`,
    );
  }
  const notAfter = leaf.validToDate.getTime();
  const missing = [
    ...hosts.dns.filter((name) => name !== 'localhost' && leaf.checkHost(name) === undefined),
    ...hosts.ip.filter((address) => !isLoopback(address) && leaf.checkIP(address) === undefined),
  ];
  return {
    certificatePem: chain.map((certificate) => encodePem('CERTIFICATE', certificate.raw)).join(''),
    keyPem,
    anchor: findAnchor(chain),
    notAfter,
    complaints: [
      ...(missing.length > 0 ? [`the server certificate does not name ${missing.join(', ')}`] : []),
      ...(notAfter < now ? [`the server certificate expired on ${leaf.validToDate.toISOString()}`] : []),
    ],
  };
}

function isLoopback(address: string): boolean {
  return address === '127.0.0.1' || address === '::1';
}

/**
 * The root at the end of the chain: in the file, else the well-known one that signed the chain's last certificate, else that
 * certificate itself, which devices then pin.
 */
function findAnchor(chain: readonly X509Certificate[]): Uint8Array {
  const last = chain.at(-1);
  if (last === undefined) throw new Error('an empty chain has no anchor');
  if (last.subject === last.issuer) return last.raw;
  for (const pem of getCACertificates('bundled')) {
    const root = new X509Certificate(pem);
    if (last.checkIssued(root) && last.verify(root.publicKey)) return root.raw;
  }
  return last.raw;
}

/** Changes when one of the files does. */
export function stampOf(files: OperatorFiles): string {
  return [files.certificate, files.key]
    .map((path) => {
      const { mtimeMs, size, ino } = statSync(path);
      return `${ino}:${size}:${mtimeMs}`;
    })
    .join(' ');
}
