import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { createEvents } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { cancelCommand } from './cancel-command.ts';
import { type CommandAnswer, exchange, type ExchangeDeps } from './exchange.ts';
import { forgetHandedOver } from './handed-over.ts';
import { getCommand } from './list-commands.ts';
import { queueCommand } from './queue-command.ts';
import { openTestQueue, type TestQueue } from './test-queue.ts';

describe('a conversation with a device', () => {
  let queue: TestQueue;
  before(async () => {
    queue = await openTestQueue();
  });
  after(() => queue[Symbol.asyncDispose]());

  const order = async (deviceId: string, options: { priority?: number; channel?: string } = {}) =>
    (
      await queueCommand(queue.deps, queue.admin, {
        deviceId,
        name: 'refresh-device',
        params: { scans: ['security'] },
        ...options,
      })
    ).id;
  const turn = async (
    deviceId: string,
    answer?: CommandAnswer,
    options: { most?: number; which?: 'open' | 'fresh'; anew?: boolean; channel?: string } = {},
  ) => {
    const { organizationId } = queue.fleet;
    const { state, commands } = await exchange(queue.deps, { organizationId, deviceId, answer, ...options });
    return { state, ids: commands.map(({ id }) => id) };
  };
  const done = (commandId: string): CommandAnswer => ({
    commandId,
    state: 'acknowledged',
    result: { ok: 1 },
  });
  const stateOf = async (id: string) => (await getCommand(queue.deps, queue.admin, id)).state;

  test('an answer is a transaction when something follows from it, and not when it would from another command', async () => {
    const { organizationId } = queue.fleet;
    for (const [followed, transactions] of [
      ['full-wipe', 0],
      ['refresh-device', 1],
    ] as const) {
      const device = await queue.fleet.addDevice();
      const id = await order(device);
      await turn(device);
      let opened = 0;
      const { database } = queue.deps;
      const deps: ExchangeDeps = {
        ...queue.deps,
        events: createEvents(
          { 'command.finished': [{ job: 'follow', when: ({ payload }) => payload['name'] === followed }] },
          () => undefined,
        ),
        database: {
          tenantQuery: database.tenantQuery.bind(database),
          withTenant: (...args) => {
            opened += 1;
            return database.withTenant(...args);
          },
        },
      };
      const answer = done(id);
      assert.equal(
        (await exchange(deps, { organizationId, deviceId: device, answer })).state,
        'acknowledged',
      );
      assert.equal(opened, transactions);
      const jobs = await queue.rows(
        `select 1 from jobs where kind = 'follow' and payload ->> 'commandId' = $1`,
        [id],
      );
      assert.equal(jobs.length, transactions);
    }
  });

  test('each answer brings the next command, in the order in which they were queued', async () => {
    const device = await queue.fleet.addDevice();
    const [a, b, c] = [await order(device), await order(device), await order(device)];
    assert.deepEqual(await turn(device, undefined, { most: 1 }), { state: undefined, ids: [a] });
    assert.deepEqual(await turn(device, done(a), { most: 1 }), { state: 'acknowledged', ids: [b] });
    assert.deepEqual(await turn(device, done(b), { most: 1 }), { state: 'acknowledged', ids: [c] });
    assert.deepEqual(await turn(device, done(c), { most: 1 }), { state: 'acknowledged', ids: [] });
    const shown = await getCommand(queue.deps, queue.admin, a);
    assert.deepEqual(shown.result, { ok: 1 });
    assert.ok(shown.finishedAt);
    for (const id of [a, b, c]) assert.equal(await queue.entries('commands.acknowledge', id), 1);
    const events = await queue.rows(
      `select payload from events where name = 'command.finished' and subject_id = $1`,
      [device],
    );
    assert.deepEqual(
      events.map(({ payload }) => payload.commandId),
      [a, b, c],
    );
  });

  test('lower priorities come first, whenever they were queued; channels do not see each other', async () => {
    const device = await queue.fleet.addDevice();
    const usual = await order(device);
    const urgent = await order(device, { priority: 10 });
    const ofUser = await order(device, { channel: 'ann' });
    assert.deepEqual((await turn(device)).ids, [urgent, usual]);
    assert.deepEqual((await turn(device, undefined, { channel: 'ann' })).ids, [ofUser]);
    await assert.rejects(turn(device, done(ofUser)), (error) => isDomainError(error, 'not-found'));
  });

  test('DEV-07 an answer is applied once, repeated it changes nothing, contradicted it is refused', async () => {
    const device = await queue.fleet.addDevice();
    const [first, second] = [await order(device), await order(device)];
    await assert.rejects(turn(device, done(first)), (error) => isDomainError(error, 'conflict'));
    assert.deepEqual((await turn(device, undefined, { most: 1 })).ids, [first]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => turn(device, done(first), { most: 1 })),
    );
    for (const { state, ids } of answers) assert.deepEqual([state, ids], ['acknowledged', [second]]);
    await assert.rejects(turn(device, { commandId: first, state: 'failed' }), /Another answer/);
    await assert.rejects(turn(device, { commandId: first, state: 'deferred' }), /Another answer/);
    assert.equal(await queue.entries('commands.acknowledge', first), 1);
  });

  test('DEV-02 the command of another device does not exist', async () => {
    const [mine, yours] = [await queue.fleet.addDevice(), await queue.fleet.addDevice()];
    const id = await order(yours);
    await turn(yours);
    await assert.rejects(turn(mine, done(id)), (error) => isDomainError(error, 'not-found'));
    await assert.rejects(turn(mine, done(newId())), (error) => isDomainError(error, 'not-found'));
    assert.equal(await stateOf(id), 'delivered');
  });

  test('another server, which has not handed the command over, records the answer all the same', async () => {
    const device = await queue.fleet.addDevice();
    const id = await order(device);
    await turn(device);
    forgetHandedOver(id);
    assert.equal((await turn(device, done(id))).state, 'acknowledged');
  });

  test('what comes too late is believed, what was withdrawn is not', async () => {
    const device = await queue.fleet.addDevice();
    const [late, withdrawn] = [await order(device), await order(device)];
    await turn(device, undefined, { most: 1 });
    await cancelCommand(queue.deps, queue.admin, withdrawn);
    await queue.rows(`update commands set state = 'expired', finished_at = now() where command_id = $1`, [
      late,
    ]);
    assert.deepEqual(await turn(device, done(late)), { state: 'acknowledged', ids: [] });
    await assert.rejects(turn(device, done(withdrawn)), (error) => isDomainError(error, 'conflict'));
  });

  test('a failure keeps what the device says, in its platform’s words and in ours', async () => {
    const device = await queue.fleet.addDevice();
    const id = await order(device);
    await turn(device);
    const errorChain = [{ ErrorCode: 12_021, ErrorDomain: 'MCMDMErrorDomain' }];
    const answer = { commandId: id, state: 'failed', reason: 'It cannot', errorChain } as const;
    assert.equal((await turn(device, answer)).state, 'failed');
    const shown = await getCommand(queue.deps, queue.admin, id);
    assert.deepEqual([shown.reason, shown.errors], ['It cannot', errorChain]);
  });

  test('not now: it waits, is passed over in this conversation, and comes again in the next', async () => {
    const device = await queue.fleet.addDevice();
    const [first, second] = [await order(device), await order(device)];
    const one = { most: 1 };
    assert.deepEqual((await turn(device, undefined, one)).ids, [first]);
    const later = { commandId: first, state: 'deferred' } as const;
    assert.deepEqual(await turn(device, later, one), { state: 'queued', ids: [second] });
    assert.deepEqual(await turn(device, later, one), { state: 'queued', ids: [second] });
    assert.deepEqual(await turn(device, done(second), one), { state: 'acknowledged', ids: [] });
    assert.ok((await getCommand(queue.deps, queue.admin, first)).deferredAt);
    assert.equal(await queue.entries('commands.defer', first), 1);
    assert.deepEqual((await turn(device, undefined, one)).ids, []);
    assert.deepEqual((await turn(device, undefined, { ...one, anew: true })).ids, [first]);
    assert.equal((await turn(device, done(first), one)).state, 'acknowledged');
  });

  test('a command of several messages goes on step by step, and no step counts twice', async () => {
    const device = await queue.fleet.addDevice();
    const id = await order(device);
    const { organizationId } = queue.fleet;
    const step = (number: number, state: 'continued' | 'acknowledged') =>
      exchange(queue.deps, {
        organizationId,
        deviceId: device,
        answer: { commandId: id, state, step: number },
      });
    await turn(device);
    for (let again = 0; again < 2; again += 1) {
      const { state, commands } = await step(0, 'continued');
      assert.deepEqual([state, commands[0]?.id, commands[0]?.step], ['delivered', id, 1]);
    }
    await assert.rejects(step(2, 'continued'), (error) => isDomainError(error, 'conflict'));
    assert.equal((await step(1, 'acknowledged')).state, 'acknowledged');
  });

  test('whoever still has commands in hand is told only of new ones', async () => {
    const device = await queue.fleet.addDevice();
    const [first, second] = [await order(device), await order(device)];
    assert.deepEqual((await turn(device)).ids, [first, second]);
    const third = await order(device);
    assert.deepEqual((await turn(device, done(first), { which: 'fresh' })).ids, [third]);
    assert.deepEqual((await turn(device)).ids, [second, third]);
  });

  test('JOB-02, WIP-06: what destroys is looked at before it is handed over, and shuts the device out', async () => {
    const device = await queue.fleet.addDevice();
    const usual = await order(device);
    const { id } = await queueCommand(queue.deps, queue.admin, { deviceId: device, name: 'selective-wipe' });
    assert.deepEqual((await turn(device, undefined, { most: 1 })).ids, [usual]);
    assert.deepEqual((await turn(device, done(usual))).ids, [id]);
    assert.equal(
      (await queue.rows('select state from devices where device_id = $1', [device]))[0].state,
      'wiping',
    );
    assert.equal((await turn(device, done(id))).state, 'acknowledged');
    assert.equal(
      (await queue.rows('select state from devices where device_id = $1', [device]))[0].state,
      'unmanaged',
    );
  });

  test('sealed parameters reach the device, and are gone when it has answered', async () => {
    const device = await queue.fleet.addDevice();
    const { id } = await queueCommand(queue.deps, queue.admin, {
      deviceId: device,
      name: 'lock-device',
      params: { pin: '73914682' },
    });
    const { organizationId } = queue.fleet;
    const { commands } = await exchange(queue.deps, { organizationId, deviceId: device });
    assert.deepEqual(commands[0]?.params, { pin: '73914682' });
    await turn(device, { commandId: id, state: 'acknowledged' });
    const [row] = await queue.rows('select sealed_params from commands where command_id = $1', [id]);
    assert.equal(row.sealed_params, null);
  });

  test('COL-54 DAT-03 a place is nowhere in plain sight, and opened only for those who may know', async () => {
    const device = await queue.fleet.addDevice();
    const { id } = await queueCommand(queue.deps, queue.admin, { deviceId: device, name: 'locate-device' });
    assert.deepEqual((await turn(device)).ids, [id]);
    const result = { location: { latitude: 48.208_1742, longitude: 16.373_819 } };
    assert.equal(
      (await turn(device, { commandId: id, state: 'acknowledged', result })).state,
      'acknowledged',
    );
    const stored = await queue.rows(
      `select row_to_json(c)::text as text from commands c where command_id = $1
       union all select content::text from audit_entries union all select payload::text from events`,
      [id],
    );
    assert.ok(stored.every(({ text }) => !String(text).includes('48.208')));
    assert.deepEqual((await getCommand(queue.deps, queue.admin, id)).result, result);
    assert.equal(await queue.entries('devices.read-private-facts', device), 1);
    const permissions = new Set([...queue.admin.permissions].filter((each) => !each.includes('sensitive')));
    assert.equal((await getCommand(queue.deps, { ...queue.admin, permissions }, id)).result, null);
  });

  test('DEV-07, JOB-03: in any crowd of requests each command is handed over in order and applied once', async () => {
    const devices = await Promise.all(Array.from({ length: 12 }, () => queue.fleet.addDevice()));
    const ordered = new Map<string, string[]>(devices.map((device) => [device, []]));
    for (let round = 0; round < 5; round += 1) {
      for (const device of devices) ordered.get(device)?.push(await order(device));
    }
    const fresh = new Map<string, string[]>(devices.map((device) => [device, []]));
    // Three connections of each device at once; every answer is sent by each of them.
    await Promise.all(
      devices.flatMap((device) =>
        Array.from({ length: 3 }, async () => {
          for (let next = await turn(device, undefined, { most: 1 }); next.ids[0] !== undefined; ) {
            const [id] = next.ids;
            const seen = fresh.get(device) ?? [];
            if (!seen.includes(id)) seen.push(id);
            next = await turn(device, done(id), { most: 1 });
          }
        }),
      ),
    );
    for (const device of devices) {
      assert.deepEqual(fresh.get(device), ordered.get(device));
      for (const id of ordered.get(device) ?? []) {
        assert.equal(await stateOf(id), 'acknowledged');
        assert.equal(await queue.entries('commands.acknowledge', id), 1);
      }
    }
  });

  test('a request that cannot be served harms none of those that travel with it', async () => {
    const device = await queue.fleet.addDevice();
    const id = await order(device);
    const [good, bad] = await Promise.allSettled([turn(device), turn('not a device')]);
    assert.equal(bad.status, 'rejected');
    assert.deepEqual(good.status === 'fulfilled' && good.value.ids, [id]);
  });
});
