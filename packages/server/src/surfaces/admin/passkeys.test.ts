import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BuiltInRole } from '@gatehouse/core/permissions/roles.ts';
import { generateSync } from 'otplib';
import { beginSetup, completeSetup } from '../../modules/administrators/index.ts';
import { type Ceremony, TestAuthenticator } from '../../modules/administrators/test-authenticator.ts';
import { TestBrowser } from './test-browser.ts';
import { goodPassword, openTestAdminSurface, publicUrl, type TestAdminSurface } from './test-surface.ts';

interface Owner {
  readonly browser: TestBrowser;
  readonly authenticator: TestAuthenticator;
}

describe('passkeys', () => {
  let surface: TestAdminSurface;
  before(async () => {
    surface = await openTestAdminSurface();
  });
  after(() => surface[Symbol.asyncDispose]());

  let addresses = 0;
  const browser = () => {
    addresses += 1;
    return new TestBrowser(surface.server, `203.0.113.${addresses % 250}`);
  };
  const password = (role: string, more: object = {}) => ({
    organization: 'acme',
    email: `${role}@acme.example`,
    password: goodPassword,
    ...more,
  });

  /** An account without any factor, signed in by password. */
  async function begin(role: BuiltInRole): Promise<TestBrowser> {
    await surface.local.inject({
      method: 'DELETE',
      url: `/api/v1/administrators/${surface.acme.administrators[role].id}/second-factor`,
      headers: { 'gatehouse-organization': 'acme' },
    });
    const client = browser();
    assert.equal((await client.send('POST', '/session', password(role))).statusCode, 201);
    return client;
  }

  async function register(
    client: TestBrowser,
    authenticator: TestAuthenticator,
    lie: Partial<Ceremony> = {},
  ) {
    const offer = await client.send('POST', '/me/passkeys/offer');
    assert.equal(offer.statusCode, 200, offer.body);
    return client.send('POST', '/me/passkeys', { name: 'Phone', ...authenticator.make(offer.json(), lie) });
  }

  async function owner(role: BuiltInRole): Promise<Owner> {
    const client = await begin(role);
    const authenticator = new TestAuthenticator(publicUrl.origin);
    const added = await register(client, authenticator);
    assert.equal(added.statusCode, 201, added.body);
    return { browser: client, authenticator };
  }

  const challengeOf = async (client: TestBrowser): Promise<string> =>
    (await client.send('POST', '/session/passkey-challenge')).json().challenge;

  async function signIn(authenticator: TestAuthenticator, lie: Partial<Ceremony> = {}) {
    const client = browser();
    const challenge = await challengeOf(client);
    return {
      client,
      answer: await client.send('POST', '/session/passkey', authenticator.answer(challenge, lie)),
    };
  }

  test('ADM-02 the first passkey is the second factor: a new session has it, and the old one is gone', async () => {
    const client = await begin('help-desk');
    const other = browser();
    assert.equal((await other.send('POST', '/session', password('help-desk'))).statusCode, 201);
    assert.equal((await client.send('GET', '/users')).statusCode, 403);
    const old = client.cookies.get('__Host-gh_session');
    const added = await register(client, new TestAuthenticator(publicUrl.origin));
    assert.deepEqual([added.statusCode, added.json().secondFactor], [201, 'used']);
    assert.notEqual(client.cookies.get('__Host-gh_session'), old);
    assert.equal((await client.send('GET', '/users')).statusCode, 200);
    assert.equal((await other.send('GET', '/me')).statusCode, 401, 'sessions without the factor have ended');
    const me = await surface.call(
      surface.acme.administrators['org-admin'].token,
      'GET',
      `/administrators/${surface.acme.administrators['help-desk'].id}`,
    );
    assert.equal(me.json().secondFactor, true);
  });

  test('a passkey signs in without a name or a password, and counts as both factors', async () => {
    const { authenticator } = await owner('auditor');
    const { client, answer } = await signIn(authenticator);
    assert.equal(answer.statusCode, 201, answer.body);
    assert.equal(answer.json().secondFactor, 'used');
    assert.equal((await client.send('GET', '/audit')).statusCode, 200);
    const { items } = (await client.send('GET', '/me/passkeys')).json();
    assert.equal(items[0].name, 'Phone');
    assert.ok(items[0].lastUsedAt);
  });

  test('ADM-13 a passkey works for this site, this origin, a verified person and a fresh challenge of its purpose', async () => {
    const { authenticator } = await owner('auditor');
    const lies: Partial<Ceremony>[] = [
      { origin: 'https://gatehouse.example.evil.example' },
      { origin: 'https://evil.gatehouse.example' },
      { origin: 'http://gatehouse.example' },
      { origin: 'https://gatehouse.example:8443' },
      { siteId: 'evil.example' },
      { siteId: 'example' },
      { userVerified: false },
      { userPresent: false },
      { type: 'webauthn.create' },
      { challenge: 'AAAA' },
      { challenge: Buffer.alloc(48).toString('base64url') },
    ];
    for (const lie of lies) {
      const { answer } = await signIn(authenticator, lie);
      assert.equal(answer.statusCode, 401, JSON.stringify(lie));
      assert.equal(answer.json().reason, 'passkey-refused');
    }
    assert.equal((await signIn(authenticator)).answer.statusCode, 201, 'and the honest one is let in');
    for (const given of lies) {
      const lie = given.type === undefined ? given : ({ type: 'webauthn.get' } as const);
      const client = await begin('auditor');
      const made = await register(client, new TestAuthenticator(publicUrl.origin), lie);
      assert.equal(made.statusCode, 400, `registration: ${JSON.stringify(lie)}`);
    }
  });

  test('ADM-13 a challenge is good once, for five minutes, and for what it was made for', async () => {
    const { browser: client, authenticator } = await owner('auditor');
    const challenge = await challengeOf(client);
    const answer = authenticator.answer(challenge);
    assert.equal((await browser().send('POST', '/session/passkey', answer)).statusCode, 201);
    assert.equal((await browser().send('POST', '/session/passkey', answer)).statusCode, 401, 'replayed');
    const again = authenticator.answer(challenge);
    assert.equal((await browser().send('POST', '/session/passkey', again)).statusCode, 401, 'signed anew');
    const old = await challengeOf(client);
    surface.advance(301_000);
    assert.equal(
      (await browser().send('POST', '/session/passkey', authenticator.answer(old))).statusCode,
      401,
    );
    const proof = (await client.send('POST', '/me/factor-challenge')).json().challenge;
    assert.equal(
      (await browser().send('POST', '/session/passkey', authenticator.answer(proof))).statusCode,
      401,
    );
    const [one, two] = await Promise.all(
      [await challengeOf(client)].flatMap((fresh) => {
        const same = authenticator.answer(fresh);
        return [
          browser().send('POST', '/session/passkey', same),
          browser().send('POST', '/session/passkey', same),
        ];
      }),
    );
    assert.deepEqual([one?.statusCode, two?.statusCode].sort(), [201, 401], 'both at once');
  });

  test('ADM-13 a copied key, another key, another account, an account that is shut: refused alike', async () => {
    const { authenticator } = await owner('auditor');
    const help = await owner('help-desk');
    assert.equal((await signIn(authenticator)).answer.statusCode, 201);
    const bodies: string[] = [];
    const refused = async (
      answer: Promise<{ answer: { statusCode: number; json(): { detail: string } } }>,
    ) => {
      const { answer: given } = await answer;
      assert.equal(given.statusCode, 401);
      bodies.push(given.json().detail);
    };
    await refused(signIn(authenticator, { counter: 1 }));
    const stranger = new TestAuthenticator(publicUrl.origin);
    stranger.userHandle = authenticator.userHandle;
    await refused(signIn(stranger));
    Object.defineProperty(stranger, 'id', { value: authenticator.id });
    stranger.counter = 50;
    await refused(signIn(stranger));
    help.authenticator.userHandle = authenticator.userHandle;
    await refused(signIn(help.authenticator));
    authenticator.userHandle = 'AAAA';
    await refused(signIn(authenticator));
    assert.equal(new Set(bodies).size, 1, 'one text for every cause');
    const { id } = surface.acme.administrators.auditor;
    const again = await owner('auditor');
    const admin = surface.acme.administrators['org-admin'].token;
    const set = (state: string) => surface.call(admin, 'PATCH', `/administrators/${id}`, { body: { state } });
    await set('disabled');
    assert.equal((await signIn(again.authenticator)).answer.statusCode, 401);
    await set('active');
    assert.equal((await signIn(again.authenticator)).answer.statusCode, 201);
  });

  test('ADM-11 who stole the password of an account with a passkey can neither enter nor enrol a code of his own', async () => {
    const { authenticator } = await owner('org-admin');
    const thief = browser();
    const answer = await thief.send('POST', '/session', password('org-admin'));
    assert.deepEqual([answer.statusCode, answer.json().reason], [401, 'passkey-required']);
    const link = await surface.local.inject({
      method: 'POST',
      url: `/api/v1/administrators/${surface.acme.administrators['org-admin'].id}/setup-link`,
      headers: { 'gatehouse-organization': 'acme' },
    });
    const token = /gth_inv_[\w-]+/.exec(link.json().setupUrl)?.[0] ?? '';
    const offer = await beginSetup(surface.deps, token);
    assert.deepEqual([offer.secondFactor, offer.secret], ['none', undefined], 'the link offers no factor');
    await completeSetup(
      surface.deps,
      { token, password: goodPassword },
      { id: 'r1', address: '203.0.113.9' },
    );
    const reset = await thief.send('POST', '/session', password('org-admin'));
    assert.deepEqual([reset.statusCode, reset.json().reason], [401, 'passkey-required']);
    assert.equal((await signIn(authenticator)).answer.statusCode, 201, 'the owner enters as before');
  });

  test('ADM-07 factors are changed, and destruction approved, only by who shows a factor within ten minutes', async () => {
    const { browser: client, authenticator } = await owner('auditor');
    surface.advance(11 * 60_000);
    const refused = await client.send('POST', '/me/passkeys/offer');
    assert.deepEqual([refused.statusCode, refused.json().reason], [403, 'fresh-factor-required']);
    const challenge = (await client.send('POST', '/me/factor-challenge')).json();
    assert.deepEqual(challenge.factors, ['passkey']);
    const wrong = await client.send('POST', '/me/factor-proof', {
      passkey: authenticator.answer(await challengeOf(client)),
    });
    assert.deepEqual(
      [wrong.statusCode, wrong.json().reason],
      [400, 'wrong-factor'],
      'a challenge to sign in is none',
    );
    const before = client.cookies.get('__Host-gh_session');
    const proved = await client.send('POST', '/me/factor-proof', {
      passkey: authenticator.answer(challenge.challenge),
    });
    assert.equal(proved.statusCode, 200, proved.body);
    assert.notEqual(client.cookies.get('__Host-gh_session'), before, 'ADM-02 a new session');
    assert.equal((await client.send('POST', '/me/passkeys/offer')).statusCode, 200);

    const admin = await owner('org-admin');
    surface.advance(11 * 60_000);
    const approve = (path: string) =>
      admin.browser.send('POST', `/approvals/01930000-0000-7000-8000-000000000000/${path}`, {
        hash: '0'.repeat(64),
        reason: 'a test of the guard',
      });
    assert.equal((await approve('approve')).json().reason, 'fresh-factor-required');
    const proof = (await admin.browser.send('POST', '/me/factor-challenge')).json().challenge;
    await admin.browser.send('POST', '/me/factor-proof', { passkey: admin.authenticator.answer(proof) });
    assert.equal((await approve('approve')).statusCode, 404, 'then the request itself is looked for');
  });

  test('ADM-12 a code proves the factor as well, once', async () => {
    const client = await begin('auditor');
    const { secret } = (await client.send('POST', '/me/second-factor', {})).json();
    const code = () => generateSync({ secret, epoch: surface.deps.clock.now() / 1000 });
    await client.send('POST', '/me/second-factor/confirm', { code: code() });
    surface.advance(11 * 60_000);
    assert.equal((await client.send('POST', '/me/passkeys/offer')).statusCode, 403);
    const used = code();
    assert.equal((await client.send('POST', '/me/factor-proof', { code: used })).statusCode, 200);
    assert.equal((await client.send('POST', '/me/factor-proof', { code: used })).statusCode, 400);
    assert.equal((await register(client, new TestAuthenticator(publicUrl.origin))).statusCode, 201);
    assert.equal(
      (await browser().send('POST', '/session', password('auditor', { code: undefined }))).json().reason,
      'second-factor-required',
      'who has both may use either',
    );
  });

  test('several passkeys are named and removed, but never the last factor where one is demanded', async () => {
    const { browser: client, authenticator } = await owner('auditor');
    const second = new TestAuthenticator(publicUrl.origin);
    assert.equal((await register(client, second)).statusCode, 201);
    const twice = await register(client, second);
    assert.deepEqual([twice.statusCode, twice.json().reason], [409, 'known-passkey']);
    const list = async () =>
      (await client.send('GET', '/me/passkeys')).json().items as { id: string; name: string }[];
    const [first, other] = await list();
    const renamed = await client.send('PATCH', `/me/passkeys/${other?.id}`, { name: 'Key in the safe' });
    assert.equal(renamed.json().name, 'Key in the safe');
    assert.equal((await client.send('DELETE', `/me/passkeys/${first?.id}`)).statusCode, 204);
    assert.equal((await signIn(authenticator)).answer.statusCode, 401, 'a removed one opens nothing');
    const last = await client.send('DELETE', `/me/passkeys/${other?.id}`);
    assert.deepEqual([last.statusCode, last.json().reason], [409, 'last-second-factor']);
    assert.equal((await list()).length, 1);
    assert.equal((await signIn(second)).answer.statusCode, 201);
    const stranger = await owner('help-desk');
    for (const method of ['PATCH', 'DELETE'])
      assert.equal(
        (
          await stranger.browser.send(
            method,
            `/me/passkeys/${other?.id}`,
            method === 'PATCH' ? { name: 'x' } : undefined,
          )
        ).statusCode,
        404,
        'another account’s',
      );
  });

  test('what is no passkey at all is refused and harms nothing', async () => {
    const client = await begin('auditor');
    for (const junk of [
      'AAAA',
      Buffer.alloc(9_000, 0xbf).toString('base64url'),
      Buffer.from('{}').toString('base64url'),
    ]) {
      const made = await client.send('POST', '/me/passkeys', {
        name: 'x',
        credential: 'AAAA',
        clientData: junk.slice(0, 4_000),
        attestation: junk,
      });
      assert.equal(made.statusCode, 400);
    }
    const { authenticator } = await owner('auditor');
    const answer = authenticator.answer(await challengeOf(browser()));
    for (const change of [{ signature: 'AAAA' }, { authenticatorData: 'AAAA' }, { clientData: 'AAAA' }]) {
      const refused = await browser().send('POST', '/session/passkey', { ...answer, ...change });
      assert.equal(refused.statusCode, 401);
    }
    const { rows } = await (await surface.db.superuser()).query(
      'select count(*)::int as n from passkey_challenges',
    );
    assert.ok(rows[0].n > 0);
  });
});
