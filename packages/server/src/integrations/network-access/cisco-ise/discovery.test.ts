import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connectionMessages } from '@gatehouse/simulators/cisco-ise/index.ts';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { silentLog } from '../../../kernel/log.ts';
import { openServerTls } from '../../../kernel/tls/index.ts';
import { password, startTestIse, type TestIse, type TestOrganization } from './test-ise.ts';

describe('discovery and Test Connection', () => {
  let world: TestIse;
  let acme: TestOrganization;

  before(async () => {
    world = await startTestIse();
    acme = await world.addOrganization('acme');
    await world.addOrganization('other');
    await acme.addAccount('helen@acme.example', 'help-desk');
    await acme.addAccount('ann@acme.example', 'org-admin');
  });
  after(() => world[Symbol.asyncDispose]());

  test('NAC-02, NAC-15, NAC-21: a right form passes Test Connection, with and without instance', async () => {
    for (const instance of ['', 'acme']) {
      const { state, message, discovery } = await world.ise({ instance }).testConnection();
      assert.equal(state, 'connected');
      assert.equal(message, connectionMessages.connected);
      assert.deepEqual(discovery, {
        version: 3,
        apiPath: instance === '' ? '/ciscoise/mdmapi/v3' : '/acme/ciscoise/mdmapi/v3',
        redirectUrl: 'https://mdm.example/enroll/acme',
        queryMaxSize: 1000,
        messagingSupport: true,
        vendor: 'Gatehouse',
        productName: 'Gatehouse',
        productVersion: '0.1.0',
      });
    }
  });

  test('NAC-16: nobody listens there: check the connection parameters', async () => {
    assert.equal((await world.ise({ port: 1 }).testConnection()).state, 'unreachable');
  });

  test('NAC-17, ISE-06: an unknown instance and another tenant’s are the same 404', async () => {
    const bodies = new Set<string>();
    for (const instance of ['nowhere', 'other', 'ACME', '%61cme', 'acme%2f']) {
      assert.equal((await world.ise({ instance }).testConnection()).state, 'not-found', instance);
      bodies.add(await (await world.raw(`/${instance}/ciscoise/mdminfo`)).text());
    }
    assert.equal(bodies.size, 1);
  });

  test('NAC-18, ADM-02: accounts that are not for the network get 403, also powerful ones', async () => {
    for (const userName of ['helen@acme.example', 'ann@acme.example']) {
      assert.equal((await world.ise({ userName }).testConnection()).state, 'forbidden', userName);
    }
  });

  test('NAC-19: a wrong password, a wrong user name and an outsider at a wrong instance get 401', async () => {
    const wrong = [
      { password: 'wrong' },
      { userName: 'nobody@acme.example' },
      { password: 'wrong', instance: 'acme' },
      { password: 'wrong', instance: 'nowhere' },
    ];
    for (const settings of wrong) {
      assert.equal(
        (await world.ise(settings).testConnection()).state,
        'unauthorized',
        JSON.stringify(settings),
      );
    }
    const answer = await world.raw('/ciscoise/mdminfo', { password: 'wrong' });
    assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="ise", charset="UTF-8"');
    assert.match(await answer.text(), /^<\?xml .*<ise_api><name>error<\/name><code>401<\/code>/s);
    const none = await fetch(`http://127.0.0.1:${world.port}/ciscoise/mdminfo`);
    assert.equal(none.status, 401);
  });

  test('NAC-01, NAC-20: a certificate that ISE has not imported, or that has expired, is told as such', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-ise-tls-'));
    try {
      for (const [name, age, state] of [
        ['fresh', 0, 'connected'],
        ['expired', 100 * 86_400_000, 'certificate'],
      ] as const) {
        const tls = openServerTls({
          directory: join(directory, name),
          addresses: [new URL('https://127.0.0.1')],
          clock: { now: () => Date.now() - age },
          log: silentLog,
        });
        await using secure = await startTestIse({ beside: world, tls: tls.context });
        tls.close();
        const trusted = tls.anchors.map((der) => encodePem('CERTIFICATE', der));
        const settings = { plaintext: false };
        assert.equal((await secure.ise({ ...settings, trusted }).testConnection()).state, state);
        assert.equal((await secure.ise(settings).testConnection()).state, 'certificate');
        // HTTPS only: plain HTTP on the same port is no answer.
        assert.equal((await secure.ise({ plaintext: true }).testConnection()).state, 'unreachable');
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('the version is negotiated: missing, 1, 2, 3, newer, nonsense', async () => {
    const path = (query: string) => world.raw(`/ciscoise/mdminfo${query}`);
    const version = async (query: string) => {
      const answer = await path(query);
      assert.equal(answer.status, 200, query);
      assert.equal(answer.headers.get('content-type'), 'application/xml; charset=utf-8');
      const text = await answer.text();
      return [
        /<api_version>(.*)<\/api_version>/.exec(text)?.[1],
        /<api_path>(.*)<\/api_path>/.exec(text)?.[1],
      ];
    };
    assert.deepEqual(await version(''), [undefined, '/ciscoise/mdmapi/v1']);
    assert.deepEqual(await version('/'), [undefined, '/ciscoise/mdmapi/v1']);
    assert.deepEqual(await version('?ise_api_version=1'), [undefined, '/ciscoise/mdmapi/v1']);
    assert.deepEqual(await version('?ise_api_version=2'), ['2', '/ciscoise/mdmapi/v2']);
    assert.deepEqual(await version('/?ise_api_version=2'), ['2', '/ciscoise/mdmapi/v2']);
    assert.deepEqual(await version('/?ise_api_version=3'), ['3', '/ciscoise/mdmapi/v3']);
    assert.deepEqual(await version('/?ise_api_version=4'), ['3', '/ciscoise/mdmapi/v3']);
    assert.equal((await path('?ise_api_version=abc')).status, 400);
    assert.equal((await path('?ise_api_version=0')).status, 400);
  });

  test('NAC-22: api_path of every version works word for word', async () => {
    const mac = '001122334455';
    await acme.addDevice({ macs: [mac] });
    for (const version of [1, 2, 3] as const) {
      for (const instance of ['', 'acme']) {
        const { decision } = await world.ise({ instance }, version).openSession(mac);
        assert.equal(decision, 'permit');
      }
    }
  });

  test('ISE-06: the user name may name the tenant, and a shared address is decided by the password', async () => {
    const both = 'shared@example.org';
    await acme.addAccount(both);
    const third = await world.addOrganization('third');
    const id = await third.addAccount(both);
    const state = async (userName: string, instance = '', secret = password) =>
      (await world.ise({ userName, instance, password: secret }).testConnection()).state;
    // One address, one password, two tenants: neither is meant until one is named.
    assert.equal(await state(both), 'unauthorized');
    assert.equal(await state(`acme\\${both}`), 'connected');
    assert.equal(await state(`third/${both}`), 'connected');
    assert.equal(await state(both, 'third'), 'connected');
    assert.equal(await state(`acme\\${both}`, 'third'), 'not-found');
    assert.equal(await state(`other\\${both}`), 'unauthorized');
    await world.admin.query('update administrators set password_hash = null where administrator_id = $1', [
      id,
    ]);
    assert.equal(await state(both), 'connected');
    const discovery = await world.ise({ userName: both }).discover();
    assert.equal(discovery.redirectUrl, 'https://mdm.example/enroll/acme');
  });

  test('DEV-06, ADM-15: disabling, demoting and a new password count from the next request on', async () => {
    const id = await acme.addAccount('second@acme.example');
    const ise = world.ise({ userName: 'second@acme.example' });
    const state = async () => (await ise.testConnection()).state;
    const set = (column: 'state' | 'role' | 'password_version', value: unknown) =>
      world.admin.query(`update administrators set ${column} = $2 where administrator_id = $1`, [id, value]);
    assert.equal(await state(), 'connected');
    await set('state', 'disabled');
    assert.equal(await state(), 'unauthorized');
    await set('state', 'active');
    assert.equal(await state(), 'connected');
    await set('role', 'auditor');
    assert.equal(await state(), 'forbidden');
    await set('role', 'nac-service');
    await world.admin.query(`update administrators set password_hash = 'x' where administrator_id = $1`, [
      id,
    ]);
    // The version has not changed, so the proof stands; changing a password always changes it.
    assert.equal(await state(), 'connected');
    await set('password_version', 2);
    assert.equal(await state(), 'unauthorized');
  });

  test('TEN-03, ISE-01: sign-ins are on record once per process, wrong ones each; a person cannot be guessed here', async () => {
    const org = await world.addOrganization('recorded');
    await org.addAccount('root@recorded.example', 'org-admin');
    await using fresh = await startTestIse({ beside: world });
    const ise = fresh.ise({ userName: 'ise@recorded.example' });
    for (let call = 0; call < 3; call += 1) assert.equal((await ise.testConnection()).state, 'connected');
    await fresh.ise({ userName: 'ise@recorded.example', password: 'wrong' }).testConnection();
    const { rows } = await world.admin.query<{ entry: Record<string, unknown> }>(
      `select jsonb_build_object('action', content -> 'action', 'outcome', content -> 'outcome', 'via', content -> 'via',
         'email', (select value from audit_values v where v.entry_id = e.entry_id and v.name = 'email')) as entry
       from audit_entries e where organization_id = $1 order by entry_id`,
      [org.organizationId],
    );
    const entry = { action: 'nac.sign-in', via: 'nac', email: 'ise@recorded.example' };
    assert.deepEqual(
      rows.map((row) => row.entry),
      [
        { ...entry, outcome: 'done' },
        { ...entry, outcome: 'refused' },
      ],
    );
    // Twenty guesses from twenty sources, and the right password is no longer told from a wrong one.
    const guess = async (address: string, secret: string) => {
      const authorization = `Basic ${Buffer.from(`root@recorded.example:${secret}`).toString('base64')}`;
      const answer = await fresh.server.inject({
        url: '/ciscoise/mdminfo',
        remoteAddress: address,
        headers: { authorization },
      });
      return answer.statusCode;
    };
    assert.equal(await guess('192.0.2.1', password), 403);
    for (let n = 1; n <= 20; n += 1) assert.equal(await guess(`198.51.100.${n}`, `guess ${n}`), 401);
    assert.equal(await guess('192.0.2.2', password), 401);
  });
});
