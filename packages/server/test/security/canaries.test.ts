import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { factCatalogue } from '@gatehouse/core/facts/catalogue.ts';
import { scans } from '@gatehouse/core/facts/types.ts';
import {
  type EnrollmentTicket,
  Gateway,
  newComputer,
  SimulatedAgent,
} from '@gatehouse/simulators/agent/index.ts';
import { createSimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import { connectLocalApi, type LocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import { generateSync } from 'otplib';
import { Agent, request } from 'undici';
import { type RunningServer, startServer } from '../running-server.ts';

/** A secret in every spelling in which it might slip out; base64 at each of its three alignments. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'latin1');
  const aligned = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(Math.ceil((shift * 8) / 6))
      .replace(/.{0,3}=*$/, ''),
  );
  const hex = bytes.toString('hex');
  return [
    ...(/^[\x20-\x7e]+$/.test(secret)
      ? [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
      : []),
    ...aligned,
    ...aligned.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  ].filter((text) => text.length >= 6);
}

/** Which of the texts stand in any file below the directory, whatever kind of file it is. */
function findInFiles(directory: string, texts: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const exclude = ['--exclude=master.key', '--exclude-dir=tls', '--exclude=*.pid'];
    const search = execFile(
      'grep',
      ['-raohF', ...exclude, '-f', '-', directory],
      { maxBuffer: 256 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } },
      (error, out) => {
        // 1: nothing found; 2: a file that PostgreSQL removed meanwhile.
        const code = (error as { code?: unknown } | null)?.code ?? 0;
        if (typeof code === 'number' && code <= 2) resolve([...new Set(out.split('\n').filter(Boolean))]);
        else reject(error as Error);
      },
    );
    search.stdin?.end(texts.join('\n'));
  });
}

/** `gth_<kind>_<id>_<secret>_<check>`; the secret may hold underscores. */
const secretOf = (token: string) => token.slice(19, -7);

const word = () => randomBytes(9).toString('hex');

/** Line breaks, terminal sequences, quotes that end a string, a line of log of one’s own, text that turns round. */
const hostile = [
  '\r\n{"level":"fatal","msg":"forged-line"}\r\n',
  '\u001b[2J\u001b]0;owned\u0007',
  '","msg":"forged-line","x":"',
  '\u009b31m\u0085forged-line\u2028\u202e\u0000',
];

