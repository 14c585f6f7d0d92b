import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadFacts } from '../src/modules/devices/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { queueCommand } from '../src/modules/commands/index.ts';
import { beginInventory, enforcedPasscode, runDueInventory } from '../src/platforms/apple/inventory/index.ts';
import { type AppleWorld, commandIn, openAppleWorld } from './apple-world.ts';
import { enrolLiving, type LivingDevice } from './living-apple-device.ts';

const minute = 60_000;

describe('the inventory of Apple devices', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  before(async () => {
    world = await openAppleWorld({
      onRegistered: (tx, deviceId, now) => beginInventory(world.deps, tx, deviceId, now),
      enforcedPasscode,
    });
    acme = await world.newFleet('acme');
  });
  after(() => world.close());

  const factsOf = (device: LivingDevice) =>
    world.database.withTenant(acme.organizationId, async (tx) => {
      const facts = await loadFacts(tx, device.deviceId);
      return Object.fromEntries([...facts].map(([name, { value }]) => [name, value])) as Record<
        string,
        unknown
      >;
    });

  const postureOf = async ({ deviceId }: LivingDevice) => {
    const [row] = await world.query<{ compliant: boolean; verdicts: { rule: string; status: string }[] }>(
      `select compliant, evaluation -> 'verdicts' as verdicts from device_posture where device_id = $1`,
      [deviceId],
    );
    return row;
  };
  const verdict = async (device: LivingDevice, kind: string) =>
    (await postureOf(device))?.verdicts.find((each) => each.rule === kind)?.status;

  const refresh = async (device: LivingDevice, ...scans: string[]) => {
    const order = {
      deviceId: device.deviceId,
      name: 'refresh-device',
      params: scans.length ? { scans } : {},
    };
    await queueCommand(world.deps, world.principal(acme), order);
    return device.talk();
  };

  const types = (asked: readonly { readonly requestType: string }[]) => asked.map((each) => each.requestType);

  test('SCN-01 … SCN-05, ENR-19 the poll that registers a phone is answered with the first question, and then all is known', async () => {
    const phone = await enrolLiving(world, acme);
    phone.state.apps.set('com.example.chess', {
      identifier: 'com.example.chess',
      name: 'Chess',
      version: '3',
      bytes: 1,
      managed: false,
    });
    const asked = await phone.talk();
    assert.equal(asked[0]?.requestType, 'DeviceInformation');
    assert.deepEqual(
      new Set(types(asked)),
      new Set([
        'DeviceInformation',
        'SecurityInfo',
        'ProfileList',
        'ProvisioningProfileList',
        'InstalledApplicationList',
        'ManagedApplicationList',
        'CertificateList',
      ]),
    );
    const facts = await factsOf(phone);
    assert.equal(facts['device.serial-number'], phone.state.serialNumber);
    assert.equal(facts['os.version'], phone.state.systemVersion);
    assert.equal(facts['storage.encrypted'], true);
    assert.equal(facts['passcode.set'], true);
    assert.equal(facts['management.lost-mode'], false);
    assert.equal(facts['sim.status'], 'present');
    assert.deepEqual(
      (facts['apps.installed'] as { id: string }[]).map(({ id }) => id),
      ['com.example.chess'],
    );
    assert.deepEqual(facts['apps.managed'], []);
    assert.deepEqual(
      (facts['profiles.installed'] as { id: string }[]).map(({ id }) => id),
      ['net.gatehouse.enrollment'],
    );
    assert.equal((await postureOf(phone))?.compliant, true, 'the basic suite, met');
  });

  test('NAC the network finds the phone by its address, its serial number and its IMEI', async () => {
    const phone = await enrolLiving(world, acme);
    await phone.talk();
    const rows = await world.query<{ kind: string; value: string }>(
      'select kind, value from device_identifiers where device_id = $1',
      [phone.deviceId],
    );
    const values = Object.fromEntries(rows.map(({ kind, value }) => [kind, value]));
    assert.equal(values['mac'], phone.state.wifiMac.replaceAll(':', '').toUpperCase());
    assert.equal(values['serial'], phone.state.serialNumber);
    assert.equal(values['imei'], phone.state.imei);
    assert.equal(values['udid'], phone.state.udid);
  });

  test('PWD-10 a passcode that was taken away is seen at the next scan, and the gate follows in the same moment', async () => {
    const phone = await enrolLiving(world, acme);
    await phone.talk();
    phone.state.passcode = null;
    assert.deepEqual(types(await refresh(phone, 'security')), ['SecurityInfo', 'DeviceInformation']);
    assert.equal(await verdict(phone, 'passcode'), 'in-grace');
    assert.equal(await verdict(phone, 'encryption'), 'not-compliant', 'the passcode is what encrypts');
    assert.equal((await postureOf(phone))?.compliant, false);
    phone.state.passcode = '482915';
    await refresh(phone, 'security');
    assert.equal((await postureOf(phone))?.compliant, true);
  });

  test('CMP-06 a system that is too old for the policy, until it is updated', async () => {
    const phone = await enrolLiving(world, acme, { systemVersion: '17.4' });
    await phone.talk();
    const [before] = await world.query<{ settings: Record<string, unknown>; policy_id: string }>(
      'select policy_id, settings from policy_suites where organization_id = $1 limit 1',
      [acme.organizationId],
    );
    const put = (settings: unknown) =>
      world.query('update policy_suites set settings = $2 where policy_id = $1', [
        before?.policy_id,
        settings,
      ]);
    await put({ ...before?.settings, 'os.minimum-version.ios': '18.1' });
    try {
      await refresh(phone, 'device-information');
      assert.equal(await verdict(phone, 'minimum-os'), 'not-compliant');
      phone.state.systemVersion = '18.1';
      await refresh(phone, 'device-information');
      assert.equal(await verdict(phone, 'minimum-os'), 'compliant');
      const [channel] = await world.query('select os_version from apple_channels where device_id = $1', [
        phone.deviceId,
      ]);
      assert.equal(channel?.['os_version'], '18.1', 'and the server speaks to it as to the new one');
    } finally {
      await put(before?.settings);
    }
  });

  test('PWD-01, GAP-06 a phone enforces the length that its policy demands once it holds that very policy, not before', async () => {
    const phone = await enrolLiving(world, acme);
    await phone.talk();
    const [before] = await world.query<{ settings: Record<string, unknown>; policy_id: string }>(
      'select policy_id, settings from policy_suites where organization_id = $1 limit 1',
      [acme.organizationId],
    );
    const put = (settings: unknown) =>
      world.query('update policy_suites set settings = $2 where policy_id = $1', [
        before?.policy_id,
        settings,
      ]);
    await put({ ...before?.settings, 'passcode.minimum-length': 8, 'passcode.grace-minutes': 0 });
    try {
      await refresh(phone, 'security');
      assert.equal(await verdict(phone, 'passcode'), 'unknown');
      await world.query(
        `insert into apple_items (organization_id, device_id, channel, form, identifier, source_kind, source_name, wanted,
           installed, state, since) values ($1, $2, '', 'profile', 'gatehouse.settings.passcode', 'settings', 'Passcode', 'new', 'old',
           'pending', now())`,
        [acme.organizationId, phone.deviceId],
      );
      await refresh(phone, 'security');
      assert.equal(await verdict(phone, 'passcode'), 'unknown', 'what it holds is an older one');
      assert.equal(
        (await factsOf(phone))['profiles.pending'],
        1,
        'SCN-02: it should have one that it has not',
      );
      await world.query(
        `update apple_items set installed = 'new', state = 'installed' where device_id = $1`,
        [phone.deviceId],
      );
      await refresh(phone, 'security');
      assert.equal(await verdict(phone, 'passcode'), 'compliant');
      phone.state.profiles.set('gatehouse.settings.passcode', {
        identifier: 'gatehouse.settings.passcode',
        uuid: 'P',
        displayName: 'Passcode',
        removalDisallowed: true,
        managed: true,
        payloads: [{ PayloadType: 'com.apple.mobiledevice.passwordpolicy', forcePIN: true, minLength: 8 }],
      });
      phone.state.passcode = '1234';
      await refresh(phone, 'security');
      assert.equal(await verdict(phone, 'passcode'), 'not-compliant', 'the phone says that it is too short');
    } finally {
      await put(before?.settings);
    }
  });

  test('DLP-04, DLP-05 of a private phone no app, no number of the person is asked or kept', async () => {
    const phone = await enrolLiving(world, acme, { ownership: 'personal', accessRights: 8191 - 8 - 256 });
    phone.state.apps.set('org.private.diary', {
      identifier: 'org.private.diary',
      name: 'Diary',
      version: '1',
      bytes: 1,
      managed: false,
    });
    const asked = await phone.talk();
    assert.ok(!types(asked).includes('InstalledApplicationList'));
    const facts = await factsOf(phone);
    assert.equal(facts['apps.installed'], undefined);
    assert.equal(facts['device.phone-number'], undefined);
    assert.equal(facts['device.imei'], undefined);
    assert.deepEqual(facts['apps.managed'], []);
    assert.equal(facts['passcode.set'], true);
  });

  test('SCN-02 a locked phone puts its security off, and what was known of it keeps its age', async () => {
    const phone = await enrolLiving(world, acme);
    await phone.talk();
    const [known] = await world.query<{ observed_at: Date }>(
      `select observed_at from device_facts where device_id = $1 and scan = 'security'`,
      [phone.deviceId],
    );
    phone.state.locked = true;
    await refresh(phone);
    const [after] = await world.query<{ observed_at: Date }>(
      `select observed_at from device_facts where device_id = $1 and scan = 'security'`,
      [phone.deviceId],
    );
    assert.deepEqual(after?.observed_at, known?.observed_at);
    phone.state.locked = false;
    assert.deepEqual(types(await phone.talk()), ['SecurityInfo', 'DeviceInformation'], 'and tells it later');
  });

  test('SCN-02 a Mac with FileVault, integrity protection and firewall', async () => {
    const mac = await enrolLiving(world, acme, { family: 'mac' });
    await mac.talk();
    const facts = await factsOf(mac);
    assert.equal(facts['storage.encrypted'], true);
    assert.equal(facts['firewall.enabled'], true);
    assert.equal(facts['integrity.compromised'], false);
    assert.equal((facts['network.interfaces'] as object[]).length, 2);
    assert.equal((await postureOf(mac))?.compliant, true);
    mac.state.fileVault = { enabled: false, recoveryKey: null };
    await refresh(mac, 'security');
    assert.equal(await verdict(mac, 'encryption'), 'not-compliant');
  });

  test('POL-08, GAP-07 profiles of others are seen; without ours the device is unmanaged', async () => {
    const phone = await enrolLiving(world, acme);
    await phone.talk();
    phone.state.profiles.set('com.cisco.ise', {
      identifier: 'com.cisco.ise',
      uuid: 'U2',
      displayName: 'Guest network',
      removalDisallowed: false,
      managed: false,
      payloads: [{ PayloadType: 'com.apple.wifi.managed' }],
    });
    await refresh(phone, 'profiles');
    const listed = (await factsOf(phone))['profiles.installed'] as { id: string; managed: boolean }[];
    assert.deepEqual(
      listed.map(({ id, managed }) => [id, managed]),
      [
        ['net.gatehouse.enrollment', true],
        ['com.cisco.ise', false],
      ],
    );
    assert.ok(phone.state.profiles.has('com.cisco.ise'), 'and never touched');
    phone.state.profiles.delete('net.gatehouse.enrollment');
    await refresh(phone, 'profiles');
    assert.equal(await world.state(phone.deviceId), 'unmanaged');
  });

  test('POL-02, SCN-06 each scan is asked again as often as the schedule says, once, however long the device keeps silent', async () => {
    const phone = await enrolLiving(world, acme);
    await phone.talk();
    const open = async () =>
      (
        await world.query<{ params: { scans: string[] } }>(
          'select params from commands where device_id = $1 and finished_at is null order by command_no',
          [phone.deviceId],
        )
      ).flatMap(({ params }) => params.scans);
    await runDueInventory(world.deps);
    assert.deepEqual(await open(), [], 'nothing is due');
    world.setOffset(241 * minute);
    await runDueInventory(world.deps);
    assert.deepEqual(await open(), ['security']);
    world.setOffset(2 * 241 * minute);
    await runDueInventory(world.deps);
    assert.deepEqual(await open(), ['security'], 'not twice');
    world.setOffset(1_441 * minute);
    await runDueInventory(world.deps);
    assert.deepEqual(
      new Set(await open()),
      new Set(['security', 'device-information', 'profiles', 'apps', 'certificates']),
    );
    world.setOffset(0);
  });

  test('a device that answers nonsense is believed nothing, and others are not troubled', async () => {
    const phone = await enrolLiving(world, acme);
    const { device } = phone;
    const hostile = {
      QueryResponses: { OSVersion: 7, BatteryLevel: 'full', ServiceSubscriptions: 'none', WiFiMAC: ['x'] },
      SecurityInfo: [],
      ProfileList: { a: 1 },
      InstalledApplicationList: 1,
      ManagedApplicationList: { x: [] },
      CertificateList: [{ Data: Buffer.from('not a certificate'), CommonName: 'x', IsIdentity: 'perhaps' }],
    };
    let reply = await device.poll();
    for (let turns = 0; reply.body.length > 0; turns++) {
      assert.ok(turns < 50);
      const { commandUuid } = commandIn(reply);
      reply = await device.report({ status: 'Acknowledged', commandUuid, response: hostile as never });
      assert.equal(reply.status, 200);
    }
    const facts = await factsOf(phone);
    assert.equal(facts['os.version'], undefined);
    assert.equal((await postureOf(phone))?.compliant, false, 'what is unknown is not fine');
    assert.equal(await world.state(phone.deviceId), 'registered');
  });
});
