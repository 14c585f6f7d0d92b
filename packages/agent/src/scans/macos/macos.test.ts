import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine } from '../../../test/machine.ts';
import { nothingManaged } from '../scan-context.ts';
import { runScan } from '../scan.ts';
import { parsePmset } from './device-information.ts';
import { parseFileVault, parseIntegrityProtection, parseScreenLock } from './security.ts';

/** Output in the form that Apple's manual pages and support documents show; not captured from a machine of ours. */
const profiler = {
  SPHardwareDataType: [
    {
      machine_model: 'MacBookPro18,3',
      serial_number: 'C02XXXXXXXXX',
      platform_UUID: '11111111-2222-3333-4444-555555555555',
      provisioning_UDID: '00006000-0000000000000000',
    },
  ],
  SPNetworkDataType: [
    {
      interface: 'en0',
      hardware: 'AirPort',
      Ethernet: { 'MAC Address': 'F0:18:98:00:00:01' },
      ip_address: ['10.0.0.2'],
    },
    { interface: 'en5', hardware: 'Ethernet', Ethernet: { 'MAC Address': 'AC:DE:48:00:11:22' } },
    { interface: 'utun0', hardware: 'PPP' },
  ],
};

test('macOS device information is read out of system_profiler and kin', async (t) => {
  const made = machine(t);
  made.program('/usr/bin/sw_vers -productVersion', '15.1.1\n');
  made.program('/usr/sbin/sysctl -n hw.memsize', '17179869184\n');
  made.program(
    '/usr/bin/pmset -g batt',
    "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4522083)\t87%; discharging; 4:12 remaining present: true\n",
  );
  made.program(
    '/usr/sbin/system_profiler -json -detailLevel basic SPHardwareDataType SPNetworkDataType',
    JSON.stringify(profiler),
  );
  const context = { system: made.system, managed: nothingManaged, agentVersion: '1' };
  const { facts } = await runScan('device-information', context, { platform: 'darwin' });
  assert.equal(facts['os.version'], '15.1.1');
  assert.equal(facts['device.model'], 'MacBookPro18,3');
  assert.equal(facts['device.udid'], '00006000-0000000000000000');
  assert.equal(facts['hardware.memory-bytes'], 17179869184);
  assert.equal(facts['battery.level-percent'], 87);
  assert.deepEqual(facts['network.interfaces'], [
    { name: 'en0', mac: 'f0:18:98:00:00:01', kind: 'wifi', up: true },
    { name: 'en5', mac: 'ac:de:48:00:11:22', kind: 'ethernet', up: false },
  ]);
});

test('FileVault that is still encrypting is not on; an answer that is not understood is unknown', () => {
  assert.equal(parseFileVault('FileVault is On.\n'), true);
  assert.equal(parseFileVault('FileVault is Off.\n'), false);
  assert.equal(parseFileVault('FileVault is On.\nEncryption in progress: Percent completed = 34\n'), false);
  assert.equal(parseFileVault('Error'), undefined);
  assert.equal(parseFileVault(undefined), undefined);
});

test('System Integrity Protection and the screen lock', () => {
  assert.equal(parseIntegrityProtection('System Integrity Protection status: enabled.\n'), true);
  assert.equal(parseIntegrityProtection('System Integrity Protection status: disabled.\n'), false);
  assert.equal(
    parseIntegrityProtection('System Integrity Protection status: unknown (Custom Configuration).\n'),
    false,
  );
  assert.equal(parseIntegrityProtection('?'), undefined);
  assert.equal(parseScreenLock('screenLock delay is immediate\n'), true);
  assert.equal(parseScreenLock('screenLock delay is 300 seconds\n'), true);
  assert.equal(parseScreenLock('screenLock is off\n'), false);
  assert.equal(parseScreenLock(''), undefined);
});

test('a Mac without a battery has none; broken answers of every tool cost facts and nothing else', async (t) => {
  assert.deepEqual(parsePmset("Now drawing from 'AC Power'\n"), { present: false });
  const made = machine(t);
  made.program(
    '/usr/sbin/system_profiler -json -detailLevel basic SPApplicationsDataType',
    '{"SPApplicationsDataType":[1,null,{"_name":"A"}]}',
  );
  const context = { system: made.system, managed: nothingManaged, agentVersion: '1' };
  const { facts } = await runScan('apps', context, { platform: 'darwin' });
  assert.deepEqual(facts['apps.installed'], [{ id: 'A', name: 'A', version: '', source: 'unknown' }]);
  const security = await runScan('security', context, { platform: 'darwin' });
  assert.deepEqual(Object.keys(security.facts), ['profiles.pending']);
});
