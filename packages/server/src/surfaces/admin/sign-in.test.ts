import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { BuiltInRole } from '@gatehouse/core/permissions/roles.ts';
import { generateSync } from 'otplib';
import { TestBrowser } from './test-browser.ts';
import { goodPassword, openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';

describe('signing in', () => {
  let surface: TestAdminSurface;
  before(async () => {
    surface = await openTestAdminSurface();
  });
  after(() => surface[Symbol.asyncDispose]());

  let addresses = 0;
  const nextAddress = () => {
    addresses += 1;
    return `198.51.${Math.floor(addresses / 250)}.${addresses % 250}`;
  };
  const browser = (address = nextAddress()) => new TestBrowser(surface.server, address);
  const credentials = (role: string, more: object = {}) => ({
    organization: 'acme',
    email: `${role}@acme.example`,
    password: goodPassword,
    ...more,
  });
  const codeOf = (secret: string) => generateSync({ secret, epoch: surface.deps.clock.now() / 1000 });
  const admin = () => surface.acme.administrators['org-admin'].token;

  /** Signs in and enrols a factor, in place of one that there was. */
  async function enrol(role: BuiltInRole): Promise<{ browser: TestBrowser; secret: string }> {
    await surface.local.inject({
      method: 'DELETE',
      url: `/api/v1/administrators/${surface.acme.administrators[role].id}/second-factor`,
      headers: { 'gatehouse-organization': 'acme' },
    });
    const client = browser();
    assert.equal((await client.send('POST', '/session', credentials(role))).statusCode, 201);
    const offer = await client.send('POST', '/me/second-factor', {});
    const { secret } = offer.json() as { secret: string };
    const confirmed = await client.send('POST', '/me/second-factor/confirm', { code: codeOf(secret) });
    assert.equal(confirmed.statusCode, 200, confirmed.body);
    // The code is used up; the next one comes in the next step.
    surface.advance(90_000);
    return { browser: client, secret };
  }

  test('without the second factor that the organization asks for, a session can only enrol one', async () => {
    const client = browser();
    const signedIn = await client.send('POST', '/session', credentials('help-desk'));
    assert.equal(signedIn.statusCode, 201, signedIn.body);
    assert.equal(signedIn.json().secondFactor, 'to-be-enrolled');
    const refused = await client.send('GET', '/users');
    assert.equal(refused.statusCode, 403);
    assert.equal(refused.json().reason, 'second-factor-to-be-enrolled');
    assert.deepEqual((await client.send('GET', '/me')).json().permissions, []);
    const before = client.cookies.get('__Host-gh_session');
    const offer = await client.send('POST', '/me/second-factor', {});
    const { secret } = offer.json() as { secret: string };
    assert.equal(
      (await client.send('POST', '/me/second-factor/confirm', { code: '000000' })).statusCode,
      400,
    );
    await client.send('POST', '/me/second-factor/confirm', { code: codeOf(secret) });
    assert.equal((await client.send('GET', '/users')).statusCode, 200);
    // ADM-02: the step up made a new session.
    assert.notEqual(client.cookies.get('__Host-gh_session'), before);
    const old = browser();
    old.cookies.set('__Host-gh_session', before ?? '');
    assert.equal((await old.send('GET', '/me')).statusCode, 401);
    surface.advance(90_000);
  });

  test('an organization may do without a second factor', async () => {
    const set = (value: boolean) =>
      surface.call(admin(), 'PATCH', '/organization/settings', { body: { secondFactorRequired: value } });
    assert.equal((await set(false)).statusCode, 200);
    const client = browser();
    const signedIn = await client.send('POST', '/session', credentials('auditor'));
    assert.equal(signedIn.json().secondFactor, 'not-required');
    assert.equal((await client.send('GET', '/audit')).statusCode, 200);
    await set(true);
    assert.equal(
      (await client.send('GET', '/audit')).statusCode,
      403,
      'the rule holds for sessions that exist',
    );
  });

  test('the cookie is for this host, over TLS, out of reach of scripts; its value is in no row', async () => {
    const client = browser();
    const answer = await client.send('POST', '/session', credentials('auditor'));
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      assert.match(
        set,
        /^__Host-gh_(?:session|known)=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax(?:; Max-Age=\d+)?$/,
      );
    }
    const admin = await surface.db.superuser();
    const { rows } = await admin.query('select s::text as row from sessions s');
    const stored = rows.map(({ row }) => row as string).join();
    const secret = Buffer.from((client.cookies.get('__Host-gh_session') ?? '').slice(19, 62), 'base64url');
    assert.equal(secret.length, 32);
    assert.ok(stored.includes(createHash('sha256').update(secret).digest('hex')), 'the hash is');
    for (const canary of [secret.toString('hex'), Buffer.from(client.csrfToken ?? '').toString('hex')]) {
      assert.ok(!stored.includes(canary));
    }
  });

  test('ADM-02 signing in again makes a new session and ends the one before', async () => {
    const { browser: client, secret } = await enrol('org-admin');
    const old = browser();
    old.cookies.set('__Host-gh_session', client.cookies.get('__Host-gh_session') ?? '');
    assert.equal((await old.send('GET', '/me')).statusCode, 200);
    const again = await client.send('POST', '/session', credentials('org-admin', { code: codeOf(secret) }));
    assert.equal(again.statusCode, 201, again.body);
    assert.equal((await old.send('GET', '/me')).statusCode, 401);
    assert.equal((await client.send('GET', '/me')).statusCode, 200);
    surface.advance(90_000);
    // ADM-11: a new link resets the password only; without the factor there is no way in.
    const { id } = surface.acme.administrators['org-admin'];
    const operator = surface.acme.administrators['system-admin'].token;
    const link = await surface.call(operator, 'POST', `/administrators/${id}/setup-link`);
    assert.equal(link.statusCode, 201, link.body);
    const without = await browser().send('POST', '/session', credentials('org-admin'));
    assert.equal(without.statusCode, 401);
    assert.equal(without.json().reason, 'second-factor-required');
  });

  test('ADM-12 a code counts once, also in another session, and five wrong ones stop the trying', async () => {
    const { secret } = await enrol('auditor');
    const code = codeOf(secret);
    assert.equal(
      (await browser().send('POST', '/session', credentials('auditor', { code }))).statusCode,
      201,
    );
    assert.equal(
      (await browser().send('POST', '/session', credentials('auditor', { code }))).statusCode,
      401,
    );
    surface.advance(3_600_000);
    const wrong = codeOf(secret) === '000000' ? '000001' : '000000';
    const statuses: number[] = [];
    for (let index = 0; index < 7; index += 1) {
      statuses.push(
        (await browser().send('POST', '/session', credentials('auditor', { code: wrong }))).statusCode,
      );
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    surface.advance(3_600_000);
  });

  test('a session ends after 30 minutes of rest, after 12 hours, at sign-out, and when the account is disabled', async () => {
    const { browser: client, secret } = await enrol('system-admin');
    const status = async () => (await client.send('GET', '/me')).statusCode;
    const signIn = async () => {
      const answer = await client.send(
        'POST',
        '/session',
        credentials('system-admin', { code: codeOf(secret) }),
      );
      assert.equal(answer.statusCode, 201, answer.body);
      surface.advance(60_000);
    };
    await signIn();
    surface.advance(28 * 60_000);
    assert.equal(await status(), 200);
    surface.advance(29 * 60_000);
    assert.equal(await status(), 200, 'use keeps it alive');
    surface.advance(30 * 60_000);
    assert.equal(await status(), 401, 'rest ends it');
    await signIn();
    for (let minutes = 0; minutes < 12 * 60; minutes += 25) {
      if (minutes < 11 * 60) assert.equal(await status(), 200, `${minutes} min`);
      surface.advance(25 * 60_000);
    }
    assert.equal(await status(), 401, 'twelve hours end it, used or not');
    await signIn();
    const copy = browser();
    copy.cookies.set('__Host-gh_session', client.cookies.get('__Host-gh_session') ?? '');
    const out = await client.send('DELETE', '/session');
    assert.equal(out.statusCode, 204);
    assert.match(String(out.headers['clear-site-data']), /cookies/);
    assert.equal((await copy.send('GET', '/me')).statusCode, 401);
    await signIn();
    const local = {
      method: 'PATCH',
      url: `/api/v1/administrators/${surface.acme.administrators['system-admin'].id}`,
    } as const;
    const headers = { 'gatehouse-organization': 'acme' };
    await surface.local.inject({ ...local, headers, payload: { state: 'disabled' } });
    assert.equal(await status(), 401);
    assert.equal(
      (await client.send('POST', '/session', credentials('system-admin', { code: codeOf(secret) })))
        .statusCode,
      401,
    );
    // ADM-14: its tokens are dead at once as well.
    const { token } = surface.acme.administrators['system-admin'];
    assert.equal((await surface.call(token, 'GET', '/me')).statusCode, 401);
    await surface.local.inject({ ...local, headers, payload: { state: 'active' } });
    assert.equal((await surface.call(token, 'GET', '/me')).statusCode, 200);
  });

  test('ADM-15 a right that is taken away is gone with the next request of an open session', async () => {
    const { browser: client } = await enrol('help-desk');
    assert.equal((await client.send('GET', '/users')).statusCode, 200);
    const path = `/administrators/${surface.acme.administrators['help-desk'].id}`;
    await surface.call(admin(), 'PATCH', path, { body: { role: 'auditor' } });
    assert.equal(
      (await client.send('POST', '/enrollments', { user: 'x', platform: 'linux' })).statusCode,
      403,
    );
    await surface.call(admin(), 'PATCH', path, { body: { role: 'help-desk' } });
  });

  test('ADM-03 from another origin, and without the token of the session, nothing can be changed', async () => {
    const { browser: signedIn } = await enrol('org-admin');
    const change = { name: 'Acme' };
    const attempts: [string, Record<string, string>][] = [
      ['another origin', { origin: 'https://evil.example' }],
      ['a sub-domain', { origin: 'https://x.gatehouse.example', 'sec-fetch-site': 'same-site' }],
      ['plain HTTP', { origin: 'http://gatehouse.example' }],
      ['no origin told', { origin: 'null' }],
      ['cross-site by the browser’s own word', { 'sec-fetch-site': 'cross-site' }],
      ['no token', { 'gatehouse-csrf': '' }],
      ['a wrong token', { 'gatehouse-csrf': 'A'.repeat(43) }],
      ['a form', { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }],
    ];
    for (const [name, headers] of attempts) {
      const answer = await signedIn.send('PATCH', '/organization', change, headers);
      assert.equal(answer.statusCode, 403, name);
    }
    assert.equal((await signedIn.send('PATCH', '/organization', change)).statusCode, 200);
    const login = await browser().send('POST', '/session', credentials('auditor'), {
      origin: 'https://evil.example',
    });
    assert.equal(login.statusCode, 403, 'login CSRF');
  });

  test('the own password needs the current one; afterwards other sessions are over', async () => {
    const { browser: client, secret } = await enrol('org-admin');
    const other = browser();
    await other.send('POST', '/session', credentials('org-admin', { code: codeOf(secret) }));
    assert.equal((await other.send('GET', '/me')).statusCode, 200);
    const change = (current: string, password: string) =>
      client.send('PUT', '/me/password', { current, password });
    assert.equal((await change('wrong', 'tumbril quaver ocelot plinth')).statusCode, 400);
    assert.equal((await change(goodPassword, 'acmeacmeacmeacme')).json().reason, 'password-common');
    assert.equal((await change(goodPassword, 'tumbril quaver ocelot plinth')).statusCode, 204);
    assert.equal((await other.send('GET', '/me')).statusCode, 401);
    assert.equal((await client.send('GET', '/me')).statusCode, 200);
    assert.equal((await change('tumbril quaver ocelot plinth', goodPassword)).statusCode, 204);
    surface.advance(90_000);
  });

  test('service accounts have no sessions', async () => {
    const answer = await browser().send('POST', '/session', credentials('nac-service'));
    assert.equal(answer.statusCode, 401);
  });

  test('ADM-01 an unknown account, a wrong password and an unknown organization are answered alike', async () => {
    const bodies = new Set<string>();
    for (const attempt of [
      credentials('nobody'),
      credentials('org-admin', { password: 'wrong wrong wrong' }),
      credentials('org-admin', { organization: 'nowhere' }),
      credentials('nac-service'),
    ]) {
      const answer = await browser().send('POST', '/session', attempt);
      assert.equal(answer.statusCode, 401);
      bodies.add(JSON.stringify({ ...answer.json(), requestId: '' }));
    }
    assert.equal(bodies.size, 1);
  });

  test('ADM-01 after 1,000 wrong tries from many addresses the owner’s browser signs in', async () => {
    const { browser: owner, secret } = await enrol('org-admin');
    assert.ok(owner.cookies.has('__Host-gh_known'));
    let throttled = 0;
    const guess = async (index: number) => {
      const wrong = credentials('org-admin', { password: `guess number ${index}` });
      const answer = await browser().send('POST', '/session', wrong);
      if (answer.statusCode !== 429) return;
      throttled += 1;
      assert.ok(Number(answer.headers['retry-after']) > 0);
    };
    for (let index = 0; index < 1_000; index += 20) {
      await Promise.all(Array.from({ length: 20 }, (_none, offset) => guess(index + offset)));
    }
    assert.ok(throttled > 970, `${throttled} of 1,000 never reached the password`);
    owner.cookies.delete('__Host-gh_session');
    const signedIn = await owner.send('POST', '/session', credentials('org-admin', { code: codeOf(secret) }));
    assert.equal(signedIn.statusCode, 201, signedIn.body);
    surface.advance(3_600_000);
    for (let index = 0; index < 110; index += 1) {
      await browser().send('POST', '/session', credentials('org-admin', { password: `slow guess ${index}` }));
      surface.advance(61_000);
    }
    const right = () => credentials('org-admin', { code: codeOf(secret) });
    const stranger = await browser().send('POST', '/session', right());
    assert.equal(
      stranger.statusCode,
      401,
      'after 100 wrong ones even the right password opens nothing to a stranger',
    );
    assert.equal(
      (await owner.send('POST', '/session', right())).statusCode,
      201,
      'the owner’s browser does not notice',
    );
    surface.advance(61_000);
    assert.equal(
      (await browser().send('POST', '/session', right())).statusCode,
      201,
      'and has opened the door again',
    );
    surface.advance(61_000);
  });

  test('ADM-01 a forged cookie makes no browser known, and a flood does not fill the record', async () => {
    const { browser: owner } = await enrol('org-admin');
    for (let index = 0; index < 40; index += 1) {
      await browser().send('POST', '/session', credentials('org-admin', { password: 'wrong wrong wrong' }));
    }
    const forged = browser();
    forged.cookies.set('__Host-gh_known', `${owner.cookies.get('__Host-gh_known')?.slice(0, -2)}AA`);
    assert.equal((await forged.send('POST', '/session', credentials('org-admin'))).statusCode, 429);
    const admin = await surface.db.superuser();
    const { rows } = await admin.query(
      `select content ->> 'reason' as reason from audit_entries where content ->> 'outcome' = 'refused'`,
    );
    const reasons = rows.map(({ reason }) => reason as string);
    assert.ok(reasons.includes('wrong-password') && reasons.includes('throttled'));
    assert.ok(
      reasons.filter((reason) => reason === 'throttled').length < 10,
      'a flood does not fill the record',
    );
  });

  test('the language of an administrator is kept with the account, and nobody else’s', async () => {
    const { browser: client } = await enrol('auditor');
    assert.equal((await client.send('GET', '/me')).json().language, null);
    assert.equal((await client.send('PATCH', '/me', { language: 'de' })).json().language, 'de');
    assert.equal((await client.send('GET', '/me')).json().language, 'de');
    assert.equal((await client.send('PATCH', '/me', { language: 'xx' })).statusCode, 400);
    const token = await surface.call(admin(), 'PATCH', '/me', { body: { language: 'de' } });
    assert.equal(token.statusCode, 403, 'a token is no person');
    assert.equal((await surface.call(admin(), 'GET', '/me')).json().language, undefined);
  });
});
