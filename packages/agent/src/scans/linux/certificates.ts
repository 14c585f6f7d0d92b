/**
 * Certificates the machine trusts (SCN-05). Those somebody added on this machine are what matters most, so they are read
 * first and named with their own store; the distribution's bundle follows.
 */
import { type System, valueOf } from '../../system/system.ts';
import { type CertificateEntry, certificateEntry, encodedCertificates } from '../certificate-entries.ts';
import type { Gatherer } from '../scan-context.ts';

/** Where administrators and programs add anchors, and where the distribution keeps its bundle; first found wins. */
const addedFolders = [
  '/usr/local/share/ca-certificates',
  '/etc/pki/ca-trust/source/anchors',
  '/etc/ca-certificates/trust-source/anchors',
  '/usr/share/pki/trust/anchors',
  '/etc/pki/trust/anchors',
  '/usr/share/ca-certificates/trust-source/anchors',
];
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
];

const maximumFiles = 2_000;
const maximumDepth = 4;

export const certificates: Gatherer = {
  name: 'certificates',
  async gather({ system, managed }, findings) {
    const found = new Map<string, CertificateEntry>();
    let stores = 0;
    let broken = 0;
    const addFile = async (path: string, store: string): Promise<boolean> => {
      const bytes = await system.readBytes(path, { maximumBytes: 8 * 1024 * 1024 });
      if (bytes.state === 'unreadable') findings.note(path, bytes.why);
      if (bytes.state !== 'present') return false;
      for (const encoded of encodedCertificates(bytes.value)) {
        const certificate = certificateEntry(encoded, store, managed.certificateFingerprints);
        if (certificate === undefined) broken += 1;
        else if (!found.has(certificate.sha256)) found.set(certificate.sha256, certificate);
      }
      return true;
    };
    for (const folder of addedFolders) {
      const files = await filesBelow(system, folder);
      if (files === undefined) continue;
      stores += 1;
      for (const path of files) await addFile(path, folder);
    }
    for (const bundle of bundles) {
      if (!(await addFile(bundle, bundle))) continue;
      stores += 1;
      break;
    }
    if (broken > 0) findings.note('certificates.installed', `${broken} entries are no certificates`);
    if (stores === 0)
      return findings.unknown('certificates.installed', 'no certificate store that Gatehouse knows');
    findings.set('certificates.installed', [...found.values()]);
  },
};

async function filesBelow(system: System, folder: string, depth = 0): Promise<readonly string[] | undefined> {
  const names = valueOf(await system.list(folder));
  if (names === undefined) return undefined;
  const files: string[] = [];
  for (const name of names.slice(0, maximumFiles)) {
    const path = `${folder}/${name}`;
    const kind = valueOf(await system.status(path))?.kind;
    // Links to folders are followed at most to this depth, so circles end.
    if (kind === 'directory' && depth < maximumDepth)
      files.push(...((await filesBelow(system, path, depth + 1)) ?? []));
    else if (kind === 'file' && /\.(crt|pem|cer|der|p11-kit)$/i.test(name)) files.push(path);
    if (files.length >= maximumFiles) return files.slice(0, maximumFiles);
  }
  return files;
}
