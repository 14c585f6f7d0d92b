import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Value } from 'typebox/value';
import { CheckInRequest, CommandResultRequest } from '@gatehouse/contracts/agent.ts';
import { newComputer } from './computer.ts';
import { Refusal } from './gateway.ts';
import { keepRunning } from './keep-running.ts';
import { loadAgent, saveAgent } from './saved-agent.ts';
import { SimulatedAgent, type SimulatedAgentOptions } from './simulated-agent.ts';
import { type Answer, checkInAnswer, deviceId, openTestGateway, reportOf } from './test-gateway.ts';

const command = (id: string, name: string, params: Record<string, unknown> = {}) => ({
  id: `00000000-0000-7000-8000-00000000000${id}`,
  name,
  params,
  expiresAt: Date.now() + 60_000,
});

async function enrolled(t: TestContext, answer: Answer, options: Partial<SimulatedAgentOptions> = {}) {
  const gateway = await openTestGateway(answer);
  const agent = new SimulatedAgent({ computer: newComputer('test', { platform: 'linux' }), ...options });
  t.after(async () => {
    await agent.close();
    await gateway.close();
  });
  await agent.enroll(gateway.ticket);
  return { gateway, agent };
}

test('OTA-05: it enrols by code, and from then on shows its certificate and reports as the contract says', async (t) => {
  const policy = { version: 'v1', settings: { 'passcode.minimum-length': 12 } };
  const { gateway, agent } = await enrolled(t, (call) => checkInAnswer(call, { policy }));
  assert.equal(agent.memory.identity?.deviceId, deviceId);
  await agent.report();
  await agent.report(['security']);
  const [first, second] = gateway.calls;
  assert.ok(first && second);
  for (const call of [first, second]) {
    assert.equal(call.deviceId, deviceId);
    assert.ok(
      Value.Check(CheckInRequest, call.body),
      JSON.stringify([...Value.Errors(CheckInRequest, call.body)]),
    );
  }
  assert.deepEqual([reportOf(first).counter, reportOf(second).counter], [1, 2]);
  assert.equal(reportOf(first).scans.length, 5);
  assert.equal(reportOf(second).acknowledgedPolicyVersion, 'v1');
  assert.equal(reportOf(second).scans[0]?.facts['passcode.minimum-length'], 12);
});

test('a wrong code is refused before the device says anything of itself', async (t) => {
  const gateway = await openTestGateway(checkInAnswer);
  t.after(() => gateway.close());
  const agent = new SimulatedAgent({ computer: newComputer('test') });
  const other = { ...gateway.ticket, oneTimePassword: '00000-00000-00000-00000-00000' };
  await assert.rejects(agent.enroll(other));
  assert.equal(agent.isEnrolled, false);
});

test('DEV-07: a report whose answer was lost is sent again with its counter, and only then a new one', async (t) => {
  let alive = false;
  const { gateway, agent } = await enrolled(t, (call) =>
    alive ? checkInAnswer(call) : { status: 200, body: {}, drop: true },
  );
  await assert.rejects(agent.report(['security']));
  const unconfirmed = structuredClone(agent.memory.pending);
  alive = true;
  agent.computer.volumes.splice(0);
  await agent.report(['security']);
  const [lost, again, next] = gateway.calls.map(reportOf);
  assert.deepEqual([lost?.counter, again?.counter, next?.counter], [1, 1, 2]);
  assert.deepEqual(again?.scans, unconfirmed?.scans);
  assert.deepEqual(agent.memory.confirmed, [1, 2]);
});

test('DEV-14: told of a later counter, it reports again above it', async (t) => {
  const { gateway, agent } = await enrolled(t, (call) =>
    checkInAnswer(call, { counter: Math.max(41, reportOf(call).counter) }),
  );
  await agent.report(['security']);
  assert.deepEqual(
    gateway.calls.map((call) => reportOf(call).counter),
    [1, 42],
  );
  assert.deepEqual(agent.memory.confirmed, [42]);
});

