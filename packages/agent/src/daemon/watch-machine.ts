/**
 * Notices changes as they happen, so that a new password or an opened disk is known in seconds and not at the next scan
 * (GAP-04, PWD-10). Folders are watched rather than files, because editors replace files; what the kernel shows in /proc and
 * /sys cannot be watched and is compared every few seconds.
 */
import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import { readLine, type System, valueOf } from '../system/system.ts';

interface WatchedFolder {
  readonly path: string;
  /** Names that matter; all when absent. */
  readonly names?: RegExp;
  readonly scans: readonly Scan[];
}

const folders: readonly WatchedFolder[] = [
  {
    path: '/etc',
    names: /^(passwd|shadow|shells|login\.defs|ld\.so\.preload|sudoers|profile|bash\.bashrc|bashrc)$/,
    scans: ['security'],
  },
  { path: '/etc', names: /^(os-release|debian_version|hostname|machine-id)$/, scans: ['device-information'] },
  { path: '/etc/pam.d', scans: ['security'] },
  { path: '/etc/security', scans: ['security'] },
  { path: '/etc/security/pwquality.conf.d', scans: ['security', 'profiles'] },
  { path: '/etc/profile.d', scans: ['security'] },
  { path: '/etc/sudoers.d', scans: ['security', 'profiles'] },
  { path: '/etc/dconf/db', scans: ['security', 'profiles'] },
  { path: '/etc/dconf/db/local.d', scans: ['security', 'profiles'] },
  { path: '/etc/dconf/db/local.d/locks', scans: ['security'] },
  { path: '/etc/polkit-1/rules.d', scans: ['profiles'] },
  { path: '/etc/NetworkManager/system-connections', scans: ['profiles'] },
  { path: '/var/lib/dpkg', names: /^status$/, scans: ['apps'] },
  { path: '/var/lib/rpm', scans: ['apps'] },
  { path: '/var/lib/pacman/local', scans: ['apps'] },
  { path: '/lib/apk/db', names: /^installed$/, scans: ['apps'] },
  { path: '/usr/local/share/ca-certificates', scans: ['certificates'] },
  { path: '/etc/pki/ca-trust/source/anchors', scans: ['certificates'] },
  { path: '/etc/ssl/certs', names: /^ca-certificates\.crt$/, scans: ['certificates'] },
];

/** How long to wait for more before scanning, and how long at most: a package upgrade writes its database for minutes. */
const settleMs: Readonly<Record<Scan, readonly [quiet: number, atMost: number]>> = {
  security: [300, 2_000],
  profiles: [500, 5_000],
  'device-information': [1_000, 5_000],
  certificates: [2_000, 20_000],
  apps: [5_000, 60_000],
};

export interface WatchOptions {
  readonly root: string;
  readonly system: System;
  readonly signal: AbortSignal;
  /** How often /proc and /sys are compared; default 5 s. */
  readonly compareMs?: number;
  onChange(scan: Scan): void;
}

export function watchMachine(options: WatchOptions): void {
  const settling = new Map<Scan, { timer: NodeJS.Timeout; first: number }>();
  const changed = (scan: Scan): void => {
    const [quiet, atMost] = settleMs[scan];
    const waiting = settling.get(scan);
    clearTimeout(waiting?.timer);
    const first = waiting?.first ?? Date.now();
    const delay = Math.max(0, Math.min(quiet, first + atMost - Date.now()));
    const timer = setTimeout(() => {
      settling.delete(scan);
      options.onChange(scan);
    }, delay);
    settling.set(scan, { timer, first });
  };

  const watchers = new Map<WatchedFolder, FSWatcher>();
  const watchFolders = (): void => {
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      const watcher = watchFolder(join(options.root, folder.path), (name) => {
        if (name === null || folder.names?.test(name) !== false)
          for (const scan of folder.scans) changed(scan);
      });
      if (watcher === undefined) continue;
      // A folder that is deleted or moved is looked for again at the next round.
      const forget = () => {
        watcher.close();
        watchers.delete(folder);
      };
      watcher.on('error', forget);
      watchers.set(folder, watcher);
    }
  };
  watchFolders();

  let before: Signatures | undefined;
  let comparing = false;
  const compare = async (): Promise<void> => {
    if (comparing) return;
    comparing = true;
    try {
      watchFolders();
      const now = await signaturesOf(options.system);
      if (before !== undefined && now.storage !== before.storage) changed('security');
      if (before !== undefined && now.network !== before.network) changed('device-information');
      before = now;
    } finally {
      comparing = false;
    }
  };
  void compare();
  const timer = setInterval(() => void compare(), options.compareMs ?? 5_000);
  options.signal.addEventListener(
    'abort',
    () => {
      clearInterval(timer);
      for (const watcher of watchers.values()) watcher.close();
      for (const { timer: settle } of settling.values()) clearTimeout(settle);
    },
    { once: true },
  );
}

function watchFolder(path: string, onName: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(path, { persistent: false }, (_event, name) => onName(name));
  } catch {
    // Most machines lack most of these folders.
    return undefined;
  }
}

interface Signatures {
  readonly storage: string;
  readonly network: string;
}

async function signaturesOf(system: System): Promise<Signatures> {
  const mounts =
    valueOf(await system.readText('/proc/self/mountinfo', { maximumBytes: 16 * 1024 * 1024 })) ?? '';
  // Sizes and use of swap areas change all the time; which areas there are does not.
  const swaps = (valueOf(await system.readText('/proc/swaps')) ?? '').replaceAll(
    /\s+[0-9]+\s+[0-9]+\s+-?[0-9]+$/gm,
    '',
  );
  const interfaces: string[] = [];
  for (const name of (valueOf(await system.list('/sys/class/net')) ?? []).slice(0, 64)) {
    interfaces.push(name, (await readLine(system, `/sys/class/net/${name}/address`)) ?? '');
    interfaces.push((await readLine(system, `/sys/class/net/${name}/flags`)) ?? '');
  }
  const digest = (text: string) => createHash('sha256').update(text).digest('base64');
  return { storage: digest(`${mounts}\0${swaps}`), network: digest(interfaces.join('\n')) };
}
