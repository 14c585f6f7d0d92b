/** SCN-02 on macOS: FileVault, System Integrity Protection, screen lock. Not yet tried on a real Mac. */
import { valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';

const brief = { timeoutMs: 10_000, maximumBytes: 64 * 1024, accept: [1] } as const;

export const macSecurity: Gatherer = {
  name: 'security',
  async gather({ system, managed }, findings) {
    findings.set('profiles.pending', managed.pendingProfiles);

    const vault = parseFileVault(valueOf(await system.run('/usr/bin/fdesetup', ['status'], brief)));
    if (vault === undefined) findings.unknown('storage.encrypted', 'fdesetup gave no answer');
    else {
      findings.set('storage.encrypted', vault);
      // Since OS X 10.7 swap is always encrypted.
      findings.set('storage.swap-encrypted', true);
      findings.set('storage.volumes', [
        {
          mount: '/',
          device: 'startup disk',
          fileSystem: 'apfs',
          encrypted: vault,
          method: vault ? 'filevault' : 'none',
        },
      ]);
    }

    const protection = parseIntegrityProtection(
      valueOf(await system.run('/usr/bin/csrutil', ['status'], brief)),
    );
    if (protection === undefined) findings.unknown('integrity.compromised', 'csrutil gave no answer');
    else {
      const detail = 'System Integrity Protection is off';
      findings.set(
        'integrity.signs',
        protection ? [] : [{ sign: 'system-integrity-protection-off', detail }],
      );
      findings.set('integrity.compromised', !protection);
    }

    const lock = parseScreenLock(
      valueOf(await system.run('/usr/sbin/sysadminctl', ['-screenLock', 'status'], brief)),
    );
    if (lock === undefined) findings.unknown('screen-lock.enabled', 'sysadminctl gave no answer');
    else findings.set('screen-lock.enabled', lock);
  },
};

/** `FileVault is On.`; while it encrypts or decrypts not everything is covered, so that is not "on". */
export function parseFileVault(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/in progress/i.test(text)) return false;
  return /FileVault is On\./.test(text) ? true : /FileVault is Off\./.test(text) ? false : undefined;
}

/** `System Integrity Protection status: enabled.`; a custom configuration lists what is off. */
export function parseIntegrityProtection(text: string | undefined): boolean | undefined {
  const status = /status:\s*(\w+)/.exec(text ?? '')?.[1];
  return status === 'enabled' ? true : status === 'disabled' || status === 'unknown' ? false : undefined;
}

/** `screenLock delay is immediate`, `… is 300 seconds`, `screenLock is off`. */
export function parseScreenLock(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/screenLock is off/i.test(text)) return false;
  return /screenLock delay is (immediate|[0-9]+ seconds)/i.test(text) ? true : undefined;
}
