import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine } from '../../test/machine.ts';
import { desiredConfiguration, type MachineAbilities } from './desired-files.ts';

const desktop: MachineAbilities = {
  pwquality: true,
  dconf: true,
  dconfProfile: { databases: ['local'] },
  consoleOnly: false,
  consoleTimeout: undefined,
};
const server: MachineAbilities = { ...desktop, dconf: false, dconfProfile: undefined, consoleOnly: true };

test('no settings, no files', () => {
  assert.deepEqual(desiredConfiguration({}, desktop), { profiles: [], unenforceable: [] });
});

test('what would be written to a desktop makes its own scan say what the policy demands', async (t) => {
  const made = machine(t, 'fedora-workstation');
  const settings = {
    'passcode.minimum-length': 14,
    'passcode.minimum-classes': 3,
    'screen-lock.required': true,
    'screen-lock.maximum-inactivity-seconds': 240,
  };
  const { profiles, unenforceable } = desiredConfiguration(settings, { ...desktop, dconfProfile: undefined });
  assert.deepEqual(unenforceable, []);
  for (const { files } of profiles) for (const { path, content } of files) made.write(path, content);
  const { facts } = await made.scan('security');
  assert.equal(facts['passcode.minimum-length'], 14);
  assert.equal(facts['passcode.minimum-classes'], 3);
  assert.equal(facts['screen-lock.enabled'], true);
  assert.equal(facts['screen-lock.timeout-seconds'], 240);
});

test('the same on a server without a desktop', async (t) => {
  const made = machine(t, 'debian-server');
  made.remove('/etc/profile.d/timeout.sh');
  const { profiles } = desiredConfiguration({ 'screen-lock.required': true }, server);
  for (const { files } of profiles) for (const { path, content } of files) made.write(path, content);
  const { facts } = await made.scan('security');
  assert.deepEqual([facts['screen-lock.enabled'], facts['screen-lock.timeout-seconds']], [true, 900]);
});

test('what cannot be put in force is named, never passed over', () => {
  const settings = {
    'passcode.minimum-length': 8,
    'passcode.maximum-age-days': 90,
    'passcode.history': 5,
    'screen-lock.required': true,
  };
  const machineWithout = { ...desktop, pwquality: false, dconf: false };
  assert.deepEqual(desiredConfiguration(settings, machineWithout), {
    profiles: [],
    unenforceable: [
      'passcode.minimum-length',
      'passcode.maximum-age-days',
      'passcode.history',
      'screen-lock.required',
    ],
  });
});

test('a console that ends sooner by somebody else’s doing is left alone; one that ends later is named', () => {
  const wanted = { 'screen-lock.maximum-inactivity-seconds': 600 };
  assert.deepEqual(desiredConfiguration(wanted, { ...server, consoleTimeout: 300 }), {
    profiles: [],
    unenforceable: [],
  });
  assert.deepEqual(desiredConfiguration(wanted, { ...server, consoleTimeout: 900 }).unenforceable, [
    'screen-lock.maximum-inactivity-seconds',
  ]);
});

test('AGT-T01 settings of a wrong type or size never reach a file', () => {
  for (const value of ['12; rm -rf /', '12', -1, 0, 1.5, Number.NaN, 1e9, true]) {
    assert.deepEqual(desiredConfiguration({ 'passcode.minimum-length': value }, desktop).profiles, []);
  }
});
