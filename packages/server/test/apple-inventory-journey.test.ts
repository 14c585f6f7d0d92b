// What is known of Apple devices after they came in, and what the network hears of it: at once, and again when it changes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newAppleDevice } from '@gatehouse/simulators/apple/index.ts';
import { createSimulatedIse, type SimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import { normalizeIdentifier } from '@gatehouse/protocols/cisco-ise/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

const password = 'a-long-generated-password-for-the-network';

interface Installed {
  readonly id: string;
}

describe('the inventory of Apple devices, and the network', () => {
  let journey: AppleJourney;
  let ise: SimulatedIse;
  let phone: Comer;
  let mac: Comer;
  before(async () => {
    journey = await openAppleJourney();
    await journey.server.addAdministrator('acme', 'ise@acme.example', 'nac-service', password);
    ise = createSimulatedIse({
      host: 'localhost',
      port: journey.server.ports.main,
      trusted: [journey.server.ca],
      userName: 'ise@acme.example',
      password,
    });
    phone = await journey.enrol();
    mac = await journey.enrol({ platform: 'macos' });
    await Promise.all([journey.registered(phone), journey.registered(mac)]);
  });
  after(async () => {
    await ise.close();
    await journey[Symbol.asyncDispose]();
  });

  /** Once the last scan of the first inventory is in. */
  const known = (comer: Comer) =>
    journey.until('the inventory is in', async () => {
      const facts = await journey.facts(comer);
      return facts['certificates.installed'] !== undefined && facts['passcode.set'] !== undefined && facts;
    });
  const asked = async (comer: Comer) => (await ise.openSession(comer.device.wifiMac)).dictionary;
  const decided = async (comer: Comer) => (await ise.openSession(comer.device.wifiMac)).decision;
  const ids = (value: unknown) => (value as Installed[]).map(({ id }) => id);

  test('SCN-01 … SCN-05: of a phone its hardware, system, security, profiles and certificates are known', async () => {
    const facts = await known(phone);
    const { device } = phone;
    assert.equal(facts['device.serial-number'], device.serialNumber);
    assert.equal(facts['device.imei'], device.imei);
    assert.equal(facts['device.udid'], device.udid);
    assert.equal(facts['os.version'], device.systemVersion);
    assert.equal(facts['storage.encrypted'], true);
    assert.equal(facts['passcode.set'], true);
    assert.equal(facts['passcode.compliant'], true);
    assert.equal(facts['management.supervised'], false);
    assert.ok(ids(facts['profiles.installed']).includes(device.enrolment?.profileIdentifier ?? ''));
    const shown = await journey.api<{ serialNumber: string; macs: string[]; osVersion: string }>(
      'GET',
      `/devices/${journey.idOf(phone)}`,
    );
    assert.equal(shown.serialNumber, device.serialNumber);
    assert.ok(
      JSON.stringify(shown.macs)
        .replaceAll(/[^0-9a-f]/gi, '')
        .toLowerCase()
        .includes(device.wifiMac.replaceAll(':', '')),
    );
  });

  test('SCN-02: of a Mac the disk encryption, the firewall, the integrity protection and the recovery key', async () => {
    const facts = await known(mac);
    assert.equal(facts['os.family'], 'macos');
    assert.equal(facts['storage.encrypted'], true);
    assert.equal(facts['storage.recovery-key'], true);
    assert.equal(facts['firewall.enabled'], true);
    assert.equal(facts['security.system-integrity'], true);
    assert.equal(facts['security.secure-boot-level'], 'full');
  });

  test('SCN-01, ENR-07: an Apple TV and a Vision Pro come in the same way, and each is known as what it is', async () => {
    for (const [family, name] of [
      ['apple-tv', 'tvOS'],
      ['vision', 'visionOS'],
      ['ipad', 'iPadOS'],
    ] as const) {
      const comer = await journey.enrol({ family });
      await journey.registered(comer);
      await journey.until(`${family} is known`, async () => {
        const facts = await journey.facts(comer);
        return facts['os.name'] === name && facts['certificates.installed'] !== undefined;
      });
      assert.deepEqual(comer.troubles, []);
    }
  });

  test('SCN-04, SCN-06: an app that was installed is known after the next scan, with who manages it', async () => {
    const app = { name: 'Chess', version: '3', bytes: 1, managed: false };
    phone.device.apps.set('com.example.chess', { ...app, identifier: 'com.example.chess' });
    await journey.carriedOut(phone, 'install-app', { storeId: 123456789 });
    await journey.carriedOut(phone, 'refresh-device', { scans: ['apps'] });
    const facts = await journey.facts(phone);
    assert.deepEqual(ids(facts['apps.installed']).toSorted(), ['com.example.chess', 'store.123456789']);
    assert.ok(JSON.stringify(facts['apps.managed']).includes('store.123456789'));
  });

  test('DLP-04, DLP-05: of a private phone no app of the person is asked for or kept', async () => {
    const own = await journey.enrol({ ownership: 'personal' });
    const app = { name: 'Diary', version: '1', bytes: 1, managed: false };
    own.device.apps.set('private.diary', { ...app, identifier: 'private.diary' });
    await journey.registered(own);
    await known(own);
    await journey.carriedOut(own, 'refresh-device');
    assert.doesNotMatch(JSON.stringify(await journey.facts(own)), /private\.diary/);
    assert.ok(!journey.server.logged.join('').includes('private.diary'));
  });

  test('NAC-23 … NAC-34: ISE asks by MAC address, by UDID and by IMEI and hears the truth', async () => {
    for (const comer of [phone, mac]) {
      await known(comer);
      await journey.until(
        'it complies',
        async () => (await asked(comer)).DeviceCompliantStatus === 'Compliant',
      );
      const dictionary = await asked(comer);
      assert.equal(dictionary.DeviceRegisterStatus, 'Registered');
      assert.equal(dictionary.SerialNumber, comer.device.serialNumber);
      assert.equal(dictionary.DiskEncryptionStatus, 'On');
      assert.equal(dictionary.JailBrokenStatus, 'Unbroken');
      assert.match(dictionary.OsVersion ?? '', /26\.1/);
      const { devices } = await ise.query(normalizeIdentifier('udid', comer.device.udid));
      assert.equal(devices.length, 1);
      assert.equal(devices[0]?.attributes.register_status, true);
    }
    assert.equal((await asked(phone)).PinLockStatus, 'On');
    assert.equal((await asked(phone)).IMEI, phone.device.imei);
    const { devices } = await ise.query(normalizeIdentifier('imei', phone.device.imei ?? ''));
    assert.equal(devices[0]?.attributes.serial_number, phone.device.serialNumber);
  });

  test('PWD-10, PWD-12, GAP-04: a passcode that was taken away shuts the gate as soon as the phone was asked, and opens it again', async () => {
    phone.device.passcode = null;
    await journey.carriedOut(phone, 'refresh-device', { scans: ['security'] });
    const done = Date.now();
    await journey.until(
      'the network hears it',
      async () => (await asked(phone)).DeviceCompliantStatus === 'NonCompliant',
    );
    assert.ok(Date.now() - done < 1_500);
    assert.equal((await asked(phone)).PinLockStatus, 'Off');
    phone.device.passcode = '804215';
    await journey.carriedOut(phone, 'refresh-device', { scans: ['security'] });
    await journey.until(
      'the network hears it',
      async () => (await asked(phone)).DeviceCompliantStatus === 'Compliant',
    );
  });

  test('ENR-T09, ENR-19: before its first answered call a phone is not registered anywhere', async () => {
    const phone = await journey.enrol({ asleep: true });
    const { devices } = await ise.query(normalizeIdentifier('udid', phone.device.udid));
    assert.notEqual(devices[0]?.attributes.register_status, true);
    const explained = JSON.stringify(await journey.api('GET', `/devices/${journey.idOf(phone)}/explain`));
    assert.doesNotMatch(explained, /"access":"(allow|quarantine)"/);
    journey.apns.wake(phone.device.push.token);
    await journey.registered(phone);
  });

  test('QTN-02, ENR-20, GAP-12: between registration and the first inventory there is quarantine, and then the whole network', async () => {
    const phone = await journey.enrol({ misbehaviour: { notNow: { SecurityInfo: 100 } } });
    const id = await journey.registered(phone);
    await journey.until(
      'its address is known',
      async () => (await asked(phone)).DeviceRegisterStatus === 'Registered',
    );
    assert.notEqual((await asked(phone)).DeviceCompliantStatus, 'Compliant');
    const access = async () =>
      (await journey.api<{ access: Record<string, string> }>('GET', `/devices/${id}`)).access;
    assert.deepEqual(new Set(Object.values(await access())), new Set(['quarantine']));
    phone.simulated.misbehave({});
    await phone.simulated.poll();
    await journey.until('it is allowed', async () => (await access()).network === 'allow');
    assert.equal(await decided(phone), await decided(mac));
    assert.deepEqual(phone.troubles, []);
  });

  test('ENR-18, NAC-39: a newcomer is sent by the network to the page, comes in there, and is let in', async () => {
    const { wifiMac } = newAppleDevice('newcomer');
    assert.equal((await ise.openSession(wifiMac)).decision, 'redirect-to-enrolment');
    const { redirectUrl } = await ise.discover();
    const { page } = await journey.api<{ page: string }>('POST', '/enrollments', {
      platform: 'ios',
      ownership: 'corporate',
    });
    assert.equal(page, redirectUrl, 'whoever is redirected finds the page of the invitations');
    const newcomer = await journey.enrol({ seed: 'newcomer' });
    assert.equal(newcomer.device.wifiMac, wifiMac);
    await journey.registered(newcomer);
    await journey.until('it is let in', async () => (await decided(newcomer)) === 'permit');
    assert.deepEqual(newcomer.troubles, []);
  });

  test('CMP-04, NAC-24: who takes the profile off is unregistered for the network a moment later', async () => {
    const phone = await journey.enrol();
    await journey.registered(phone);
    await journey.until(
      'the network knows it',
      async () => (await asked(phone)).DeviceCompliantStatus === 'Compliant',
    );
    await phone.simulated.removeByHand(phone.device.enrolment?.profileIdentifier ?? '');
    await journey.until(
      'the network forgets it',
      async () => (await asked(phone)).DeviceRegisterStatus === 'UnRegistered',
    );
  });
});
