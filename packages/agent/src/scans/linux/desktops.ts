/** Which desktops are installed, and for each where its screen lock is set. One row per desktop. */
import { type System, valueOf } from '../../system/system.ts';

export interface DconfLock {
  readonly kind: 'dconf';
  /** Schema and key, `/` form, of "lock when idle". */
  readonly enabled: { readonly schema: string; readonly key: string; readonly default: boolean };
  /** Idle seconds until the screen saver starts; 0 never. */
  readonly idle: {
    readonly schema: string;
    readonly key: string;
    readonly default: number;
    readonly unitSeconds: number;
  };
  /** Seconds from there to the lock. */
  readonly delay?: { readonly schema: string; readonly key: string; readonly default: number };
}

export interface KdeLock {
  readonly kind: 'kde';
}
export interface XfceLock {
  readonly kind: 'xfce';
}

export interface Desktop {
  readonly name: string;
  /** Matches names of session files without `.desktop`. */
  readonly sessions: RegExp;
  readonly lock: DconfLock | KdeLock | XfceLock;
}

export const desktops: readonly Desktop[] = [
  {
    name: 'GNOME',
    sessions: /^(gnome|ubuntu|pop|budgie|zorin|unity)/,
    lock: {
      kind: 'dconf',
      enabled: { schema: 'org/gnome/desktop/screensaver', key: 'lock-enabled', default: true },
      idle: { schema: 'org/gnome/desktop/session', key: 'idle-delay', default: 300, unitSeconds: 1 },
      delay: { schema: 'org/gnome/desktop/screensaver', key: 'lock-delay', default: 0 },
    },
  },
  {
    name: 'MATE',
    sessions: /^mate/,
    lock: {
      kind: 'dconf',
      enabled: { schema: 'org/mate/screensaver', key: 'lock-enabled', default: true },
      idle: { schema: 'org/mate/session', key: 'idle-delay', default: 5, unitSeconds: 60 },
    },
  },
  {
    name: 'Cinnamon',
    sessions: /^cinnamon/,
    lock: {
      kind: 'dconf',
      enabled: { schema: 'org/cinnamon/desktop/screensaver', key: 'lock-enabled', default: true },
      idle: { schema: 'org/cinnamon/desktop/session', key: 'idle-delay', default: 900, unitSeconds: 1 },
      delay: { schema: 'org/cinnamon/desktop/screensaver', key: 'lock-delay', default: 2 },
    },
  },
  { name: 'KDE Plasma', sessions: /^(plasma|kde)/, lock: { kind: 'kde' } },
  { name: 'Xfce', sessions: /^(xfce|xubuntu)/, lock: { kind: 'xfce' } },
];

const sessionFolders = [
  '/usr/share/wayland-sessions',
  '/usr/share/xsessions',
  '/usr/local/share/wayland-sessions',
  '/usr/local/share/xsessions',
];

export interface InstalledDesktops {
  readonly known: readonly Desktop[];
  /** Sessions whose lock Gatehouse cannot read, e.g. `sway`. */
  readonly unknown: readonly string[];
}

export async function installedDesktops(system: System): Promise<InstalledDesktops> {
  const known = new Set<Desktop>();
  const unknown = new Set<string>();
  for (const folder of sessionFolders) {
    for (const file of (valueOf(await system.list(folder)) ?? []).slice(0, 100)) {
      if (!file.endsWith('.desktop')) continue;
      const session = file.slice(0, -'.desktop'.length).toLowerCase();
      const desktop = desktops.find(({ sessions }) => sessions.test(session));
      if (desktop === undefined) unknown.add(session);
      else known.add(desktop);
    }
  }
  return { known: [...known], unknown: [...unknown].sort() };
}
