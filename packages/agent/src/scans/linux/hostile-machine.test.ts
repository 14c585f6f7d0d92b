import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { factDefinition, type FactName, packageCount } from '@gatehouse/core/facts/catalogue.ts';
import { scans } from '@gatehouse/core/facts/types.ts';
import { allFacts, machine } from '../../../test/machine.ts';

test('DEV-10 a million packages: 20,000 are reported, the report says it was cut, and it takes seconds', async (t) => {
  const made = machine(t);
  const one = (index: number) => `Package: p${index}\nStatus: install ok installed\nVersion: 1\n\n`;
  made.write('/var/lib/dpkg/status', Array.from({ length: 1_000_000 }, (_, index) => one(index)).join(''));
  const started = performance.now();
  const report = await made.scan('apps');
  assert.ok(performance.now() - started < 10_000);
  assert.equal((report.facts['apps.installed'] as readonly unknown[]).length, packageCount);
  assert.equal(report.truncated, true);
});

test('DEV-10 limits + 1: exactly 20,000 packages are whole, one more is cut', async (t) => {
  const made = machine(t);
  const list = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => `Package: p${index}\nStatus: install ok installed\nVersion: 1\n`,
    ).join('\n');
  made.write('/var/lib/dpkg/status', list(packageCount));
  assert.equal((await made.scan('apps')).truncated, false);
  made.write('/var/lib/dpkg/status', list(packageCount + 1));
  const report = await made.scan('apps');
  assert.equal(report.truncated, true);
  assert.equal((report.facts['apps.installed'] as readonly unknown[]).length, packageCount);
});

test('DEV-10 names of a megabyte are cut to the catalogue’s length and marked', async (t) => {
  const made = machine(t);
  const long = 'x'.repeat(200_000);
  made.write('/var/lib/dpkg/status', `Package: ${long}\nStatus: install ok installed\nVersion: ${long}\n`);
  made.write('/sys/class/dmi/id/product_name', `${'M'.repeat(3_000)}\n`);
  const apps = await made.scan('apps');
  const [app] = apps.facts['apps.installed'] as unknown as readonly { id: string; version: string }[];
  assert.equal(app?.id.length, 256);
  assert.equal(app.version.length, 128);
  assert.equal(apps.truncated, true);
  const information = await made.scan('device-information');
  assert.equal((information.facts['device.model'] as string).length, 128);
  assert.equal(information.truncated, true);
});

test('DEV-10 300 interfaces: the real adapters stay among the 64 that are reported', async (t) => {
  const made = machine(t);
  for (let index = 0; index < 300; index += 1) {
    made.write(`/sys/devices/virtual/net/veth${index}/type`, '1\n');
    made.link(`/sys/class/net/veth${index}`, `../../devices/virtual/net/veth${index}`);
  }
  made.write('/sys/devices/pci/net/eth0/type', '1\n');
  made.write('/sys/devices/pci/net/eth0/address', '02:00:00:00:00:01\n');
  made.link('/sys/class/net/eth0', '../../devices/pci/net/eth0');
  const report = await made.scan('device-information');
  const interfaces = report.facts['network.interfaces'] as unknown as readonly { name: string }[];
  assert.equal(interfaces.length, 64);
  assert.equal(interfaces[0]?.name, 'eth0');
  assert.equal(report.truncated, true);
});

test('DEV-12 control characters and broken text never reach a fact', async (t) => {
  const made = machine(t);
  made.write(
    '/proc/sys/kernel/hostname',
    Buffer.from([0x61, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff, 0xfe, 0x00, 0x62, 0x0a]),
  );
  const { facts } = await made.scan('device-information');
  assert.equal(facts['device.host-name'], 'a\ufffd[31m\ufffd\ufffd\ufffdb');
});

/** Every file a scan reads, replaced by the same hostile thing. */
const files = [
  '/etc/os-release',
  '/etc/passwd',
  '/etc/shadow',
  '/etc/shells',
  '/etc/login.defs',
  '/etc/pam.d/passwd',
  '/etc/security/pwquality.conf',
  '/etc/dconf/profile/user',
  '/etc/ld.so.preload',
  '/etc/machine-id',
  '/etc/profile',
  '/proc/self/mountinfo',
  '/proc/swaps',
  '/proc/modules',
  '/proc/cpuinfo',
  '/proc/meminfo',
  '/proc/sys/kernel/tainted',
  '/proc/sys/kernel/hostname',
  '/sys/class/dmi/id/product_uuid',
  '/sys/class/power_supply/BAT0/uevent',
  '/var/lib/dpkg/status',
  '/lib/apk/db/installed',
  '/etc/ssl/certs/ca-certificates.crt',
  '/usr/local/share/ca-certificates/x.crt',
] as const;

const noise = Buffer.alloc(300_000);
for (let index = 0, state = 7; index < noise.length; index += 1) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  noise[index] = state >>> 16;
}

const hostile: readonly (readonly [what: string, content: string | Buffer])[] = [
  ['nothing', ''],
  ['noise', noise],
  ['one line of a megabyte', 'x'.repeat(1_000_000)],
  ['colons and equals signs', ':=:=;[]\n'.repeat(50_000)],
  ['prototype names', '__proto__=1\nconstructor=2\n__proto__:x:0:0:::\nPackage: __proto__\n'],
  ['huge numbers', 'x:x:99999999999999999999:1e999::/:/bin/sh\nMemTotal: 999999999999999999999 kB\n'],
  ['NUL bytes', '\0'.repeat(10_000)],
];

for (const [what, content] of hostile) {
  test(`DEV-10 no scan throws when every file holds ${what}, and every fact stays inside the catalogue`, async (t) => {
    const made = machine(t);
    for (const path of files) made.write(path, content);
    for (const [name, value] of Object.entries(await allFacts(made))) {
      const { shape } = factDefinition(name as FactName);
      if (shape.type === 'list') assert.ok(Array.isArray(value) && value.length <= shape.maximumCount, name);
      if (shape.type === 'string')
        assert.ok(typeof value === 'string' && value.length <= shape.maximumLength, name);
      if (shape.type === 'integer') assert.ok(Number.isSafeInteger(value), name);
    }
  });
}

test('no scan hangs or throws on FIFOs, link circles, folders where files should be, and links out of the root', async (t) => {
  for (const plant of ['fifo', 'circle', 'folder', 'outside'] as const) {
    const made = machine(t);
    for (const path of files) {
      if (plant === 'circle') made.link(path, path);
      else if (plant === 'outside') made.link(path, '../../../../../../../../etc/gatehouse-does-not-exist');
      else if (plant === 'folder') made.write(`${path}/file`, '');
      else {
        made.write(path, '');
        made.remove(path);
        execFileSync('/usr/bin/mkfifo', [join(made.root, path)]);
      }
    }
    for (const scan of scans) {
      const report = await made.scan(scan);
      assert.equal(report.facts['passcode.set'], undefined, plant);
      assert.equal(report.facts['storage.encrypted'], undefined, plant);
    }
  }
});