describe('a journey at the most talkative log level', () => {
  let server: RunningServer;
  let api: LocalApi;
  let agent: SimulatedAgent;
  let client: Agent;
  /** Nowhere at all but where they belong: not on disk, not in any output. */
  const secrets = new Map<string, string>();
  /** In the database, and in no output. */
  const persons = new Map<string, string>();
  const control = `control-${word()}`;

  before(async () => {
    server = await startServer({ env: { GATEHOUSE_LOG_LEVEL: 'trace' } });
    client = new Agent({ connect: { ca: trust() } });
    await journey();
  });
  after(async () => {
    await Promise.all([agent?.close(), api?.close(), client?.close()]);
    await server[Symbol.asyncDispose]();
  });

  const trust = () => readFileSync(join(server.dataDirectory, 'tls', 'trust.pem'), 'utf8');

  async function send(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
    const answer = await request(`${server.publicUrl}${path}`, {
      dispatcher: client,
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  async function journey(): Promise<void> {
    const instance = connectLocalApi(server.dataDirectory);
    await instance.request('POST', '/organizations', { slug: 'acme', name: control });
    await instance.close();
    api = connectLocalApi(server.dataDirectory, 'acme');
    persons.set('e-mail address', `person-${word()}@acme.example`);
    await api.request('POST', '/users', { email: persons.get('e-mail address') });
    await anAdministrator();
    await aProgram();
    await aDevice();
    await theNetwork();
    await mistakes();
  }

  async function anAdministrator(): Promise<void> {
    const email = `admin-${word()}@acme.example`;
    persons.set('administrator', email);
    const invited = await api.request<{ setupUrl: string }>(
      'POST',
      '/administrators',
      { email, role: 'org-admin' },
      word(),
    );
    const token = new URL(invited.setupUrl).hash.slice(1);
    secrets.set('set-up link', secretOf(token));
    const begun = await send('POST', '/setup/begin', {}, { token });
    const { secret } = JSON.parse(begun.text) as { secret: string };
    secrets.set('second factor', secret);
    const password = `password ${word()}`;
    secrets.set('password', password);
    const code = (minutes: number) => generateSync({ secret, epoch: Date.now() / 1000 + 60 * minutes });
    assert.equal(
      (await send('POST', '/setup/complete', {}, { token, password, code: code(-0.5) })).status,
      204,
    );
    const credentials = { organization: 'acme', email, password, code: code(0) };
    const session = await send('POST', '/api/v1/session', { origin: server.publicUrl }, credentials);
    assert.equal(session.status, 201, session.text);
    const cookies = [session.headers['set-cookie'] ?? []].flat().map((text) => text.split(';')[0] ?? '');
    for (const cookie of cookies) {
      const value = cookie.slice(cookie.indexOf('=') + 1);
      secrets.set(`cookie ${cookie.split('=')[0]}`, value.startsWith('gth_') ? secretOf(value) : value);
    }
    const { csrfToken } = JSON.parse(session.text) as { csrfToken: string };
    secrets.set('cross-site token', csrfToken);
    const signedIn = { cookie: cookies.join('; '), origin: server.publicUrl, 'gatehouse-csrf': csrfToken };
    assert.equal((await send('POST', '/api/v1/groups', signedIn, { name: 'made by session' })).status, 201);
    assert.equal((await send('GET', '/api/v1/audit', signedIn)).status, 200);
  }

  async function aProgram(): Promise<void> {
    const order = { role: 'org-admin', expiresInSeconds: 86_400 };
    const { token } = await api.request<{ token: string }>('POST', '/tokens', order, word());
    secrets.set('API token', secretOf(token));
    const authorization = `Bearer ${token}`;
    persons.set('query', `query-${word()}`);
    assert.equal(
      (await send('GET', `/api/v1/users?search=${persons.get('query')}`, { authorization })).status,
      200,
    );
    assert.equal((await send('GET', '/api/v1/me', { authorization: `${authorization}x` })).status, 401);
  }

  async function aDevice(): Promise<void> {
    const order = { user: persons.get('e-mail address'), platform: 'linux' };
    const open = await api.request<EnrollmentTicket>('POST', '/enrollments', order, word());
    secrets.set('open enrolment code', open.oneTimePassword);
    const ticket = await api.request<EnrollmentTicket>('POST', '/enrollments', order, word());
    secrets.set('used enrolment code', ticket.oneTimePassword);
    for (const name of ['open', 'used']) {
      secrets.set(
        `${name} enrolment code, bare`,
        (secrets.get(`${name} enrolment code`) ?? '').replaceAll('-', ''),
      );
    }
    agent = new SimulatedAgent({ computer: newComputer(word(), { platform: 'linux' }) });
    persons.set('host name', `host-${word()}`);
    agent.computer.hostName = persons.get('host name') ?? '';
    const identity = await agent.enroll(ticket);
    const { d = '' } = createPrivateKey(identity.privateKey).export({ format: 'jwk' });
    secrets.set('private key of the device', Buffer.from(d, 'base64url').toString('latin1'));
    await agent.report();
    const pin = String(randomInt(10 ** 13, 10 ** 14));
    const [lockText, text] = [`lock text ${word()}`, `message ${word()}`];
    secrets.set('lock PIN', pin);
    secrets.set('lock message', lockText);
    secrets.set('message', text);
    const commands = `/devices/${identity.deviceId}/commands`;
    const lock = { name: 'lock-device', params: { pin, message: lockText } };
    await api.request('POST', commands, lock, word());
    await api.request('POST', commands, { name: 'send-message', params: { text } }, word());
    await agent.poll(0);
    await agent.settle();
    assert.ok(
      agent.computer.messages.some((message) => message.text === text),
      'the message arrived',
    );
    const unsent = `unsent ${word()}`;
    secrets.set('message that waits', unsent);
    await api.request('POST', commands, { name: 'send-message', params: { text: unsent } });
    await hostileReport(identity);
  }

  async function hostileReport(
    identity: ConstructorParameters<typeof Gateway>[0] & ConstructorParameters<typeof Gateway>[1],
  ) {
    const gateway = new Gateway(identity, identity);
    const { counter } = agent.memory;
    for (const [index, text] of hostile.entries()) {
      const facts = (scan: string) =>
        Object.fromEntries(
          Object.entries(factCatalogue)
            .filter(
              ([, { shape, scan: own, sources }]) =>
                own === scan && shape.type === 'string' && (sources as readonly string[]).includes('agent'),
            )
            .map(([name]) => [name, `x${text}`.slice(0, 60)]),
        );
      await gateway.checkIn({
        counter: counter + 10 + index,
        bootId: agent.computer.bootId,
        sentAt: Date.now(),
        scans: scans.map((scan) => ({ scan, observedAt: Date.now(), facts: facts(scan) })),
      } as never);
      // And facts that nobody knows, with such names.
      await gateway
        .checkIn({
          counter: counter + 20 + index,
          bootId: `b${index}`,
          sentAt: Date.now(),
          scans: [
            {
              scan: 'security',
              observedAt: Date.now(),
              facts: { [`x${text}`]: text, 'storage.encrypted': text },
            },
          ],
        } as never)
        .catch(() => undefined);
    }
    await gateway.close();
    const latin = Buffer.from(hostile[3] ?? '')
      .toString('latin1')
      .replaceAll(/[^\x20-\x7e\x80-\xff]/g, '');
    for (const path of [
      `/${encodeURIComponent(hostile[0] ?? '')}`,
      `/api/v1/users?search=${encodeURIComponent(hostile[1] ?? '')}`,
    ]) {
      await send('GET', path, { 'user-agent': `agent ${latin}`, referer: latin, 'x-forwarded-for': latin });
    }
  }

  async function theNetwork(): Promise<void> {
    const password = `network ${word()}`;
    secrets.set('password of the network', password);
    persons.set('account of the network', `ise-${word()}@acme.example`);
    const userName = persons.get('account of the network') ?? '';
    await api.request('POST', '/administrators', { email: userName, role: 'nac-service', password });
    secrets.set('wrong password', `wrong ${word()}`);
    for (const given of [password, secrets.get('wrong password') ?? '']) {
      const ise = createSimulatedIse({
        host: 'localhost',
        port: Number(new URL(server.publicUrl).port),
        userName,
        password: given,
        trusted: [trust()],
        timeoutMs: 20_000,
      });
      const mac =
        agent.computer.interfaces.find(({ kind }) => kind === 'ethernet' || kind === 'wifi')?.mac ?? '';
      await ise.testConnection();
      await ise.openSession(mac);
      const text = `from the network ${word()}`;
      secrets.set(`message of the network ${secrets.size}`, text);
      await ise
        .sendMessage([{ kind: 'macaddress', value: mac }] as never, { header: 'Hello', body: text })
        .catch(() => undefined);
      await ise.close();
    }
  }

  /** Secrets in places where they are wrong. */
  async function mistakes(): Promise<void> {
    const password = secrets.get('password') ?? '';
    await send(
      'POST',
      '/api/v1/session',
      {},
      { organization: 'acme', email: persons.get('administrator'), password: `${password}x` },
    );
    await send(
      'POST',
      '/api/v1/session',
      {},
      { organization: 'acme', email: persons.get('administrator'), password, code: '000000' },
    );
    await send('POST', '/api/v1/session', {}, `{"password":"${password}`);
    await send('POST', '/setup/begin', {}, { token: secrets.get('set-up link') });
    await send('GET', `/setup?token=${secrets.get('set-up link')}`, {});
    await send('GET', `/agent/v1/enroll/acme?code=${secrets.get('open enrolment code')}`, {});
    await send('POST', '/agent/v1/enroll/acme/begin', {}, { code: secrets.get('open enrolment code') });
    await send('GET', `/api/v1/users/${secrets.get('API token')}`, {
      authorization: `Basic ${secrets.get('API token')}`,
    });
    await api.request('POST', '/users', { email: persons.get('e-mail address') }).catch(() => undefined);
    await api
      .request('POST', '/administrators', { email: persons.get('administrator'), role: 'auditor', password })
      .catch(() => undefined);
  }

  const logFiles = () => {
    const directory = join(server.dataDirectory, 'logs');
    return readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  };

  /** @param texts by the name of what they are */
  function findIn(output: string, texts: ReadonlyMap<string, string>): string[] {
    return [...texts].flatMap(([name, text]) =>
      spellings(text).some((form) => output.includes(form)) ? [name] : [],
    );
  }

  test('LOG-T02, ENR-T07: no secret, no person, no code and no message stands in any output or log', () => {
    assert.ok(secrets.size >= 18, String(secrets.size));
    const output = [server.output(), ...logFiles()].join('\n');
    assert.ok(
      output.split('\n').filter((line) => line.startsWith('{"level"')).length > 50,
      'it was talkative',
    );
    assert.deepEqual(findIn(output, secrets), []);
    assert.deepEqual(findIn(output, persons), []);
  });

  test('LOG-T01 whatever devices and callers are called, each line of the log is one JSON value of ours', () => {
    for (const text of logFiles()) {
      for (const line of text.split('\n').filter(Boolean)) {
        const entry = JSON.parse(line) as { level: string; time: string; msg?: string };
        assert.ok(['trace', 'debug', 'info', 'warn', 'error'].includes(entry.level), line);
        assert.doesNotMatch(line, /forged-line/);
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/, line);
      }
    }
    for (const line of server.output().split('\n')) {
      assert.doesNotMatch(line, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|forged-line/, line);
      if (line.startsWith('{')) JSON.parse(line);
    }
  });

  test('LOG-T02 nor does the audit record hold a secret or a message, in what it shows or in what it exports', async () => {
    const record = (await api.text('/audit?limit=500')) + (await api.text('/audit/export'));
    assert.match(record, /commands\.|devices\./);
    assert.deepEqual(findIn(record, secrets), []);
  });

  test('DAT-03, ENR-T07: no secret stands anywhere in the data directory, tables, write-ahead log and database log included', async () => {
    const texts = [...secrets].flatMap(([name, secret]) =>
      spellings(secret).map((text) => [text, name] as const),
    );
    const names = new Map(texts);
    const wanted = [...names.keys(), control];
    const whileRunning = await findInFiles(server.dataDirectory, wanted);
    await server.kill('SIGTERM');
    const cluster = join(server.dataDirectory, 'postgres');
    assert.ok(statSync(cluster).isDirectory());
    const atRest = await findInFiles(server.dataDirectory, wanted);
    for (const found of [whileRunning, atRest]) {
      assert.ok(found.includes(control), 'the search finds what is there in plain');
      const leaked = found.filter((text) => text !== control).map((text) => names.get(text) ?? text);
      assert.deepEqual([...new Set(leaked)], []);
    }
  });
});
