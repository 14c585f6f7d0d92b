// People who have no mail server: their phones speak to the composed server, over the network, in every version, and find policies, wipes and folders without mail.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { converse } from '@gatehouse/clients/conversation/index.ts';
import type { ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import { probeHost } from '@gatehouse/protocols/mail-probe/index.ts';
import { type MakeName, MailPhone, type MailPhoneOptions } from '@gatehouse/simulators/activesync/index.ts';
import { createPasswords } from '../src/modules/administrators/index.ts';
import { type ComposedServer, composeServer } from './security/composed-server.ts';

const versions: readonly [ProtocolVersion, MakeName][] = [
  ['2.5', 'windows-mobile'],
  ['12.0', 'gmail'],
  ['12.1', 'samsung'],
  ['14.0', 'windows-mail'],
  ['14.1', 'outlook'],
  ['16.1', 'ios-mail'],
];
const password = 'a word of her own';

interface Shown {
  readonly id: string;
  readonly access: string;
  readonly deviceId: string | null;
  readonly protocolVersion: string | null;
  readonly information: Readonly<Record<string, string>>;
  readonly wipe: { readonly state: string } | null;
  readonly wiped: boolean;
}

describe('the stand-in for a mail server', () => {
  let server: ComposedServer;
  const phones: MailPhone[] = [];

  before(async () => {
    server = await composeServer();
    await server.addOrganization('acme');
    await api('PATCH', '/mail-settings', {
      strangers: 'allow',
      gatewayHosts: ['localhost'],
      maximumDevices: 50,
    });
    await api('POST', '/users', { email: 'ann@stand.example' });
    const admin = await server.db.superuser();
    await admin.query(
      `insert into user_credentials (organization_id, user_id, password_hash, changed_at)
       select organization_id, user_id, $1, now() from users where email = 'ann@stand.example'`,
      [await createPasswords().hash(password)],
    );
  });
  after(async () => {
    for (const phone of phones) phone.close();
    await server?.[Symbol.asyncDispose]();
  });

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await server.operate(method, path, body, 'acme');
    assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.statusCode} ${answer.body}`);
    return (answer.body === '' ? undefined : answer.json()) as T;
  }

  function phone(make: MakeName, options: Partial<MailPhoneOptions> = {}): MailPhone {
    const made = new MailPhone({
      make,
      account: { user: 'ann@stand.example', email: 'ann@stand.example', password },
      server: `https://localhost:${server.ports.main}`,
      anchors: [server.ca],
      seed: `${make} ${phones.length}`,
      ...options,
    });
    phones.push(made);
    return made;
  }

  async function shown({ client }: MailPhone): Promise<Shown> {
    const { items } = await api<{ items: Shown[] }>('GET', `/mail-devices?mailId=${client.shownDeviceId}`);
    return items[0] ?? assert.fail('nobody knows it');
  }

  for (const [version, make] of versions)
    test(`STN-01 STN-02 STN-04 STN-05 version ${version} as ${make} speaks it: a policy, folders, statistics, and no mail`, async () => {
      const client = phone(make, { atMost: version });
      await client.connect();
      assert.equal(client.version, version);
      assert.equal(client.state, 'ready', client.because);
      assert.ok(client.client.policyKey > 0);
      assert.ok(client.folders.length >= 8);
      assert.deepEqual(await client.sync(), []);
      const sent = await client.send('Subject: x\r\n\r\nx\r\n');
      assert.ok(sent.http === 501 || sent.status === 137, `${sent.http} ${sent.status}`);
      const seen = await shown(client);
      assert.deepEqual([seen.access, seen.protocolVersion], ['allow', version]);
      // What it says of itself is noted beside the answer.
      const told = async () => Object.keys((await shown(client)).information).length > 0;
      for (let n = 0; n < (version === '2.5' ? 0 : 100) && !(await told()); n += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(await told(), version !== '2.5');
    });

  test('STN-01 an account is wiped, by a client that has its Ping held', async () => {
    const client = phone('ios-mail');
    await client.connect();
    const { id } = await shown(client);
    const held = client.ping(600);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await api('POST', `/mail-devices/${id}/wipe`, { kind: 'account' });
    assert.equal((await held).status, 140);
    assert.ok(performance.now() - began < 1_500);
    await client.listFolders();
    assert.equal(client.state, 'account-removed', client.because);
    const after_ = await shown(client);
    assert.equal(after_.wiped, true);
  });

  test('STN-04 a wrong password, and somebody whom nobody knows, are told the same', async () => {
    const wrong = phone('ios-mail', {
      account: { user: 'ann@stand.example', email: 'ann@stand.example', password: 'wrong' },
    });
    const nobody = phone('ios-mail', {
      account: { user: 'nobody@stand.example', email: 'nobody@stand.example', password },
    });
    for (const each of [wrong, nobody]) {
      await each.connect();
      assert.equal(each.state, 'needs-password');
    }
  });

  test('STN-03 whoever gets a mail server is served by it and by nobody else', async () => {
    const client = phone('outlook');
    await client.connect();
    assert.equal(client.state, 'ready');
    const { id } = await api<{ id: string }>('POST', '/mail-servers', {
      name: 'Away',
      url: 'https://127.0.0.1:9/Microsoft-Server-ActiveSync',
    });
    const { id: assignment } = await api<{ id: string }>('POST', `/mail-servers/${id}/assignments`, {
      targetKind: 'organization',
    });
    await client.listFolders();
    assert.equal(client.state, 'put-off', client.because);
    await api('DELETE', `/mail-server-assignments/${assignment}`);
    await client.listFolders();
    assert.equal(client.state, 'ready', client.because);
  });

  test('ENR-15 EAS-08 Autodiscover leads a phone here, and a look from outside knows the gateway for what it is', async () => {
    const client = phone('ios-mail', { server: 'https://nowhere.invalid' });
    await client.discover(`https://localhost:${server.ports.main}`);
    await client.connect();
    assert.equal(client.state, 'ready', client.because);
    const found = await probeHost(
      { host: 'localhost', port: server.ports.main },
      '/nowhere',
      ({ port, tls }, send, enough) =>
        port === server.ports.main
          ? converse({
              address: '127.0.0.1',
              port,
              ...(tls ? { tls: { name: 'localhost' } } : {}),
              send,
              enough,
            })
          : Promise.resolve({ heard: 'refused' }),
    );
    const ways = found.filter(({ way }) => way === 'activesync').map(({ seen }) => seen);
    assert.deepEqual(ways, ['gateway', 'gateway', 'gateway', 'absent', 'absent', 'absent']);
  });

  test('EAS-T01 the composed server looks at its mail servers by itself, where the operator lets it', async () => {
    const { id: mailServerId } = await api<{ id: string }>('POST', '/mail-servers', {
      name: 'Looked at',
      url: 'https://127.0.0.1:9/Microsoft-Server-ActiveSync',
    });
    const { id } = await api<{ id: string }>('POST', '/mail-probes', { mailServerId });
    type Probe = { state: string; verdict: string | null; sights: { because: string }[] };
    let probe = await api<Probe>('GET', `/mail-probes/${id}`);
    for (let n = 0; n < 100 && probe.state === 'waiting'; n += 1) {
      await server.application.runTask('mail-probes');
      await new Promise((resolve) => setTimeout(resolve, 50));
      probe = await api<Probe>('GET', `/mail-probes/${id}`);
    }
    assert.deepEqual([probe.state, probe.verdict], ['done', 'unclear']);
    assert.ok(probe.sights.every(({ because }) => because === 'forbidden-address'));
    const found = await api<{ url: null; steps: { outcome: string }[] }>('POST', '/mail-servers/discover', {
      address: 'ann@mail.invalid',
      password: 'never shown',
    });
    assert.deepEqual(
      [found.url, found.steps.map(({ outcome }) => outcome)],
      [null, ['no-answer', 'no-answer']],
    );
    assert.ok(server.logged.every((line) => !line.includes('never shown')));
  });
});
