/** SCN-05 on macOS: what the system keychain holds. Not yet tried on a real Mac. */
import { type CertificateEntry, certificateEntry, encodedCertificates } from '../certificate-entries.ts';
import type { Gatherer } from '../scan-context.ts';

const keychain = '/Library/Keychains/System.keychain';

export const macCertificates: Gatherer = {
  name: 'certificates',
  async gather({ system, managed }, findings) {
    const said = await system.run('/usr/bin/security', ['find-certificate', '-a', '-p', keychain], {
      timeoutMs: 20_000,
    });
    if (said.state !== 'present')
      return findings.unknown('certificates.installed', 'the keychain gave no answer');
    const entries: CertificateEntry[] = [];
    for (const encoded of encodedCertificates(Buffer.from(said.value))) {
      const entry = certificateEntry(encoded, keychain, managed.certificateFingerprints);
      if (entry !== undefined) entries.push(entry);
    }
    findings.set('certificates.installed', entries);
  },
};
