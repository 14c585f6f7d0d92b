/**
 * Is what is written to a block device encrypted before it reaches a disk? The answer comes from the kernel's own graph
 * of devices (/sys/dev/block, `dm/uuid`, `slaves/`): every path down to a physical disk must pass a dm-crypt device.
 * That cryptsetup is installed, or that some LUKS volume is open, proves nothing.
 */
import { readLine, type System, valueOf } from '../../system/system.ts';
import { type Mount, mountHolding } from './mounts.ts';

export interface Encryption {
  /** `unknown`: the graph could not be followed; never read as encrypted. */
  readonly state: 'encrypted' | 'plain' | 'unknown';
  /** What encrypts, e.g. `luks2`; `none`; or what stood in the way. */
  readonly method: string;
}

export const plain: Encryption = { state: 'plain', method: 'none' };
export const unknown = (method = 'unknown'): Encryption => ({ state: 'unknown', method });

/**
 * `CRYPT-<type>-…` of the device mapper's uuid. VERITY and INTEGRITY carry the same prefix and encrypt nothing, so the
 * list names what does.
 */
const encryptingTypes: Readonly<Record<string, string>> = {
  LUKS1: 'luks1',
  LUKS2: 'luks2',
  PLAIN: 'dm-crypt',
  LOOPAES: 'loop-aes',
  TCRYPT: 'tcrypt',
  BITLK: 'bitlocker',
  FVAULT2: 'filevault2',
};

const maximumDepth = 16;
const maximumVisits = 2_000;

/** Several devices under one file system: all must be encrypted; one plain one settles the matter. */
export function allOf(parts: readonly Encryption[]): Encryption {
  if (parts.length === 0) return unknown();
  const worst =
    parts.find(({ state }) => state === 'plain') ?? parts.find(({ state }) => state === 'unknown');
  return (
    worst ?? { state: 'encrypted', method: [...new Set(parts.map(({ method }) => method))].sort().join('+') }
  );
}

export class BlockDevices {
  readonly #system: System;
  readonly #mounts: readonly Mount[];
  readonly #known = new Map<string, Encryption>();
  #visits = 0;

  constructor(system: System, mounts: readonly Mount[]) {
    this.#system = system;
    this.#mounts = mounts;
  }

