// The third door of the enrolment page: the mail account, with a mail server that says what the test wants it to say.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openTestPage, type TestPage, type Visitor } from './enroll/test-page.ts';

describe('enrolment with the mail account', () => {
  let page: TestPage;
  let addresses = 0;
  const refused = /^Nobody can sign in with this: the address or the password is wrong, or acme inc/;

  before(async () => {
    page = await openTestPage();
    await call('POST', '/users', { email: 'ann@acme.example', userName: 'annie' });
    await call('POST', '/users', { email: 'eve@globex.example' }, 'globex');
  });
  after(() => page[Symbol.asyncDispose]());
  beforeEach(async () => {
    page.mail.asked.length = 0;
    page.mail.answer = async ({ password }) =>
      password === 'right' ? { is: 'right', server: 'Exchange' } : { is: 'wrong', why: 'wrong-password' };
    await set({ people: 'known' });
  });

  const call = (method: string, path: string, body?: unknown, organization: 'acme' | 'globex' = 'acme') =>
    page.surface.call(
      page.surface[organization].administrators['org-admin'].token,
      method,
      path,
      body === undefined ? {} : { body },
    );
  async function set(mailSignIn: { people: string; discover?: boolean }): Promise<void> {
    const settings = { mailSignIn, mailDomains: ['acme.example'] };
    const answer = await call('PATCH', '/organization/settings', settings);
    assert.equal(answer.statusCode, 200, answer.body);
  }
  /** From an address that nobody has guessed from. */
  const newcomer = (): Visitor => page.visitor({ address: `198.51.100.${(addresses += 1)}` });
  async function enter(name: string, password = 'right', visitor = newcomer()) {
    await visitor.open();
    return visitor.send('/mail', [
      ['name', name],
      ['password', password],
    ]);
  }

  test('EAS-10 ADM-03 the door is shut until the organization opens it, and then asks for address and password', async () => {
    await set({ people: 'none' });
    const shut = await newcomer().open();
    assert.doesNotMatch(shut.body, /mail-password/);
    const refusedAll = await enter('ann@acme.example');
    assert.equal(refusedAll.status, 404);
    assert.deepEqual(page.mail.asked, []);
    await set({ people: 'known' });
    const visitor = newcomer();
    assert.match((await visitor.open()).body, /id="mail-password" name="password" type="password"/);
    const forged = await visitor.request('POST', '/mail', [
      ['form', 'made up'],
      ['name', 'ann@acme.example'],
      ['password', 'right'],
    ]);
    assert.equal(forged.status, 403);
    assert.deepEqual(page.mail.asked, []);
  });

  test('EAS-10 a user comes in with what the mail server takes; on record is who, and nowhere the password', async () => {
    const before = (await page.audited('users.sign-in')).length;
    const wrong = await enter('ann@acme.example', 'a-wrong-canary');
    assert.equal(wrong.status, 401);
    assert.match(wrong.problem ?? '', refused);
    assert.match(wrong.body, /id="mail-name"[^>]*value="ann@acme\.example"/s);
    assert.doesNotMatch(wrong.body, /canary/);
    const visitor = newcomer();
    assert.equal((await enter('Ann@ACME.example', 'right', visitor)).title, 'Which device is it?');
    assert.ok(visitor.cookies.has('__Host-gh_known_user'));
    assert.equal((await visitor.send('/device', [['platform', 'ios']])).title, 'Get the profile');
    assert.deepEqual(
      (await page.audited('users.sign-in'))
        .slice(before)
        .map(({ outcome, reason, show }) => [outcome, reason, show]),
      [
        ['refused', 'wrong-password', {}],
        ['done', null, { by: 'mail-account', knownBrowser: false, mailServer: 'Exchange' }],
      ],
    );
    const kept = await page.rows<{ text: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as text from audit_entries t`,
    );
    assert.doesNotMatch(kept[0]?.text ?? '', /canary/);
    assert.ok(page.surface.logged.every((line) => !line.includes('canary')));
  });

  test('DIR-13 ENR-14 a user name, and a short name in the organization’s domain, lead to the address and its mail server', async () => {
    for (const name of ['annie', 'ANN']) {
      assert.equal((await enter(name)).title, 'Which device is it?', name);
      const { email, password } = page.mail.asked.at(-1) ?? {};
      assert.deepEqual([email, password], ['ann@acme.example', 'right'], name);
    }
    const made = (
      await call('POST', '/mail-servers', { name: 'Ours', url: 'https://mail.example/' })
    ).json() as {
      id: string;
    };
    await call('POST', `/mail-servers/${made.id}/assignments`, {
      targetKind: 'domain',
      target: 'acme.example',
    });
    await enter('annie');
    assert.equal(page.mail.asked.at(-1)?.server?.serverId, made.id);
    await set({ people: 'known', discover: true });
    await enter('annie');
    assert.deepEqual(page.mail.asked.at(-1)?.discoverIn, ['acme.example']);
  });

  test('EAS-10 EAS-T14 who is unknown, disabled, of another organization or no name at all is refused alike, and no server sees the password', async () => {
    const made = (await call('POST', '/users', { email: 'dis@acme.example' })).json() as { id: string };
    await call('PATCH', `/users/${made.id}`, { state: 'disabled' });
    const wrong = await enter('ann@acme.example', 'wrong');
    page.mail.asked.length = 0;
    for (const name of [
      'nobody@acme.example',
      'dis@acme.example',
      'eve@globex.example',
      'ELSEWHERE\\ann',
      'ann:x',
      '@',
      'a\tb',
    ]) {
      const answer = await enter(name);
      assert.deepEqual(
        [answer.status, answer.problem, answer.title],
        [401, wrong.problem, wrong.title],
        name,
      );
    }
    assert.ok(page.mail.asked.every(({ password }) => password === null));
    assert.equal(page.mail.asked.length, 4, 'asked what says nothing, so that it takes as long');
  });

  test('EAS-T14 a name that is nobody’s is looked for where that of a user would be, and one of the servers in use is asked instead', async () => {
    await set({ people: 'known', discover: true });
    const made = (
      await call('POST', '/mail-servers', { name: 'Of some', url: 'https://some.example/' })
    ).json() as { id: string };
    const { id } = (await call('POST', '/users', { email: 'some@acme.example' })).json() as { id: string };
    const assignment = { targetKind: 'user', target: id };
    await call('POST', `/mail-servers/${made.id}/assignments`, assignment);
    const { items: servers } = (await call('GET', '/mail-servers')).json() as { items: { id: string }[] };
    const asked = new Set<string | undefined>();
    for (const name of ['nobody', 'no-one', 'somebody', 'anyone', 'whoever', 'x', 'y', 'z']) {
      assert.equal((await enter(name)).status, 401);
      const { email, password, instead, discoverIn } = page.mail.asked.at(-1) ?? {};
      assert.deepEqual([email, password, discoverIn], [`${name}@acme.example`, null, ['acme.example']]);
      asked.add(instead?.serverId);
      await enter(name);
      assert.deepEqual(page.mail.asked.at(-1)?.instead, instead, 'always the same');
    }
    assert.ok([...asked].every((each) => servers.some((server) => server.id === each)));
    const elsewhere = page.visitor({ organization: 'globex', address: '198.51.100.250' });
    await call('PATCH', '/organization/settings', { mailSignIn: { people: 'known' } }, 'globex');
    await enter('nobody@globex.example', 'right', elsewhere);
    assert.equal(page.mail.asked.at(-1)?.instead, null, 'of another organization none');
  });

  test('ENR-13 an address in the organization’s domain becomes a user where everybody may come, with entry and event; no other does', async () => {
    await set({ people: 'all' });
    const email = 'hands-off@acme.example';
    const visitor = newcomer();
    assert.equal((await enter(email, 'wrong')).status, 401);
    assert.equal((await enter(email, 'right', visitor)).title, 'Which device is it?');
    const { items } = (await call('GET', '/users?search=hands-off')).json() as {
      items: { id: string; email: string }[];
    };
    assert.deepEqual(
      items.map((each) => each.email),
      [email],
    );
    const created = await page.rows<{ actor: string }>(
      `select content->'actor'->>'id' as actor from audit_entries
       where content->>'action' = 'users.create' and content->'show'->>'by' = 'mail-account'`,
    );
    assert.deepEqual(created, [{ actor: items[0]?.id }]);
    const events = await page.rows(`select 1 from events where name = 'user.created' and subject_id = $1`, [
      items[0]?.id,
    ]);
    assert.equal(events.length, 1);
    assert.equal((await enter(email)).title, 'Which device is it?', 'again, as the same user');
    for (const name of ['stranger@globex.example', 'short', 'annie@acme.example']) {
      const answer = await enter(name);
      assert.deepEqual([answer.status, refused.test(answer.problem ?? '')], [401, true], name);
    }
    const { items: all } = (await call('GET', '/users?search=stranger')).json() as { items: unknown[] };
    assert.deepEqual(all, []);
  });

  test('EAS-10 a person who comes twice at once becomes one user', async () => {
    await set({ people: 'all' });
    const titles = await Promise.all([1, 2].map(async () => (await enter('twice@acme.example')).title));
    assert.deepEqual(titles, ['Which device is it?', 'Which device is it?']);
  });

  test('EAS-10 a mail server that does not answer lets nobody in, and it is said that it does not', async () => {
    page.mail.answer = async () => ({ is: 'away', why: 'It is down' });
    const answer = await enter('ann@acme.example');
    assert.equal(answer.status, 503);
    assert.match(answer.problem ?? '', /mail server could not be asked/);
    assert.doesNotMatch(answer.body, /It is down/);
    page.mail.answer = async () => ({ is: 'throttled', retryAfterSeconds: 77 });
    const throttled = await enter('ann@acme.example');
    assert.deepEqual([throttled.status, throttled.headers['retry-after']], [429, '77']);
    page.mail.answer = async () => ({ is: 'right', server: 'Exchange' });
    assert.equal((await enter('nobody@acme.example')).status, 401, 'a server that lies is not believed');
  });

  test('EAS-T09 guessing is slowed by account and source before the mail server hears of it; others still come in', async () => {
    const guesser = newcomer();
    await guesser.open();
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const answer = await guesser.send('/mail', [
        ['name', 'ann@acme.example'],
        ['password', `guess ${n}`],
      ]);
      statuses.push(answer.status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
    assert.equal(page.mail.asked.length, 5);
    assert.equal((await enter('ann@acme.example')).title, 'Which device is it?', 'from elsewhere');
    page.surface.advance(10 * 60_000);
    assert.equal((await enter('ann@acme.example', 'right', guesser)).title, 'Which device is it?');
    page.surface.advance(-10 * 60_000);
  });
});
