import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { systemActor } from '@gatehouse/core/actor.ts';
import { planExchange, queueCommand, queueSystemCommands } from '../src/modules/commands/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { type AppleDevice, type AppleWorld, commandIn, openAppleWorld } from './apple-world.ts';

describe('the conversation with an Apple device about commands', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  before(async () => {
    world = await openAppleWorld();
    acme = await world.newFleet('acme');
  });
  after(() => world.close());

  async function newPhone(): Promise<AppleDevice> {
    const phone = await world.newDevice(acme);
    await phone.enrol();
    return phone;
  }

  const order = async (device: AppleDevice, name: string, params: object = {}): Promise<string> =>
    (await queueCommand(world.deps, world.principal(acme), { deviceId: device.deviceId, name, params })).id;

  const stateOf = async (commandId: string) => {
    const [row] = await world.query<{ state: string; reason: string | null; error_chain: unknown }>(
      'select state, reason, error_chain from commands where command_id = $1',
      [commandId],
    );
    assert.ok(row);
    return row;
  };

  test('a poll is given the oldest command, its result the next, and the last result nothing', async () => {
    const phone = await newPhone();
    const ids = [
      await order(phone, 'lock-device', { message: 'first' }),
      await order(phone, 'lock-device', { message: 'second' }),
    ];
    let reply = await phone.poll();
    for (const [index, message] of ['first', 'second'].entries()) {
      const command = commandIn(reply);
      assert.deepEqual([command.requestType, command.commandUuid], ['DeviceLock', ids[index]]);
      assert.equal(command.payload['Message'], message);
      assert.equal(String(reply.headers['content-type']).toLowerCase(), 'application/xml; charset=utf-8');
      reply = await phone.report({ status: 'Acknowledged', commandUuid: command.commandUuid });
    }
    assert.deepEqual([reply.status, reply.body.length], [200, 0]);
    for (const id of ids) assert.equal((await stateOf(id)).state, 'acknowledged');
  });

  test('a command whose answer was lost is given again; the answer counts once however often it comes', async () => {
    const phone = await newPhone();
    const id = await order(phone, 'lock-device');
    assert.equal(commandIn(await phone.poll()).commandUuid, id);
    assert.equal(commandIn(await phone.poll()).commandUuid, id);
    for (let times = 0; times < 3; times++) {
      const reply = await phone.report({ status: 'Acknowledged', commandUuid: id });
      assert.deepEqual([reply.status, reply.body.length], [200, 0]);
    }
    assert.equal(
      (await phone.report({ status: 'Error', commandUuid: id })).status,
      200,
      'contradicts itself',
    );
    assert.equal((await stateOf(id)).state, 'acknowledged');
    const entries = (await world.audited(id)).filter(({ action }) => action === 'commands.acknowledge');
    assert.equal(entries.length, 1);
  });

  test('an error ends the command, and its whole chain is kept', async () => {
    const phone = await newPhone();
    const [failing, next] = [await order(phone, 'lock-device'), await order(phone, 'lock-device')];
    await phone.poll();
    const errorChain = [
      {
        code: 12021,
        domain: 'MCMDMErrorDomain',
        description: 'Unbekannt',
        englishDescription: 'Unknown command',
      },
      { code: 4, domain: 'Inner', description: 'innen', englishDescription: undefined },
    ];
    const reply = await phone.report({ status: 'Error', commandUuid: failing, errorChain });
    assert.equal(commandIn(reply).commandUuid, next);
    const failed = await stateOf(failing);
    assert.deepEqual([failed.state, failed.reason], ['failed', 'Unknown command (MCMDMErrorDomain 12021)']);
    assert.equal((failed.error_chain as unknown[]).length, 2);
    const last = await phone.report({ status: 'CommandFormatError', commandUuid: next });
    assert.equal(last.body.length, 0);
    assert.match((await stateOf(next)).reason ?? '', /did not understand/);
  });

  test('what a device puts off is not given again in the same conversation, and is in the next', async () => {
    const phone = await newPhone();
    const [first, second] = [await order(phone, 'lock-device'), await order(phone, 'refresh-device')];
    assert.equal(commandIn(await phone.poll()).commandUuid, first);
    const reply = await phone.report({ status: 'NotNow', commandUuid: first });
    assert.equal(commandIn(reply).commandUuid, second, 'the next one meanwhile');
    const end = await phone.report({ status: 'NotNow', commandUuid: second });
    assert.equal(end.body.length, 0, 'no loop');
    assert.deepEqual([(await stateOf(first)).state, (await stateOf(second)).state], ['queued', 'queued']);
    assert.equal(commandIn(await phone.poll()).commandUuid, first);
    assert.equal(
      commandIn(await phone.report({ status: 'Acknowledged', commandUuid: first })).commandUuid,
      second,
    );
  });

  test('a removal ordered while the installation is put off takes its place', async () => {
    const phone = await newPhone();
    const coalesce = (name: string) =>
      world.database.withTenant(acme.organizationId, (tx) =>
        queueSystemCommands(world.deps, tx, systemActor('test', acme.organizationId), [
          {
            deviceId: phone.deviceId,
            command: { name: 'lock-device', params: { message: name } },
            coalesceKey: 'profile:wifi',
          },
        ]),
      );
    await coalesce('install');
    const install = commandIn(await phone.poll());
    await phone.report({ status: 'NotNow', commandUuid: install.commandUuid });
    await coalesce('remove');
    const only = commandIn(await phone.poll());
    assert.equal(only.payload['Message'], 'remove');
    assert.equal(
      (await phone.report({ status: 'Acknowledged', commandUuid: only.commandUuid })).body.length,
      0,
    );
  });

  test('results of commands that are nobody’s, another device’s or not due are taken and change nothing', async () => {
    const [phone, other] = [await newPhone(), await newPhone()];
    const foreign = await order(other, 'lock-device');
    await other.poll();
    const own = await order(phone, 'lock-device');
    const strange = [
      '',
      'not ours',
      '0195e6a0-0000-7000-8000-000000000000',
      foreign,
      `${own}-7`,
      `${foreign}-1`,
    ];
    for (const commandUuid of strange) {
      for (const status of ['Acknowledged', 'Error', 'NotNow', 'CommandFormatError'] as const) {
        assert.equal((await phone.report({ status, commandUuid })).status, 200, `${status} ${commandUuid}`);
      }
    }
    assert.equal((await stateOf(foreign)).state, 'delivered');
    assert.equal((await stateOf(own)).state, 'delivered');
  });

  test('what a device cannot do is answered for it, in words, and never sent', async () => {
    const phone = await newPhone();
    const [message, lock] = [
      await order(phone, 'send-message', { text: 'hello' }),
      await order(phone, 'lock-device'),
    ];
    assert.equal(commandIn(await phone.poll()).commandUuid, lock);
    const { state, reason } = await stateOf(message);
    assert.equal(state, 'failed');
    assert.match(reason ?? '', /lock screen/);
    const mac = await world.newDevice(acme, { platform: 'macos' });
    await mac.authenticate({ ProductName: 'Mac15,3' });
    await mac.tokenUpdate();
    await mac.poll();
    const short = await order(mac, 'lock-device', { pin: '1234' });
    assert.equal((await mac.poll()).body.length, 0);
    assert.match((await stateOf(short)).reason ?? '', /PIN of six digits/);
    await order(mac, 'lock-device', { pin: '123456' });
    assert.equal(commandIn(await mac.poll()).payload['PIN'], '123456', 'what lies sealed reaches the device');
  });

  test('a command for a device is not given to its users, nor the other way round', async () => {
    const phone = await newPhone();
    const user = {
      kind: 'user',
      deviceKey: phone.udid,
      channel: 'U-1',
      userId: 'U-1',
      userShortName: 'anna',
    } as const;
    await phone.checkIn({
      MessageType: 'TokenUpdate',
      UserID: 'U-1',
      UserShortName: 'anna',
      Topic: 't',
      PushMagic: 'm',
      Token: Buffer.alloc(32),
    });
    const id = await order(phone, 'lock-device');
    assert.equal((await phone.report({ status: 'Idle', identity: user })).body.length, 0);
    assert.equal(commandIn(await phone.poll()).commandUuid, id);
    await phone.report({ status: 'Acknowledged', commandUuid: id, identity: user });
    assert.equal((await stateOf(id)).state, 'delivered', 'a user does not answer for the device');
    const unknown = { ...user, channel: 'U-2', userId: 'U-2' };
    assert.equal((await phone.report({ status: 'Idle', identity: unknown })).body.length, 0);
  });

  /** Of work that opens no transaction. */
  async function statementsOf(work: () => Promise<void>): Promise<number> {
    const { tenantQuery, withTenant } = world.database;
    let statements = 0;
    world.database.tenantQuery = function counted(...args: never[]) {
      statements += 1;
      return (tenantQuery as (...given: never[]) => never).apply(world.database, args);
    } as never;
    world.database.withTenant = (() => assert.fail('a transaction')) as never;
    try {
      await work();
    } finally {
      Object.assign(world.database, { tenantQuery, withTenant });
    }
    return statements;
  }

  test('an answer is one statement with all that lets the device in and with its next command', async () => {
    const phone = await newPhone();
    const ids = [await order(phone, 'lock-device'), await order(phone, 'lock-device')];
    assert.equal(commandIn(await phone.poll()).commandUuid, ids[0]);
    await world.query(
      `update device_contacts set last_check_in_at = now() - interval '30 minutes' where device_id = $1`,
      [phone.deviceId],
    );
    const statements = await statementsOf(async () => {
      const reply = await phone.report({ status: 'Acknowledged', commandUuid: ids[0] });
      assert.equal(commandIn(reply).commandUuid, ids[1]);
    });
    assert.equal(statements, 1);
    const [row] = await world.query<{ fresh: boolean }>(
      `select last_check_in_at > now() - interval '1 minute' as fresh from device_contacts where device_id = $1`,
      [phone.deviceId],
    );
    assert.equal(row?.fresh, true, 'a contact');
  });

  test('many answer in the same moment: each is given its own next command, in order and once', async () => {
    const phones = await Promise.all(Array.from({ length: 6 }, newPhone));
    const ids = await Promise.all(
      phones.map(async (phone) => [
        await order(phone, 'lock-device'),
        await order(phone, 'lock-device'),
        await order(phone, 'lock-device'),
      ]),
    );
    let replies = await Promise.all(phones.map((phone) => phone.poll()));
    for (let turn = 0; turn < 3; turn += 1) {
      assert.deepEqual(
        replies.map((reply) => commandIn(reply).commandUuid),
        ids.map((queue) => queue[turn]),
      );
      replies = await Promise.all(
        phones.map((phone, index) =>
          phone.report({ status: 'Acknowledged', commandUuid: ids[index]?.[turn] }),
        ),
      );
    }
    assert.deepEqual(
      replies.map(({ body }) => body.length),
      phones.map(() => 0),
    );
    for (const id of ids.flat()) {
      assert.equal((await stateOf(id)).state, 'acknowledged');
      const entries = (await world.audited(id)).filter(({ action }) => action === 'commands.acknowledge');
      assert.equal(entries.length, 1);
    }
  });

  test('the same answer twice in the same moment counts once', async () => {
    const phone = await newPhone();
    const ids = [await order(phone, 'lock-device'), await order(phone, 'lock-device')];
    await phone.poll();
    const answer = () => phone.report({ status: 'Acknowledged', commandUuid: ids[0] });
    for (const reply of await Promise.all([answer(), answer()]))
      assert.equal(commandIn(reply).commandUuid, ids[1]);
    const entries = (await world.audited(ids[0] ?? '')).filter(
      ({ action }) => action === 'commands.acknowledge',
    );
    assert.equal(entries.length, 1);
  });

  test('APL-02, DEV-06 who was shut out since the command was handed over says nothing and is given nothing, whoever answers beside', async () => {
    const [blocked, revoked, good] = [await newPhone(), await newPhone(), await newPhone()];
    const ids = new Map<AppleDevice, readonly string[]>();
    for (const phone of [blocked, revoked, good]) {
      ids.set(phone, [await order(phone, 'lock-device'), await order(phone, 'lock-device')]);
      await phone.poll();
    }
    await world.query(`update devices set state = 'blocked' where device_id = $1`, [blocked.deviceId]);
    await world.query(
      `update certificates set revoked_at = now(), revocation_reason = 'key-compromise' where device_id = $1`,
      [revoked.deviceId],
    );
    const replies = await Promise.all(
      [blocked, revoked, good].map((phone) =>
        phone.report({ status: 'Acknowledged', commandUuid: ids.get(phone)?.[0] }),
      ),
    );
    assert.deepEqual(
      replies.map(({ status }) => status),
      [403, 403, 200],
    );
    assert.equal(commandIn(replies[2] ?? assert.fail()).commandUuid, ids.get(good)?.[1]);
    for (const [phone, [first = '', second = '']] of ids) {
      const states = [(await stateOf(first)).state, (await stateOf(second)).state];
      assert.deepEqual(states, phone === good ? ['acknowledged', 'delivered'] : ['delivered', 'queued']);
    }
  });

  test('an idle poll is one statement and leaves its mark', async () => {
    const phone = await newPhone();
    await world.query(
      `update device_contacts set last_check_in_at = now() - interval '30 minutes' where device_id = $1`,
      [phone.deviceId],
    );
    assert.equal(await statementsOf(async () => void (await phone.poll())), 1);
    const [row] = await world.query<{ fresh: boolean }>(
      `select last_check_in_at > now() - interval '1 minute' as fresh from device_contacts where device_id = $1`,
      [phone.deviceId],
    );
    assert.equal(row?.fresh, true);
  });

  test('a poll that finds something is one statement too, and what was put off is found again', async () => {
    const phone = await newPhone();
    const ids = [await order(phone, 'lock-device'), await order(phone, 'lock-device')];
    const polls = async (id: string | undefined) =>
      statementsOf(async () => assert.equal(commandIn(await phone.poll()).commandUuid, id));
    assert.equal(await polls(ids[0]), 1);
    assert.equal((await stateOf(ids[0] ?? '')).state, 'delivered');
    const reply = await phone.report({ status: 'NotNow', commandUuid: ids[0] });
    assert.equal(commandIn(reply).commandUuid, ids[1]);
    assert.equal(await polls(ids[0]), 1);
  });

  test('APL-02, DEV-06 of all who poll in the same moment only whoever may speak is handed anything', async () => {
    const [idle, blocked, revoked, good] = [
      await newPhone(),
      await newPhone(),
      await newPhone(),
      await newPhone(),
    ];
    const [forBlocked, forRevoked, forGood] = [
      await order(blocked, 'lock-device'),
      await order(revoked, 'lock-device'),
      await order(good, 'lock-device'),
    ];
    await world.query(`update devices set state = 'blocked' where device_id = $1`, [blocked.deviceId]);
    await world.query(
      `update certificates set revoked_at = now(), revocation_reason = 'key-compromise' where device_id = $1`,
      [revoked.deviceId],
    );
    const replies = await Promise.all([idle, blocked, good, revoked, good].map((phone) => phone.poll()));
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 403, 200, 403, 200],
    );
    assert.equal(replies[0]?.body.length, 0);
    for (const reply of [replies[2], replies[4]])
      assert.equal(commandIn(reply ?? assert.fail()).commandUuid, forGood, 'twice the same');
    assert.deepEqual(
      [(await stateOf(forBlocked)).state, (await stateOf(forRevoked)).state, (await stateOf(forGood)).state],
      ['queued', 'queued', 'delivered'],
    );
  });

  test('polls and answers of one moment share a statement, in which who polls waits for nobody', async () => {
    const [idle, held, waiting, answering] = [
      await newPhone(),
      await newPhone(),
      await newPhone(),
      await newPhone(),
    ];
    const forWaiting = await order(waiting, 'lock-device');
    const [first, second] = [await order(answering, 'lock-device'), await order(answering, 'lock-device')];
    assert.equal(commandIn(await answering.poll()).commandUuid, first);
    await order(held, 'lock-device');
    const { organizationId } = acme;
    const turnOf = ({ deviceId, udid, identity }: AppleDevice, commandId?: string) => {
      const fingerprint = hash('sha256', identity.certificate);
      const isPoll = commandId === undefined;
      const arrival = { fingerprint, deviceId, channel: '', deviceKey: udid, isPoll, at: Date.now() };
      const answer = isPoll ? undefined : ({ commandId, state: 'acknowledged' } as const);
      const planned = planExchange(
        world.deps,
        { organizationId, deviceId, answer, most: 1, anew: isPoll },
        'lock-device',
      );
      return { deviceId, arrival, order: planned?.order ?? assert.fail() };
    };
    const other = await world.db.superuser();
    const told: unknown[][] = [];
    try {
      await other.query('begin');
      await other.query('select 1 from gh.device_contacts where device_id = $1 for update', [held.deviceId]);
      const statements = await statementsOf(async () => {
        const turns = [turnOf(idle), turnOf(answering, first), turnOf(held), turnOf(waiting)];
        for (const turn of turns.map((each) => world.platform.deps.turns(organizationId, each))) {
          const { standing, told: given } = await turn;
          told.push([standing?.heard, given?.commands?.map(({ id }) => id)]);
        }
      });
      assert.equal(statements, 1);
    } finally {
      await other.end();
    }
    assert.deepEqual(told, [
      [true, undefined],
      [true, [second]],
      [false, undefined],
      [true, [forWaiting]],
    ]);
    assert.equal((await stateOf(first)).state, 'acknowledged');
    assert.equal((await stateOf(forWaiting)).state, 'delivered');
  });

  test('a queue of many is handed over in order', async () => {
    const phone = await newPhone();
    const count = 200;
    await world.query(
      `insert into commands (organization_id, command_id, device_id, name, params, requested_by, expires_at)
       select $1, gen_random_uuid(), $2, 'lock-device', '{}', 'system:test', now() + interval '1 day' from generate_series(1, $3::int)`,
      [acme.organizationId, phone.deviceId, count],
    );
    const expected = await world.query<{ command_id: string }>(
      'select command_id from commands where device_id = $1 order by command_no',
      [phone.deviceId],
    );
    const given: string[] = [];
    let reply = await phone.poll();
    while (reply.body.length > 0) {
      const { commandUuid } = commandIn(reply);
      given.push(commandUuid);
      reply = await phone.report({ status: 'Acknowledged', commandUuid });
    }
    assert.deepEqual(
      given,
      expected.map((row) => row.command_id),
    );
  });
});