  /** `device` is `major:minor`. */
  async encryptionOf(device: string, depth = 0): Promise<Encryption> {
    const known = this.#known.get(device);
    if (known !== undefined) return known;
    this.#visits += 1;
    if (depth > maximumDepth || this.#visits > maximumVisits) return unknown('too deep');
    const encryption = await this.#follow(device, depth);
    this.#known.set(device, encryption);
    return encryption;
  }

  /** A device by its name under /dev, links and /dev/mapper names included. */
  async encryptionOfPath(path: string, depth = 0): Promise<Encryption> {
    const device = await this.deviceNumber(path);
    return device === undefined ? unknown() : this.encryptionOf(device, depth);
  }

  /** Of the file system that holds a file, such as a swap file or the image behind a loop device. */
  async encryptionOfFile(path: string, depth = 0): Promise<Encryption> {
    const mount = mountHolding(path, this.#mounts);
    return mount === undefined ? unknown() : this.encryptionOfMount(mount, depth);
  }

  async encryptionOfMount(mount: Mount, depth = 0): Promise<Encryption> {
    if (depth > maximumDepth) return unknown('too deep');
    switch (mount.fileSystem) {
      case 'btrfs':
        return this.#ofBtrfs(mount, depth);
      case 'zfs':
        return this.#ofZfs(mount.source, depth);
      case 'overlay':
        return this.#ofOverlay(mount, depth);
      case 'bcachefs':
        return allOf(
          await Promise.all(mount.source.split(':').map((path) => this.encryptionOfPath(path, depth))),
        );
      case 'tmpfs':
      case 'ramfs':
        return { state: 'encrypted', method: 'memory' };
      default:
        return mount.device.startsWith('0:')
          ? this.encryptionOfPath(mount.source, depth)
          : this.encryptionOf(mount.device, depth);
    }
  }

  async #follow(device: string, depth: number): Promise<Encryption> {
    const folder = await this.#system.realPath(`/sys/dev/block/${device}`);
    if (folder === undefined) return unknown('device not found');
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    if (name.startsWith('zram')) return this.#ofZram(folder, depth);
    if (name.startsWith('ram')) return { state: 'encrypted', method: 'memory' };

    const uuid = await readLine(this.#system, `${folder}/dm/uuid`);
    const type = /^CRYPT-([A-Z0-9]+)-/.exec(uuid ?? '')?.[1];
    const method = type === undefined ? undefined : encryptingTypes[type];
    if (method !== undefined) return { state: 'encrypted', method };

    if ((await this.#system.status(`${folder}/partition`)).state === 'present') {
      return this.#ofParent(folder, depth);
    }
    const backingFile = await readLine(this.#system, `${folder}/loop/backing_file`);
    if (backingFile !== undefined) {
      return backingFile.endsWith(' (deleted)')
        ? unknown('deleted image')
        : this.encryptionOfFile(backingFile, depth + 1);
    }
    const slaves = await this.#system.list(`${folder}/slaves`);
    if (slaves.state === 'unreadable') return unknown();
    const below = valueOf(slaves) ?? [];
    // Network block devices end here, too: what the other side does is not known, and it is not this device's disk.
    if (below.length === 0) return name.startsWith('dm-') ? unknown('no device below') : plain;
    const parts: Encryption[] = [];
    for (const slave of below) parts.push(await this.#bySysName(slave, depth + 1));
    return allOf(parts);
  }

  /** A partition's folder lies in its disk's: the disk may itself be an MD array or a loop device. */
  async #ofParent(folder: string, depth: number): Promise<Encryption> {
    const parent = folder.slice(0, folder.lastIndexOf('/'));
    const number = await readLine(this.#system, `${parent}/dev`);
    return number === undefined ? unknown() : this.encryptionOf(number, depth + 1);
  }

  /** zram is memory, unless it writes cold pages to a disk. */
  async #ofZram(folder: string, depth: number): Promise<Encryption> {
    const backing = await readLine(this.#system, `${folder}/backing_dev`);
    if (backing === undefined || backing === 'none') return { state: 'encrypted', method: 'memory' };
    return backing.startsWith('/dev/')
      ? this.encryptionOfPath(backing, depth + 1)
      : this.encryptionOfFile(backing, depth + 1);
  }

  async #bySysName(name: string, depth: number): Promise<Encryption> {
    const number = await readLine(this.#system, `/sys/class/block/${name}/dev`);
    return number === undefined ? unknown() : this.encryptionOf(number, depth);
  }

  async deviceNumber(path: string): Promise<string | undefined> {
    if (!path.startsWith('/dev/')) return undefined;
    const resolved = (await this.#system.realPath(path)) ?? path;
    const name = resolved.slice('/dev/'.length);
    const direct = await readLine(this.#system, `/sys/class/block/${name.replaceAll('/', '!')}/dev`);
    if (direct !== undefined || !resolved.startsWith('/dev/mapper/')) return direct;
    // In a prepared tree, and in some containers, /dev/mapper/x is no link; the device mapper knows its own names.
    const mapped = resolved.slice('/dev/mapper/'.length);
    for (const candidate of valueOf(await this.#system.list('/sys/class/block')) ?? []) {
      if (!candidate.startsWith('dm-')) continue;
      if ((await readLine(this.#system, `/sys/class/block/${candidate}/dm/name`)) !== mapped) continue;
      return readLine(this.#system, `/sys/class/block/${candidate}/dev`);
    }
    return undefined;
  }

  /** btrfs spans devices, and the mount table names only one of them. */
  async #ofBtrfs(mount: Mount, depth: number): Promise<Encryption> {
    const number = await this.deviceNumber(mount.source);
    if (number === undefined) return unknown();
    const folder = await this.#system.realPath(`/sys/dev/block/${number}`);
    const name = folder?.slice(folder.lastIndexOf('/') + 1);
    for (const uuid of valueOf(await this.#system.list('/sys/fs/btrfs')) ?? []) {
      const members = valueOf(await this.#system.list(`/sys/fs/btrfs/${uuid}/devices`)) ?? [];
      if (name === undefined || !members.includes(name)) continue;
      const parts: Encryption[] = [];
      for (const member of members) parts.push(await this.#bySysName(member, depth + 1));
      return allOf(parts);
    }
    return this.encryptionOf(number, depth + 1);
  }

  /** The data set's own encryption, or that of every device of its pool. */
  async #ofZfs(dataSet: string, depth: number): Promise<Encryption> {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.:/ -]*$/.test(dataSet)) return unknown('zfs');
    const own = await this.#firstProgram(
      ['/usr/sbin/zfs', '/sbin/zfs'],
      ['get', '-H', '-o', 'value', 'encryption', dataSet],
    );
    if (own === undefined) return unknown('zfs');
    const algorithm = own.trim();
    if (algorithm.startsWith('aes-')) return { state: 'encrypted', method: `zfs ${algorithm}` };
    if (algorithm !== 'off') return unknown('zfs');
    const pool = dataSet.split('/', 1)[0] ?? '';
    const listing = await this.#firstProgram(
      ['/usr/sbin/zpool', '/sbin/zpool'],
      ['list', '-v', '-H', '-P', '-L', pool],
    );
    const devices = [...(listing ?? '').matchAll(/^\s+(\/dev\/\S+)/gm)].map(([, path]) => path ?? '');
    if (devices.length === 0) return plain;
    return allOf(await Promise.all(devices.map((path) => this.encryptionOfPath(path, depth + 1))));
  }

  async #firstProgram(programs: readonly string[], args: readonly string[]): Promise<string | undefined> {
    for (const program of programs) {
      const said = await this.#system.run(program, args, { timeoutMs: 5_000, maximumBytes: 1024 * 1024 });
      if (said.state === 'present') return said.value;
    }
    return undefined;
  }

  /** Writes go to the upper directory; in a container its path belongs to the host and says nothing here. */
  async #ofOverlay(mount: Mount, depth: number): Promise<Encryption> {
    const upper = mount.superOptions
      .find((option) => option.startsWith('upperdir='))
      ?.slice('upperdir='.length);
    if (upper === undefined || (await this.#system.status(upper)).state !== 'present')
      return unknown('overlay');
    const holder = mountHolding(upper, this.#mounts);
    if (holder === undefined || holder === mount) return unknown('overlay');
    return this.encryptionOfMount(holder, depth + 1);
  }
}
