// What is assigned to people is on their devices within seconds, and gone from them as soon; looked at inside the devices.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';
import { type AppleJourney, type Comer, openAppleJourney, type Owner } from './apple-journey-world.ts';

interface Item {
  readonly identifier: string;
  readonly source: { readonly name: string };
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
}

const canary = 'Kanarienvogel-4711';

describe('resources on Apple devices', () => {
  let journey: AppleJourney;
  let anna: Owner;
  let phone: Comer;
  let tablet: Comer;
  let group: { readonly id: string };
  before(async () => {
    journey = await openAppleJourney();
    anna = await journey.addOwner({ employeeId: '1815' });
    group = await journey.api('POST', '/groups', { name: 'Office' });
    await journey.api('PUT', `/groups/${group.id}/members/${anna.id}`);
    phone = await journey.enrol({ owner: anna });
    tablet = await journey.enrol({ owner: anna, family: 'ipad' });
    await Promise.all([journey.registered(phone), journey.registered(tablet)]);
  });
  after(() => journey[Symbol.asyncDispose]());

  const becomes = (comer: Comer, name: string, state: string | undefined) => {
    let found: Item | undefined;
    const waiting = journey.until(`${name} becomes ${state}`, async () => {
      const path = `/devices/${journey.idOf(comer)}/desired-state`;
      const { items } = await journey.api<{ items: readonly Item[] }>('GET', path);
      found = items.find(({ source }) => source.name === name);
      return found?.state === state && (found ?? { identifier: '', reason: null });
    });
    return waiting.catch((error: Error) => assert.fail(`${error.message}: ${JSON.stringify(found)}`));
  };
  const create = (kind: string, name: string, fields: object) =>
    journey.api<{ id: string; version: number }>('POST', '/resources', { kind, name, fields });
  const assign = (id: string, target: { kind: string; id: string | undefined }) =>
    journey.api<{ id: string }>('POST', '/assignments', { item: { kind: 'resource', id }, target });
  const payloadIn = (comer: Comer, identifier: string): PlistDictionary | undefined =>
    comer.device.profiles.get(identifier)?.payloads[0];
  const wifi = { ssid: 'Acme', security: 'enterprise', eapTypes: ['peap'], user: '%username%@%domain%' };

  test('RES-13, RES-16, RES-17: a Wi-Fi with variables is on both devices of a member within seconds; changed it is replaced, unassigned it goes', async () => {
    const { id } = await create('wifi', 'Wi-Fi', { ...wifi, userPassword: canary });
    const assignment = await assign(id, { kind: 'group', id: group.id });
    const ordered = Date.now();
    const [item] = await Promise.all([
      becomes(phone, 'Wi-Fi', 'installed'),
      becomes(tablet, 'Wi-Fi', 'installed'),
    ]);
    assert.ok(Date.now() - ordered < 5_000, 'seconds');
    for (const comer of [phone, tablet]) {
      const payload = payloadIn(comer, item.identifier);
      assert.equal(payload?.PayloadType, 'com.apple.wifi.managed');
      assert.equal(payload.SSID_STR, 'Acme');
      const eap = payload.EAPClientConfiguration as PlistDictionary;
      assert.equal(eap.UserName, anna.email);
      assert.equal(eap.UserPassword, canary);
    }
    await journey.api('PATCH', `/resources/${id}`, {
      fields: { ...wifi, ssid: 'Acme 6', userPassword: canary },
    });
    await journey.until(
      'the other name is on the phone',
      () => payloadIn(phone, item.identifier)?.SSID_STR === 'Acme 6',
    );
    await becomes(phone, 'Wi-Fi', 'installed');
    await journey.api('DELETE', `/assignments/${assignment.id}`);
    await Promise.all([becomes(phone, 'Wi-Fi', undefined), becomes(tablet, 'Wi-Fi', undefined)]);
    assert.equal(payloadIn(phone, item.identifier), undefined);
    assert.equal(payloadIn(tablet, item.identifier), undefined);
  });

  test('RES-17: a password of a resource is in no answer of the API, in no audit entry and in no table', async () => {
    const { id } = await create('wifi', 'Secret', { ssid: 'Secret', security: 'personal', password: canary });
    await assign(id, { kind: 'group', id: group.id });
    const { identifier } = await becomes(phone, 'Secret', 'installed');
    assert.equal(payloadIn(phone, identifier)?.Password, canary);
    const device = journey.idOf(phone);
    for (const path of [
      `/resources/${id}`,
      `/resources/${id}/versions`,
      '/resources',
      '/audit',
      `/devices/${device}/commands`,
      `/devices/${device}/desired-state`,
    ]) {
      assert.doesNotMatch(JSON.stringify(await journey.api('GET', path)), new RegExp(canary), path);
    }
    const database = await journey.server.db.superuser();
    const { rows } = await database.query(`select coalesce(string_agg(t::text, ''), '') as all from (
      select r::text as t from gh.resources r union all select c::text from gh.commands c) as x`);
    assert.ok(!JSON.stringify(rows).includes(canary));
    assert.ok(!JSON.stringify(rows).includes(Buffer.from(canary).toString('hex')));
    assert.ok(!journey.server.logged.join('').includes(canary));
  });

  test('POL-08: a profile that somebody installed by hand is seen, and stays', async () => {
    const payload = {
      PayloadType: 'com.apple.webClip.managed',
      PayloadVersion: 1,
      PayloadIdentifier: 'school.clip',
      PayloadUUID: 'C',
    };
    const profile = {
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadIdentifier: 'school',
      PayloadUUID: 'S',
      PayloadDisplayName: 'School',
    };
    await phone.simulated.installProfile(writePlist({ ...profile, PayloadContent: [payload] }));
    await journey.carriedOut(phone, 'refresh-device');
    await journey.until('the profile is a fact', async () =>
      JSON.stringify((await journey.facts(phone))['profiles.installed']).includes('"school"'),
    );
    const { id } = await create('web-clip', 'Clip', {
      label: 'Clip',
      address: 'https://acme.example/%employee-id%',
    });
    const { id: assignment } = await assign(id, { kind: 'group', id: group.id });
    const { identifier } = await becomes(phone, 'Clip', 'installed');
    assert.equal(payloadIn(phone, identifier)?.URL, 'https://acme.example/1815');
    await journey.api('DELETE', `/assignments/${assignment}`);
    await becomes(phone, 'Clip', undefined);
    assert.ok(phone.device.profiles.has('school'));
    assert.equal(phone.device.profiles.get('school')?.managed, false);
  });

  test('POL-07: what management installed cannot be taken off by hand, on a phone nor on a Mac', async () => {
    const mac = await journey.enrol({ seed: 'mac', platform: 'macos' });
    await journey.registered(mac);
    const { id } = await create('wifi', 'Kept', { ssid: 'Guests', security: 'open' });
    for (const comer of [phone, mac]) {
      await assign(id, { kind: 'device', id: journey.idOf(comer) });
      const { identifier } = await becomes(comer, 'Kept', 'installed');
      await assert.rejects(comer.simulated.removeByHand(identifier), /locked/);
    }
  });

  test('RES-17: an installation that fails says why, is tried again in time, and not for ever', async () => {
    phone.simulated.misbehave({ errors: { InstallProfile: 'The profile is not wanted here.' } });
    const { id } = await create('web-clip', 'Failing', { label: 'F', address: 'https://acme.example' });
    await assign(id, { kind: 'device', id: journey.idOf(phone) });
    const failed = (await becomes(phone, 'Failing', 'failed')) as Item;
    assert.match(failed.reason ?? '', /not wanted here/);
    assert.equal(failed.attempts, 1);
    assert.ok(Date.parse(failed.nextAttemptAt ?? '') > Date.now());
    phone.simulated.misbehave({});
    await journey.advance(6 * 60_000, 'apple-reconcile-due');
    await becomes(phone, 'Failing', 'installed');
  });

  test('RES-16: who has no employee number does not get what asks for it, and is told why', async () => {
    const ben = await journey.enrol({ seed: 'ben' });
    await journey.registered(ben);
    const { id } = await create('web-clip', 'Number', {
      label: 'N',
      address: 'https://x.example/%employee-id%',
    });
    await assign(id, { kind: 'device', id: journey.idOf(ben) });
    const withheld = await becomes(ben, 'Number', 'withheld');
    assert.match(withheld.reason ?? '', /employee-id/);
    await journey.api('PATCH', `/users/${ben.owner.id}`, { employeeId: '42' });
    await becomes(ben, 'Number', 'installed');
    assert.deepEqual(ben.troubles, []);
  });

  test('RES-01: a ready-made profile that holds another management is refused', async () => {
    const content = (type: string) => ({
      PayloadType: type,
      PayloadVersion: 1,
      PayloadIdentifier: type,
      PayloadUUID: type,
      ...(type === 'com.apple.webClip.managed' ? { URL: 'https://acme.example', Label: 'Acme' } : {}),
    });
    const file = (...types: string[]) =>
      Buffer.from(writePlist({ ...content('Configuration'), PayloadContent: types.map(content) })).toString(
        'base64',
      );
    await assert.rejects(create('custom-profile', 'Other', { file: file('com.apple.mdm') }), /400|422/);
    const { id } = await create('custom-profile', 'Both', {
      file: file('com.apple.mdm', 'com.apple.webClip.managed'),
    });
    await assign(id, { kind: 'device', id: journey.idOf(tablet) });
    const { identifier } = await becomes(tablet, 'Both', 'installed');
    assert.deepEqual(
      tablet.device.profiles.get(identifier)?.payloads.map(({ PayloadType }) => PayloadType),
      ['com.apple.webClip.managed'],
    );
    assert.deepEqual([...phone.troubles, ...tablet.troubles], []);
  });
});
