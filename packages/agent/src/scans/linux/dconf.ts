/**
 * System-wide dconf settings: the profile names the databases, key files under /etc/dconf/db/<name>.d hold the values and
 * `locks/` the keys that users cannot change. Key files are read, not the compiled databases, because they are what an
 * administrator edits; `dconf update` compiles them.
 */
import { type System, valueOf } from '../../system/system.ts';

export interface DconfSetting {
  /** In GVariant text form: `true`, `uint32 300`, `'text'`. */
  readonly value: string;
  readonly locked: boolean;
}

/** Path without the leading slash, e.g. `org/gnome/desktop/session/idle-delay`. */
export type DconfSettings = ReadonlyMap<string, DconfSetting>;

const maximumFiles = 200;

export async function readSystemDconf(system: System): Promise<DconfSettings> {
  const values = new Map<string, string>();
  const locks = new Set<string>();
  // The first database of the profile wins, so the others are read before it.
  for (const database of (await systemDatabases(system)).reverse()) {
    const folder = `/etc/dconf/db/${database}.d`;
    for (const name of (valueOf(await system.list(folder)) ?? []).slice(0, maximumFiles)) {
      const text = name === 'locks' ? undefined : valueOf(await system.readText(`${folder}/${name}`));
      if (text !== undefined) for (const [key, value] of parseKeyfile(text)) values.set(key, value);
    }
    for (const name of (valueOf(await system.list(`${folder}/locks`)) ?? []).slice(0, maximumFiles)) {
      const text = valueOf(await system.readText(`${folder}/locks/${name}`));
      for (const line of text?.split('\n', 10_000) ?? []) {
        if (line.startsWith('/')) locks.add(line.trim().slice(1));
      }
    }
  }
  const settings = new Map<string, DconfSetting>();
  for (const [key, value] of values) settings.set(key, { value, locked: isLocked(key, locks) });
  return settings;
}

/** A lock on a directory ends in a slash and covers all below it. */
function isLocked(key: string, locks: ReadonlySet<string>): boolean {
  if (locks.has(key)) return true;
  for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1)) {
    if (locks.has(key.slice(0, at + 1))) return true;
  }
  return false;
}

async function systemDatabases(system: System): Promise<string[]> {
  const text = valueOf(await system.readText('/etc/dconf/profile/user'));
  const named = [...(text ?? '').matchAll(/^\s*system-db:([A-Za-z0-9_.-]+)\s*$/gm)].map(
    ([, name]) => name ?? '',
  );
  // Without a profile dconf reads the user's database alone.
  return named.slice(0, 16);
}

export function parseKeyfile(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let group = '';
  for (const rawLine of text.split('\n', 10_000)) {
    const line = rawLine.trim();
    if (line === '' || line.startsWith('#')) continue;
    const heading = /^\[(.*)\]$/.exec(line)?.[1];
    if (heading !== undefined) {
      group = heading === '/' ? '' : `${heading}/`;
      continue;
    }
    const at = line.indexOf('=');
    if (at > 0) values.set(`${group}${line.slice(0, at).trim()}`, line.slice(at + 1).trim());
  }
  return values;
}

/** `true`/`false`, or undefined. */
export function gvariantBoolean(text: string | undefined): boolean | undefined {
  const value = text?.trim();
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** `300` or `uint32 300`, or undefined. */
export function gvariantInteger(text: string | undefined): number | undefined {
  const digits = /^(?:u?int(?:16|32|64) )?([0-9]{1,10})$/.exec(text?.trim() ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
