import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Machine, machine } from '../../../test/machine.ts';

async function signsOf(made: Machine): Promise<{ compromised: unknown; signs: readonly string[] }> {
  const { facts } = await made.scan('security');
  const signs = facts['integrity.signs'] as unknown as readonly { sign: string; detail: string }[];
  return { compromised: facts['integrity.compromised'], signs: signs.map(({ sign }) => sign) };
}

const certain: readonly (readonly [what: string, sign: string, plant: (made: Machine) => void])[] = [
  [
    'a library preloaded from /dev/shm',
    'preloaded-library',
    (made) => made.write('/etc/ld.so.preload', '/dev/shm/x.so\n'),
  ],
  [
    'a hidden library among proper ones',
    'preloaded-library',
    (made) => {
      made.write('/usr/lib/.x/lib.so', '');
      made.write('/etc/ld.so.preload', '/usr/lib/.x/lib.so');
    },
  ],
  [
    'passwd that everybody may write',
    'open-system-file',
    (made) => chmodSync(join(made.root, '/etc/passwd'), 0o666),
  ],
  [
    'shadow that everybody may read',
    'open-system-file',
    (made) => chmodSync(join(made.root, '/etc/shadow'), 0o644),
  ],
  [
    'a sudo rule that everybody may write',
    'open-system-file',
    (made) => made.write('/etc/sudoers.d/x', '', 0o666),
  ],
  [
    'a second account with uid 0 that can sign in',
    'extra-root-account',
    (made) => {
      made.write('/etc/passwd', 'root:x:0:0::/root:/bin/bash\nsupport:x:0:0::/:/bin/bash\n');
      made.write('/etc/shadow', 'root:!:1::::::\nsupport:$6$x:1::::::\n', 0o640);
    },
  ],
  ['a file of a known rootkit', 'rootkit-file', (made) => made.write('/lib/libntpVnQE6mk', 'x')],
  [
    'a module that is live and not listed',
    'hidden-kernel-module',
    (made) => made.write('/sys/module/diamorphine/initstate', 'live\n'),
  ],
  ['a set-uid root shell in /tmp', 'privileged-temporary-file', (made) => made.write('/tmp/.sh', '', 0o4755)],
];

for (const [what, sign, plant] of certain) {
  test(`AGT-03: ${what} makes the device compromised`, async (t) => {
    const made = machine(t, 'ubuntu-luks-laptop');
    plant(made);
    const found = await signsOf(made);
    assert.equal(found.compromised, true);
    assert.ok(found.signs.includes(sign), found.signs.join());
  });
}

const innocent: readonly (readonly [what: string, plant: (made: Machine) => void])[] = [
  [
    'a preloaded library that the system owns',
    (made) => {
      made.write('/usr/lib/x86_64-linux-gnu/libmemory.so', '');
      made.write('/etc/ld.so.preload', '# site\n/usr/lib/x86_64-linux-gnu/libmemory.so\n');
    },
  ],
  [
    'Raspberry Pi’s own',
    (made) => made.write('/etc/ld.so.preload', '/usr/lib/arm-linux-gnueabihf/libarmmem-${PLATFORM}.so'),
  ],
  ['an empty ld.so.preload', (made) => made.write('/etc/ld.so.preload', '\n')],
  [
    'a second uid 0 that is locked',
    (made) => {
      made.write('/etc/passwd', 'root:x:0:0::/root:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n');
      made.write('/etc/shadow', 'root:!:1::::::\ntoor:*:1::::::\n', 0o640);
    },
  ],
  ['a development link to libudev', (made) => made.link('/lib/libudev.so', 'libudev.so.1.7.5')],
  [
    'a set-uid file of somebody who is not root is none of ours',
    (made) => made.write('/tmp/plain', '', 0o755),
  ],
  ['a module that is still loading', (made) => made.write('/sys/module/late/initstate', 'coming\n')],
  ['graphics drivers', (made) => made.write('/proc/sys/kernel/tainted', '12289\n')],
];

for (const [what, plant] of innocent) {
  test(`AGT-03: ${what} does not make the device compromised`, async (t) => {
    const made = machine(t, 'ubuntu-luks-laptop');
    plant(made);
    assert.equal((await signsOf(made)).compromised, false);
  });
}
