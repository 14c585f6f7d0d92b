import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { Client } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { silentLog } from '../../kernel/log.ts';
import { createOutbound, type Outbound } from '../../kernel/outbound/outbound.ts';
import { type Answer, startTestReceiver, type TestReceiver } from '../../kernel/outbound/test-receiver.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, superuserOf } from '../../modules/devices/test-fleet.ts';
import { createSlugReader } from '../../modules/organizations/index.ts';
import { openWebhooks } from './index.ts';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  pingWebhook,
  replayEvents,
  retryDelivery,
  rotateSecret,
} from './manage-webhooks.ts';

type Verify = (options: {
  headers: Record<string, unknown>;
  body: string;
  secret: string;
  seen: Set<string>;
  now?: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a message holds is looked into
}) => any;

/** The verifier as the documentation shows it. */
async function documentedVerifier(): Promise<Verify> {
  const text = readFileSync(new URL('../../../../../docs/webhooks.md', import.meta.url), 'utf8');
  const code = /```js verifier\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const loaded = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    verifyWebhook: Verify;
  };
  return loaded.verifyWebhook;
}

describe('webhooks', () => {
  let db: TestDatabase;
  let admin: Client;
  let number = 0;
  let offset = 0;
  let verify: Verify;
  const open: { close(): Promise<void> }[] = [];
  const keys = masterKeysOf([randomBytes(32)]);
  const sealer = createSealer(() => keys);
  const clock = { now: () => Date.now() + offset };
  const events = createEvents({}, () => undefined);

  before(async () => {
    db = await openTestDatabase();
    admin = await superuserOf(db);
    verify = await documentedVerifier();
  });
  after(async () => {
    for (const each of open.toReversed()) await each.close();
    await db[Symbol.asyncDispose]();
  });

  async function world(answer?: Answer) {
    const fleet = await createTestFleet(db, `hooks-${(number += 1)}`);
    const receiver = await startTestReceiver(
      answer ?? ((_request, response) => response.writeHead(204).end()),
    );
    const outbound = createOutbound({ allow: ['127.0.0.1'], trust: receiver.trust });
    const deps = {
      database: db.database,
      sealer,
      clock,
      events,
      log: silentLog,
      outbound,
      slugOf: createSlugReader(db),
    };
    const sender = openWebhooks(deps);
    open.push(receiver, outbound, sender);
    const actor: TenantPrincipal = {
      kind: 'local',
      id: '0',
      organizationId: fleet.organizationId,
      label: 'test',
      role: 'org-admin',
      permissions: effectivePermissions('org-admin'),
      empoweredAt: null,
    };
    const url = `https://127.0.0.1:${receiver.port}/hook?a=b`;
    return {
      fleet,
      receiver,
      outbound: outbound as Outbound,
      deps,
      sender,
      actor,
      make: (names: readonly string[] = ['user.created', 'device.posture-changed']) =>
        createWebhook(deps, actor, { name: 'hook', url, events: names as never }),
      happen: (name: string, payload: object = {}, subjectId: string = newId()) =>
        db.database.withTenant(fleet.organizationId, (tx) =>
          events.emit(tx, { name, subjectId, payload: { ...payload } }),
        ),
      sweep: () => sender.tasks[0]?.run(),
      async until(count: number, receiving: TestReceiver = receiver): Promise<void> {
        for (let n = 0; n < 500 && receiving.requests.length < count; n += 1) {
          await sender.tasks[0]?.run();
          await pause(10);
        }
        assert.ok(
          receiving.requests.length >= count,
          `${receiving.requests.length} of ${count} messages came`,
        );
      },
      /** Nothing waits any more, and what was sent is written down. */
      async settled(webhookId: string): Promise<void> {
        for (let n = 0; n < 500; n += 1) {
          const { items } = await listDeliveries(deps, actor, webhookId, { limit: 100, after: undefined });
          if (items.length > 0 && items.every(({ state }) => state !== 'waiting')) return;
          await sender.tasks[0]?.run();
          await pause(10);
        }
        throw new Error('something still waits');
      },
    };
  }
  const all = { limit: 100, after: undefined };
  const due = (organizationId: string) =>
    admin.query(
      `with w as (update gh.webhooks set retry_at = null where organization_id = $1)
       update gh.webhook_deliveries set next_attempt_at = now() - interval '1 second', locked_until = null
       where organization_id = $1 and state = 'waiting'`,
      [organizationId],
    );

  test('HOOK-05 a message is signed over id, time and body; the documented verifier takes it once and refuses altered, old and forged ones', async () => {
    const { make, happen, until, receiver } = await world();
    const { secret } = await make();
    await happen('user.created', { userId: 'u' });
    await until(1);
    const [request] = receiver.requests;
    const headers: Record<string, unknown> = { ...request?.headers };
    const { body = '' } = request ?? {};
    const seen = new Set<string>();
    assert.equal(verify({ headers, body: `${body} `, secret, seen }), undefined, 'altered');
    assert.equal(
      verify({ headers: { ...headers, 'webhook-id': 'evt_1_1' }, body, secret, seen }),
      undefined,
      'another id',
    );
    assert.equal(
      verify({ headers, body, secret: `whsec_${randomBytes(32).toString('base64')}`, seen }),
      undefined,
    );
    assert.equal(verify({ headers, body, secret, seen, now: Date.now() + 301_000 }), undefined, 'old');
    const later = String(Number(headers['webhook-timestamp']) + 60);
    assert.equal(
      verify({ headers: { ...headers, 'webhook-timestamp': later }, body, secret, seen }),
      undefined,
    );
    const message = verify({ headers, body, secret, seen });
    assert.equal(message.type, 'user.created');
    assert.equal(message.data.userId, 'u');
    assert.equal(message.id, headers['webhook-id']);
    assert.equal(verify({ headers, body, secret, seen }), undefined, 'seen before');
    assert.deepEqual(
      [request?.method, request?.path, headers['content-type']],
      ['POST', '/hook?a=b', 'application/json'],
    );
  });

  test('HOOK-05 while a secret is replaced both sign, for a day', async () => {
    const { make, happen, until, receiver, deps, actor } = await world();
    const { id, secret: old } = await make();
    const { secret } = await rotateSecret(deps, actor, id);
    await happen('user.created');
    await until(1);
    const [request] = receiver.requests;
    for (const each of [old, secret])
      assert.ok(
        verify({ headers: request?.headers ?? {}, body: request?.body ?? '', secret: each, seen: new Set() }),
      );
    offset += 25 * 3_600_000;
    await happen('user.created');
    await until(2);
    const { headers = {}, body = '' } = receiver.requests[1] ?? {};
    const now = clock.now();
    assert.ok(verify({ headers, body, secret, seen: new Set(), now }));
    assert.equal(verify({ headers, body, secret: old, seen: new Set(), now }), undefined);
    offset = 0;
  });

  test('HOOK-06 the secret is shown once and kept sealed; what the receiver answers is shown to nobody', async () => {
    const { make, happen, until, settled, deps, actor, fleet } = await world((_request, response) =>
      response.writeHead(200).end('inner-secret-text'),
    );
    const { id, secret } = await make();
    assert.ok(!JSON.stringify(await getWebhook(deps, actor, id)).includes(secret));
    await happen('user.created');
    await until(1);
    await settled(id);
    const shown = JSON.stringify((await listDeliveries(deps, actor, id, all)).items);
    assert.doesNotMatch(shown, /inner-secret/);
    const rows = await admin.query(
      `select encode(secret, 'escape') as secret from gh.webhooks where organization_id = $1`,
      [fleet.organizationId],
    );
    assert.ok(!String(rows.rows[0].secret).includes(secret.slice(6)));
  });

  test('only events that are asked for, from its making on, of its own organization', async () => {
    const { make, happen, until, settled, receiver, deps, actor } = await world();
    const other = await world();
    await happen('user.created', { n: 'before' });
    const { id } = await make(['device.posture-changed']);
    await happen('user.created');
    await other.happen('device.posture-changed', { n: 'foreign' });
    await happen('device.posture-changed', { n: 'mine' });
    await until(1);
    await settled(id);
    assert.deepEqual(
      receiver.requests.map(({ body }) => JSON.parse(body).data.n),
      ['mine'],
    );
    const { items } = await listDeliveries(deps, actor, id, all);
    assert.deepEqual(
      items.map(({ event, state, attempts, lastStatus }) => [event, state, attempts, lastStatus]),
      [['device.posture-changed', 'delivered', 1, 204]],
    );
  });

  test('an event whose transaction ends late is not lost behind one that began later and ended first', async () => {
    const { make, happen, until, receiver, fleet } = await world();
    await make();
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = db.database.withTenant(fleet.organizationId, async (tx) => {
      await events.emit(tx, { name: 'user.created', subjectId: newId(), payload: { n: 'slow' } });
      await held;
    });
    await pause(30);
    await happen('user.created', { n: 'quick' });
    await pause(200);
    release();
    await slow;
    await until(2);
    assert.deepEqual(
      receiver.requests.map(({ body }) => JSON.parse(body).data.n),
      ['slow', 'quick'],
    );
  });

  test('what fails is tried again later, under the same id, and is alerted of when it has failed for good; then it can be sent once more', async () => {
    let down = true;
    const { make, happen, until, receiver, deps, actor, fleet, sweep } = await world((_request, response) =>
      response.writeHead(down ? 500 : 200).end(),
    );
    const { id } = await make();
    await happen('user.created');
    await until(1);
    for (let attempt = 2; attempt <= 12; attempt += 1) {
      await pause(30);
      await due(fleet.organizationId);
      await until(attempt);
    }
    for (let n = 0; n < 200; n += 1) {
      if ((await listDeliveries(deps, actor, id, all)).items[0]?.state === 'failed') break;
      await pause(10);
    }
    const [failed] = (await listDeliveries(deps, actor, id, all)).items;
    assert.deepEqual([failed?.state, failed?.attempts, failed?.lastFailure], ['failed', 12, 'status 500']);
    assert.equal(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size, 1);
    const alerts = await admin.query(`select kind from gh.alerts where organization_id = $1`, [
      fleet.organizationId,
    ]);
    assert.equal(alerts.rows[0]?.kind, 'signals-interrupted');
    await due(fleet.organizationId);
    await sweep();
    assert.equal(receiver.requests.length, 12);
    down = false;
    await retryDelivery(deps, actor, id, failed?.id ?? '');
    await admin.query(`update gh.webhooks set retry_at = null where organization_id = $1`, [
      fleet.organizationId,
    ]);
    await until(13);
    assert.equal(receiver.requests[12]?.headers['webhook-id'], failed?.messageId);
  });

  test('HOOK-04 a receiver that is down is tried with one message, and what happens meanwhile waits', async () => {
    let down = true;
    const { make, happen, until, settled, receiver, deps, actor, fleet } = await world(
      (_request, response) => (down ? response.destroy() : response.writeHead(200).end()),
    );
    const { id } = await make();
    for (let n = 0; n < 20; n += 1) await happen('user.created', { n });
    await until(1);
    // Several are on their way when the first one fails; once that is written down none of them is any more.
    for (let n = 0; n < 1_000 && (await getWebhook(deps, actor, id)).failingSince === null; n += 1)
      await pause(10);
    const first = receiver.requests.length;
    await due(fleet.organizationId);
    await until(first + 1);
    await pause(100);
    assert.equal(receiver.requests.length, first + 1);
    assert.notEqual((await getWebhook(deps, actor, id)).failingSince, null);
    down = false;
    await due(fleet.organizationId);
    await until(first + 20);
    await settled(id);
    const taken = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
    assert.equal(taken.size, 20);
    assert.equal((await getWebhook(deps, actor, id)).failingSince, null);
  });

  test('410 disables a webhook; enabled again it begins with what happens then, and the rest can be replayed', async () => {
    let gone = true;
    const { make, happen, until, settled, receiver, deps, actor } = await world((_request, response) =>
      response.writeHead(gone ? 410 : 200).end(),
    );
    const { id } = await make();
    const from = new Date(Date.now() - 1_000).toISOString();
    await happen('user.created', { n: 1 });
    await until(1);
    for (let n = 0; n < 200 && (await getWebhook(deps, actor, id)).state === 'enabled'; n += 1)
      await pause(10);
    assert.match((await getWebhook(deps, actor, id)).stateReason ?? '', /gone/);
    await happen('user.created', { n: 2 });
    gone = false;
    await changeWebhook(deps, actor, id, { state: 'enabled' });
    await happen('user.created', { n: 3 });
    const replayed = await replayEvents(deps, actor, id, { from });
    assert.deepEqual(replayed, { queued: 3, more: false, next: null });
    await settled(id);
    const bodies = receiver.requests.slice(1).map(({ body }) => JSON.parse(body));
    assert.deepEqual(new Set(bodies.map(({ data }) => data.n)), new Set([1, 2, 3]));
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
    assert.equal(new Set(ids).size, 3, 'a message that comes again has the id that it had');
  });

  test('a ping tries the receiver', async () => {
    const { make, until, receiver, deps, actor } = await world();
    const { id, secret } = await make();
    const { messageId } = await pingWebhook(deps, actor, id);
    await until(1);
    const { headers = {}, body = '' } = receiver.requests[0] ?? {};
    const message = verify({ headers, body, secret, seen: new Set() });
    assert.deepEqual(
      [message.type, message.id, message.organization],
      ['ping', messageId, `hooks-${number}`],
    );
  });

  test('HOOK-01 an address that is no plain https is refused, and one inside gets no packet', async () => {
    const { make, happen, sweep, deps, actor, receiver } = await world();
    const { id } = await make();
    for (const url of [
      'http://receiver.example/',
      'https://u:p@receiver.example/',
      'https://receiver.example/#a',
      'unix:/x',
    ])
      await assert.rejects(
        changeWebhook(deps, actor, id, { url }),
        (error) => isDomainError(error) && error.code === 'invalid-input',
      );
    await changeWebhook(deps, actor, id, { url: `https://[::ffff:7f00:1]:${receiver.port + 1}/` });
    await changeWebhook(deps, actor, id, { url: 'https://10.0.0.1/' });
    await happen('user.created');
    for (let n = 0; n < 200 && (await getWebhook(deps, actor, id)).lastFailure === null; n += 1) {
      await sweep();
      await pause(10);
    }
    assert.equal((await getWebhook(deps, actor, id)).lastFailure, 'refused-address');
    assert.equal(receiver.connections(), 0);
  });

  test('nobody subscribes to what he may not read, and there are at most 32 webhooks', async () => {
    const { make, deps, actor } = await world();
    const narrow = { ...actor, permissions: new Set(['webhooks.manage', 'users.read'] as const) };
    const input = {
      name: 'x',
      url: 'https://receiver.example/',
      events: ['device.posture-changed'] as never,
    };
    await assert.rejects(createWebhook(deps, narrow, input), { code: 'forbidden' });
    await createWebhook(deps, narrow, { ...input, events: ['user.created'] as never });
    const made = await Promise.allSettled(Array.from({ length: 33 }, () => make()));
    assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 31);
  });

  test('nothing of another organization is reached', async () => {
    const { make, deps } = await world();
    const other = await world();
    const { id } = await make();
    for (const attempt of [
      () => getWebhook(deps, other.actor, id),
      () => changeWebhook(deps, other.actor, id, { state: 'disabled' }),
      () => deleteWebhook(deps, other.actor, id),
      () => rotateSecret(deps, other.actor, id),
      () => pingWebhook(deps, other.actor, id),
      () => listDeliveries(deps, other.actor, id, all),
      () => replayEvents(deps, other.actor, id, { from: '2026-01-01T00:00:00Z' }),
    ])
      await assert.rejects(attempt(), { code: 'not-found' });
  });

  test('two servers read the events for one webhook once', async () => {
    const { make, happen, until, settled, receiver, deps, sweep } = await world();
    const second = openWebhooks(deps);
    open.push(second);
    const { id } = await make();
    for (let n = 0; n < 60; n += 1) {
      await happen('user.created', { n });
      if (n % 5 === 0) await Promise.all([sweep(), second.tasks[0]?.run()]);
    }
    await until(60);
    await settled(id);
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
    assert.equal(ids.length, 60);
    assert.equal(new Set(ids).size, 60);
  });
});
