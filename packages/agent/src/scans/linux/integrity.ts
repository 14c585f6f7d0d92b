/**
 * Signs that somebody else has power over the machine (AGT-03, SCN-02). Each sign names what was seen. Only signs that
 * hardly ever have an innocent cause make the device compromised: a false alarm cuts a person off from network and mail.
 * A root user can hide from an agent; what the agent says ranks below attestation for that reason (DEV-09).
 */
import { readLine, type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';
import { isInteractive, passwordOf, readAccounts, readShadow, readShells } from './accounts.ts';

interface Sign {
  readonly sign: string;
  readonly detail: string;
  /** `noted`: worth a look, often innocent. */
  readonly weight: 'certain' | 'noted';
}

const checks: readonly ((system: System) => Promise<readonly Sign[]>)[] = [
  preloadedLibraries,
  openSystemFiles,
  extraRootAccounts,
  knownRootkitFiles,
  hiddenKernelModules,
  privilegedFilesInTemporaryFolders,
  kernelTaint,
];

export const integrity: Gatherer = {
  name: 'integrity',
  async gather({ system }, findings) {
    const signs: Sign[] = [];
    for (const check of checks) signs.push(...(await check(system)));
    signs.sort((a, b) => (a.weight === b.weight ? 0 : a.weight === 'certain' ? -1 : 1));
    findings.set(
      'integrity.signs',
      signs.map(({ sign, detail, weight }) => ({
        sign,
        detail: weight === 'noted' ? `${detail} (noted only)` : detail,
      })),
    );
    findings.set(
      'integrity.compromised',
      signs.some(({ weight }) => weight === 'certain'),
    );
  },
};

/** Every program loads these libraries: the usual way of user-space rootkits (Jynx2, Azazel, BEURK, Symbiote, OrBit). */
async function preloadedLibraries(system: System): Promise<readonly Sign[]> {
  const text = valueOf(await system.readText('/etc/ld.so.preload'));
  const libraries = (text ?? '')
    .replaceAll(/#.*/g, '')
    .split(/[\s:]+/, 50)
    .filter((name) => name !== '');
  const signs: Sign[] = [];
  for (const library of libraries) {
    const resolved = await system.realPath(library);
    const status = resolved === undefined ? undefined : valueOf(await system.status(resolved));
    const proper =
      // Raspberry Pi OS puts $PLATFORM into the name of its own library; the loader expands it.
      /^\/usr\/lib\/[a-z0-9-]+\/libarmmem-\$\{PLATFORM\}\.so$/.test(library) ||
      (resolved !== undefined &&
        /^\/(usr\/)?lib(32|64)?\//.test(resolved) &&
        status?.uid === 0 &&
        (status.mode & 0o022) === 0 &&
        !/\/\.|\s/.test(resolved));
    signs.push({
      sign: 'preloaded-library',
      detail: `/etc/ld.so.preload loads ${library} into every program`,
      weight: proper ? 'noted' : 'certain',
    });
  }
  return signs;
}

/** Whoever may write these is root whenever they please. */
async function openSystemFiles(system: System): Promise<readonly Sign[]> {
  const paths = [
    '/etc/passwd',
    '/etc/shadow',
    '/etc/group',
    '/etc/gshadow',
    '/etc/sudoers',
    '/etc/sudoers.d',
    '/etc/ld.so.preload',
  ];
  for (const name of (valueOf(await system.list('/etc/sudoers.d')) ?? []).slice(0, 500))
    paths.push(`/etc/sudoers.d/${name}`);
  const signs: Sign[] = [];
  for (const path of paths) {
    const status = valueOf(await system.status(path));
    if (status === undefined) continue;
    const reasons = [];
    if ((status.mode & 0o002) !== 0) reasons.push('everybody may write it');
    if (status.uid !== 0) reasons.push(`it belongs to uid ${status.uid}`);
    if (path.endsWith('shadow') && (status.mode & 0o004) !== 0)
      reasons.push('everybody may read the password hashes');
    if (reasons.length > 0)
      signs.push({ sign: 'open-system-file', detail: `${path}: ${reasons.join(', ')}`, weight: 'certain' });
  }
  return signs;
}

async function extraRootAccounts(system: System): Promise<readonly Sign[]> {
  const accounts = valueOf(await readAccounts(system)) ?? [];
  const shadow = valueOf(await readShadow(system)) ?? new Map();
  const shells = await readShells(system);
  return accounts
    .filter(({ uid, name }) => uid === 0 && name !== 'root')
    .map((account) => ({
      sign: 'extra-root-account',
      detail: `account ${account.name} has uid 0`,
      weight:
        isInteractive(account, shells) && passwordOf(account, shadow).password !== 'locked'
          ? 'certain'
          : 'noted',
    }));
}

/** Paths that published analyses name for one family each, and that nothing else uses. */
const rootkitFiles: readonly (readonly [path: string, family: string])[] = [
  ['/usr/lib/libamplify.so', 'BEURK'],
  ['/lib/libselinux.so', 'Azazel'],
  ['/lib/libncom.so.4.0.1', 'Umbreon/Azazel'],
  ['/usr/share/libc.so.espeon.6', 'Umbreon'],
  ['/xochikit', 'Jynx2'],
  ['/usr/bin/ssd', 'Jynx2'],
  ['/lib64/libs.so', 'OrBit'],
  ['/lib/libntpVnQE6mk', 'OrBit'],
  ['/dev/shm/ldx', 'OrBit'],
  ['/etc/ld.so.nfs', 'Symbiote'],
  ['/usr/lib/libutil.a.2', 'Father'],
  ['/lib/selinux.so.3', 'Father'],
  ['/usr/lib/libkeyutils.so.1.9', 'Ebury'],
  ['/lib64/libkeyutils.so.1.9', 'Ebury'],
  ['/reptile', 'Reptile'],
  ['/lib/udev/reptile', 'Reptile'],
  ['/usr/share/.aPa', 'aPa kit'],
  ['/usr/include/file.h.adore', 'Adore'],
  ['/dev/.golf', 'Adore'],
  ['/usr/share/locale/sk/.sk12', 'SuckIT'],
  ['/dev/.kit', 'FreeBSD kit'],
  ['/boot/System.img', 'Drovorub'],
  ['/var/tmp/.swapd', 'XorDDoS'],
  ['/lib/libudev.so', 'XorDDoS'],
];

/** libudev.so and libselinux.so without a version are also development links; those are links, the malware is a file. */
async function knownRootkitFiles(system: System): Promise<readonly Sign[]> {
  const signs: Sign[] = [];
  for (const [path, family] of rootkitFiles) {
    const status = valueOf(await system.linkStatus(path));
    if (status === undefined || (status.kind === 'other' && path.endsWith('.so'))) continue;
    signs.push({ sign: 'rootkit-file', detail: `${path}, known from ${family}`, weight: 'certain' });
  }
  return signs;
}

/**
 * A module that took itself off the kernel's list (Diamorphine and kin) still has its folder in /sys/module with an
 * `initstate`, which built-in code has not. Looked at twice, because modules come and go.
 */
async function hiddenKernelModules(system: System): Promise<readonly Sign[]> {
  const first = await unlistedModules(system);
  if (first.length === 0) return [];
  const second = new Set(await unlistedModules(system));
  return first
    .filter((name) => second.has(name))
    .map((name) => ({
      sign: 'hidden-kernel-module',
      detail: `module ${name} is live but not listed`,
      weight: 'certain',
    }));
}

async function unlistedModules(system: System): Promise<readonly string[]> {
  const listed = valueOf(await system.readText('/proc/modules', { maximumBytes: 4 * 1024 * 1024 }));
  if (listed === undefined) return [];
  const names = new Set(listed.split('\n').map((line) => line.split(' ', 1)[0] ?? ''));
  const unlisted: string[] = [];
  for (const name of (valueOf(await system.list('/sys/module')) ?? []).slice(0, 5_000)) {
    if (names.has(name)) continue;
    if ((await readLine(system, `/sys/module/${name}/initstate`)) === 'live') unlisted.push(name);
  }
  return unlisted;
}

/** A set-uid root program where everybody may put files is a door somebody left open. */
async function privilegedFilesInTemporaryFolders(system: System): Promise<readonly Sign[]> {
  const signs: Sign[] = [];
  for (const folder of ['/tmp', '/var/tmp', '/dev/shm']) {
    for (const name of (valueOf(await system.list(folder)) ?? []).slice(0, 2_000)) {
      const status = valueOf(await system.linkStatus(`${folder}/${name}`));
      if (
        status?.kind !== 'file' ||
        status.uid !== 0 ||
        (status.mode & 0o4000) === 0 ||
        (status.mode & 0o111) === 0
      )
        continue;
      signs.push({
        sign: 'privileged-temporary-file',
        detail: `${folder}/${name} runs as root`,
        weight: 'certain',
      });
    }
  }
  return signs;
}

/** Bits of tainted-kernels.rst. Graphics and virtualisation drivers set them on honest machines. */
const taints: readonly (readonly [bit: number, detail: string])[] = [
  [1, 'a kernel module was loaded by force'],
  [3, 'a kernel module was removed by force'],
  [13, 'an unsigned kernel module was loaded'],
];

async function kernelTaint(system: System): Promise<readonly Sign[]> {
  const value = Number((await readLine(system, '/proc/sys/kernel/tainted')) ?? '0');
  if (!Number.isSafeInteger(value) || value < 0) return [];
  return taints
    .filter(([bit]) => Math.floor(value / 2 ** bit) % 2 === 1)
    .map(([, detail]) => ({ sign: 'kernel-taint', detail, weight: 'noted' }));
}
