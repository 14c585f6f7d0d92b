// Every kind of resource, on a supervised phone and on a Mac with somebody signed in: devices that refuse whatever Apple’s schema
// refuses take each of them, or the server says beforehand why they cannot have it.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { writePlist } from '@gatehouse/protocols/plist/index.ts';
import { selfSignedCertificate } from '@gatehouse/protocols/scep/index.ts';
import { newSerial } from '@gatehouse/protocols/x509/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

interface Item {
  readonly source: { readonly kind: string; readonly name: string };
  readonly state: string;
  readonly reason: string | null;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const server = 'server.acme.example';

/** What stands in the way, as the server says it beforehand. */
const withheldOnMac = ['cellular', 'exchange'];

describe('every kind of resource', () => {
  let journey: AppleJourney;
  let phone: Comer;
  let mac: Comer;
  before(async () => {
    journey = await openAppleJourney();
    phone = await journey.enrol({ supervised: true });
    mac = await journey.enrol({ platform: 'macos' });
    await Promise.all([journey.registered(phone), journey.registered(mac)]);
    await mac.simulated.signIn({ id: 'A-1', shortName: 'anna', longName: 'Anna' });
    for (const comer of [phone, mac])
      await journey.until(
        'its state is known',
        async () => (await journey.facts(comer))['passcode.set'] !== undefined,
      );
  });
  after(() => journey[Symbol.asyncDispose]());

  const create = async (kind: string, fields: object, name = kind) =>
    (await journey.api<{ id: string }>('POST', '/resources', { kind, name, fields })).id;
  const items = async (comer: Comer) =>
    (await journey.api<{ items: readonly Item[] }>('GET', `/devices/${journey.idOf(comer)}/desired-state`))
      .items;

  test('RES-01 … RES-14, VPN-01 … VPN-08: all of them arrive, or are withheld with the reason', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const validity = { notBefore: Date.now() - 1_000, notAfter: Date.now() + 86_400_000 };
    const der = selfSignedCertificate(privateKey, { commonName: 'Acme' }, newSerial(randomBytes), validity);
    const certificate = await create('certificate', { certificate: base64(der) });
    const identity = await create('identity', { file: base64(der), password: 'secret' });
    const account = { server, user: '%username%', password: 'secret' };
    const clip = {
      PayloadType: 'com.apple.webClip.managed',
      PayloadVersion: 1,
      PayloadIdentifier: 'c',
      PayloadUUID: 'c',
      URL: 'https://acme.example',
      Label: 'Acme',
    };
    const profile = {
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadIdentifier: 'p',
      PayloadUUID: 'p',
      PayloadContent: [clip],
    };
    const all = {
      certificate,
      identity,
      wifi: await create('wifi', {
        ssid: 'Acme',
        security: 'enterprise',
        eapTypes: ['tls'],
        identity,
        trustedCertificates: [certificate],
        trustedServerNames: [server],
      }),
      personal: await create(
        'wifi',
        {
          ssid: 'Guests',
          security: 'personal',
          password: 'password',
          proxyMode: 'manual',
          proxyServer: server,
          proxyPort: 8080,
        },
        'personal',
      ),
      vpn: await create('vpn', {
        name: 'IKEv2',
        connection: 'ikev2',
        server,
        authentication: 'certificate',
        identity,
        remoteIdentifier: server,
        localIdentifier: '%email%',
        onDemandAlways: ['acme.example'],
      }),
      ipsec: await create(
        'vpn',
        {
          name: 'IPSec',
          connection: 'cisco-ipsec',
          server,
          authentication: 'shared-secret',
          sharedSecret: 'secret',
          group: 'staff',
          user: '%domain%\\%username%',
        },
        'ipsec',
      ),
      anyconnect: await create(
        'vpn',
        {
          name: 'AnyConnect',
          connection: 'cisco-anyconnect',
          server,
          authentication: 'prompt',
          user: '%username%',
        },
        'anyconnect',
      ),
      cellular: await create('cellular', { accessPoint: 'internet', user: 'u', password: 'p' }),
      proxy: await create(
        'global-http-proxy',
        { proxyMode: 'manual', proxyServer: server, proxyPort: 3128 },
        'proxy',
      ),
      exchange: await create('exchange', {
        name: 'Exchange',
        server,
        email: '%email%',
        user: '%username%',
        domain: '%domain%',
        password: 'secret',
      }),
      mail: await create('mail', {
        name: 'Mail',
        email: '%email%',
        incomingServer: server,
        outgoingServer: server,
        incomingUser: '%username%',
        outgoingUser: '%username%',
      }),
      caldav: await create('caldav', { name: 'CalDAV', ...account }),
      carddav: await create('carddav', { name: 'CardDAV', ...account }),
      ldap: await create('ldap', { name: 'LDAP', server, searchBase: 'dc=acme' }),
      calendar: await create(
        'subscribed-calendar',
        { name: 'Holidays', address: 'https://acme.example/holidays.ics' },
        'calendar',
      ),
      clip: await create(
        'web-clip',
        { label: 'Help', address: 'https://acme.example', removable: false },
        'clip',
      ),
      app: await create(
        'managed-app',
        { name: 'App', source: 'app-store', appStoreId: '361309726', bundleId: 'store.361309726' },
        'app',
      ),
      licensed: await create(
        'managed-app',
        {
          name: 'Licensed',
          source: 'app-store',
          appStoreId: '1234',
          license: 'device',
          bundleId: 'store.1234',
        },
        'licensed',
      ),
      custom: await create('custom-profile', { file: base64(writePlist(profile)) }, 'custom'),
      declaration: await create(
        'custom-declaration',
        { type: 'com.apple.configuration.management.test', payload: { Echo: 'Hello' } },
        'declaration',
      ),
      provisioning: await create(
        'provisioning-profile',
        { file: base64(writePlist({ UUID: 'b5f2b7e2-1111-4222-8333-944455556666', Name: 'Acme' })) },
        'provisioning',
      ),
    };
    const { id: organization } = await journey.api<{ id: string }>('GET', '/organization');
    for (const id of Object.values(all)) {
      await journey.api('POST', '/assignments', {
        item: { kind: 'resource', id },
        target: { kind: 'organization', id: organization },
      });
    }
    for (const comer of [phone, mac]) {
      const { family } = comer.device.model;
      const found = await journey.until(`all is settled on the ${family}`, async () => {
        const now = await items(comer);
        return now.length >= 10 && now.every(({ state }) => state !== 'pending') && now;
      });
      const failed = found.filter(({ state }) => state === 'failed');
      assert.deepEqual(
        failed.map(({ source, reason }) => `${source.name}: ${reason}`),
        [],
        family,
      );
      const withheld = new Map(
        found.filter(({ state }) => state === 'withheld').map(({ source, reason }) => [source.name, reason]),
      );
      assert.ok([...withheld.values()].every((reason) => reason !== null && reason.length > 10));
      if (family === 'mac') for (const name of withheldOnMac) assert.ok(withheld.has(name), name);
      else assert.equal(withheld.size, 0);
    }
    assert.deepEqual([...phone.troubles, ...mac.troubles], []);
  });

  test('RES-17: whatever came goes when it is unassigned, and nothing is left of it', async () => {
    const { items: assignments } = await journey.api<{ items: { id: string; item: { kind: string } }[] }>(
      'GET',
      '/assignments?limit=100',
    );
    for (const { id, item } of assignments)
      if (item.kind === 'resource') await journey.api('DELETE', `/assignments/${id}`);
    for (const comer of [phone, mac]) {
      let now: readonly Item[] = [];
      const waiting = journey.until('nothing is left', async () => {
        now = await items(comer);
        return now.every(({ source }) => source.kind !== 'resource');
      });
      await waiting.catch((error: Error) => assert.fail(`${error.message}: ${JSON.stringify(now)}`));
      const left = [...comer.device.profiles.keys()].filter((identifier) => identifier.includes('resource'));
      assert.deepEqual(left, []);
      assert.deepEqual(
        [...comer.device.declarations.keys()].filter((identifier) => identifier.includes('resource')),
        [],
      );
    }
    assert.deepEqual([...phone.troubles, ...mac.troubles], []);
  });
});
