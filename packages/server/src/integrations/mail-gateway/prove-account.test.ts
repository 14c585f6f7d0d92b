import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { autodiscoverSettings } from '@gatehouse/protocols/activesync/index.ts';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { readMailLogin } from '@gatehouse/core/mail/mail-login.ts';
import { createAddressList } from '../../kernel/http/address-list.ts';
import { OutboundError } from '../../kernel/outbound/outbound-error.ts';
import { ensureLocalIdentity } from '../../kernel/tls/local-authority.ts';
import type { MailAccount, ProveMailAccount } from '../../modules/enrollment/index.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { createMailServers, type MailServers } from './mail-servers.ts';
import { createAccountProver } from './prove-account.ts';
import { createSprays } from './sprays.ts';

const host = 'mail.acme.example';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the mail account as proof', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-account-'));
  let peer: Server;
  let servers: MailServers;
  let port = 0;
  let now = 0;
  /** Who has shown what to the mail server; undefined: nobody has. */
  const shown: (string | undefined)[] = [];
  /** The same of Autodiscover, with where it was asked. */
  const looked: string[] = [];
  let discovered: string | undefined;
  let discoveryAsks = false;
  let status = 200;
  let slowMs = 0;
  const answers: (string | undefined)[] = [];

  before(async () => {
    const identity = ensureLocalIdentity(directory, { dns: [host], ip: [] }, Date.now());
    const { certificate, key } = identity.leaf;
    const pair = {
      cert: encodePem('CERTIFICATE', certificate.der),
      key: key.export({ type: 'pkcs8', format: 'pem' }),
    };
    peer = createServer(pair, (request, response) => {
      const { authorization } = request.headers;
      shown.push(authorization);
      const known = [basic('ann@acme.example:right'), basic('ACME\\ann:right')].includes(authorization ?? '');
      setTimeout(() => {
        answers.push(request.url);
        response.writeHead(known ? status : 401).end();
      }, slowMs);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => peer.once('listening', resolve));
    port = (peer.address() as AddressInfo).port;
    servers = createMailServers({
      books: { readServer: async (_organizationId, serverId) => profiles[serverId] },
      resolve: async () => ['127.0.0.1'],
      allowed: createAddressList(['127.0.0.1']),
      trust: encodePem('CERTIFICATE', identity.root.certificate.der),
    });
  });
  after(() => {
    servers.close();
    peer.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    shown.length = 0;
    looked.length = 0;
    [discovered, discoveryAsks, status, slowMs] = [undefined, false, 200, 0];
    answers.length = 0;
  });

  const profileOf = (more: Partial<MailServerProfile>): MailServerProfile => ({
    serverId: 'one',
    version: 1,
    name: 'Exchange',
    url: new URL(`https://${host}:${port}/Microsoft-Server-ActiveSync`),
    trust: undefined,
    loginForm: 'address',
    windowsDomain: undefined,
    protocolVersions: undefined,
    redirectHosts: [],
    autodiscoverUrl: undefined,
    lockout: { attempts: 10, windowMs: 60_000 },
    timeoutMs: 5_000,
    vouching: undefined,
    ...more,
  });
  const profiles: Record<string, MailServerProfile> = {};

  function proverOf(more: { readonly patienceMs?: number } = {}): ProveMailAccount {
    const clock = { now: () => now };
    return createAccountProver({
      ...more,
      servers,
      sprays: createSprays(clock),
      clock,
      publicUrl: new URL('https://gatehouse.acme.example'),
      findServices: async () => [],
      outbound: {
        async request(url, { headers }) {
          const secret = headers?.['authorization'];
          looked.push(`${url.host} ${secret ?? 'nobody'}`);
          if (url.host !== 'autodiscover.acme.example')
            throw new OutboundError('unresolved', 'The name of the receiver has no address');
          const answer = (code: number, body: Uint8Array = new Uint8Array()) => ({
            status: code,
            header: () => undefined,
            body: Buffer.from(body),
          });
          if (discoveryAsks && secret !== basic('ann@acme.example:right')) return answer(401);
          if (discovered === undefined) return answer(404);
          return answer(200, autodiscoverSettings({ emailAddress: 'ann@acme.example' }, discovered));
        },
      },
    });
  }

  let account = 0;
  /** Short names, each with a budget of guesses of its own. */
  const anyName = () => `ann-${account}`;
  function ask(prove: ProveMailAccount, name: string, more: Partial<MailAccount> = {}) {
    const login = readMailLogin(name);
    assert.ok(login);
    account += 1;
    return prove({
      organizationId: 'acme',
      name,
      login,
      password: 'right',
      email: 'ann@acme.example',
      server: { serverId: 'one', version: 1 },
      instead: null,
      discoverIn: [],
      address: `192.0.2.${account}`,
      browser: undefined,
      ...more,
    });
  }

  test('EAS-10 the mail server is told the name that it knows, and its word counts', async () => {
    const prove = proverOf();
    profiles['one'] = profileOf({});
    profiles['two'] = profileOf({ serverId: 'two', loginForm: 'windows', windowsDomain: 'ACME' });
    assert.deepEqual(await ask(prove, 'ann'), { is: 'right', server: 'Exchange' });
    assert.deepEqual(shown, [undefined, basic('ann@acme.example:right')]);
    assert.equal((await ask(prove, 'ann', { server: { serverId: 'two', version: 1 } })).is, 'right');
    assert.equal((await ask(prove, 'ann', { password: 'wrong' })).is, 'wrong');
    status = 403;
    assert.deepEqual(await ask(prove, 'ann'), { is: 'wrong', why: 'mail-server-refuses' });
    status = 500;
    assert.equal((await ask(prove, 'ann')).is, 'away');
    profiles['three'] = profileOf({ serverId: 'three', url: new URL(`https://${host}:9/`) });
    assert.equal((await ask(prove, 'ann', { server: { serverId: 'three', version: 1 } })).is, 'away');
  });

  test('EAS-10 of whom nobody is to be proved, the server is asked what says nothing, and sees no password', async () => {
    profiles['one'] = profileOf({});
    assert.deepEqual(await ask(proverOf(), 'nobody', { password: null, email: undefined }), {
      is: 'wrong',
      why: 'wrong-password',
    });
    assert.ok(shown.length > 0 && shown.every((each) => each === undefined));
  });

  test('EAS-10 EAS-T14 an account without a mail server is refused as one that nobody knows: after a question to another, also if that is away', async () => {
    const instead = { serverId: 'one', version: 1 };
    profiles['one'] = profileOf({});
    profiles['gone'] = profileOf({ serverId: 'gone', url: new URL(`https://${host}:9/`) });
    profiles['strict'] = profileOf({ serverId: 'strict', lockout: { attempts: 3, windowMs: 60_000 } });
    const prove = proverOf();
    for (const password of ['right', null]) {
      shown.length = 0;
      const without = { server: null, password };
      assert.deepEqual(await ask(prove, anyName(), { ...without, instead }), {
        is: 'wrong',
        why: 'no-mail-server',
      });
      assert.ok(shown.length > 0 && shown.every((each) => each === undefined));
      const away = await ask(prove, anyName(), { ...without, instead: { serverId: 'gone', version: 1 } });
      assert.equal(away.is, 'away');
      const answers: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        const strict = { ...without, instead: { serverId: 'strict', version: 1 } };
        answers.push((await ask(prove, `without-${password ?? 'nobody'}`, strict)).is);
      }
      assert.deepEqual(answers, ['wrong', 'wrong', 'throttled']);
    }
  });

  test('EAS-10 EAS-T09 nobody waits for longer than a while, and a guess that was answered too late counts all the same', async () => {
    profiles['strict'] = profileOf({ serverId: 'strict', lockout: { attempts: 3, windowMs: 60_000 } });
    slowMs = 200;
    const prove = proverOf({ patienceMs: 50 });
    const guess = () =>
      ask(prove, 'slowly', { password: 'wrong', server: { serverId: 'strict', version: 1 } });
    assert.deepEqual(await guess(), { is: 'away', why: 'The mail server has not answered in time' });
    assert.deepEqual(answers, [], 'nobody has waited for it');
    await guess();
    while (answers.length < 2) await wait(20);
    await wait(500);
    assert.equal((await guess()).is, 'throttled');
  });

  test('EAS-T09 guesses stay below what the directory bears, whoever is guessed, also if there is no such account', async () => {
    profiles['strict'] = profileOf({ serverId: 'strict', lockout: { attempts: 3, windowMs: 60_000 } });
    for (const password of ['wrong', null]) {
      const prove = proverOf();
      const name = `guessed-${password ?? 'nobody'}`;
      const answers: string[] = [];
      for (let n = 0; n < 4; n += 1)
        answers.push((await ask(prove, name, { password, server: { serverId: 'strict', version: 1 } })).is);
      assert.deepEqual(answers, ['wrong', 'wrong', 'throttled', 'throttled'], name);
    }
  });

  test('ENR-15 where no server is assigned, the domain’s Autodiscover is asked, within the organization’s own domains alone', async () => {
    const looking = { server: null, discoverIn: ['acme.example'] };
    discovered = `https://${host}:${port}/Microsoft-Server-ActiveSync`;
    const prove = proverOf();
    assert.deepEqual(await ask(prove, anyName(), looking), { is: 'right', server: `${host}:${port}` });
    assert.deepEqual(looked, ['acme.example nobody', 'autodiscover.acme.example nobody']);
    await ask(prove, anyName(), looking);
    assert.equal(looked.length, 2, 'it is remembered');
    for (const more of [
      { discoverIn: [] },
      { discoverIn: ['globex.example'] },
      { email: undefined },
      { email: 'ann@globex.example' },
    ])
      assert.deepEqual(await ask(prove, anyName(), { ...looking, ...more }), {
        is: 'wrong',
        why: 'no-mail-server',
      });
    assert.equal(looked.length, 2);
  });

  test('ENR-15 EAS-T14 its own hosts alone: what lies elsewhere, or is this gateway, is never asked with a password', async () => {
    const looking = { server: null, discoverIn: ['acme.example'] };
    for (const url of [
      'https://mail.evil.example/Microsoft-Server-ActiveSync',
      'https://evilacme.example/x',
      'https://gatehouse.acme.example/Microsoft-Server-ActiveSync',
    ]) {
      discovered = url;
      assert.equal((await ask(proverOf(), anyName(), looking)).is, 'away', url);
    }
    assert.deepEqual(shown, []);
    assert.ok(looked.every((each) => each.endsWith(' nobody')));
  });

  test('ENR-15 an Autodiscover that asks for the password hears it once, and only if somebody is to be proved', async () => {
    const looking = { server: null, discoverIn: ['acme.example'] };
    [discovered, discoveryAsks] = [`https://${host}:${port}/Microsoft-Server-ActiveSync`, true];
    const secrets = () => looked.filter((each) => !each.endsWith(' nobody')).length;
    const prove = proverOf();
    assert.equal((await ask(prove, anyName(), { ...looking, password: null })).is, 'wrong');
    assert.equal(secrets(), 0);
    assert.equal((await ask(prove, anyName(), { ...looking, password: 'wrong' })).is, 'wrong');
    assert.equal(secrets(), 1);
    assert.equal((await ask(prove, anyName(), looking)).is, 'right');
    now += 3_600_001;
    discoveryAsks = false;
    discovered = undefined;
    assert.equal((await ask(prove, anyName(), looking)).is, 'away', 'found an hour ago, and there no more');
  });
});
