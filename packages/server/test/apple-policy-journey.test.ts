// Policy settings on devices: by declaration where the system has them, by profile where it is older; for the device and for one who
// is signed in to it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

interface Item {
  readonly channel: string;
  readonly form: string;
  readonly identifier: string;
  readonly source: { readonly name: string };
  readonly state: string;
  readonly reason: string | null;
}

const passcode = 'gatehouse.settings.passcode';

describe('policy settings on Apple devices', () => {
  let journey: AppleJourney;
  let phone: Comer;
  let old: Comer;
  let mac: Comer;
  before(async () => {
    journey = await openAppleJourney();
    phone = await journey.enrol({ passcode: '1234' });
    old = await journey.enrol({ systemVersion: '14.8', passcode: '1234' });
    mac = await journey.enrol({ platform: 'macos' });
    await Promise.all([phone, old, mac].map((comer) => journey.registered(comer)));
  });
  after(() => journey[Symbol.asyncDispose]());

  const items = async (comer: Comer) =>
    (await journey.api<{ items: readonly Item[] }>('GET', `/devices/${journey.idOf(comer)}/desired-state`))
      .items;
  const settled = (comer: Comer) =>
    journey.until('everything is settled', async () => {
      const all = await items(comer);
      return (
        all.length > 0 && all.every(({ state }) => !['pending', 'sent', 'removing'].includes(state)) && all
      );
    });
  const change = async (settings: Record<string, unknown>) => {
    const {
      items: [suite],
    } = await journey.api<{ items: { id: string; settings: Record<string, unknown> }[] }>('GET', '/policies');
    await journey.api('PATCH', `/policies/${suite?.id}`, { settings: { ...suite?.settings, ...settings } });
  };
  const compliant = async (comer: Comer) =>
    (await journey.api<{ compliant: boolean }>('GET', `/devices/${journey.idOf(comer)}`)).compliant;

  test('PWD-01, PWD-02: a phone is told the passcode rules by declaration, an old one by profile', async () => {
    await settled(phone);
    assert.equal(phone.device.declarations.get(passcode)?.type, 'com.apple.configuration.passcode.settings');
    assert.ok(!phone.device.profiles.has(passcode));
    await settled(old);
    assert.equal(
      old.device.profiles.get(passcode)?.payloads[0]?.PayloadType,
      'com.apple.mobiledevice.passwordpolicy',
    );
    assert.equal(old.device.declarations.size, 0, 'it has never heard of declarations');
  });

  test('PWD-01, PWD-10, GAP-04: a longer passcode is demanded of both, the short one is seen, and a new one complies', async () => {
    await change({ 'passcode.minimum-length': 8, 'passcode.grace-minutes': 0 });
    await journey.until(
      'the phone is told',
      () => phone.device.declarations.get(passcode)?.payload.MinimumLength === 8,
    );
    await journey.until(
      'the old one is told',
      () => old.device.profiles.get(passcode)?.payloads[0]?.minLength === 8,
    );
    for (const comer of [phone, old]) {
      await settled(comer);
      await journey.carriedOut(comer, 'refresh-device', { scans: ['security'] });
      await journey.until('it does not comply', async () => !(await compliant(comer)));
      comer.device.passcode = '83920174';
      await journey.carriedOut(comer, 'refresh-device', { scans: ['security'] });
      await journey.until('it complies', async () => compliant(comer));
    }
  });

  test('PWD-10, SCN-06: where the system reports by itself, nobody need ask for the passcode', async () => {
    phone.device.passcode = null;
    await phone.simulated.declarative.report(false);
    await journey.until('it does not comply', async () => !(await compliant(phone)));
    phone.device.passcode = '83920174';
    await phone.simulated.declarative.report(false);
    await journey.until('it complies', async () => compliant(phone));
  });

  test('RST-01, RST-08: a restriction is on the phone; what it cannot keep is told with the reason, and is no fault of its own', async () => {
    assert.equal(await compliant(phone), true);
    await change({ 'restrictions.no-camera': true, 'restrictions.no-app-removal': true });
    const restrictions = () =>
      [...phone.device.profiles.values()]
        .flatMap(({ payloads }) => payloads)
        .find(({ PayloadType }) => PayloadType === 'com.apple.applicationaccess');
    await journey.until('the camera is gone', () => restrictions()?.allowCamera === false);
    const withheld = (await settled(phone)).filter(({ state }) => state === 'withheld');
    assert.deepEqual(
      withheld.map(({ source, reason }) => [source.name, reason]),
      [['restrictions.no-app-removal', 'allowAppRemoval needs a supervised device']],
    );
    assert.equal(await compliant(phone), true);
  });

  test('POL-17: a Mac is told to encrypt its disk, and its recovery key comes into escrow by itself', async () => {
    await settled(mac);
    const profile = mac.device.profiles.get('gatehouse.settings.encryption');
    assert.equal(profile?.removalDisallowed, true);
    const types = profile.payloads.map(({ PayloadType }) => PayloadType);
    assert.ok(types.includes('com.apple.MCX.FileVault2'));
    assert.ok(types.includes('com.apple.security.FDERecoveryKeyEscrow'));
    await journey.carriedOut(mac, 'refresh-device', { scans: ['security'] });
    const path = `/devices/${journey.idOf(mac)}/escrow/disk-recovery-key/reveal`;
    const { values } = await journey.api<{ values: { value: string }[] }>('POST', path, { reason: 'asked' });
    assert.equal(values[0]?.value, mac.device.fileVault.recoveryKey);
  });

  test('RES-05: one who signs in to a Mac has what is assigned to the user of the Mac, on a channel of his own', async () => {
    const user = await mac.simulated.signIn({ id: '5D-1', shortName: 'carla', longName: 'Carla' });
    const { id } = await journey.api<{ id: string }>('POST', '/resources', {
      kind: 'caldav',
      name: 'Calendar',
      fields: { name: 'Calendar', server: 'calendar.acme.example', user: '%username%' },
    });
    await journey.api('POST', '/assignments', {
      item: { kind: 'resource', id },
      target: { kind: 'device', id: journey.idOf(mac) },
    });
    await journey.until('it is there', async () => {
      const item = (await items(mac)).find(({ source }) => source.name === 'Calendar');
      return item?.state === 'installed' && item;
    });
    const on = [...user.state.declarations.values(), ...mac.device.declarations.values()].map(
      ({ type }) => type,
    );
    const profiles = [...user.state.profiles.values(), ...mac.device.profiles.values()].flatMap(
      ({ payloads }) => payloads.map(({ PayloadType }) => PayloadType),
    );
    assert.ok(
      [...on, ...profiles].some((type) => /caldav/.test(String(type))),
      JSON.stringify([on, profiles]),
    );
    assert.ok(user.declarative.isEnabled || user.state.profiles.size > 0, 'on his channel');
  });

  test('a device that lists other profiles than the server believes is put right', async () => {
    old.device.profiles.delete(passcode);
    await journey.carriedOut(old, 'refresh-device', { scans: ['profiles'] });
    await journey.until('it is back', () => old.device.profiles.has(passcode));
    assert.deepEqual([...phone.troubles, ...old.troubles, ...mac.troubles], []);
  });
});
