import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { writePlist } from '@gatehouse/protocols/plist/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

interface Item {
  readonly form: string;
  readonly identifier: string;
  readonly source: { readonly kind: string; readonly name: string };
  readonly state: string;
  readonly reason: string | null;
}

describe('policies and resources reach Apple devices by themselves', () => {
  let journey: AppleJourney;
  let phone: Comer;
  before(async () => {
    journey = await openAppleJourney();
    phone = await journey.enrol({ seed: 'anna' });
  });
  after(() => journey[Symbol.asyncDispose]());

  const items = async (comer: Comer): Promise<readonly Item[]> => {
    const id = journey.idOf(comer);
    return (await journey.api<{ items: readonly Item[] }>('GET', `/devices/${id}/desired-state`)).items;
  };
  const becomes = (comer: Comer, name: string, state: string | undefined) =>
    journey.until(`${name} becomes ${state}`, async () => {
      const found = (await items(comer)).find((item) => item.source.name === name);
      return found?.state === state && (found ?? true);
    });

  test('a phone that came in has the basic security at once, by declaration', async () => {
    await becomes(phone, 'Passcode', 'installed');
    assert.ok(phone.simulated.declarative.declarations.has('gatehouse.settings.passcode'));
    assert.ok(!phone.device.profiles.has('gatehouse.settings.passcode'));
  });

  test('RES-17: what is assigned to everybody is there in seconds, what is changed follows, what is deleted goes', async () => {
    const fields = { ssid: 'Acme', security: 'personal', password: 'correct horse battery' };
    const wifi = await journey.api<{ id: string }>('POST', '/resources', {
      kind: 'wifi',
      name: 'Office Wi-Fi',
      fields,
    });
    const clip = await journey.api<{ id: string }>('POST', '/resources', {
      kind: 'web-clip',
      name: 'Help',
      fields: { label: 'Help', address: 'https://help.acme.example/%username%' },
    });
    const organization = await journey.api<{ id: string }>('GET', '/organization');
    for (const { id } of [wifi, clip]) {
      await journey.api('POST', '/assignments', {
        item: { kind: 'resource', id },
        target: { kind: 'organization', id: organization.id },
      });
    }
    await becomes(phone, 'Office Wi-Fi', 'installed');
    await becomes(phone, 'Help', 'installed');
    const identifier = `gatehouse.resource.${wifi.id}`;
    assert.ok(phone.device.profiles.has(identifier));
    await journey.api('DELETE', `/resources/${wifi.id}`);
    await becomes(phone, 'Office Wi-Fi', undefined);
    assert.ok(!phone.device.profiles.has(identifier));
    assert.deepEqual(phone.troubles, []);
  });

  test('a ready-made profile is taken whatever its size, never shown again, and installed without what would move the device', async () => {
    const file = Buffer.from(
      writePlist({
        PayloadType: 'Configuration',
        PayloadVersion: 1,
        PayloadIdentifier: 'com.elsewhere.font',
        PayloadUUID: '9B1D5A0C-0000-4000-8000-000000000001',
        PayloadDisplayName: 'From elsewhere',
        PayloadContent: [
          {
            PayloadType: 'com.apple.mdm',
            PayloadVersion: 1,
            PayloadIdentifier: 'x',
            PayloadUUID: 'X',
            ServerURL: 'https://evil.example/',
          },
          {
            PayloadType: 'com.apple.webClip.managed',
            PayloadVersion: 1,
            PayloadIdentifier: 'y',
            PayloadUUID: 'Y',
            Label: 'L',
            URL: 'https://l.example/',
            Icon: Buffer.alloc(400_000, 7),
          },
        ],
      }),
    ).toString('base64');
    const made = await journey.api<{ id: string; fields: object; secrets: string[] }>('POST', '/resources', {
      kind: 'custom-profile',
      name: 'From elsewhere',
      fields: { file },
    });
    assert.deepEqual([made.fields, made.secrets], [{}, ['file']]);
    const target = { kind: 'device', id: journey.idOf(phone) };
    await journey.api('POST', '/assignments', { item: { kind: 'resource', id: made.id }, target });
    await becomes(phone, 'From elsewhere', 'installed');
    assert.ok(phone.device.profiles.has(`gatehouse.resource.${made.id}`));
    assert.ok(!phone.device.profiles.has('com.elsewhere.font'));
    assert.notEqual(phone.device.enrolment, null);
  });

  async function give(name: string, type: string, payload: object): Promise<void> {
    const { id } = await journey.api<{ id: string }>('POST', '/resources', {
      kind: 'custom-declaration',
      name,
      fields: { type, payload },
    });
    const target = { kind: 'device', id: journey.idOf(phone) };
    await journey.api('POST', '/assignments', { item: { kind: 'resource', id }, target });
  }

  test('what the device cannot have is withheld, and what it refuses has failed, each with the reason', async () => {
    await give('Mathematics', 'com.apple.configuration.math.settings', {
      Calculator: { InputModes: { UnitConversion: true } },
    });
    const withheld = await becomes(phone, 'Mathematics', 'withheld');
    assert.equal((withheld as Item).reason, 'needs a supervised device');
    phone.simulated.declarative.refuses.set('com.apple.configuration.management.test', 'Not today.');
    await give('Test', 'com.apple.configuration.management.test', { Echo: 'Hello' });
    const failed = await becomes(phone, 'Test', 'failed');
    assert.match((failed as Item).reason ?? '', /ConfigurationCannotBeApplied/);
  });
});