test('a command is carried out once, however often it is handed over, and answered until the answer is confirmed', async (t) => {
  const message = command('1', 'send-message', { text: 'hello' });
  let confirm = false;
  const { gateway, agent } = await enrolled(t, ({ path }) => {
    if (path.startsWith('/agent/v1/commands?')) return { status: 200, body: { commands: [message] } };
    return confirm
      ? { status: 200, body: { state: 'acknowledged' } }
      : { status: 503, body: { error: { code: 'unavailable', message: 'later' } } };
  });
  await assert.rejects(agent.poll(1), Refusal);
  confirm = true;
  await agent.settle();
  await agent.poll(1);
  assert.deepEqual(
    agent.computer.messages.map(({ text }) => text),
    ['hello'],
  );
  const [entry] = agent.memory.ledger;
  assert.deepEqual([entry?.answered, entry?.deliveredAfterwards], [true, 1]);
  const answers = gateway.calls.filter(({ path }) => path.endsWith('/result'));
  assert.equal(answers.length, 2);
  for (const { body } of answers) assert.ok(Value.Check(CommandResultRequest, body));
});

test('what a device cannot do it fails, with the reason', async (t) => {
  const commands = [
    command('1', 'locate-device'),
    command('2', 'dance'),
    { ...command('3', 'lock-device'), expiresAt: 1 },
  ];
  const { agent } = await enrolled(t, () => ({ status: 200, body: { state: 'failed' } }));
  await agent.obey(commands);
  assert.deepEqual(
    agent.memory.ledger.map(({ answer }) => answer.state),
    ['failed', 'failed', 'failed'],
  );
  assert.match(agent.memory.ledger[0]?.answer.reason ?? '', /policy/);
  assert.equal(agent.computer.screenLocked, false);
});

test('WIP-01: a selective wipe is answered, then management ends and the enrolment is forgotten', async (t) => {
  const left: string[] = [];
  const { gateway, agent } = await enrolled(
    t,
    ({ path }) => ({
      status: 200,
      body: { state: path.endsWith('unenroll') ? 'unmanaged' : 'acknowledged' },
    }),
    { onEvent: (event) => event.kind === 'left' && left.push(event.why) },
  );
  await agent.obey([command('1', 'selective-wipe')]);
  assert.deepEqual(
    gateway.calls.map(({ path }) => path.split('/').at(-1)),
    ['result', 'unenroll'],
  );
  assert.equal(agent.isEnrolled, false);
  assert.deepEqual(left, ['it was wiped']);
  await assert.rejects(agent.report(), Refusal);
});

test('a renewed certificate has a new key and is used from then on', async (t) => {
  const { agent } = await enrolled(t, checkInAnswer);
  const before = agent.memory.identity;
  await agent.renew();
  assert.equal(agent.memory.identity?.deviceId, before?.deviceId);
  assert.notEqual(agent.memory.identity?.privateKey, before?.privateKey);
  await agent.report([]);
});

test('machine and memory come back from disk, in a file that only its owner reads', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'saved-agent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ann.json');
  const { agent } = await enrolled(t, checkInAnswer, { save: (of) => saveAgent(file, of) });
  await agent.report(['security']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const saved = loadAgent(file);
  assert.ok(saved);
  const back = new SimulatedAgent(saved);
  t.after(() => back.close());
  await back.report(['security']);
  assert.deepEqual(back.memory.confirmed, [1, 2]);
  assert.deepEqual(back.computer, agent.computer);
  writeFileSync(file, '{"half a fi');
  assert.equal(loadAgent(file), undefined);
  assert.equal(loadAgent(join(folder, 'nobody.json')), undefined);
});

test('a day of its own: reports, holds the line, waits for a server that is away, stops when it is let go', async (t) => {
  let away = true;
  let polls = 0;
  const troubles: string[] = [];
  const { agent } = await enrolled(t, (call) => {
    if (away) return { status: 503, body: { error: { code: 'unavailable', message: 'away' } } };
    if (call.path === '/agent/v1/check-in') return checkInAnswer(call);
    polls += 1;
    return polls < 3
      ? { status: 200, body: { commands: [] } }
      : { status: 401, body: { error: { code: 'device-unmanaged', message: 'management has ended' } } };
  });
  const running = keepRunning(agent, {
    signal: AbortSignal.timeout(20_000),
    waitSeconds: 1,
    onTrouble(error) {
      troubles.push(error.message);
      away = false;
    },
  });
  await running;
  assert.deepEqual([...new Set(troubles)], ['away']);
  assert.equal(agent.isEnrolled, false);
});
