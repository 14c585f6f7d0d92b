/** The mount table, proc_pid_mountinfo(5), and which of its file systems hold what users would miss if it leaked. */
export interface Mount {
  readonly mountPoint: string;
  /** `major:minor` of the file system; major 0 for those without one block device (btrfs, overlay, ZFS). */
  readonly device: string;
  /** The part of the file system that is mounted here; `/` unless it is a bind mount or a subvolume. */
  readonly rootInFileSystem: string;
  readonly fileSystem: string;
  readonly source: string;
  readonly options: readonly string[];
  readonly superOptions: readonly string[];
}

const maximumMounts = 50_000;

/** Lines that make no sense are passed over. In order of mounting: of two at one place the later hides the earlier. */
export function parseMountinfo(text: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n', maximumMounts)) {
    const fields = line.split(' ');
    const dash = fields.indexOf('-', 6);
    const [, , device, root, mountPoint, options] = fields;
    const [fileSystem, source, superOptions] = dash < 0 ? [] : fields.slice(dash + 1);
    if (
      device === undefined ||
      root === undefined ||
      mountPoint === undefined ||
      options === undefined ||
      fileSystem === undefined ||
      source === undefined ||
      !/^[0-9]+:[0-9]+$/.test(device)
    ) {
      continue;
    }
    mounts.push({
      mountPoint: unescapeOctal(mountPoint),
      device,
      rootInFileSystem: unescapeOctal(root),
      fileSystem,
      source: unescapeOctal(source),
      options: options.split(','),
      superOptions: (superOptions ?? '').split(','),
    });
  }
  return mounts;
}

/** Space, tab, newline and backslash are written as octal escapes. */
export function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** The mount that holds a path: the longest mount point above it, and of equals the last. */
export function mountHolding(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const within =
      mount.mountPoint === '/' || path === mount.mountPoint || path.startsWith(`${mount.mountPoint}/`);
    if (within && mount.mountPoint.length >= (best?.mountPoint.length ?? 0)) best = mount;
  }
  return best;
}

/** Images that are only ever read: installation media, snaps, verified systems. No user data is written to them. */
const readOnlyFileSystems = new Set(['cramfs', 'erofs', 'iso9660', 'romfs', 'squashfs']);

/** Local file systems that the kernel shows without a block device of their own (major number 0). */
const withoutOneDevice = new Set(['bcachefs', 'btrfs', 'fuseblk', 'overlay', 'zfs']);

/** Firmware and boot loaders must read these before any key exists; they hold kernels, not user data. */
const bootMounts = /^\/(boot|boot\/efi|efi|boot\/firmware)$/;

/** On a local disk; other file systems live in memory, on a server or in the kernel only. */
export function isLocal(mount: Mount): boolean {
  if (readOnlyFileSystems.has(mount.fileSystem)) return false;
  return !mount.device.startsWith('0:') || withoutOneDevice.has(mount.fileSystem);
}

export function holdsUserData(mount: Mount): boolean {
  return isLocal(mount) && !bootMounts.test(mount.mountPoint);
}
