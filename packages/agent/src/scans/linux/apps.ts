/**
 * Installed software (SCN-04) from each package manager that is there: dpkg, apk and pacman from their own databases,
 * rpm, flatpak and snap by asking the program. What people installed in their homes is not read (AGT-T06).
 */
import { packageCount } from '@gatehouse/core/facts/catalogue.ts';
import { type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';

export interface App {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly source: string;
}

interface Source {
  readonly name: string;
  read(system: System): Promise<{ apps: readonly App[]; cut: boolean } | undefined>;
}

const database = { maximumBytes: 96 * 1024 * 1024, cut: true } as const;
const enough = packageCount + 1;

export const apps: Gatherer = {
  name: 'apps',
  async gather({ system }, findings) {
    const all: App[] = [];
    let readable = 0;
    for (const source of packageManagers) {
      try {
        const found = await source.read(system);
        if (found === undefined) continue;
        readable += 1;
        if (found.cut) findings.markTruncated();
        for (const app of found.apps) if (all.length < enough) all.push(app);
      } catch (error) {
        findings.note(source.name, error instanceof Error ? error.message : String(error));
      }
    }
    if (readable === 0) return findings.unknown('apps.installed', 'no package manager that Gatehouse knows');
    findings.set('apps.installed', all);
  },
};

/** Blank-line separated paragraphs of `Field: value` lines; deb-control(5). Lazily, for databases of a million packages. */
function* paragraphs(text: string): Generator<ReadonlyMap<string, string>> {
  let at = 0;
  while (at < text.length) {
    let end = text.indexOf('\n\n', at);
    if (end < 0) end = text.length;
    const fields = new Map<string, string>();
    for (const line of text.slice(at, Math.min(end, at + 256 * 1024)).split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0 && line[0] !== ' ' && line[0] !== '\t')
        fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    if (fields.size > 0) yield fields;
    at = end + 2;
  }
}

export function parseDpkgStatus(text: string): readonly App[] {
  const found: App[] = [];
  for (const fields of paragraphs(text)) {
    const name = fields.get('Package');
    const version = fields.get('Version');
    // `deinstall ok config-files` is what remains of a removed package.
    if (name === undefined || version === undefined || fields.get('Status')?.endsWith(' installed') !== true)
      continue;
    found.push({ id: name, name, version, source: 'dpkg' });
    if (found.length >= enough) break;
  }
  return found;
}

export function parseApkInstalled(text: string): readonly App[] {
  const found: App[] = [];
  for (const fields of paragraphs(text)) {
    const name = fields.get('P');
    const version = fields.get('V');
    if (name !== undefined && version !== undefined) found.push({ id: name, name, version, source: 'apk' });
    if (found.length >= enough) break;
  }
  return found;
}

/** `name TAB version-release` lines, as our own query format asks for. */
export function parseRpmList(text: string): readonly App[] {
  return lines(text).flatMap((line) => {
    const [name, version] = line.split('\t');
    // Imported keys are listed like packages.
    if (name === undefined || version === undefined || name === '' || name === 'gpg-pubkey') return [];
    return [{ id: name, name, version, source: 'rpm' }];
  });
}

export function parseFlatpakList(text: string): readonly App[] {
  return lines(text).flatMap((line) => {
    const [id, name, version] = line.split('\t');
    if (id === undefined || !/^[\w-]+(\.[\w-]+)+$/.test(id)) return [];
    return [{ id, name: name || id, version: version ?? '', source: 'flatpak' }];
  });
}

/** A table with a heading; columns are name, version, revision, … */
export function parseSnapList(text: string): readonly App[] {
  return lines(text)
    .slice(1)
    .flatMap((line) => {
      const [name, version] = line.trim().split(/\s+/);
      return name === undefined || version === undefined ? [] : [{ id: name, name, version, source: 'snap' }];
    });
}

/** Folder names of /var/lib/pacman/local: name-version-release. */
export function parsePacmanFolders(names: readonly string[]): readonly App[] {
  return names.slice(0, enough).flatMap((folder) => {
    const match = /^(.+)-([^-]+-[^-]+)$/.exec(folder);
    if (match === null) return [];
    const [, name = '', version = ''] = match;
    return [{ id: name, name, version, source: 'pacman' }];
  });
}

function lines(text: string): string[] {
  return text.split('\n', enough + 1).filter((line) => line.trim() !== '');
}

function fromFile(name: string, path: string, parse: (text: string) => readonly App[]): Source {
  return {
    name,
    async read(system) {
      const text = await system.readText(path, database);
      if (text.state === 'absent') return undefined;
      if (text.state === 'unreadable') throw new Error(text.why);
      return { apps: parse(text.value), cut: text.cut === true };
    },
  };
}

function fromProgram(
  name: string,
  program: string,
  args: readonly string[],
  parse: (text: string) => readonly App[],
): Source {
  return {
    name,
    async read(system) {
      const said = await system.run(program, args, { timeoutMs: 30_000, maximumBytes: 16 * 1024 * 1024 });
      if (said.state === 'absent') return undefined;
      if (said.state === 'unreadable') throw new Error(said.why);
      return { apps: parse(said.value), cut: false };
    },
  };
}

const rpmFormat = '%{NAME}\\t%{VERSION}-%{RELEASE}\\n';

const packageManagers: readonly Source[] = [
  fromFile('dpkg', '/var/lib/dpkg/status', parseDpkgStatus),
  fromFile('apk', '/lib/apk/db/installed', parseApkInstalled),
  {
    name: 'pacman',
    async read(system) {
      const names = valueOf(await system.list('/var/lib/pacman/local'));
      return names === undefined ? undefined : { apps: parsePacmanFolders(names), cut: false };
    },
  },
  fromProgram('rpm', '/usr/bin/rpm', ['-qa', '--queryformat', rpmFormat], parseRpmList),
  fromProgram(
    'flatpak',
    '/usr/bin/flatpak',
    ['list', '--system', '--app', '--columns=application,name,version'],
    parseFlatpakList,
  ),
  fromProgram('snap', '/usr/bin/snap', ['list', '--color=never', '--unicode=never'], parseSnapList),
];
