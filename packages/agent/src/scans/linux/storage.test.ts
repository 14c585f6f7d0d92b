import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Machine, machine } from '../../../test/machine.ts';

interface Disk {
  readonly number: string;
  readonly uuid?: string;
  readonly below?: readonly string[];
  readonly backingFile?: string;
  readonly removable?: boolean;
}

/** A machine whose block devices are drawn as a table; partitions are left out, they have a test of their own. */
function withDisks(
  t: TestContext,
  disks: Readonly<Record<string, Disk>>,
  mountinfo: string,
  swaps = '',
): Machine {
  const made = machine(t);
  for (const [name, { number, uuid, below = [], backingFile, removable }] of Object.entries(disks)) {
    const folder = `/sys/devices/${name}`;
    made.write(`${folder}/dev`, `${number}\n`);
    made.write(`${folder}/removable`, removable === true ? '1\n' : '0\n');
    if (uuid !== undefined) made.write(`${folder}/dm/uuid`, `${uuid}\n`);
    if (backingFile !== undefined) made.write(`${folder}/loop/backing_file`, `${backingFile}\n`);
    for (const slave of below) made.link(`${folder}/slaves/${slave}`, `../../${slave}`);
    made.link(`/sys/dev/block/${number}`, `../../devices/${name}`);
    made.link(`/sys/class/block/${name}`, `../../devices/${name}`);
  }
  made.write('/proc/self/mountinfo', mountinfo);
  made.write('/proc/swaps', `Filename Type Size Used Priority\n${swaps}`);
  return made;
}

async function verdict(
  made: Machine,
): Promise<{ encrypted: unknown; swap: unknown; methods: Record<string, string> }> {
  const { facts } = await made.scan('security');
  const volumes = facts['storage.volumes'] as unknown as readonly { mount: string; method: string }[];
  return {
    encrypted: facts['storage.encrypted'],
    swap: facts['storage.swap-encrypted'],
    methods: Object.fromEntries(volumes.map(({ mount, method }) => [mount, method])),
  };
}

const luks = (name: string) => `CRYPT-LUKS2-00112233-${name}`;
const ext4 = (number: string, mount: string, source: string) =>
  `30 1 ${number} / ${mount} rw,relatime - ext4 ${source} rw\n`;

test('LVM on LUKS with a data partition in the clear is not encrypted, and the volume that is at fault is named', async (t) => {
  const made = withDisks(
    t,
    {
      sda: { number: '8:0' },
      sdb: { number: '8:16' },
      'dm-0': { number: '252:0', uuid: luks('a'), below: ['sda'] },
      'dm-1': { number: '252:1', uuid: 'LVM-root', below: ['dm-0'] },
    },
    ext4('252:1', '/', '/dev/mapper/vg-root') + ext4('8:16', '/srv/data', '/dev/sdb'),
  );
  assert.deepEqual(await verdict(made), {
    encrypted: false,
    swap: true,
    methods: { '/': 'luks2', '/srv/data': 'none' },
  });
});

test('LUKS on LVM, with a second logical volume left plain for swap', async (t) => {
  const made = withDisks(
    t,
    {
      sda: { number: '8:0' },
      'dm-0': { number: '252:0', uuid: 'LVM-root', below: ['sda'] },
      'dm-1': { number: '252:1', uuid: luks('root'), below: ['dm-0'] },
      'dm-2': { number: '252:2', uuid: 'LVM-swap', below: ['sda'] },
    },
    ext4('252:1', '/', '/dev/mapper/root'),
    '/dev/dm-2 partition 100 0 -2\n',
  );
  assert.deepEqual(await verdict(made), { encrypted: true, swap: false, methods: { '/': 'luks2' } });
});

test('a RAID is encrypted only when each of its members is, whichever side the array is on', async (t) => {
  const members = { sda: { number: '8:0' }, sdb: { number: '8:16' } };
  const above = withDisks(
    t,
    {
      ...members,
      md0: { number: '9:0', below: ['sda', 'sdb'] },
      'dm-0': { number: '252:0', uuid: luks('a'), below: ['md0'] },
    },
    ext4('252:0', '/', '/dev/mapper/a'),
  );
  assert.equal((await verdict(above)).encrypted, true);
  const halfBelow = withDisks(
    t,
    {
      ...members,
      'dm-0': { number: '252:0', uuid: luks('a'), below: ['sda'] },
      md0: { number: '9:0', below: ['dm-0', 'sdb'] },
    },
    ext4('9:0', '/', '/dev/md0'),
  );
  assert.equal((await verdict(halfBelow)).encrypted, false);
});

test('dm-verity and dm-integrity carry CRYPT- in their uuid and encrypt nothing', async (t) => {
  for (const uuid of [
    'CRYPT-VERITY-0011-usr',
    'CRYPT-INTEGRITY-0011-root',
    'CRYPT-',
    'crypt-LUKS2-x',
    'CRYPT-SUBDEV-1',
  ]) {
    const made = withDisks(
      t,
      { sda: { number: '8:0' }, 'dm-0': { number: '252:0', uuid, below: ['sda'] } },
      ext4('252:0', '/', '/dev/mapper/x'),
    );
    assert.equal((await verdict(made)).encrypted, false, uuid);
  }
});

