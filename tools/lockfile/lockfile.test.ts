import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Lockfile, lockfileFaults, missingPlatformPackages } from './lockfile.ts';

const native: Lockfile = {
  packages: {
    'node_modules/tool': {
      version: '1.2.3',
      dev: true,
      optionalDependencies: {
        '@tool/binding-linux-x64-gnu': '1.2.3',
        '@tool/binding-linux-x64-musl': '1.2.3',
        '@tool/darwin-arm64': '1.2.3',
        'something-optional': '2.0.0',
      },
    },
    'node_modules/@tool/binding-linux-x64-gnu': { version: '1.2.3' },
  },
};

test('platform packages that the registry did not have are added with their platform', () => {
  assert.deepEqual(missingPlatformPackages(native), {
    'node_modules/@tool/binding-linux-x64-musl': {
      version: '1.2.3',
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
      dev: true,
      optional: true,
    },
    'node_modules/@tool/darwin-arm64': {
      version: '1.2.3',
      os: ['darwin'],
      cpu: ['arm64'],
      dev: true,
      optional: true,
    },
  });
  assert.equal(lockfileFaults(native).length, 2);
});

test('UPD-03 a new install script, a range instead of a version, and a registry address are faults', () => {
  const faults = lockfileFaults({
    packages: {
      '': { dependencies: { left: '1.0.0', right: '^1.0.0' } },
      'packages/server': { devDependencies: { tagged: 'latest', beta: '18.4.0-beta.17' } },
      'node_modules/@gatehouse/server': { resolved: 'packages/server', link: true },
      'node_modules/left': { version: '1.0.0', hasInstallScript: true },
      'node_modules/right': { version: '1.0.0', resolved: 'https://registry.example/right.tgz' },
      // what packages ask of each other is none of our business
      'node_modules/far': { version: '1.0.0', dependencies: { left: '^1.0.0' } },
    },
  });
  assert.deepEqual(
    faults.map((fault) => fault.replace(/[;:,(].*/, '')),
    ['UPD-03', 'UPD-03', 'UPD-03', 'node_modules/right names the place it came from '],
  );
});
