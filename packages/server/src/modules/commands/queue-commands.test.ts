import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseCommand } from '@gatehouse/core/commands/catalogue.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import type { Sql } from '../../kernel/db/sql.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet } from '../devices/test-fleet.ts';
import { exchange } from './exchange.ts';
import { listCommands } from './list-commands.ts';
import { mostDevices, queueCommands, queueSystemCommands } from './queue-command.ts';
import { openTestQueue, type TestQueue } from './test-queue.ts';

describe('commands for many devices', () => {
  let queue: TestQueue;
  before(async () => {
    queue = await openTestQueue();
  });
  after(() => queue[Symbol.asyncDispose]());

  const some = (count: number) => Promise.all(Array.from({ length: count }, () => queue.fleet.addDevice()));
  const send = async (deviceIds: readonly string[], name = 'refresh-device', params = {}) =>
    (await queueCommands(queue.deps, queue.admin, { deviceIds, name, params })).items;
  const ofDevice = async (device: string) =>
    (await listCommands(queue.deps, queue.admin, device, { limit: 100, after: undefined })).items;

  test('each device gets its command, its entry on record and its news; what stands against one concerns that one', async () => {
    const other = await createTestFleet(queue.db, 'other');
    const [good, blocked, twin] = await some(3);
    assert.ok(good !== undefined && blocked !== undefined && twin !== undefined);
    const foreign = await other.addDevice();
    const missing = newId();
    await queue.rows(`update devices set state = 'blocked' where device_id = $1`, [blocked]);
    queue.announced.length = 0;
    const outcomes = await send([good, blocked, foreign, twin, missing, good]);
    assert.deepEqual(
      outcomes.map(({ deviceId, command, refusal }) => [
        deviceId,
        command?.state,
        refusal?.code,
        refusal?.reason,
      ]),
      [
        [good, 'queued', undefined, undefined],
        [blocked, undefined, 'conflict', 'device-blocked'],
        [foreign, undefined, 'not-found', null],
        [twin, 'queued', undefined, undefined],
        [missing, undefined, 'not-found', null],
      ],
    );
    assert.deepEqual(queue.announced, [good, twin]);
    for (const device of [good, twin]) {
      assert.equal((await ofDevice(device)).length, 1);
      assert.equal(await queue.entries('devices.refresh-device', device), 1);
    }
    const events = await queue.rows(
      `select subject_id from events where name = 'command.queued' and subject_id = any ($1)`,
      [[good, twin]],
    );
    assert.equal(events.length, 2);
  });

  test('a fleet costs no more statements than one device', async () => {
    const count = async (devices: readonly string[]): Promise<number> => {
      let statements = 0;
      const counting = (tx: TenantTx) =>
        new Proxy(tx, {
          get(target, name) {
            const value = target[name as keyof TenantTx] as unknown;
            if (typeof value !== 'function') return value;
            return (...values: [Sql]) => {
              if (['query', 'one', 'run'].includes(String(name))) statements += 1;
              return (value as (...values: unknown[]) => unknown).apply(target, values);
            };
          },
        });
      const database = {
        ...queue.deps.database,
        withTenant: ((organizationId, work) =>
          queue.db.database.withTenant(organizationId, (tx) =>
            work(counting(tx)),
          )) as TestQueue['db']['database']['withTenant'],
      };
      await queueCommands({ ...queue.deps, database }, queue.admin, {
        deviceIds: devices,
        name: 'refresh-device',
      });
      return statements;
    };
    const [few, many] = [await count(await some(1)), await count(await some(50))];
    assert.equal(many, few);
    assert.ok(few <= 8, `${few}`);
  });

  test('there are bounds', async () => {
    const tooMany = Array.from({ length: mostDevices + 1 }, () => newId());
    await assert.rejects(send(tooMany), (error) => isDomainError(error, 'invalid-input'));
  });

  test('ADM-06 each wipe of many counts against the budget, and those beyond it are refused and on record', async () => {
    const devices = await some(8);
    const outcomes = await send(devices, 'selective-wipe');
    assert.deepEqual(
      outcomes.map(({ refusal }) => refusal?.reason ?? 'queued'),
      [...Array.from({ length: 5 }, () => 'queued'), ...Array.from({ length: 3 }, () => 'budget-spent')],
    );
    for (const device of devices) assert.equal(await queue.entries('devices.selective-wipe', device), 1);
    const again = await send(devices, 'selective-wipe');
    assert.deepEqual(
      again.slice(0, 5).map(({ command }) => command?.id),
      outcomes.slice(0, 5).map(({ command }) => command?.id),
    );
  });

  test('the system’s own commands replace what still waits under their key, and nothing that the device has', async () => {
    const [device] = await some(1);
    assert.ok(device !== undefined);
    const { organizationId } = queue.fleet;
    const intend = (text: string, coalesceKey = 'greeting') =>
      queue.inTenant((tx) =>
        queueSystemCommands(queue.deps, tx, systemActor('desired-state', organizationId), [
          { deviceId: device, command: parseCommand('send-message', { text }), coalesceKey },
        ]),
      );
    const [first] = await intend('one');
    assert.deepEqual(await intend('two'), [first]);
    const [beside] = await intend('else', 'other key');
    const handed = await exchange(queue.deps, { organizationId, deviceId: device });
    assert.deepEqual(
      handed.commands.map(({ id, params, origin }) => [id, params, origin]),
      [
        [first, { text: 'two' }, 'system'],
        [beside, { text: 'else' }, 'system'],
      ],
    );
    const [third] = await intend('three');
    assert.notEqual(third, first);
    assert.deepEqual(await intend('four'), [third]);
    assert.equal((await ofDevice(device)).length, 3);
  });

  test('several under one key in one call: the last one stands', async () => {
    const [device] = await some(1);
    assert.ok(device !== undefined);
    const ids = await queue.inTenant((tx) =>
      queueSystemCommands(
        queue.deps,
        tx,
        systemActor('desired-state', tx.organizationId),
        ['one', 'two'].map((text) => ({
          deviceId: device,
          command: parseCommand('send-message', { text }),
          coalesceKey: 'greeting',
        })),
      ),
    );
    assert.equal(ids[0], ids[1]);
    const { organizationId } = queue.fleet;
    const { commands } = await exchange(queue.deps, { organizationId, deviceId: device });
    assert.deepEqual(
      commands.map(({ params }) => params),
      [{ text: 'two' }],
    );
  });

  test('the system wipes nothing, and leaves out what takes no commands', async () => {
    const [device, gone] = await some(2);
    assert.ok(device !== undefined && gone !== undefined);
    await queue.rows(`update devices set state = 'unmanaged' where device_id = $1`, [gone]);
    const order = (name: string) =>
      queue.inTenant((tx) =>
        queueSystemCommands(
          queue.deps,
          tx,
          systemActor('test', tx.organizationId),
          [gone, device].map((deviceId) => ({ deviceId, command: parseCommand(name, {}) })),
        ),
      );
    await assert.rejects(order('selective-wipe'), TypeError);
    const [none, one] = await order('refresh-device');
    assert.equal(none, undefined);
    assert.ok(one !== undefined);
  });
});
