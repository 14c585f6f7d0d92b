import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Machine, machine } from '../../test/machine.ts';
import { ManagedLedger } from '../files/managed-ledger.ts';
import { StateDirectory } from '../state/state-directory.ts';
import { applyConfiguration } from './manage-configuration.ts';

async function ledgerOf(t: TestContext, made: Machine): Promise<ManagedLedger> {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-configuration-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return ManagedLedger.open(await StateDirectory.open(path), made.root);
}

const settings = {
  'passcode.minimum-length': 14,
  'screen-lock.required': true,
  'screen-lock.maximum-inactivity-seconds': 300,
};

const files = (made: Machine) =>
  readdirSync(join(made.root, 'etc'), { recursive: true, encoding: 'utf8' }).toSorted((a, b) =>
    a < b ? -1 : 1,
  );

test('a desktop gets its profile once and keeps it: applying again changes nothing', async (t) => {
  const made = machine(t, 'fedora-workstation');
  const before = files(made);
  const ledger = await ledgerOf(t, made);
  const of = { system: made.system, ledger };
  const first = await applyConfiguration(settings, of);
  assert.deepEqual(
    { ...first, applied: first.applied.toSorted((a, b) => (a < b ? -1 : 1)) },
    { applied: ['gatehouse.passcode', 'gatehouse.screen-lock'], removed: [], changed: true, pending: [] },
  );
  assert.equal(made.runs.filter(({ command }) => command === '/usr/bin/dconf update').length, 1);
  const applied = files(made);
  for (let round = 0; round < 3; round += 1) {
    const again = await applyConfiguration(settings, of);
    assert.equal(again.changed, false);
    assert.deepEqual(files(made), applied);
  }
  const { facts } = await made.scan('security');
  assert.deepEqual([facts['screen-lock.enabled'], facts['screen-lock.timeout-seconds']], [true, 300]);
  await applyConfiguration({}, of);
  assert.deepEqual(files(made), before);
});

test('a dconf profile that is there already is used and left as it is', async (t) => {
  const made = machine(t, 'ubuntu-luks-laptop');
  made.write('/etc/dconf/profile/user', 'user-db:user\nsystem-db:site\n');
  const ledger = await ledgerOf(t, made);
  await applyConfiguration(settings, { system: made.system, ledger });
  assert.ok(files(made).includes('dconf/db/site.d/90-gatehouse'));
  assert.ok(!ledger.items.some((item) => item.files.some(({ path }) => path === '/etc/dconf/profile/user')));
});

test('what the machine’s own file overrules is reported as pending', async (t) => {
  const made = machine(t, 'ubuntu-luks-laptop');
  const ledger = await ledgerOf(t, made);
  const { pending } = await applyConfiguration(
    { 'passcode.minimum-length': 20 },
    { system: made.system, ledger },
  );
  assert.deepEqual(
    pending.map(({ name }) => name),
    ['passcode.minimum-length'],
  );
});
