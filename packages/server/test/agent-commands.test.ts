import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import { getCommand, queueCommand } from '../src/modules/commands/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { newDeviceKey } from '../src/modules/enrollment/test-device.ts';
import { type AgentWorld, type Computer, openAgentWorld } from './agent-world.ts';

describe('a computer waits for commands', () => {
  let world: AgentWorld;
  let acme: TestFleet;

  before(async () => {
    world = await openAgentWorld();
    acme = await world.newFleet('acme');
  });
  after(() => world.close());

  async function newComputer(): Promise<Computer> {
    const computer = await world.enrol(await world.issueCode(acme), newDeviceKey());
    await computer.settle();
    return computer;
  }
  const order = (computer: Computer, name = 'refresh-device') =>
    queueCommand(world.deps, world.principal(acme), { deviceId: computer.deviceId, name });
  const wait = (computer: Computer, seconds: number | string, signal?: AbortSignal) =>
    computer.send('GET', `${agentPaths.commands}?wait=${seconds}`, undefined, signal ? { signal } : {});
  const held = () => world.node.platform.deps.held.count;
  async function until(count: number): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (held() !== count) {
      if (Date.now() > deadline) throw new Error(`${held()} held, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  test('a held request is answered in the moment a command is queued', async () => {
    const computer = await newComputer();
    const answer = wait(computer, 50);
    await until(1);
    const start = performance.now();
    const { id } = await order(computer);
    const { body } = await answer;
    assert.ok(performance.now() - start < 500);
    assert.deepEqual(
      body.commands.map((command: { id: string }) => command.id),
      [id],
    );
    assert.equal(held(), 0);
  });

  test('a command that was there before is answered at once, and one that is being carried out does not end the next wait', async () => {
    const computer = await newComputer();
    const first = await order(computer);
    assert.equal((await wait(computer, 50)).body.commands[0].id, first.id);
    const waiting = wait(computer, 50);
    await until(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(held(), 1);
    const second = await order(computer, 'lock-device');
    const ids = (await waiting).body.commands.map((command: { id: string }) => command.id);
    // In the order in which they were queued; the first again, because nobody knows whether it arrived.
    assert.deepEqual(ids, [first.id, second.id]);
  });

  test('a command queued while the request is being let in is not missed', async () => {
    const computer = await newComputer();
    for (let round = 0; round < 15; round += 1) {
      const [answer, { id }] = await Promise.all([wait(computer, 50), order(computer)]);
      const ids = answer.body.commands.map((command: { id: string }) => command.id);
      assert.ok(ids.includes(id));
      await computer.send('POST', agentPaths.commandResult.replace('{commandId}', id), {
        state: 'acknowledged',
      });
    }
  });

  test('without a wait the answer comes at once; a wait ends empty when its time is over', async () => {
    const computer = await newComputer();
    assert.deepEqual((await computer.send('GET', agentPaths.commands)).body, { commands: [] });
    const start = performance.now();
    assert.deepEqual((await wait(computer, 1)).body, { commands: [] });
    const took = performance.now() - start;
    assert.ok(took >= 900 && took < 2_500, `${took} ms`);
    for (const wrong of ['51', '-1', '1.5', 'x', '', '1&wait=2', '1&other=2']) {
      assert.equal((await wait(computer, wrong)).status, 400, wrong);
    }
  });

  test('POL-15 a device that has another policy to fetch is told so once, by an empty answer before its time', async () => {
    const computer = await world.enrol(await world.issueCode(acme), newDeviceKey());
    await computer.checkIn();
    assert.deepEqual((await wait(computer, 50)).body, { commands: [] });
    // It does not follow the hint: it is not hurried on.
    const waiting = wait(computer, 50);
    await until(1);
    await order(computer);
    assert.equal((await waiting).body.commands.length, 1);
  });

  test('a device holds three requests; the fourth takes the place of the oldest', async () => {
    const computer = await newComputer();
    const waiting: Promise<{ status: number; body: { error?: { code: string }; commands?: unknown[] } }>[] =
      [];
    for (let count = 1; count <= 3; count += 1) {
      waiting.push(wait(computer, 50));
      await until(count);
    }
    const fourth = wait(computer, 50);
    const oldest = await waiting[0];
    assert.equal(oldest?.status, 429);
    assert.equal(oldest?.body.error?.code, 'too-many-held');
    assert.equal(held(), 3);
    // One of them gets the command; another may get it too, if it looked in the same moment, or else goes on waiting.
    const rest = [...waiting.slice(1), fourth];
    const settled = Promise.allSettled(rest);
    await order(computer);
    assert.equal((await Promise.race(rest)).body.commands?.length, 1);
    await computer.close();
    await settled;
    await until(0);
  });

  test('ACT-20, ADM-18: the log that a computer hands over lies sealed, is read by right and on record, and its size is bounded', async () => {
    const computer = await newComputer();
    const { id } = await order(computer, 'request-logs');
    const [{ name, params }] = (await wait(computer, 50)).body.commands;
    assert.deepEqual([name, params], ['request-logs', {}]);
    const result = { source: 'journal', lines: 1, cut: false, removed: 0, text: 'ann has locked the screen' };
    const path = agentPaths.commandResult.replace('{commandId}', id);
    const tooLong = { state: 'acknowledged', result: { ...result, text: 'x'.repeat(70_000) } };
    assert.equal((await computer.send('POST', path, tooLong)).status, 422);
    assert.equal((await computer.send('POST', path, { state: 'acknowledged', result })).status, 200);
    const all = world.principal(acme);
    const lesser = {
      ...all,
      permissions: new Set([...all.permissions].filter((each) => each !== 'devices.facts.sensitive.read')),
    };
    assert.equal((await getCommand(world.deps, lesser, id)).result, null);
    assert.deepEqual((await getCommand(world.deps, all, id)).result, result);
    const unable = {
      ...all,
      permissions: new Set([...all.permissions].filter((each) => each !== 'devices.logs')),
    };
    await assert.rejects(
      queueCommand(world.deps, unable, { deviceId: computer.deviceId, name: 'request-logs' }),
      /devices\.logs|not allowed|permission/i,
    );
    const rows = await world.query<{ text: string }>(
      `select row_to_json(c)::text as text from commands c where command_id = $1
       union all select content::text from audit_entries`,
      [id],
    );
    assert.ok(rows.every(({ text }) => !text.includes('locked the screen')));
    const read = rows.filter(({ text }) => text.includes('devices.read-private-facts') && text.includes(id));
    assert.equal(read.length, 1);
  });

  test('a client that goes away leaves nothing behind', async () => {
    const computer = await newComputer();
    const abort = new AbortController();
    const gone = wait(computer, 50, abort.signal);
    await until(1);
    abort.abort();
    await assert.rejects(gone);
    await until(0);
    // What is queued now is still new for the next one who asks.
    const { id } = await order(computer);
    assert.equal((await wait(computer, 50)).body.commands[0].id, id);
  });

  test('a command wakes only its own device', async () => {
    const [one, two] = [await newComputer(), await newComputer()];
    const waiting = [wait(one, 50), wait(two, 50)];
    await until(2);
    await order(two);
    assert.equal((await waiting[1])?.body.commands.length, 1);
    assert.equal(held(), 1);
    await order(one);
    await waiting[0];
  });
});