test('a loop device is as encrypted as the file system that holds its image', async (t) => {
  const made = withDisks(
    t,
    {
      sda: { number: '8:0' },
      'dm-0': { number: '252:0', uuid: luks('a'), below: ['sda'] },
      loop0: { number: '7:0', backingFile: '/home/vault.img' },
      loop1: { number: '7:1', backingFile: '/plain/vault.img' },
    },
    ext4('252:0', '/', '/dev/mapper/a') + ext4('7:0', '/vault', '/dev/loop0'),
  );
  assert.equal((await verdict(made)).encrypted, true);
  const leaking =
    ext4('252:0', '/', '/dev/mapper/a') +
    ext4('8:0', '/plain', '/dev/sda') +
    ext4('7:1', '/vault', '/dev/loop1');
  made.write('/proc/self/mountinfo', leaking);
  assert.deepEqual((await verdict(made)).methods, { '/': 'luks2', '/plain': 'none', '/vault': 'none' });
});

test('devices that refer to each other in a circle, or to nothing, are unknown and end', async (t) => {
  const made = withDisks(
    t,
    {
      'dm-0': { number: '252:0', uuid: 'LVM-a', below: ['dm-1'] },
      'dm-1': { number: '252:1', uuid: 'LVM-b', below: ['dm-0'] },
    },
    ext4('252:0', '/', '/dev/mapper/a'),
  );
  assert.equal((await verdict(made)).encrypted, undefined);
  made.write('/proc/self/mountinfo', ext4('99:99', '/', '/dev/gone'));
  assert.equal((await verdict(made)).encrypted, undefined);
});

test('a stick under /media is listed and does not count; the same disk under /srv does', async (t) => {
  const made = withDisks(
    t,
    {
      sda: { number: '8:0' },
      sdb: { number: '8:16', removable: true },
      'dm-0': { number: '252:0', uuid: luks('a'), below: ['sda'] },
    },
    ext4('252:0', '/', '/dev/mapper/a') + ext4('8:16', '/media/ann/STICK', '/dev/sdb'),
  );
  assert.deepEqual(await verdict(made), {
    encrypted: true,
    swap: true,
    methods: { '/': 'luks2', '/media/ann/STICK': 'none' },
  });
  made.write('/proc/self/mountinfo', ext4('252:0', '/', '/dev/mapper/a') + ext4('8:16', '/srv', '/dev/sdb'));
  assert.equal((await verdict(made)).encrypted, false);
});

test('ZFS: its own encryption counts, without it the disks of the pool, without an answer nothing', async (t) => {
  const mounted = '30 1 0:40 / / rw - zfs rpool/ROOT/ubuntu rw,xattr,posixacl\n';
  const made = withDisks(
    t,
    { sda: { number: '8:0' }, 'dm-0': { number: '252:0', uuid: luks('a'), below: ['sda'] } },
    mounted,
  );
  assert.deepEqual(await verdict(made), { encrypted: undefined, swap: true, methods: { '/': 'zfs' } });
  made.program('/usr/sbin/zfs get -H -o value encryption rpool/ROOT/ubuntu', 'aes-256-gcm\n');
  assert.deepEqual((await verdict(made)).methods, { '/': 'zfs aes-256-gcm' });
  made.program('/usr/sbin/zfs get -H -o value encryption rpool/ROOT/ubuntu', 'off\n');
  made.program('/usr/sbin/zpool list -v -H -P -L rpool', 'rpool\t1T\n\t/dev/dm-0\t1T\n');
  assert.deepEqual(await verdict(made), { encrypted: true, swap: true, methods: { '/': 'luks2' } });
  made.program('/usr/sbin/zpool list -v -H -P -L rpool', 'rpool\t1T\n\t/dev/dm-0\t1T\n\t/dev/sda\t1T\n');
  assert.equal((await verdict(made)).encrypted, false);
});

test('btrfs on two LUKS devices is encrypted; a third device in the clear undoes it', async (t) => {
  const made = machine(t, 'fedora-workstation');
  assert.deepEqual(await verdict(made), { encrypted: true, swap: true, methods: { '/': 'luks1+luks2' } });
  made.link('/sys/fs/btrfs/5e6f/devices/nvme0n1p3', '../../../../devices/pci/nvme0n1/nvme0n1p3');
  assert.equal((await verdict(made)).encrypted, false);
});

test('zram is memory, unless it writes to a disk', async (t) => {
  const made = machine(t, 'fedora-workstation');
  made.write('/sys/devices/virtual/block/zram0/backing_dev', '/dev/sda\n');
  assert.equal((await verdict(made)).swap, false);
});

test('in a container neither the root nor the host’s swap can be told, so nothing is claimed', async (t) => {
  const report = await machine(t, 'container').scan('security');
  assert.equal(report.facts['storage.encrypted'], undefined);
  assert.equal(report.facts['storage.swap-encrypted'], undefined);
  assert.ok(report.notes.some(({ about, why }) => about === 'storage.encrypted' && why.includes('overlay')));
});

test('an overlay whose upper directory can be seen is followed to its file system', async (t) => {
  const made = withDisks(
    t,
    { sda: { number: '8:0' }, 'dm-0': { number: '252:0', uuid: luks('a'), below: ['sda'] } },
    `29 1 252:0 / /media/root-rw rw - ext4 /dev/mapper/a rw\n30 1 0:40 / / rw - overlay overlay rw,lowerdir=/ro,upperdir=/media/root-rw/upper\n`,
  );
  made.write('/media/root-rw/upper/file', '');
  assert.deepEqual(await verdict(made), {
    encrypted: true,
    swap: true,
    methods: { '/media/root-rw': 'luks2', '/': 'luks2' },
  });
});

test('a root in memory or on a server is not called encrypted', async (t) => {
  const made = withDisks(t, {}, '30 1 0:40 / / rw - nfs server:/root rw\n');
  assert.equal((await verdict(made)).encrypted, undefined);
});

test('a plain server: root and swap file are in the clear', async (t) => {
  assert.deepEqual(await verdict(machine(t, 'debian-server')), {
    encrypted: false,
    swap: false,
    methods: { '/': 'none' },
  });
});
