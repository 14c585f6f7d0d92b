// What administrators order of Apple devices, looked at inside the devices, in escrow, and in the record.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

interface Revealed {
  readonly values: readonly { readonly value: string; readonly confirmed: boolean }[];
}

describe('orders to Apple devices', () => {
  let journey: AppleJourney;
  let phone: Comer;
  let mac: Comer;
  before(async () => {
    journey = await openAppleJourney();
    phone = await journey.enrol({ supervised: true });
    mac = await journey.enrol({ platform: 'macos' });
    await Promise.all([journey.registered(phone), journey.registered(mac)]);
  });
  after(() => journey[Symbol.asyncDispose]());

  const reveal = (comer: Comer, kind: string) =>
    journey.api<Revealed>('POST', `/devices/${journey.idOf(comer)}/escrow/${kind}/reveal`, {
      reason: 'asked',
    });

  test('LST-02, LST-03, ACT-16: a lost phone is locked with a message, tells where it is, rings, and is found', async () => {
    // What it is by itself is known once the first inventory is in.
    await journey.until(
      'the supervision is known',
      async () => (await journey.facts(phone))['management.supervised'],
    );
    await journey.carriedOut(phone, 'enable-lost-mode', {
      message: 'Bring me home',
      phoneNumber: '+41790000000',
    });
    assert.equal(phone.device.lostMode?.message, 'Bring me home');
    assert.equal((await journey.facts(phone))['management.lost-mode'], true);
    const located = await journey.carriedOut(phone, 'locate-device');
    assert.equal(located.result?.latitude, phone.device.place.latitude);
    assert.equal(located.result?.accuracyMetres, 12);
    await journey.carriedOut(phone, 'play-lost-mode-sound');
    assert.ok(phone.device.diary.includes('sounded'));
    await journey.carriedOut(phone, 'disable-lost-mode');
    assert.equal(phone.device.lostMode, null);
    assert.equal((await journey.facts(phone))['management.lost-mode'], false);
    const audit = JSON.stringify(await journey.api('GET', '/audit'));
    assert.ok(!audit.includes('Bring me home'));
    assert.ok(!audit.includes(String(phone.device.place.latitude)));
  });

  test('PWD-11, ACT-21: the passcode goes, and the phone no longer complies until there is another', async () => {
    assert.notEqual(phone.device.passcode, null);
    await journey.carriedOut(phone, 'clear-passcode');
    assert.equal(phone.device.passcode, null);
    const id = journey.idOf(phone);
    await journey.carriedOut(phone, 'refresh-device');
    await journey.until('it does not comply', async () => {
      const { compliant } = await journey.api<{ compliant: boolean }>('GET', `/devices/${id}`);
      return !compliant;
    });
    phone.device.passcode = '135790';
    await journey.carriedOut(phone, 'refresh-device');
    await journey.until('it complies', async () => {
      const { compliant } = await journey.api<{ compliant: boolean }>('GET', `/devices/${id}`);
      return compliant;
    });
  });

  test('PWD-11, ACT-01: whose phone it is removes its passcode in the portal, and nobody else', async () => {
    const reset = async (comer: Comer, device: Comer) => {
      const post = await journey.signInToPortal(comer.owner);
      return post(`/devices/${journey.idOf(device)}/actions/reset-passcode`);
    };
    const theirs = await journey.enrol();
    await journey.registered(theirs);
    const asked = await reset(theirs, phone);
    assert.equal(asked.statusCode, 404, asked.body);
    assert.notEqual(phone.device.passcode, null);
    const sent = await reset(phone, phone);
    assert.equal(sent.json().outcome, 'sent', sent.body);
    await journey.until('the passcode is gone', () => phone.device.passcode === null);
    phone.device.passcode = '135790';
    await journey.carriedOut(phone, 'refresh-device');
  });

  test('restart and shut-down reach a supervised phone; of another phone they are refused before they are queued', async () => {
    await journey.carriedOut(phone, 'restart-device');
    await journey.carriedOut(phone, 'shut-down-device');
    assert.deepEqual(
      phone.device.diary.filter((entry) => /restarted|shut down/.test(entry)),
      ['restarted', 'shut down'],
    );
    const other = await journey.enrol();
    await journey.registered(other);
    await assert.rejects(journey.order(other, 'restart-device'), /422.*supervised/s);
    await assert.rejects(journey.order(other, 'rotate-recovery-lock'), /422/);
    await assert.rejects(journey.order(mac, 'clear-passcode'), /422/);
    const { items } = await journey.api<{ items: { name: string }[] }>(
      'GET',
      `/devices/${journey.idOf(other)}/commands`,
    );
    assert.ok(items.every(({ name }) => name !== 'restart-device'));
  });

  test('POL-17: the recovery key of a disk is replaced, and read from escrow with a reason, on record', async () => {
    const before = mac.device.fileVault.recoveryKey;
    await journey.carriedOut(mac, 'rotate-disk-recovery-key', { currentKey: before });
    const now = mac.device.fileVault.recoveryKey;
    assert.notEqual(now, before);
    assert.equal((await reveal(mac, 'disk-recovery-key')).values[0]?.value, now);
    // The next one is opened with what is in escrow.
    await journey.carriedOut(mac, 'rotate-disk-recovery-key');
    assert.notEqual(mac.device.fileVault.recoveryKey, now);
    assert.equal((await reveal(mac, 'disk-recovery-key')).values[0]?.value, mac.device.fileVault.recoveryKey);
    const audit = JSON.stringify(await journey.api('GET', '/audit'));
    assert.match(audit, /escrow|reveal/);
    assert.ok(now !== null && !audit.includes(now));
  });

  test('the recovery lock of a Mac is set, replaced and taken off with what is in escrow', async () => {
    await journey.carriedOut(mac, 'rotate-recovery-lock');
    const first = mac.device.recoveryLock;
    assert.equal((await reveal(mac, 'recovery-lock')).values[0]?.value, first);
    await journey.carriedOut(mac, 'rotate-recovery-lock');
    assert.notEqual(mac.device.recoveryLock, first);
    assert.equal((await reveal(mac, 'recovery-lock')).values[0]?.value, mac.device.recoveryLock);
    await journey.carriedOut(mac, 'clear-recovery-lock');
    assert.equal(mac.device.recoveryLock, null);
  });

  test('any other command goes by its own name, after Apple’s schema was asked', async () => {
    const send = (requestType: string, payload?: object) =>
      journey.carriedOut(mac, 'platform-command', { requestType, ...(payload ? { payload } : {}) });
    const { result } = await send('DeviceInformation', { Queries: ['SerialNumber'] });
    assert.match(JSON.stringify(result), new RegExp(mac.device.serialNumber));
    await assert.rejects(send('DeviceInformation', { Queries: 'SerialNumber' }), /422/);
    await assert.rejects(send('MakeCoffee'), /422.*MakeCoffee/s);
    await assert.rejects(send('EraseDevice'), /422.*full-wipe/s);
  });

  test('twenty orders are carried out in the order in which they came', async () => {
    const told = phone.events.length;
    const names = Array.from({ length: 20 }, (_, index) => `Phone ${index}`);
    const ids: string[] = [];
    for (const deviceName of names) {
      ids.push(
        await journey.order(phone, 'platform-command', {
          requestType: 'Settings',
          payload: { Settings: [{ Item: 'DeviceName', DeviceName: deviceName }] },
        }),
      );
    }
    await journey.ended(ids.at(-1) ?? '');
    assert.equal(phone.device.name, 'Phone 19');
    assert.equal(
      phone.events
        .slice(told)
        .filter((event) => event.kind === 'carried-out' && event.requestType === 'Settings').length,
      20,
    );
    for (const id of ids) await journey.ended(id);
  });

  test('a command for one who is signed in to a Mac reaches him alone', async () => {
    const user = await mac.simulated.signIn({ id: 'A1B2-C3', shortName: 'anna', longName: 'Anna' });
    const id = await journey.order(
      mac,
      'platform-command',
      { requestType: 'ProfileList' },
      { channel: 'A1B2-C3' },
    );
    const { result } = await journey.ended(id);
    assert.doesNotMatch(JSON.stringify(result), /PayloadIdentifier/, 'none of the Mac’s own');
    assert.equal(user.user.shortName, 'anna');
    await assert.rejects(journey.order(mac, 'restart-device', undefined, { channel: 'A1B2-C3' }), /422/);
    await assert.rejects(
      journey.order(mac, 'platform-command', { requestType: 'ProfileList' }, { channel: 'nobody' }),
      /422|404|409/,
    );
  });

  test('no device, no user and nobody in between was troubled', () => {
    assert.deepEqual([...phone.troubles, ...mac.troubles], []);
  });
});
