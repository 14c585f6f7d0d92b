/**
 * Encryption of what is stored, as it really is (DEN-07): each mounted local file system and each swap area is followed
 * to its disks. fscrypt is not counted: it covers single directories, and names of the rest stay readable.
 */
import { exists, readLine, type System } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';
import { allOf, BlockDevices, type Encryption, unknown } from './block-devices.ts';
import { holdsUserData, isLocal, type Mount, parseMountinfo, unescapeOctal } from './mounts.ts';

export const storage: Gatherer = {
  name: 'storage',
  async gather({ system }, findings) {
    const table = await system.readText('/proc/self/mountinfo', { maximumBytes: 16 * 1024 * 1024 });
    if (table.state !== 'present') {
      const why = table.state === 'absent' ? 'there is no mount table' : table.why;
      findings.unknown('storage.encrypted', why);
      findings.unknown('storage.swap-encrypted', why);
      return;
    }
    const mounts = parseMountinfo(table.value);
    const devices = new BlockDevices(system, mounts);

    const counted: Encryption[] = [];
    const volumes = [];
    let rootSeen = false;
    for (const mount of distinctFileSystems(mounts)) {
      const encryption = await devices.encryptionOfMount(mount);
      const { mountPoint, source, fileSystem } = mount;
      volumes.push({
        mount: mountPoint,
        device: source,
        fileSystem,
        encrypted: encryption.state === 'encrypted',
        method: encryption.method,
      });
      rootSeen ||= mountPoint === '/';
      if (holdsUserData(mount) && !(await isRemovable(system, mount))) counted.push(encryption);
    }
    findings.set('storage.volumes', volumes);
    // A root that lives in memory or on a server keeps nothing on this machine's disks; say so rather than guess.
    if (!rootSeen) counted.push(unknown('the root is not a local file system'));
    const verdict = allOf(counted);
    if (verdict.state === 'unknown')
      findings.unknown('storage.encrypted', `cannot be told: ${verdict.method}`);
    else findings.set('storage.encrypted', verdict.state === 'encrypted');

    const swaps = await system.readText('/proc/swaps');
    if (swaps.state !== 'present')
      return findings.unknown('storage.swap-encrypted', 'there is no list of swap areas');
    const areas: Encryption[] = [];
    for (const { path, isFile } of parseSwaps(swaps.value)) {
      areas.push(await (isFile ? devices.encryptionOfFile(path) : devices.encryptionOfPath(path)));
    }
    // Without swap no memory is written to a disk at all.
    const swap: Encryption = areas.length === 0 ? { state: 'encrypted', method: 'none' } : allOf(areas);
    if (swap.state === 'unknown')
      findings.unknown('storage.swap-encrypted', `cannot be told: ${swap.method}`);
    else findings.set('storage.swap-encrypted', swap.state === 'encrypted');
  },
};

/** Bind mounts show one file system many times: of each, the mount that shows its top, or else the first. */
function distinctFileSystems(mounts: readonly Mount[]): readonly Mount[] {
  const chosen = new Map<string, Mount>();
  for (const mount of mounts) {
    if (!isLocal(mount)) continue;
    // Overlays have a device number each; btrfs subvolumes share one source.
    const key = mount.fileSystem === 'btrfs' ? `btrfs ${mount.source}` : mount.device;
    const before = chosen.get(key);
    if (before === undefined || rank(mount) < rank(before)) chosen.set(key, mount);
  }
  return [...chosen.values()];
}

function rank({ mountPoint, rootInFileSystem }: Mount): number {
  if (mountPoint === '/') return 0;
  return rootInFileSystem === '/' ? 1 : 2;
}

/** A stick somebody put in is listed, but the verdict is about the machine's own disks. */
async function isRemovable(system: System, mount: Mount): Promise<boolean> {
  if (!/^\/(media|run\/media|mnt)\//.test(mount.mountPoint)) return false;
  const folder = await system.realPath(`/sys/dev/block/${mount.device}`);
  if (folder === undefined) return false;
  const disk = (await exists(system, `${folder}/partition`))
    ? folder.slice(0, folder.lastIndexOf('/'))
    : folder;
  return (await readLine(system, `${disk}/removable`)) === '1';
}

/** proc_swaps(5): a heading, then path, `partition` or `file`, sizes. */
export function parseSwaps(text: string): readonly { path: string; isFile: boolean }[] {
  const areas = [];
  for (const line of text.split('\n', 1_000).slice(1)) {
    const [path, type] = line.split(/\s+/);
    if (path === undefined || type === undefined || path === '') continue;
    areas.push({ path: unescapeOctal(path), isFile: type === 'file' });
  }
  return areas;
}
