// Shared Signals from end to end: what a device does reaches a receiver that knows the specifications and nothing of us.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { authenticateToken } from '../src/modules/administrators/index.ts';
import { revokeToken } from '../src/modules/administrators/tokens.ts';
import {
  administerStream,
  listParked,
  listStreams,
  retryParked,
} from '../src/integrations/shared-signals/administer-streams.ts';
import { keySchedule } from '../src/integrations/shared-signals/keys.ts';
import { readGrant } from '../src/integrations/shared-signals/index.ts';
import {
  bad,
  blocked,
  gone,
  good,
  openSignalWorld,
  type SignalTenant,
  type SignalWorld,
} from './shared-signals-world.ts';
import {
  complianceChange,
  credentialChange,
  type SsfReceiver,
  sessionRevoked,
  startSsfReceiver,
  streamUpdated,
  verification,
} from './ssf-receiver.ts';

const all = [complianceChange, sessionRevoked, credentialChange];
const day = 86_400_000;

describe('Shared Signals', () => {
  let world: SignalWorld;
  let number = 0;

  before(async () => {
    world = await openSignalWorld();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  const newTenant = () => world.tenant(`signals-${(number += 1)}`);
  async function tenantWith(
    kind: 'push' | 'poll',
  ): Promise<{ tenant: SignalTenant; receiver: SsfReceiver; deviceId: string }> {
    const tenant = await newTenant();
    const receiver = await tenant.receiver();
    await (kind === 'push' ? receiver.createPushStream(all) : receiver.createPollStream(all));
    return { tenant, receiver, deviceId: await tenant.fleet.addDevice() };
  }
  const rows = async (text: string, tenant: SignalTenant, ...values: unknown[]) =>
    (await world.admin.query(text, [tenant.fleet.organizationId, ...values])).rows;

  test('a transmitter is found, says what it can and shows its keys, as the interoperability profile asks', async () => {
    const { receiver, tenant } = await tenantWith('push');
    const { metadata } = receiver;
    assert.equal(metadata.spec_version, '1_0');
    assert.deepEqual(metadata.delivery_methods_supported, ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936']);
    assert.deepEqual(metadata.authorization_schemes, [{ spec_urn: 'urn:ietf:rfc:6749' }]);
    for (const name of ['configuration', 'status', 'verification', 'add_subject', 'remove_subject'])
      assert.ok(metadata[`${name}_endpoint`].startsWith(`${tenant.issuer}/`), name);
    const keys = (await (await fetch(metadata.jwks_uri)).json()) as { keys: [Record<string, string>] };
    assert.deepEqual(Object.keys(keys.keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    assert.equal(Buffer.from(keys.keys[0]['n'] ?? '', 'base64url').length, 384);
    for (const missing of [
      '/.well-known/ssf-configuration',
      '/.well-known/ssf-configuration/ssf/nobody',
      '/ssf/nobody/jwks',
    ])
      assert.equal((await fetch(new URL(missing, world.url))).status, 404, missing);
  });

  test('a device that is no longer compliant is told of within a second, with subject, transaction and time, and so is its recovery', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const started = performance.now();
    await tenant.change(deviceId, good, bad);
    const [event] = await receiver.wait(1);
    assert.ok(performance.now() - started < 1_000);
    assert.equal(event?.type, complianceChange);
    assert.deepEqual(event?.subject, {
      format: 'complex',
      device: { format: 'iss_sub', iss: tenant.issuer, sub: deviceId },
      user: { format: 'email', email: `ann@${tenant.slug}.example` },
      tenant: { format: 'opaque', id: tenant.slug },
    });
    assert.equal(event?.claims.previous_status, 'compliant');
    assert.equal(event?.claims.current_status, 'not-compliant');
    assert.ok(Math.abs(event?.claims.event_timestamp - Date.now() / 1_000) < 10);
    assert.ok(event?.txn);
    await tenant.change(deviceId, bad, good);
    const [, back] = await receiver.wait(2);
    assert.equal(back?.claims.current_status, 'compliant');
    assert.notEqual(back?.txn, event?.txn);
    assert.ok(receiver.received.every(({ headers }) => headers.authorization === 'Bearer of-the-receiver'));
  });

  test('a device that is blocked or no longer managed also loses its sessions, in one transaction; a first verdict that is bad is no news', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    await tenant.change(deviceId, gone, { ...bad });
    await tenant.change(deviceId, good, blocked);
    const [first, second] = await receiver.wait(2);
    assert.deepEqual([first?.type, second?.type], [complianceChange, sessionRevoked]);
    assert.equal(first?.txn, second?.txn);
    await tenant.change(deviceId, blocked, gone);
    await tenant.change(deviceId, gone, good);
    const events = await receiver.wait(3);
    assert.equal(events.length, 3);
    assert.equal(events[2]?.claims.previous_status, 'not-compliant');
    await tenant.change(deviceId, good, gone);
    assert.deepEqual(
      (await receiver.wait(5)).slice(3).map(({ type }) => type),
      [complianceChange, sessionRevoked],
    );
  });

  test('a revoked certificate is told as a change of credentials', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    await world.db.database.withTenant(tenant.fleet.organizationId, (tx) =>
      world.events.emit(tx, {
        name: 'certificate.revoked',
        subjectId: deviceId,
        payload: { deviceId, serial: '0a1b', reason: 'key-compromise' },
      }),
    );
    const [event] = await receiver.wait(1);
    assert.equal(event?.type, credentialChange);
    assert.deepEqual(
      [event?.claims.credential_type, event?.claims.change_type, event?.claims.x509_serial],
      ['x509', 'revoke', '0a1b'],
    );
  });

  test('flapping devices are told of in order, each transition once, while others go their way', async () => {
    const { tenant, receiver } = await tenantWith('push');
    const devices = await Promise.all(Array.from({ length: 10 }, () => tenant.fleet.addDevice()));
    for (let round = 0; round < 10; round += 1)
      await Promise.all(
        devices.map((deviceId) =>
          round % 2 === 0 ? tenant.change(deviceId, good, bad) : tenant.change(deviceId, bad, good),
        ),
      );
    const events = await receiver.wait(100);
    for (const deviceId of devices) {
      const own = events
        .filter(({ subject }) => subject.device.sub === deviceId)
        .map(({ claims }) => claims.current_status);
      assert.deepEqual(
        own,
        Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? 'not-compliant' : 'compliant')),
      );
    }
    await pause(100);
    assert.equal(receiver.events.length, 100);
    assert.equal(receiver.repeats, 0);
  });

  test('only what was asked for is delivered; unknown event types are no error', async () => {
    const tenant = await newTenant();
    const receiver = await tenant.receiver();
    const stream = await receiver.createPushStream([sessionRevoked, 'urn:example:unknown']);
    assert.deepEqual(stream.events_delivered, [sessionRevoked]);
    const deviceId = await tenant.fleet.addDevice();
    await tenant.change(deviceId, good, blocked);
    const [event] = await receiver.wait(1);
    assert.equal(event?.type, sessionRevoked);
    await pause(100);
    assert.equal(receiver.events.length, 1);
  });

  test('streams are made, read, changed, replaced and deleted as section 8.1.1 says', async () => {
    const { receiver } = await tenantWith('push');
    const { metadata, stream } = receiver;
    const at = metadata.configuration_endpoint;
    assert.equal(stream.iss, receiver.issuer);
    assert.equal(stream.delivery.authorization_header, undefined, 'a secret is not told again');
    const one = await receiver.call('GET', `${at}?stream_id=${stream.stream_id}`);
    assert.deepEqual(one.body, stream);
    assert.equal(one.headers.get('cache-control'), 'no-store');
    assert.deepEqual((await receiver.call('GET', at)).body, [stream]);
    const changed = await receiver.call('PATCH', at, {
      ...stream,
      description: 'changed',
      events_requested: [complianceChange],
    });
    assert.equal(changed.status, 200);
    assert.deepEqual(
      [changed.body.description, changed.body.events_delivered],
      ['changed', [complianceChange]],
    );
    assert.equal(
      (await receiver.call('PATCH', at, { stream_id: stream.stream_id, aud: 'https://else' })).status,
      400,
    );
    const replaced = await receiver.call('PUT', at, {
      stream_id: stream.stream_id,
      events_requested: all,
      delivery: { method: 'urn:ietf:rfc:8936' },
    });
    assert.equal(replaced.body.delivery.endpoint_url, `${at}/${stream.stream_id}/poll`);
    assert.equal(replaced.body.description, undefined);
    for (const body of [{}, { stream_id: 'x'.repeat(99) }, { events_requested: 'all' }])
      assert.equal((await receiver.call('PATCH', at, body)).status, 400);
    assert.equal((await receiver.call('DELETE', `${at}?stream_id=${stream.stream_id}`)).status, 204);
    assert.equal((await receiver.call('DELETE', `${at}?stream_id=${stream.stream_id}`)).status, 404);
    assert.deepEqual((await receiver.call('GET', at)).body, []);
  });

  test('an organization has at most sixteen streams, also when many are asked for at once', async () => {
    const tenant = await newTenant();
    const receiver = await tenant.receiver();
    const made = await Promise.all(
      Array.from({ length: 20 }, () =>
        receiver.call('POST', receiver.metadata.configuration_endpoint, {
          delivery: { method: 'urn:ietf:rfc:8936' },
        }),
      ),
    );
    assert.deepEqual(
      [
        made.filter(({ status }) => status === 201).length,
        made.filter(({ status }) => status === 409).length,
      ],
      [16, 4],
    );
  });

  test('verification comes through the stream with its state, and not too often', async () => {
    const { receiver } = await tenantWith('push');
    const ask = (state: string) =>
      receiver.call('POST', receiver.metadata.verification_endpoint, {
        stream_id: receiver.stream.stream_id,
        state,
      });
    assert.equal((await ask('first')).status, 204);
    const [event] = await receiver.wait(1);
    assert.equal(event?.type, verification);
    assert.equal(event?.claims.state, 'first');
    assert.deepEqual(event?.subject, { format: 'opaque', id: receiver.stream.stream_id });
    const again = await ask('second');
    assert.equal(again.status, 429);
    assert.ok(Number(again.headers.get('retry-after')) > 0);
    assert.equal(receiver.stream.min_verification_interval, 30);
  });

  test('a poll is held until there is something; what is not acknowledged comes again, what is refused is parked', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('poll');
    const started = performance.now();
    const polled = receiver.poll();
    await pause(50);
    await tenant.change(deviceId, good, bad);
    assert.equal(Object.keys((await polled).sets).length, 1);
    assert.ok(performance.now() - started < 1_500);
    const [first] = receiver.events;
    // Not acknowledged by whoever asks beside: it comes again, the same token.
    const beside = await receiver.call('POST', receiver.stream.delivery.endpoint_url, {
      returnImmediately: true,
    });
    assert.deepEqual(Object.values(beside.body.sets), [first?.token]);
    await tenant.change(deviceId, bad, good);
    await tenant.change(deviceId, good, bad);
    const waiting = async () => (await listStreams(world.deps, tenant.administrator)).items[0]?.waiting;
    for (let n = 0; n < 500 && (await waiting()) !== 3; n += 1) await pause(10);
    let more = await receiver.poll({ maxEvents: 1 });
    assert.equal(more.moreAvailable, true);
    more = await receiver.poll();
    assert.equal(more.moreAvailable, false);
    assert.deepEqual(
      receiver.events.map(({ claims }) => claims.current_status),
      ['not-compliant', 'compliant', 'not-compliant'],
    );
    const last = receiver.events.at(-1);
    await receiver.call('POST', receiver.stream.delivery.endpoint_url, {
      maxEvents: 0,
      setErrs: { [last?.jti ?? '']: { err: 'invalid_request', description: 'not so' } },
    });
    assert.deepEqual((await receiver.poll({ returnImmediately: true })).sets, {});
    const parked = await listParked(world.deps, tenant.administrator, receiver.stream.stream_id, {
      limit: 10,
      after: undefined,
    });
    assert.deepEqual(
      parked.items.map(({ id, problem }) => [id, problem]),
      [[last?.jti, 'invalid_request']],
    );
    assert.deepEqual(await retryParked(world.deps, tenant.administrator, receiver.stream.stream_id), {
      retried: 1,
    });
    assert.equal(Object.keys((await receiver.poll({ returnImmediately: true })).sets).length, 1);
    assert.equal(receiver.repeats, 1);
  });

  test('an empty poll that may not wait answers at once, and a later poll takes the place of one that is held', async () => {
    const { receiver } = await tenantWith('poll');
    assert.deepEqual(await receiver.poll({ returnImmediately: true }), { sets: {}, moreAvailable: false });
    const held = receiver.poll();
    await pause(50);
    const started = performance.now();
    const second = receiver.poll();
    await held;
    assert.ok(performance.now() - started < 900);
    await receiver.call(
      'DELETE',
      `${receiver.metadata.configuration_endpoint}?stream_id=${receiver.stream.stream_id}`,
    );
    await assert.rejects(second, /404/);
  });

  test('SSF-01 an endpoint inside is refused when it is named, or when its name leads there: no packet', async () => {
    const tenant = await newTenant();
    const receiver = await tenant.receiver();
    for (const endpoint of [
      'http://127.0.0.1/x',
      'https://user:word@receiver.example/',
      'unix:/run/x',
      'https://receiver.example/#x',
    ]) {
      const answer = await receiver.call('POST', receiver.metadata.configuration_endpoint, {
        events_requested: all,
        delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: endpoint },
      });
      assert.equal(answer.status, 400, endpoint);
    }
    await receiver.createPushStream(all, {
      delivery: {
        method: 'urn:ietf:rfc:8935',
        endpoint_url: `https://[::1]:${new URL(receiver.endpoint).port}/`,
      },
    });
    const deviceId = await tenant.fleet.addDevice();
    await tenant.change(deviceId, good, bad);
    const failing = async () =>
      (await listStreams(world.deps, tenant.administrator)).items.find(
        ({ lastFailure }) => lastFailure !== null,
      );
    for (let n = 0; n < 300 && (await failing()) === undefined; n += 1) await pause(10);
    const stream = await failing();
    assert.equal(stream?.lastFailure, 'refused-address');
    assert.equal(receiver.received.length, 0);
  });

  test('SSF-02 subjects that exist and subjects that do not are answered alike; a removed one is not told of, an added one again', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const { add_subject_endpoint: add, remove_subject_endpoint: remove } = receiver.metadata;
    const of = (sub: string) => ({
      stream_id: receiver.stream.stream_id,
      subject: { format: 'complex', device: { format: 'iss_sub', iss: tenant.issuer, sub } },
    });
    const unknown = '00000000-0000-4000-8000-000000000000';
    for (const at of [add, remove, add]) {
      const [known, other] = await Promise.all([
        receiver.call('POST', at, of(deviceId)),
        receiver.call('POST', at, of(unknown)),
      ]);
      assert.deepEqual([known.status, known.body], [other.status, other.body]);
      assert.equal(known.status, at === add ? 200 : 204);
    }
    const second = await tenant.fleet.addDevice();
    await receiver.call('POST', remove, of(deviceId));
    await tenant.change(deviceId, good, bad);
    await tenant.change(second, good, bad);
    await receiver.wait(1);
    await receiver.call('POST', add, of(deviceId));
    await tenant.change(deviceId, bad, good);
    const events = await receiver.wait(2);
    assert.deepEqual(
      events.map(({ subject }) => subject.device.sub),
      [second, deviceId],
    );
    // By a simple subject that one of its members is: the person.
    const email = {
      stream_id: receiver.stream.stream_id,
      subject: { format: 'email', email: `ANN@${tenant.slug}.example` },
    };
    await receiver.call('POST', remove, email);
    await tenant.change(deviceId, good, bad);
    await pause(300);
    assert.equal(receiver.events.length, 2);
  });

  test('SSF-03 who blinds himself or others is on record, and administrators are told; they can fix whom a stream tells of', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const { status_endpoint: at, remove_subject_endpoint: remove } = receiver.metadata;
    const stream_id = receiver.stream.stream_id;
    const set = (status: string) => receiver.call('POST', at, { stream_id, status, reason: 'because' });
    assert.deepEqual((await set('paused')).body, { stream_id, status: 'paused', reason: 'because' });
    assert.deepEqual((await receiver.call('GET', `${at}?stream_id=${stream_id}`)).body, {
      stream_id,
      status: 'paused',
      reason: 'because',
    });
    const alerts = () => rows(`select kind, summary from gh.alerts where organization_id = $1`, tenant);
    assert.ok((await alerts()).some(({ kind }) => kind === 'signals-interrupted'));
    const audit = await rows(`select content from gh.audit_entries where organization_id = $1`, tenant);
    assert.ok(
      audit.some(({ content }) => String(content.action ?? content).includes('signals.change-status')),
    );
    await administerStream(world.deps, tenant.administrator, stream_id, { subjectsLocked: true });
    const subject = { format: 'complex', device: { format: 'iss_sub', iss: tenant.issuer, sub: deviceId } };
    assert.equal((await receiver.call('POST', remove, { stream_id, subject })).status, 403);
    // What an administrator has stopped the receiver does not start.
    await administerStream(world.deps, tenant.administrator, stream_id, { status: 'disabled' });
    assert.equal((await set('enabled')).status, 403);
    await administerStream(world.deps, tenant.administrator, stream_id, { status: 'enabled' });
    await tenant.change(deviceId, good, bad);
    await receiver.wait(1, complianceChange);
    assert.equal((await set('disabled')).status, 200);
    await tenant.change(deviceId, bad, good);
    await pause(300);
    assert.equal(receiver.events.filter(({ type }) => type === complianceChange).length, 1);
  });

  test('SSF-04 a SET is good for nothing else: our own verifiers of tokens refuse it', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    await tenant.change(deviceId, good, bad);
    const [event] = await receiver.wait(1);
    const token = event?.token ?? '';
    await assert.rejects(authenticateToken(world.deps, token), { code: 'unauthenticated' });
    assert.equal(readGrant(world.deps.grantKey, token, Date.now()), undefined);
    const used = await receiver.call(
      'GET',
      receiver.metadata.configuration_endpoint,
      undefined,
      `Bearer ${token}`,
    );
    assert.equal(used.status, 401);
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    assert.equal(header.typ, 'secevent+jwt');
  });

  test('SSF-05 nothing of another organization is found: not with its stream’s id, not with its address', async () => {
    const { receiver } = await tenantWith('push');
    const other = await tenantWith('poll');
    const { metadata, stream } = receiver;
    const strangers = other.receiver;
    for (const [method, url, body] of [
      ['GET', `${metadata.configuration_endpoint}?stream_id=${stream.stream_id}`, undefined],
      ['POST', metadata.configuration_endpoint, { delivery: { method: 'urn:ietf:rfc:8936' } }],
      ['GET', `${strangers.metadata.configuration_endpoint}?stream_id=${stream.stream_id}`, undefined],
      [
        'PATCH',
        strangers.metadata.configuration_endpoint,
        { stream_id: stream.stream_id, description: 'mine' },
      ],
      ['DELETE', `${strangers.metadata.configuration_endpoint}?stream_id=${stream.stream_id}`, undefined],
      ['GET', `${strangers.metadata.status_endpoint}?stream_id=${stream.stream_id}`, undefined],
      ['POST', strangers.metadata.status_endpoint, { stream_id: stream.stream_id, status: 'disabled' }],
      ['POST', strangers.metadata.verification_endpoint, { stream_id: stream.stream_id }],
      [
        'POST',
        strangers.metadata.add_subject_endpoint,
        { stream_id: stream.stream_id, subject: { format: 'email', email: 'a@b' } },
      ],
      ['POST', `${strangers.metadata.configuration_endpoint}/${stream.stream_id}/poll`, {}],
    ] as const)
      assert.equal((await strangers.call(method, url, body)).status, 404, `${method} ${url}`);
    assert.equal((await receiver.call('GET', metadata.configuration_endpoint)).body.length, 1);
  });

  test('who may receive: nobody without a token, no role that may not, no token that was revoked', async () => {
    const { tenant, receiver } = await tenantWith('poll');
    const at = receiver.metadata.configuration_endpoint;
    for (const authorization of [
      '',
      'Bearer',
      'Bearer nonsense',
      'Basic eDp5',
      `Bearer gh-ssf-${'a'.repeat(40)}.${'b'.repeat(43)}`,
    ]) {
      const answer = await receiver.call('GET', at, undefined, authorization);
      assert.equal(answer.status, 401, authorization);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
    const auditor = await tenant.token('auditor');
    assert.equal((await receiver.call('GET', at, undefined, `Bearer ${auditor.token}`)).status, 403);
    const { id, token } = await tenant.token();
    assert.equal((await receiver.call('GET', at, undefined, `Bearer ${token}`)).status, 200);
    await revokeToken(world.deps, tenant.administrator, id);
    assert.equal((await receiver.call('GET', at, undefined, `Bearer ${token}`)).status, 401);
  });

  test('a client gets a token for an hour by its credentials, with the scope it asks for, and loses it with them', async () => {
    const { tenant, receiver } = await tenantWith('poll');
    const client = await tenant.token();
    const ask = async (form: Record<string, string>, authorization?: string) => {
      const answer = await fetch(`${tenant.issuer}/token`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: new URLSearchParams(form).toString(),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, string | number> };
    };
    const basic = `Basic ${Buffer.from(`${client.id}:${client.token}`).toString('base64')}`;
    const given = (await ask({ grant_type: 'client_credentials', scope: 'ssf.read' }, basic)).body;
    assert.deepEqual(
      [given['token_type'], given['expires_in'], given['scope']],
      ['Bearer', 3600, 'ssf.read'],
    );
    const at = receiver.metadata.configuration_endpoint;
    const as = `Bearer ${given['access_token']}`;
    assert.equal((await receiver.call('GET', at, undefined, as)).status, 200);
    assert.equal(
      (await receiver.call('POST', at, { delivery: { method: 'urn:ietf:rfc:8936' } }, as)).status,
      403,
    );
    const inBody = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.token };
    const whole = (await ask(inBody)).body;
    assert.equal(
      (
        await receiver.call(
          'POST',
          at,
          { delivery: { method: 'urn:ietf:rfc:8936' } },
          `Bearer ${whole['access_token']}`,
        )
      ).status,
      201,
    );
    for (const [form, status, error] of [
      [{ ...inBody, client_secret: `${client.token}x` }, 401, 'invalid_client'],
      [{ ...inBody, client_id: 'aaaaaaaaaa' }, 401, 'invalid_client'],
      [{ ...inBody, grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [{ ...inBody, scope: 'everything' }, 400, 'invalid_scope'],
    ] as const) {
      const answer = await ask(form);
      assert.deepEqual([answer.status, answer.body['error']], [status, error]);
    }
    const auditor = await tenant.token('auditor');
    const refused = await ask({
      grant_type: 'client_credentials',
      client_id: auditor.id,
      client_secret: auditor.token,
    });
    assert.equal(refused.body['error'], 'unauthorized_client');
    await revokeToken(world.deps, tenant.administrator, client.id);
    assert.equal((await receiver.call('GET', at, undefined, as)).status, 401);
  });

  test('SSF-06 a receiver that never acknowledges fills no table: its stream is paused, told so, and of each device the newest is kept', async () => {
    const { tenant, receiver } = await tenantWith('poll');
    const stream_id = receiver.stream.stream_id;
    const devices = await Promise.all(Array.from({ length: 20 }, () => tenant.fleet.addDevice()));
    const count = async () =>
      (
        await rows(`select count(*)::int as count from gh.signal_events where organization_id = $1`, tenant)
      )[0].count;
    const flap = async (rounds: number) => {
      for (let round = 0; round < rounds; round += 1)
        await world.db.database.withTenant(tenant.fleet.organizationId, (tx) =>
          world.events.emitAll(
            tx,
            devices.map((deviceId) => ({
              name: 'device.posture-changed',
              subjectId: deviceId,
              payload: {
                deviceId,
                before: round % 2 ? bad : good,
                after: round % 2 ? good : bad,
                causes: [],
              },
            })),
          ),
        );
      const jobs = `select count(*)::int as count from gh.jobs where organization_id = $1`;
      for (let n = 0; n < 500 && (await rows(jobs, tenant))[0].count > 0; n += 1) await pause(10);
    };
    await flap(11);
    assert.equal(await count(), 220);
    // A day later nothing of it has been taken.
    await world.admin.query(
      `update gh.signal_events set issued_at = issued_at - interval '25 hours' where organization_id = $1`,
      [tenant.fleet.organizationId],
    );
    await world.task('signals-pause');
    assert.equal(await count(), 21);
    await flap(10);
    assert.equal(await count(), 21, 'what is held of a device is superseded');
    const paused = await receiver.poll({ returnImmediately: true });
    assert.equal(Object.keys(paused.sets).length, 1);
    assert.equal(receiver.events[0]?.type, streamUpdated);
    assert.deepEqual(
      [receiver.events[0]?.claims.status, receiver.events[0]?.subject.id],
      ['paused', stream_id],
    );
    await receiver.call('POST', receiver.metadata.status_endpoint, { stream_id, status: 'enabled' });
    await receiver.poll({ returnImmediately: true });
    const held = receiver.events.filter(({ type }) => type === complianceChange);
    assert.deepEqual(new Set(held.map(({ subject }) => subject.device.sub)), new Set(devices));
    assert.equal(held.length, 20);
    await receiver.poll({ returnImmediately: true });
    assert.equal(await count(), 0);
  });

  test('SSF-06 a poll stream that nobody polls for a week is paused', async () => {
    const { tenant, receiver } = await tenantWith('poll');
    assert.equal(receiver.stream.inactivity_timeout, 604_800);
    await world.admin.query(
      `update gh.signal_streams set created_at = created_at - interval '8 days', last_contact_at = null where organization_id = $1`,
      [tenant.fleet.organizationId],
    );
    await world.task('signals-pause');
    const [stream] = (await listStreams(world.deps, tenant.administrator)).items;
    assert.deepEqual([stream?.status, stream?.statusBy], ['paused', 'transmitter']);
  });

  test('SSF-07 reasons are told of the machine alone: what says something about the person is left out', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const verdict = (rule: string, says: unknown, mends: unknown) => ({
      rule,
      severity: 'high',
      settings: [],
      status: 'not-compliant',
      says: [says],
      mends: [mends],
    });
    const text = (words: string) => ['text', { text: words }];
    const evaluation = {
      verdicts: [
        verdict('encryption', ['encryption.off'], ['encryption.of-disk']),
        verdict('apps', text('The dating app is forbidden.'), text('Remove the dating app.')),
        verdict('geofence', text('The device is in Paris.'), text('Come home.')),
      ],
      compliant: false,
      nextChangeAt: null,
      evaluatedAt: 1,
    };
    const store = (value: object) =>
      world.admin.query(
        `update gh.device_posture set evaluation = $2, compliant = false where organization_id = $1 and device_id = $3`,
        [tenant.fleet.organizationId, JSON.stringify(value), deviceId],
      );
    await store(evaluation);
    await tenant.change(deviceId, good, bad);
    const [event] = await receiver.wait(1);
    assert.match(event?.claims.reason_admin.en, /^Storage is not encrypted\..* rules/);
    assert.equal(event?.claims.reason_user.en, 'Turn on encryption of the whole disk.');
    assert.match(event?.claims.reason_admin.de, /^Der Speicher ist nicht verschlüsselt\./);
    assert.doesNotMatch(JSON.stringify(event?.claims), /dating|Paris|home/);
    await store({ ...evaluation, verdicts: evaluation.verdicts.slice(1) });
    await tenant.change(deviceId, good, bad);
    const [, second] = await receiver.wait(2);
    assert.doesNotMatch(JSON.stringify(second?.claims), /dating|Paris|home/);
    assert.match(second?.claims.reason_admin.en, /does not meet the rules/);
  });

  test('a receiver that is down gets everything when it is back, in order, each under the id of its first try', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const seen: string[] = [];
    let fail = 0;
    receiver.misbehave = (request, response) => {
      seen.push(request.body);
      fail += 1;
      return fail % 2 === 0 ? response.destroy() : response.writeHead(503).end();
    };
    for (let round = 0; round < 6; round += 1)
      await tenant.change(deviceId, round % 2 ? bad : good, round % 2 ? good : bad);
    for (let n = 0; n < 800 && seen.length < 2; n += 1) await pause(10);
    assert.equal(new Set(seen).size, 1, 'while it fails one event tries, always the same');
    receiver.misbehave = undefined;
    const events = await receiver.wait(6, complianceChange, 15_000);
    assert.deepEqual(
      events.map(({ claims }) => claims.current_status),
      ['not-compliant', 'compliant', 'not-compliant', 'compliant', 'not-compliant', 'compliant'],
    );
    assert.equal(events[0]?.token, seen[0]);
    assert.equal(receiver.repeats, 0);
  });

  test('a push stream whose receiver has been down for a day is paused, and goes on by itself when it answers', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    receiver.misbehave = (_request, response) => response.writeHead(500).end();
    await tenant.change(deviceId, good, bad);
    for (let n = 0; n < 500 && receiver.received.length === 0; n += 1) await pause(10);
    await pause(100);
    const organization = [tenant.fleet.organizationId];
    await world.admin.query(
      `update gh.signal_events set issued_at = issued_at - interval '25 hours' where organization_id = $1`,
      organization,
    );
    await world.task('signals-pause');
    const status = async () => (await listStreams(world.deps, tenant.administrator)).items[0];
    assert.equal((await status())?.status, 'paused');
    await tenant.change(deviceId, bad, good);
    await pause(300);
    receiver.misbehave = undefined;
    await world.admin.query(
      `update gh.signal_streams set retry_at = now() where organization_id = $1`,
      organization,
    );
    const events = await receiver.wait(3, undefined, 15_000);
    assert.deepEqual(
      events.map(({ type, claims }) => [type, claims.status ?? claims.current_status]).sort(),
      [
        [complianceChange, 'compliant'],
        [streamUpdated, 'enabled'],
        [streamUpdated, 'paused'],
      ].sort(),
    );
    assert.equal((await status())?.status, 'enabled');
  });

  test('an event that the receiver calls malformed is parked and told to administrators; a wrong key or audience keeps all', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const refuse = (err: string) => {
      receiver.misbehave = (_request, response) =>
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ err, description: 'x' }));
    };
    refuse('invalid_request');
    await tenant.change(deviceId, good, bad);
    const state = async () => (await listStreams(world.deps, tenant.administrator)).items[0];
    for (let n = 0; n < 500 && (await state())?.parked !== 1; n += 1) await pause(10);
    assert.equal((await state())?.failingSince, null);
    refuse('invalid_audience');
    await tenant.change(deviceId, bad, good);
    for (let n = 0; n < 500 && (await state())?.failingSince === null; n += 1) await pause(10);
    assert.deepEqual(
      [(await state())?.waiting, (await state())?.parked, (await state())?.lastFailure],
      [1, 1, 'invalid_audience'],
    );
    receiver.misbehave = (_request, response) => response.writeHead(400).end('<html>127.0.0.1 secret</html>');
    await world.admin.query(`update gh.signal_streams set retry_at = now() where organization_id = $1`, [
      tenant.fleet.organizationId,
    ]);
    for (let n = 0; n < 500 && (await state())?.lastFailure !== 'status 400'; n += 1) await pause(10);
    assert.equal((await state())?.lastFailure, 'status 400');
    receiver.misbehave = undefined;
    await retryParked(world.deps, tenant.administrator, receiver.stream.stream_id);
    await world.admin.query(`update gh.signal_streams set retry_at = now() where organization_id = $1`, [
      tenant.fleet.organizationId,
    ]);
    await receiver.wait(2);
  });

  test('where nobody receives signals a change costs no job', async () => {
    const tenant = await newTenant();
    const deviceId = await tenant.fleet.addDevice();
    const jobs = `select count(*)::int as count from gh.jobs where organization_id = $1`;
    await world.worker.stop();
    try {
      await tenant.change(deviceId, good, bad);
      assert.equal((await rows(jobs, tenant))[0].count, 0);
    } finally {
      await world.restartWorker();
    }
  });

  test('keys: the next is known a week before it signs, the last a month after, and the first is there with the first stream', async () => {
    const { tenant, receiver, deviceId } = await tenantWith('push');
    const keys = async () =>
      ((await (await fetch(receiver.metadata.jwks_uri)).json()) as { keys: { kid: string }[] }).keys.map(
        ({ kid }) => kid,
      );
    const [first = ''] = await keys();
    assert.equal((await keys()).length, 1);
    const sign = async () => {
      const count = receiver.events.length;
      await tenant.change(deviceId, good, bad);
      return (await receiver.wait(count + 1)).at(-1)?.kid;
    };
    assert.equal(await sign(), first);
    const age = async (days: number) => {
      await world.admin.query(
        `update gh.signal_keys set signs_from = signs_from - $2 * interval '1 day' where organization_id = $1`,
        [tenant.fleet.organizationId, days],
      );
      await world.task('signals-keys');
    };
    await age(357);
    assert.deepEqual(await keys(), [first]);
    await age(1.5);
    const [, second] = await keys();
    assert.ok(second !== undefined && second !== first, 'published');
    assert.equal(await sign(), first, 'and not yet in use');
    await age(7);
    world.clock.ahead(61_000);
    assert.equal(await sign(), second);
    assert.deepEqual(await keys(), [first, second], 'who verifies late finds the old one');
    await age(29);
    assert.equal((await keys()).length, 2);
    await age(1.5);
    assert.deepEqual(await keys(), [second]);
    assert.equal(keySchedule.inUseMs, 365 * day);
  });

  test('a receiver that asks for another issuer than it was given is told nothing', async () => {
    const { tenant } = await tenantWith('poll');
    await assert.rejects(startSsfReceiver(`${tenant.issuer}/more`, 'x'), /no transmitter/);
  });
});
