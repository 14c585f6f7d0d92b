import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { canonicalJson } from '@gatehouse/core/audit/canonical-json.ts';
import { builtInRoles } from '@gatehouse/core/permissions/roles.ts';
import { type SealedColumnName, sealedColumns } from '../../kernel/sealed/columns.ts';
import { sealOrganization } from '../../modules/audit/index.ts';
import { TestBrowser } from './test-browser.ts';
import { goodPassword, openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';
import { createForeignThings, fillPath, type ThingIds } from './test-things.ts';

/** A secret in every spelling in which it might slip out. */
function spellings(secret: Buffer): string[] {
  return [
    secret.toString('utf8'),
    secret.toString('hex'),
    secret.toString('hex').toUpperCase(),
    secret.toString('base64'),
    secret.toString('base64url'),
    encodeURIComponent(secret.toString('utf8')),
  ].filter((text) => text.length >= 8);
}

describe('secrets', () => {
  let surface: TestAdminSurface;
  let things: ThingIds;
  before(async () => {
    surface = await openTestAdminSurface();
    things = await createForeignThings(surface, surface.acme);
    await sealOrganization(surface.deps, surface.acme.id);
  });
  after(() => surface[Symbol.asyncDispose]());

  /** Fills every sealed column of one row at least, and returns what stands in them, opened and sealed. */
  async function plantCanaries(): Promise<Map<string, Buffer[]>> {
    const planted = new Map<string, Buffer[]>();
    const admin = await surface.db.superuser();
    const { sealer } = surface.deps;
    for (const name of Object.keys(sealedColumns) as SealedColumnName[]) {
      const { table, column, key } = sealedColumns[name];
      const { rows } = await admin.query(
        `select ${key}::text as row, ${column} as sealed from ${table} where organization_id = $1`,
        [surface.acme.id],
      );
      assert.ok(rows.length > 0, `no row of ${table} to try`);
      const found: Buffer[] = [];
      for (const { row, sealed } of rows as { row: string; sealed: Buffer | null }[]) {
        const [plain, bytes] = await surface.db.database.withTenant(surface.acme.id, async (tx) => {
          if (sealed) return [await sealer.open(tx, name, row, sealed), sealed] as const;
          const canary = Buffer.from(`CANARY${randomBytes(12).toString('hex')}`);
          return [canary, await sealer.seal(tx, name, row, canary)] as const;
        });
        await admin.query(
          `update ${table} set ${column} = $3 where organization_id = $1 and ${key}::text = $2`,
          [surface.acme.id, row, bytes],
        );
        found.push(plain, Buffer.from(bytes));
      }
      planted.set(name, found);
    }
    for (const [table, column] of [
      ['administrators', 'password_hash'],
      ['api_tokens', 'secret_hash'],
      ['setup_links', 'secret_hash'],
    ] as const) {
      const { rows } = await admin.query(
        `select ${column} as value from ${table} where ${column} is not null`,
      );
      planted.set(
        `${table}.${column}`,
        rows.map(({ value }) => Buffer.from(value as string | Buffer)),
      );
    }
    return planted;
  }

  test('HTTP-09 what is sealed or hashed appears in no answer of any route to any role', async () => {
    const canaries = await plantCanaries();
    assert.equal(canaries.size, Object.keys(sealedColumns).length + 3);
    const bodies: [string, string][] = [];
    for (const route of surface.routes) {
      for (const role of builtInRoles) {
        if (route.method !== 'GET' && role !== 'auditor') continue;
        const { token } = surface.acme.administrators[role];
        const answer = await surface.call(token, route.method, fillPath(route, things), {
          ...(route.body === undefined || route.method === 'GET' ? {} : { body: route.example ?? {} }),
        });
        bodies.push([`${role} ${route.operation}`, answer.body + JSON.stringify(answer.headers)]);
      }
    }
    assert.ok(bodies.filter(([, body]) => body.includes('items')).length > 20, 'the walk saw something');
    for (const [column, values] of canaries) {
      for (const value of values) {
        for (const spelling of spellings(value)) {
          const leak = bodies.find(([, body]) => body.includes(spelling));
          assert.equal(leak?.[0], undefined, `${column} leaked`);
        }
      }
    }
  });

  test('LOG-T01, LOG-T02: passwords, codes, tokens, cookies and persons appear in no log, at any level', async () => {
    const client = new TestBrowser(surface.server);
    const before = surface.logged.length;
    const password = 'canary password of the log';
    await client.send('POST', '/session', {
      organization: 'acme',
      email: 'canary-person@acme.example',
      password,
    });
    const signedIn = await client.send('POST', '/session', {
      organization: 'acme',
      email: surface.acme.administrators.auditor.email,
      password: goodPassword,
      code: '918273',
    });
    const { token } = surface.acme.administrators['org-admin'];
    const query = 'canary-in-the-query';
    await surface.call(token, 'GET', `/users?search=${query}`);
    await surface.call(`${token.slice(0, -1)}x`, 'GET', '/me');
    const invited = await surface.call(token, 'POST', '/administrators', {
      body: { email: 'canary-invited@acme.example', role: 'auditor' },
    });
    await surface.call(token, 'POST', '/users', {
      body: { email: 'canary-user@acme.example', unknown: 'canary-member' },
    });
    await surface.call(token, 'POST', '/users', {
      payload: '{"canary-broken',
      headers: { 'content-type': 'application/json' },
    });
    const lines = surface.logged.slice(before).join('\n');
    const secrets = [
      password,
      goodPassword,
      '918273',
      token,
      token.slice(19, 62),
      query,
      'canary-',
      client.csrfToken ?? '',
      ...[signedIn.headers['set-cookie'] ?? []]
        .flat()
        .map((cookie) => cookie.split(';')[0]?.split('=')[1] ?? ''),
      (invited.json() as { setupUrl: string }).setupUrl.split('#')[1] ?? '',
      '@acme.example',
    ].filter(Boolean);
    assert.ok(secrets.length >= 9);
    for (const secret of secrets) assert.ok(!lines.includes(secret), secret);
    for (const line of surface.logged)
      assert.doesNotThrow(() => JSON.parse(line) as unknown, 'one JSON value a line');
  });

  test('DAT-03 a short secret cannot be guessed from what is remembered of a request that may be repeated', async () => {
    const { token } = surface.acme.administrators['org-admin'];
    const body = { name: 'lock-device', params: { pin: '4711' } };
    const answer = await surface.call(token, 'POST', `/devices/${things['deviceId']}/commands`, {
      body,
      headers: { 'idempotency-key': 'lock-it-once' },
    });
    assert.equal(answer.statusCode, 201, answer.body);
    const admin = await surface.db.superuser();
    const { rows } = await admin.query(
      `select body_hash from idempotency_keys where idempotency_key = 'lock-it-once'`,
    );
    const guess = canonicalJson([{ deviceId: things['deviceId'] ?? '' }, {}, body]);
    assert.equal(rows.length, 1);
    assert.ok(!createHash('sha256').update(guess).digest().equals(rows[0].body_hash));
  });

  test('the audit record names who signed in and from where as erasable values, and holds no secret', async () => {
    const { token } = surface.acme.administrators.auditor;
    const list = await surface.call(token, 'GET', '/audit?limit=500');
    assert.ok(!list.body.includes(goodPassword) && !/gth_(?:api|ses|inv)_[0-9a-z]{10}_/.test(list.body));
    const admin = await surface.db.superuser();
    const { rows } = await admin.query('select content::text as content from audit_entries');
    assert.ok(rows.length > 10);
    assert.ok(
      !rows.some(({ content }) => String(content).includes('@acme.example')),
      'persons stand beside, not in it',
    );
  });
});
