// Invitations on the whole server, sent to a mail server of another make (python3-aiosmtpd).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { composeServer, type ComposedServer } from './security/composed-server.ts';
import { MailPeer, type ReceivedMail } from './mail-peer.ts';

describe('invitations by mail', () => {
  let peer: MailPeer;
  let server: ComposedServer;
  before(async () => {
    peer = await MailPeer.start('127.0.0.1');
    server = await composeServer({
      env: { GATEHOUSE_SMTP_URL: peer.url, GATEHOUSE_MAIL_FROM: 'IT of Acme <it@acme.example>' },
    });
    const made = await server.operate('POST', '/organizations', { slug: 'acme', name: 'Acme "<b>" & Söhne' });
    assert.equal(made.statusCode, 201, made.body);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await peer.stop();
  });

  const call = (method: string, path: string, body?: unknown) => server.operate(method, path, body, 'acme');
  const addUser = async (email: string, more: object = {}) =>
    ((await call('POST', '/users', { email, ...more })).json() as { id: string }).id;

  interface Line {
    readonly line?: number;
    readonly user: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly invitationId?: string;
    readonly enrollmentId?: string;
    readonly link?: string;
    readonly oneTimePassword?: string;
    readonly qr?: string;
  }
  const invite = async (body: object): Promise<Line[]> => {
    const answer = await call('POST', '/invitations', { platform: 'macos', ...body });
    assert.equal(answer.statusCode, 200, answer.body);
    return (answer.json() as { lines: Line[] }).lines;
  };
  const stateOf = async (line: Line | undefined, wanted?: string) => {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { items } = (await call('GET', '/invitations')).json() as {
        items: { id: string; state: string; problem: string | null; attempts: number }[];
      };
      const found = items.find(({ id }) => id === line?.invitationId);
      if (found && (wanted === undefined || found.state === wanted)) return found;
      if (Date.now() > deadline) throw new Error(`it is ${found?.state}: ${found?.problem}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const linkIn = (mail: ReceivedMail) =>
    new URL(/https:\/\/\S+\/enroll\/acme#\S+/.exec(mail.text)?.[0] ?? '');

  test('ENR-01 one person is sent a link with a one-time password behind the #, as text, as markup and as a QR code', async () => {
    await addUser('ann@acme.example', { displayName: 'Ann "x" <script>' });
    const [line] = await invite({ users: ['ann@acme.example'] });
    assert.equal(line?.outcome, 'invited');
    assert.equal(line?.oneTimePassword, undefined, 'what is mailed is not in the answer');
    const mail = await peer.mailTo('ann@acme.example');
    await stateOf(line, 'sent');
    assert.equal(mail.from, 'it@acme.example');
    assert.equal(mail.headers['subject'], 'Acme "<b>" & Söhne: enrol your device');
    assert.equal(mail.headers['auto-submitted'], 'auto-generated');
    const link = linkIn(mail);
    assert.equal(link.pathname + link.search, '/enroll/acme');
    const code = link.hash.slice(1);
    assert.match(code, /^(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}$/);
    assert.ok(mail.text.includes('Mac') && mail.text.includes(`\n${code}`));
    assert.ok(
      mail.html.includes(`href="${link.href}"`) && mail.html.includes('Ann &quot;x&quot; &lt;script&gt;'),
    );
    assert.doesNotMatch(mail.html, /<script>|<b>|https?:\/\/(?!localhost)/);
    assert.match(mail.png, /^89504e47/);
    const page = await fetchPage();
    const entered = await page('/code', [['code', code]]);
    assert.match(entered, /<h1>(?:Get the profile|Enrol this computer)<\/h1>/);
  });

  /** A visitor of the page over the network. */
  async function fetchPage() {
    let cookie = '';
    const send = async (path: string, fields?: [string, string][]): Promise<string> => {
      const answer = await server.application.main.inject({
        method: fields ? 'POST' : 'GET',
        url: `/enroll/acme${path}`,
        headers: {
          host: 'localhost',
          ...(cookie === '' ? {} : { cookie }),
          ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(fields ? { payload: new URLSearchParams(fields).toString() } : {}),
      });
      const [set] = [answer.headers['set-cookie'] ?? []].flat();
      if (set !== undefined) cookie = set.split(';')[0] ?? '';
      return answer.statusCode === 303 ? send('') : answer.body;
    };
    const first = await send('');
    const token = /name="form" value="([^"]*)"/.exec(first)?.[1] ?? '';
    return (path: string, fields: [string, string][]) => send(path, [['form', token], ...fields]);
  }

  test('ENR-02 many at once, a group, and a CSV file: one report line each, a bad one costs only itself', async () => {
    const users = ['bob@acme.example', 'cleo@acme.example'];
    for (const email of users) await addUser(email);
    const lines = await invite({ users: [...users, 'nobody@acme.example'], delivery: 'link', qr: true });
    assert.deepEqual(
      lines.map(({ user, outcome, reason }) => [user, outcome, reason]),
      [
        ['bob@acme.example', 'invited', undefined],
        ['cleo@acme.example', 'invited', undefined],
        ['nobody@acme.example', 'failed', 'There is no such user.'],
      ],
    );
    assert.equal(new URL(lines[0]?.link ?? '').hash.slice(1), lines[0]?.oneTimePassword);
    assert.match(lines[0]?.qr ?? '', /^<svg /);
    assert.equal((await stateOf(lines[0])).state, 'given-out');

    const group = ((await call('POST', '/groups', { name: 'Sales' })).json() as { id: string }).id;
    const member = await addUser('dora@acme.example');
    await call('PUT', `/groups/${group}/members/${member}`);
    const ofGroup = await invite({ groupId: group });
    assert.deepEqual(
      ofGroup.map(({ user, outcome }) => [user, outcome]),
      [['dora@acme.example', 'invited']],
    );
    await peer.mailTo('dora@acme.example');

    const csv = [
      'email,platform,ownership',
      'bob@acme.example,linux,corporate',
      'who@acme.example,,',
      'bob@acme.example,toaster,',
      '',
    ].join('\n');
    const made = await call('POST', '/tokens', { role: 'org-admin', expiresInSeconds: 3_600 });
    const { token } = made.json() as { token: string };
    const imported = await server.application.main.inject({
      method: 'POST',
      url: '/api/v1/invitations/import?platform=macos&delivery=link',
      headers: { host: 'localhost', authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      payload: csv,
    });
    assert.equal(imported.statusCode, 200, imported.body);
    const report = (imported.json() as { lines: Line[] }).lines;
    assert.deepEqual(
      report.map(({ line, outcome }) => [line, outcome]),
      [
        [2, 'invited'],
        [3, 'failed'],
        [4, 'failed'],
      ],
    );
    for (const wrong of [{}, { users: ['bob@acme.example'], groupId: group }]) {
      assert.equal((await call('POST', '/invitations', { platform: 'linux', ...wrong })).statusCode, 400);
    }
  });

  test('a mail that cannot be taken now is sent again, with another password; one that never will be is told', async () => {
    await addUser('later@acme.example');
    await addUser('refused@acme.example');
    const lines = await invite({ users: ['later@acme.example', 'refused@acme.example'] });
    const mail = await peer.mailTo('later@acme.example');
    assert.ok(linkIn(mail).hash.length > 20);
    const sent = await stateOf(lines[0], 'sent');
    assert.equal(sent.attempts, 2);
    const failed = await stateOf(lines[1], 'failed');
    assert.match(failed.problem ?? '', /550/);
    const again = await call('POST', `/invitations/${lines[0]?.invitationId}/resend`);
    assert.equal(again.statusCode, 204, again.body);
    const second = await peer.mailTo('later@acme.example', 2);
    assert.notEqual(linkIn(second).hash, linkIn(mail).hash);
    assert.equal(second.headers['message-id'], mail.headers['message-id']);
    const page = await fetchPage();
    assert.match(
      await page('/code', [['code', linkIn(mail).hash.slice(1)]]),
      /not valid here/,
      'the first one is dead',
    );
    const other = await fetchPage();
    assert.doesNotMatch(await other('/code', [['code', linkIn(second).hash.slice(1)]]), /not valid here/);
  });

  test('JOB-02 what was cancelled while its mail waited is not sent', async () => {
    await addUser('later-cancelled@acme.example');
    const [line] = await invite({ users: ['later-cancelled@acme.example'] });
    const deadline = Date.now() + 10_000;
    while ((await stateOf(line)).problem === null) {
      assert.ok(Date.now() < deadline, 'it was not tried');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match((await stateOf(line)).problem ?? '', /451/);
    assert.equal((await call('POST', `/enrollments/${line?.enrollmentId}/cancel`)).statusCode, 204);
    assert.match((await stateOf(line, 'failed')).problem ?? '', /not open/);
    assert.ok(!peer.received.some(({ to }) => to.includes('later-cancelled@acme.example')));
  });

  test('ENR-T08 an invitation to an address that has changed dies', async () => {
    const user = await addUser('moving@acme.example');
    const [line] = await invite({ users: ['moving@acme.example'] });
    const mail = await peer.mailTo('moving@acme.example');
    await stateOf(line, 'sent');
    await call('PATCH', `/users/${user}`, { email: 'moved@acme.example' });
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { state } = (await call('GET', `/enrollments/${line?.enrollmentId}`)).json() as { state: string };
      if (state === 'cancelled') break;
      assert.ok(Date.now() < deadline, state);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const page = await fetchPage();
    assert.match(await page('/code', [['code', linkIn(mail).hash.slice(1)]]), /not valid here/);
    assert.equal((await call('POST', `/invitations/${line?.invitationId}/resend`)).statusCode, 409);
  });

  test('with a link to choose a password, and another organization’s invitation is not there', async () => {
    await addUser('eve@acme.example');
    const [line] = await invite({ users: ['eve@acme.example'], withPasswordLink: true });
    const mail = await peer.mailTo('eve@acme.example');
    const choose = new URL(/https:\/\/\S+\/enroll\/acme\/password#\S+/.exec(mail.text)?.[0] ?? '');
    assert.match(choose.hash, /^#gth_usr_/);
    const page = await fetchPage();
    const password = 'plinth ocelot quaver tumbril';
    const set = await page('/password', [
      ['token', choose.hash.slice(1)],
      ['password', password],
      ['repeat', password],
    ]);
    assert.match(set, /Your password is set/);
    await server.addOrganization('globex');
    const foreign = await server.operate(
      'POST',
      `/invitations/${line?.invitationId}/resend`,
      undefined,
      'globex',
    );
    assert.equal(foreign.statusCode, 404);
  });

  test('neither codes nor links stand in the log, in jobs or in the database', async () => {
    await stateOf((await invite({ users: ['ann@acme.example'] }))[0], 'sent');
    const mail = await peer.mailTo('ann@acme.example', 2);
    const code = linkIn(mail).hash.slice(1);
    assert.ok(!server.logged.join('\n').includes(code));
    const admin = await server.db.superuser();
    try {
      for (const table of ['jobs', 'events', 'invitations', 'enrollments', 'audit_entries']) {
        const { rows } = await admin.query(
          `select count(*)::int as n from ${table} t where t::text like $1`,
          [`%${code}%`],
        );
        assert.equal(rows[0].n, 0, table);
      }
    } finally {
      await admin.end();
    }
  });
});

test('without TLS nothing is said to a mail server that is not this machine; without one, links are given out', async () => {
  const peer = await MailPeer.start('127.0.0.2');
  const server = await composeServer({ env: { GATEHOUSE_SMTP_URL: peer.url } });
  try {
    await server.addOrganization('acme');
    const call = (method: string, path: string, body?: unknown) => server.operate(method, path, body, 'acme');
    await call('POST', '/users', { email: 'ann@acme.example' });
    await call('POST', '/invitations', { users: ['ann@acme.example'], platform: 'linux' });
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { items } = (await call('GET', '/invitations')).json() as {
        items: { state: string; problem: string | null }[];
      };
      if (items[0]?.problem) {
        assert.match(items[0].problem, /TLS/i);
        break;
      }
      assert.ok(Date.now() < deadline, 'nothing was said about it');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(peer.received, []);
  } finally {
    await server[Symbol.asyncDispose]();
    await peer.stop();
  }
  const plain = await composeServer();
  try {
    await plain.addOrganization('acme');
    await plain.operate('POST', '/users', { email: 'ann@acme.example' }, 'acme');
    const body = { users: ['ann@acme.example'], platform: 'linux' };
    const refused = await plain.operate('POST', '/invitations', body, 'acme');
    assert.equal(refused.statusCode, 409);
    assert.equal(refused.json().reason, 'mail-not-configured');
    const given = await plain.operate('POST', '/invitations', { ...body, delivery: 'link' }, 'acme');
    assert.equal(given.statusCode, 200);
  } finally {
    await plain[Symbol.asyncDispose]();
  }
});
