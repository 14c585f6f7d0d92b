// The server's own authority for its TLS certificate, used until the operator provides one. Its root can vouch for this
// server's names and nothing else, so handing it to a device gives nobody the power to intercept other traffic.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { join } from 'node:path';
import {
  buildCertificate,
  type Certificate,
  decodePem,
  encodePem,
  newSerial,
  onlyTheseHosts,
  parseCertificate,
  signerFor,
  verifyPath,
} from '@gatehouse/protocols/x509/index.ts';
import type { Hosts } from './hosts.ts';
import { makePrivateDirectory, readPrivateFile, replaceFile } from './private-files.ts';

const day = 86_400_000;
export const rootLifeMs = 3_650 * day;
export const leafLifeMs = 90 * day;
/** A leaf is replaced in the last third of its life. */
export const renewBeforeEndMs = 30 * day;
/** Devices' clocks run late: a certificate that is not valid yet for them would shut them out. */
const backdateMs = 3_600_000;

export interface KeyPair {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

export interface LocalIdentity {
  readonly root: KeyPair;
  readonly leaf: KeyPair;
  /** The root was made anew, so devices that enrolled under an earlier one no longer know this server. */
  readonly replacedRoot: boolean;
}

/** Reads what the directory holds and makes what is missing, ends soon or does not fit the names. */
export function ensureLocalIdentity(directory: string, hosts: Hosts, now: number): LocalIdentity {
  makePrivateDirectory(directory);
  const rootFile = join(directory, 'root.pem');
  const leafFile = join(directory, 'server.pem');
  let root = readPair(rootFile);
  const previous = root;
  if (root === undefined || !canVouch(root, hosts, now)) {
    if (previous)
      writePair(join(directory, `root.${previous.certificate.fingerprint.slice(0, 12)}.pem`), previous);
    root = makeRoot(hosts, now);
    writePair(rootFile, root);
    // The public half, for `curl --cacert` and for the trust stores of other systems.
    replaceFile(join(directory, 'trust.pem'), encodePem('CERTIFICATE', root.certificate.der), 0o644);
  }
  let leaf = readPair(leafFile);
  if (leaf === undefined || !fits(leaf.certificate, root.certificate, hosts, now)) {
    leaf = makeLeaf(root, hosts, now);
    writePair(leafFile, leaf);
  }
  return { root, leaf, replacedRoot: previous !== undefined && previous !== root };
}

function makeRoot(hosts: Hosts, now: number): KeyPair {
  const key = newKey();
  return issue(key, {
    profile: 'server-trust-root',
    subject: {
      organization: 'Gatehouse',
      commonName: `Gatehouse server trust ${randomBytes(4).toString('hex')}`,
    },
    issuer: 'self',
    notAfter: now + rootLifeMs,
    now,
    signer: key,
    nameConstraints: onlyTheseHosts(hosts),
  });
}

function makeLeaf(root: KeyPair, hosts: Hosts, now: number): KeyPair {
  return issue(newKey(), {
    profile: 'server-tls',
    subject: { commonName: (hosts.dns[0] ?? hosts.ip[0] ?? 'localhost').slice(0, 64) },
    issuer: root.certificate,
    notAfter: now + leafLifeMs,
    now,
    signer: root.key,
    names: [
      ...hosts.dns.map((value) => ({ kind: 'dns', value }) as const),
      ...hosts.ip.map((value) => ({ kind: 'ip', value }) as const),
    ],
  });
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

type Issue = Omit<
  Parameters<typeof buildCertificate>[0],
  'serial' | 'notBefore' | 'subjectPublicKey' | 'signer'
> & {
  readonly now: number;
  readonly signer: KeyObject;
};

function issue(key: KeyObject, { now, signer, ...content }: Issue): KeyPair {
  const der = buildCertificate({
    ...content,
    serial: newSerial(randomBytes),
    notBefore: now - backdateMs,
    subjectPublicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    signer: signerFor(signer),
  });
  return { certificate: parseCertificate(der), key };
}

/** A root that does not permit one of the names could issue only certificates that every client refuses. */
function canVouch(root: KeyPair, hosts: Hosts, now: number): boolean {
  const wanted = onlyTheseHosts(hosts);
  const has = root.certificate.nameConstraints;
  return (
    root.certificate.notAfter - now > leafLifeMs &&
    wanted.permitted.every((name) =>
      has?.permitted.some((permitted) => permitted.kind === name.kind && permitted.value === name.value),
    )
  );
}

function fits(leaf: Certificate, root: Certificate, hosts: Hosts, now: number): boolean {
  const names = leaf.subjectAlternativeNames ?? [];
  const wanted = [...hosts.dns, ...hosts.ip];
  return (
    leaf.notAfter - now > renewBeforeEndMs &&
    names.length === wanted.length &&
    wanted.every((value) => names.some((name) => name.value === value)) &&
    verifyPath({ leaf, intermediates: [], roots: [root], now, usage: 'serverAuth' }).ok
  );
}

function readPair(path: string): KeyPair | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const [keyDer] = decodePem('PRIVATE KEY', text);
  const [certificateDer] = decodePem('CERTIFICATE', text);
  if (keyDer === undefined || certificateDer === undefined) throw new Error(`The file ${path} is damaged`);
  return {
    certificate: parseCertificate(certificateDer),
    key: createPrivateKey({ key: Buffer.from(keyDer), format: 'der', type: 'pkcs8' }),
  };
}

/** Key and certificate in one file: they are replaced together or not at all. */
function writePair(path: string, pair: KeyPair): void {
  replaceFile(path, pemOf(pair));
}

export function pemOf({ key, certificate }: KeyPair): string {
  return (
    encodePem('PRIVATE KEY', key.export({ format: 'der', type: 'pkcs8' })) +
    encodePem('CERTIFICATE', certificate.der)
  );
}
