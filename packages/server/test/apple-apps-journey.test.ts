// Apps of the organization on phones and Macs: assigned, configured, configured anew, and left behind or taken along when
// management ends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bundleIdOf } from '@gatehouse/simulators/apple/managed-apps.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

interface Item {
  readonly form: string;
  readonly identifier: string;
  readonly source: { readonly name: string };
  readonly state: string;
  readonly reason: string | null;
}

describe('apps of the organization', () => {
  let journey: AppleJourney;
  before(async () => {
    journey = await openAppleJourney();
  });
  after(() => journey[Symbol.asyncDispose]());

  const create = async (name: string, fields: object) =>
    (await journey.api<{ id: string }>('POST', '/resources', { kind: 'managed-app', name, fields })).id;
  const assign = async (id: string, comer: Comer) =>
    (
      await journey.api<{ id: string }>('POST', '/assignments', {
        item: { kind: 'resource', id },
        target: { kind: 'device', id: journey.idOf(comer) },
      })
    ).id;
  const items = async (comer: Comer) =>
    (await journey.api<{ items: readonly Item[] }>('GET', `/devices/${journey.idOf(comer)}/desired-state`))
      .items;
  const settled = (comer: Comer, name: string) =>
    journey.until(`${name} is settled`, async () =>
      (await items(comer)).find(({ source, state }) => source.name === name && state === 'installed'),
    );
  const asked = (comer: Comer, requestType: string) =>
    comer.events.filter((event) => event.kind === 'carried-out' && event.requestType === requestType).length;
  const configurationOf = (comer: Comer, app: string) => {
    const { configuration } = comer.device.apps.get(app) ?? {};
    return configuration && structuredClone({ ...configuration });
  };

  const chat = {
    name: 'Chat',
    source: 'app-store',
    appStoreId: '1234',
    bundleId: 'store.1234',
    configuration: { server: 'chat.acme.example', user: '%email%' },
    secretConfiguration: { token: 'one-of-ours' },
  };

  test('APP-15, APP-20: an app comes with its configuration, and another configuration reaches it without installing it again', async () => {
    // This system is not told the configuration of an app by declaration.
    const phone = await journey.enrol({ systemVersion: '17.6', supervised: true });
    await journey.registered(phone);
    const id = await create('Chat by command', chat);
    const assignment = await assign(id, phone);
    await settled(phone, 'Chat by command');
    const user = phone.owner.email;
    assert.deepEqual(configurationOf(phone, 'store.1234'), {
      server: 'chat.acme.example',
      user,
      token: 'one-of-ours',
    });
    assert.equal(asked(phone, 'InstallApplication'), 1);

    const shown = await journey.api<{ version: number }>('GET', `/resources/${id}`);
    assert.doesNotMatch(JSON.stringify(shown), /one-of-ours/);
    const { secretConfiguration: _kept, ...visible } = chat;
    await journey.api('PATCH', `/resources/${id}`, {
      fields: { ...visible, configuration: { server: 'new.acme.example' } },
    });
    await journey.until(
      'the app has the other configuration',
      () => configurationOf(phone, 'store.1234')?.['server'] === 'new.acme.example',
    );
    assert.deepEqual(configurationOf(phone, 'store.1234'), {
      server: 'new.acme.example',
      token: 'one-of-ours',
    });
    assert.equal(asked(phone, 'InstallApplication'), 1, 'it was not installed again');
    await settled(phone, 'Chat by command');

    await journey.api('DELETE', `/assignments/${assignment}`);
    await journey.until('it is gone', () => !phone.device.apps.has('store.1234'));
    await journey.until('nothing is left of it', async () =>
      (await items(phone)).every(({ source }) => source.name !== 'Chat by command'),
    );
    assert.deepEqual(phone.troubles, []);
  });

  test('APP-15: where the system has it by declaration, the configuration is fetched by the device, and another one follows', async () => {
    const phone = await journey.enrol({ supervised: true });
    await journey.registered(phone);
    const id = await create('Chat declared', { ...chat, license: 'device' });
    await assign(id, phone);
    await journey.until(
      'the app is there',
      () => phone.device.apps.get('store.1234')?.declaredBy !== undefined,
    );
    assert.equal(configurationOf(phone, 'store.1234')?.['user'], phone.owner.email);
    await journey.api('PATCH', `/resources/${id}`, {
      fields: { ...chat, license: 'device', configuration: { server: 'new.acme.example' } },
    });
    await journey.until(
      'the app has the other configuration',
      () => configurationOf(phone, 'store.1234')?.['server'] === 'new.acme.example',
    );
    assert.equal(asked(phone, 'InstallApplication'), 0);
    assert.deepEqual(phone.troubles, []);
  });

  test('APP-15: a managed app that somebody deletes is put back, and of one that the user refuses the reason is shown', async () => {
    const phone = await journey.enrol({ systemVersion: '17.6', supervised: true });
    await journey.registered(phone);
    await assign(await create('Chat put back', chat), phone);
    await settled(phone, 'Chat put back');
    phone.device.apps.delete('store.1234');
    await journey.carriedOut(phone, 'refresh-device', { scans: ['apps'] });
    await journey.until('it is back', () => phone.device.apps.has('store.1234'));
    assert.equal(asked(phone, 'InstallApplication'), 2);
    const there = phone.device.apps.get('store.1234');
    assert.ok(there);
    phone.device.apps.set('store.1234', { ...there, status: 'UserRejected' });
    await settled(phone, 'Chat put back');
    await journey.carriedOut(phone, 'refresh-device', { scans: ['apps'] });
    const refused = await journey.until('it has failed', async () =>
      (await items(phone)).find(({ state }) => state === 'failed'),
    );
    assert.equal(refused.reason, 'The device did not install the app: UserRejected.');
    assert.deepEqual(phone.troubles, []);
  });

  test('APP-15: an app that is called something else than was said is not installed for ever', async () => {
    const mac = await journey.enrol({ platform: 'macos', systemVersion: '15.1' });
    await journey.registered(mac);
    const fields = { name: 'Named', source: 'manifest', manifest: 'https://acme.example/named.plist' };
    await assign(await create('Named otherwise', { ...fields, bundleId: 'com.acme.other' }), mac);
    await settled(mac, 'Named otherwise');
    const look = () => journey.carriedOut(mac, 'refresh-device', { scans: ['apps'] });
    await look();
    await journey.until('it is installed once more', () => asked(mac, 'InstallEnterpriseApplication') === 2);
    await settled(mac, 'Named otherwise');
    await look();
    await journey.until('it waits', async () =>
      (await items(mac)).some(
        ({ source, state }) => source.name === 'Named otherwise' && state === 'pending',
      ),
    );
    await look();
    assert.equal(asked(mac, 'InstallEnterpriseApplication'), 2);
    // From the store it says so itself.
    const wrong = { name: 'Store', source: 'app-store', appStoreId: '77', bundleId: 'com.acme.wrong' };
    await assign(await create('From the store', wrong), mac);
    const told = await journey.until('it has failed', async () =>
      (await items(mac)).find(({ source, state }) => source.name === 'From the store' && state === 'failed'),
    );
    assert.match(told.reason ?? '', /calls itself store\.77/);
    assert.deepEqual(mac.troubles, []);
  });

  test('WIP-03: at a selective wipe the apps that are to stay are left behind, by their resource or their order; all others go', async () => {
    const phone = await journey.enrol({ supervised: true });
    await journey.registered(phone);
    const app = (number: string, more: object) => ({
      name: number,
      source: 'app-store',
      appStoreId: number,
      bundleId: `store.${number}`,
      ...more,
    });
    await assign(await create('Goes', app('21', {})), phone);
    await assign(await create('Stays', app('22', { removeAtWipe: false })), phone);
    await assign(await create('Goes with its declaration', app('23', { license: 'device' })), phone);
    await journey.carriedOut(phone, 'install-app', { storeId: 24, keepAfterManagement: true });
    await journey.carriedOut(phone, 'install-app', { storeId: 25 });
    phone.device.apps.set('private.game', {
      identifier: 'private.game',
      name: 'Game',
      version: '1',
      bytes: 1,
      managed: false,
    });
    for (const name of ['Goes', 'Stays', 'Goes with its declaration']) await settled(phone, name);
    await journey.until('all are there', () => phone.device.apps.size === 6);
    await journey.carriedOut(phone, 'refresh-device', { scans: ['apps'] });
    await journey.carriedOut(phone, 'selective-wipe');
    // It acknowledges first, and lets go of everything then.
    await journey.until('it has let go', () => !phone.simulated.isEnrolled);
    assert.deepEqual([...phone.device.apps.keys()].toSorted(), ['private.game', 'store.22', 'store.24']);
    assert.ok([...phone.device.apps.values()].every(({ managed }) => !managed));
    assert.deepEqual(phone.troubles, []);
  });

  test('APP-15: a Mac takes an app of the organization from a manifest, with its configuration', async () => {
    const mac = await journey.enrol({ platform: 'macos', systemVersion: '15.1' });
    await journey.registered(mac);
    const manifest = 'https://acme.example/tool.plist';
    const bundleId = bundleIdOf({ manifest });
    const fields = { name: 'Tool', source: 'manifest', manifest, bundleId, configuration: { a: 1 } };
    await assign(await create('Tool', fields), mac);
    await settled(mac, 'Tool');
    assert.deepEqual(configurationOf(mac, bundleId), { a: 1 });
    assert.equal(asked(mac, 'InstallEnterpriseApplication'), 1);
    assert.deepEqual(mac.troubles, []);
  });
});
