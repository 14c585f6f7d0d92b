import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { download } from '../../src/kernel/http/route.ts';
import { composeServer, type ComposedServer } from './composed-server.ts';

/** Line breaks in every spelling: as they are, and as characters whose low byte is one. */
const hostile = [
  '\r\nX-Injected: yes',
  '\nX-Injected: yes',
  '\rX-Injected: yes',
  '\u010d\u010aX-Injected: yes',
  '\u2028X-Injected: yes',
  '"; filename="x\r\nX-Injected: yes',
];

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** A body with the text wherever the schema takes text. */
function bodyOf(schema: Schema | undefined, text: string): unknown {
  if (schema === undefined) return undefined;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return bodyOf(schema.anyOf[0], text);
  if (schema.type === 'object') {
    const members = Object.entries(schema.properties ?? {});
    return Object.fromEntries(members.map(([name, member]) => [name, bodyOf(member, text)]));
  }
  if (schema.type === 'array') return [bodyOf(schema.items, text)];
  if (schema.type === 'integer' || schema.type === 'number') return 3_600;
  if (schema.type === 'boolean') return true;
  return `a${text}`;
}

interface Description {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            parameters?: readonly { name: string; in: string }[];
            requestBody?: { content: Record<string, { schema: Schema }> };
            responses: Readonly<Record<number, { content?: Readonly<Record<string, unknown>> }>>;
          }
        >
      >
    >
  >;
}

describe('what a caller writes never becomes a header', () => {
  let server: ComposedServer;
  let token = '';
  before(async () => {
    server = await composeServer();
    await server.addOrganization('acme');
    const made = await server.operate(
      'POST',
      '/tokens',
      { role: 'org-admin', expiresInSeconds: 3_600 },
      'acme',
    );
    token = (made.json() as { token: string }).token;
  });
  after(() => server[Symbol.asyncDispose]());

  async function send(
    listener: 'main' | 'device' | 'local',
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<number> {
    const answer = await server.application[listener].inject({
      method: method as 'GET',
      url,
      headers: {
        host: 'localhost',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const about = `${method} ${url}: ${answer.statusCode}`;
    // A line break that had reached a header would have made Node refuse to send it, which is a 500.
    assert.ok(answer.statusCode < 500, `${about} ${answer.body}`);
    for (const [name, value] of Object.entries(answer.headers)) {
      assert.match(name, /^[a-z][a-z-]*$/, about);
      assert.notEqual(name, 'x-injected', about);
      for (const text of [value ?? ''].flat())
        assert.match(String(text), /^[\x20-\x7e]*$/, `${about} ${name}`);
      assert.ok(!/injected/i.test(String(value)), `${about} ${name}: ${String(value)}`);
    }
    return answer.statusCode;
  }

  test('HTTP-18 line breaks in every parameter and every text of every body of the API', async () => {
    const { paths } = (
      await server.application.main.inject({ url: '/api/v1/openapi.json', headers: { host: 'localhost' } })
    ).json() as Description;
    const authorization = `Bearer ${token}`;
    let calls = 0;
    let taken = 0;
    for (const text of hostile) {
      const encoded = encodeURIComponent(`a${text}`);
      for (const [path, operations] of Object.entries(paths)) {
        for (const [method, { parameters = [], requestBody, responses }] of Object.entries(operations)) {
          // The stream of events takes no text, and its answer has no end to wait for.
          if (responses[200]?.content?.['text/event-stream'] !== undefined) continue;
          const query = parameters.filter((parameter) => parameter.in === 'query');
          const base = `${path.startsWith('/api') ? '' : '/api/v1'}${path.replaceAll(/\{\w+\}/g, encoded)}`;
          const body = bodyOf(requestBody?.content['application/json']?.schema, text);
          const upload = requestBody?.content['text/csv'] === undefined ? {} : { 'content-type': 'text/csv' };
          const url =
            query.length === 0 ? base : `${base}?${query.map(({ name }) => `${name}=${encoded}`).join('&')}`;
          for (const address of new Set([base, url])) {
            const status = await send(
              'main',
              method.toUpperCase(),
              address,
              { authorization, ...upload },
              body,
            );
            calls += 1;
            if (status < 400) taken += 1;
          }
        }
      }
    }
    assert.ok(calls > 300 && taken > 20, `${taken} of ${calls} calls were taken`);
  });

  test('HTTP-18 line breaks in what the callers of the other surfaces write', async () => {
    for (const text of hostile) {
      const encoded = encodeURIComponent(text);
      const basic = `Basic ${Buffer.from(`ise@acme.example${text}:x${text}`).toString('base64')}`;
      for (const path of [
        `/ciscoise/mdminfo${encoded}`,
        `/${encoded}/ciscoise/mdminfo`,
        `/nac/v1/radius/${encoded}/authorize`,
        `/ciscoise/mdmapi/v3/devices/?paging=${encoded}&querycriteria=macaddress&value=${encoded}&filter=all`,
        `/${encoded}`,
        `/setup${encoded}`,
        `/setup?next=${encoded}`,
        `/.well-known/gatehouse-enrollment?x=${encoded}`,
      ]) {
        for (const method of ['GET', 'POST']) await send('main', method, path, {});
      }
      await send('main', 'GET', '/ciscoise/mdminfo', { authorization: basic });
      for (const step of ['begin', 'complete']) {
        await send('main', 'POST', `/agent/v1/enroll/${encoded}/${step}`, {}, { text });
        await send('main', 'POST', `/setup/${step}`, {}, { token: text, password: text });
      }
      for (const name of [
        'gatehouse-organization',
        'idempotency-key',
        'cookie',
        'origin',
        'x-request-id',
        'gatehouse-csrf',
      ]) {
        await send('main', 'GET', '/api/v1/me', { authorization: `Bearer ${token}`, [name]: `a${text}` });
      }
      await send('local', 'GET', '/api/v1/me', { 'gatehouse-caller': text });
      await send('device', 'GET', `/agent/v1/commands?wait=${encoded}`, {});
      await send('device', 'POST', `/agent/v1/commands/${encoded}/result`, {}, { text });
    }
  });

  test('HTTP-18 the name of a download is plain, or there is no download', () => {
    for (const text of hostile) assert.throws(() => download('text/csv', `users${text}.csv`, ''), TypeError);
    assert.throws(() => download('text/csv', 'a/b.csv', ''), TypeError);
    assert.equal(
      download('text/csv', 'users.csv', '').headers['content-disposition'],
      'attachment; filename="users.csv"',
    );
  });

  test('HTTP-18 the id of a request is the server’s own, whatever the caller calls it', async () => {
    const answer = await server.application.main.inject({
      url: '/healthz',
      headers: { host: 'localhost', 'x-request-id': 'mine', 'request-id': 'mine' },
    });
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});
