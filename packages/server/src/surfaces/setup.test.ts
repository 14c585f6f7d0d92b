import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateSync } from 'otplib';
import { TestBrowser } from './admin/test-browser.ts';
import { openTestAdminSurface, publicUrl, type TestAdminSurface } from './admin/test-surface.ts';
import { registerSetupSurface } from './setup.ts';

const password = 'marzipan ferret obelisk';

describe('the set-up page', () => {
  let surface: TestAdminSurface;
  before(async () => {
    surface = await openTestAdminSurface({ prepare: (server, deps) => registerSetupSurface(server, deps) });
  });
  after(() => surface[Symbol.asyncDispose]());

  const admin = () => surface.acme.administrators['org-admin'].token;
  const codeOf = (secret: string) => generateSync({ secret, epoch: surface.deps.clock.now() / 1000 });
  const browser = () => new TestBrowser(surface.server);
  let count = 0;

  async function invite(
    role = 'auditor',
  ): Promise<{ id: string; email: string; token: string; setupUrl: string }> {
    count += 1;
    const email = `invited-${count}@acme.example`;
    const answer = await surface.call(admin(), 'POST', '/administrators', { body: { email, role } });
    assert.equal(answer.statusCode, 201, answer.body);
    const { id, setupUrl } = answer.json() as { id: string; setupUrl: string };
    return { id, email, setupUrl, token: new URL(setupUrl).hash.slice(1) };
  }

  test('the link points at the public address, its secret stands in the fragment', async () => {
    const { setupUrl, token } = await invite();
    const url = new URL(setupUrl);
    assert.equal(url.origin, publicUrl.origin);
    assert.equal(url.pathname + url.search, '/setup');
    assert.match(token, /^gth_inv_[0-9a-z]{10}_/);
  });

  test('the page loads nothing, runs one script by nonce, and may not be framed or kept', async () => {
    const [first, second] = [await surface.server.inject('/setup'), await surface.server.inject('/setup')];
    assert.equal(first.statusCode, 200);
    const policy = String(first.headers['content-security-policy']);
    const nonce = /script-src 'nonce-([\w-]{24})'/.exec(policy)?.[1] ?? '';
    assert.ok(policy.startsWith("default-src 'none'") && policy.includes("frame-ancestors 'none'"));
    assert.ok(
      first.body.includes(`<script nonce="${nonce}">`) && first.body.includes(`<style nonce="${nonce}">`),
    );
    assert.ok(!String(second.headers['content-security-policy']).includes(nonce), 'a new nonce each time');
    assert.equal(first.headers['cache-control'], 'no-store');
    assert.equal(first.headers['referrer-policy'], 'no-referrer');
    assert.equal(first.headers['cross-origin-opener-policy'], 'same-origin');
    assert.doesNotMatch(first.body, /\{\{|<link|src=|innerHTML|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    assert.match(first.body, /<html lang="en">[\s\S]*name="viewport"/);
    for (const [, id] of first.body.matchAll(/<input id="(\w+)"/g)) {
      assert.ok(first.body.includes(`<label for="${id}"`), `${id} has a label`);
    }
  });

  test('a password and a second factor are set, and the account signs in', async () => {
    const { email, token } = await invite();
    const client = browser();
    const offer = await client.send('POST', '/setup/begin', { token });
    assert.equal(offer.statusCode, 200, offer.body);
    const { secret, uri, qr, ...rest } = offer.json() as {
      secret: string;
      uri: string;
      qr: { path: string; side: number };
    };
    assert.deepEqual(rest, {
      organization: { slug: 'acme', name: 'acme inc' },
      email,
      minimumLength: 8,
      secondFactor: 'new',
    });
    assert.ok(uri.includes(secret));
    assert.ok(qr.side >= 33 && /^(?:M\d+ \d+h1v1h-1z)+$/.test(qr.path), 'a drawing and nothing else');
    const complete = (body: object) => client.send('POST', '/setup/complete', { token, ...body });
    assert.equal((await complete({ password })).json().reason, 'second-factor-required');
    assert.equal(
      (await complete({ password, code: codeOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ') })).json().reason,
      'wrong-code',
    );
    assert.equal(
      (await complete({ password: 'acme acme', code: codeOf(secret) })).json().reason,
      'password-common',
    );
    const code = codeOf(secret);
    assert.equal((await complete({ password, code })).statusCode, 204);
    const signIn = (given: string) =>
      client.send('POST', '/session', { organization: 'acme', email, password, code: given });
    assert.equal((await signIn(code)).statusCode, 401, 'ADM-12: the code of the set-up is used up');
    surface.advance(60_000);
    assert.equal((await signIn(codeOf(secret))).json().secondFactor, 'used');
    assert.equal((await client.send('GET', '/audit')).statusCode, 200);
    surface.advance(60_000);
  });

  test('a link works once, for 72 hours, until a newer one, and not for a disabled account', async () => {
    const client = browser();
    const status = async (token: string) => (await client.send('POST', '/setup/begin', { token })).statusCode;
    const used = await invite();
    const { secret } = (await client.send('POST', '/setup/begin', { token: used.token })).json() as {
      secret: string;
    };
    const body = { token: used.token, password, code: codeOf(secret) };
    const both = await Promise.all([1, 2].map(() => client.send('POST', '/setup/complete', body)));
    assert.deepEqual(
      both.map(({ statusCode }) => statusCode).toSorted(),
      [204, 410],
      'two at once: one wins',
    );
    assert.equal(await status(used.token), 410);
    const replaced = await invite();
    await surface.call(admin(), 'POST', `/administrators/${replaced.id}/setup-link`);
    assert.equal(await status(replaced.token), 410);
    const disabled = await invite();
    await surface.call(admin(), 'PATCH', `/administrators/${disabled.id}`, { body: { state: 'disabled' } });
    assert.equal(await status(disabled.token), 410);
    const old = await invite();
    surface.advance(72 * 3_600_000 - 1_000);
    assert.equal(await status(old.token), 200);
    surface.advance(1_000);
    assert.equal(await status(old.token), 410);
    assert.equal(await status('gth_inv_nonsense'), 410);
  });

  test('ADM-11 a new link changes the password only together with the factor that the account has', async () => {
    const fresh = await surface.call(surface.acme.administrators['org-admin'].token, 'GET', '/me');
    assert.equal(fresh.statusCode, 401, 'the tokens of this test ran out with the clock');
    const { id, email, token } = await inviteLocally();
    const client = browser();
    const { secret } = (await client.send('POST', '/setup/begin', { token })).json() as { secret: string };
    await client.send('POST', '/setup/complete', { token, password, code: codeOf(secret) });
    surface.advance(60_000);
    const renewed = await surface.local.inject({
      method: 'POST',
      url: `/api/v1/administrators/${id}/setup-link`,
      headers: { 'gatehouse-organization': 'acme' },
    });
    const again = new URL((renewed.json() as { setupUrl: string }).setupUrl).hash.slice(1);
    const offer = await client.send('POST', '/setup/begin', { token: again });
    assert.equal(offer.json().secondFactor, 'existing');
    assert.equal(offer.json().secret, undefined, 'no new secret is handed out');
    const other = 'obelisk ferret marzipan';
    const complete = (body: object) =>
      client.send('POST', '/setup/complete', { token: again, password: other, ...body });
    assert.equal((await complete({})).statusCode, 400);
    assert.equal((await complete({ code: '000000' })).statusCode, 400);
    assert.equal((await complete({ code: codeOf(secret) })).statusCode, 204);
    surface.advance(60_000);
    const signIn = await client.send('POST', '/session', {
      organization: 'acme',
      email,
      password: other,
      code: codeOf(secret),
    });
    assert.equal(signIn.statusCode, 201);
  });

  async function inviteLocally() {
    const email = 'later@acme.example';
    const answer = await surface.local.inject({
      method: 'POST',
      url: '/api/v1/administrators',
      headers: { 'gatehouse-organization': 'acme' },
      payload: { email, role: 'auditor' },
    });
    const { id, setupUrl } = answer.json() as { id: string; setupUrl: string };
    return { id, email, token: new URL(setupUrl).hash.slice(1) };
  }

  test('ADM-03 posts from another origin and unknown members are refused', async () => {
    const client = browser();
    const evil = await client.send(
      'POST',
      '/setup/begin',
      { token: 'x' },
      { origin: 'https://evil.example' },
    );
    assert.equal(evil.statusCode, 403);
    const extra = await client.send('POST', '/setup/complete', {
      token: 'x',
      password,
      role: 'system-admin',
    });
    assert.equal(extra.statusCode, 400);
  });
});
