import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AgentHome, until } from '../../test/agent-process.ts';
import { FakeServer, type FakeServerOptions } from '../../test/fake-server.ts';
import { type Machine, machine } from '../../test/machine.ts';

async function running(
  t: TestContext,
  options: FakeServerOptions = {},
  words: readonly string[] = [],
  name = 'debian-server',
) {
  const server = await FakeServer.start(options);
  t.after(() => server.down());
  const made = machine(t, name);
  const home = new AgentHome(t, made.root);
  await home.enroll(server);
  const agent = home.start(words);
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  return { server, home, made, agent };
}

const policyOf = (
  settings: Record<string, boolean | number | string>,
  version = 'v1',
): FakeServerOptions => ({
  answer: ({ acknowledgedPolicyVersion }) =>
    acknowledgedPolicyVersion === version ? {} : { policy: { version, settings } },
});

test('a command reaches a device that holds its request at once, and is answered', async (t) => {
  const { server } = await running(t);
  const started = Date.now();
  const command = server.command('send-message', { text: 'Hello' });
  await until('the result', () => server.resultOf(command));
  assert.ok(Date.now() - started < 10_000, `${Date.now() - started} ms`);
  assert.equal(server.resultOf(command)?.state, 'acknowledged');
});

test('AGT-09: a message is kept for the user', async (t) => {
  const { server, home } = await running(t);
  const command = server.command('send-message', { text: 'Please come to room 5.\nThank you.' });
  await until('the result', () => server.resultOf(command));
  const { json } = await home.run(['status', '--state-dir', home.stateDirectory]);
  const messages = json['messages'] as readonly { text: string }[];
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['Please come to room 5.\nThank you.'],
  );
});

test('SCN-06, AGT-11: refresh-device runs the scans that were asked for before it is answered', async (t) => {
  const { server } = await running(t);
  const before = server.checkIns.length;
  const command = server.command('refresh-device', { scans: ['apps', 'security'] });
  await until('the result', () => server.resultOf(command));
  const scans = server.checkIns.slice(before).flatMap((checkIn) => checkIn.scans.map(({ scan }) => scan));
  assert.deepEqual(scans, ['apps', 'security']);
});

test('a command handed over again is answered from memory, not carried out again', async (t) => {
  const { server, home } = await running(t);
  const command = server.command('send-message', { text: 'Once' });
  await until('the result', () => server.results.length === 1);
  server.repeat(command);
  await until('answered again', () => server.results.length === 2);
  assert.deepEqual(server.results[1], server.results[0]);
  const { json } = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.equal((json['messages'] as readonly unknown[]).length, 1);
});

test('DEV-07 the answer to a result is lost, and the agent killed: the command stays done once, the result arrives', async (t) => {
  const { server, home, agent } = await running(t, {
    trouble: (path, count) => (path.endsWith('/result') && count === 1 ? 'refuse' : undefined),
  });
  const command = server.command('send-message', { text: 'Once' });
  await until('first try', () => server.times.some(({ path }) => path.endsWith('/result')));
  await agent.kill();
  home.start();
  await until('the result', () => server.resultOf(command));
  assert.equal(server.resultOf(command)?.state, 'acknowledged');
  const { json } = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.equal((json['messages'] as readonly unknown[]).length, 1);
});

test('killed between intent and result: what cannot be known is said, and nothing is done twice', async (t) => {
  const { server, home, agent } = await running(t);
  await agent.kill();
  const command = { id: '01890a5d-ac96-774b-bcce-b302099a8057', name: 'send-message', params: { text: 'x' } };
  const begun = { ...command, expiresAt: Date.now() + 60_000, beganAt: Date.now() };
  writeFileSync(join(home.stateDirectory, 'commands', `${command.id}.json`), JSON.stringify(begun), {
    mode: 0o600,
  });
  server.repeat({ ...command, expiresAt: begun.expiresAt });
  home.start();
  await until('the result', () => server.results.length > 0);
  assert.deepEqual(server.results[0]?.result.state, 'failed');
  assert.match(server.results[0]?.result.reason ?? '', /not known/);
});

test('an expired command is not begun; unknown names and wrong parameters are refused with a reason', async (t) => {
  const { server } = await running(t);
  const cases: readonly (readonly [ReturnType<FakeServer['command']>, RegExp])[] = [
    [server.command('send-message', { text: 'late' }, Date.now() - 1_000), /expired/],
    [server.command('run-script', { script: 'id' }), /no command/],
    [server.command('send-message', { text: 'x'.repeat(501) }), /at most 500/],
    [server.command('send-message', { text: 'x', program: '/bin/sh' }), /not a parameter/],
    [server.command('refresh-device', { scans: ['everything'] }), /scans must/],
    [server.command('__proto__', {}), /no command/],
  ];
  for (const [command, reason] of cases) {
    await until(command.name, () => server.resultOf(command));
    assert.equal(server.resultOf(command)?.state, 'failed');
    assert.match(server.resultOf(command)?.reason ?? '', reason);
  }
});

test('ACT-16: a location is refused where the policy does not allow it, and where there is no service for it', async (t) => {
  const { server } = await running(t);
  const refused = server.command('locate-device');
  await until('refused', () => server.resultOf(refused));
  assert.match(server.resultOf(refused)?.reason ?? '', /policy/);
  const allowed = await running(t, policyOf({ 'location.collect': true }));
  await until('acknowledged', () =>
    allowed.server.checkIns.some(({ acknowledgedPolicyVersion }) => acknowledgedPolicyVersion === 'v1'),
  );
  const without = allowed.server.command('locate-device');
  await until('answered', () => allowed.server.resultOf(without));
  assert.match(allowed.server.resultOf(without)?.reason ?? '', /no location services/);
});

test('AGT-T02 a full wipe is refused on a default installation, and the refusal is reported', async (t) => {
  const { server } = await running(t);
  const command = server.command('full-wipe');
  await until('the result', () => server.resultOf(command));
  assert.equal(server.resultOf(command)?.state, 'failed');
  assert.match(server.resultOf(command)?.reason ?? '', /not enabled on this machine/);
});

// ---------------------------------------------------------------------------------------------- configuration

const managed = [
  '/etc/profile.d/gatehouse-timeout.sh',
  '/etc/security/pwquality.conf.d/90-gatehouse.conf',
] as const;

async function managing(t: TestContext) {
  const settings = { 'passcode.minimum-length': 12, 'screen-lock.maximum-inactivity-seconds': 600 };
  let current: FakeServerOptions = policyOf(settings);
  const server = await FakeServer.start({ answer: (request) => current.answer?.(request) ?? {} });
  t.after(() => server.down());
  const made = machine(t, 'debian-server');
  made.remove('/etc/profile.d/timeout.sh');
  made.write(
    '/etc/pam.d/common-password',
    'password requisite pam_pwquality.so\npassword required pam_unix.so\n',
  );
  made.write('/etc/security/pwquality.conf', '# nothing\n');
  const home = new AgentHome(t, made.root);
  await home.enroll(server);
  const agent = home.start(['--manage-configuration']);
  const isThere = (path: string) => existsSync(join(made.root, path));
  await until('in force', () => managed.every(isThere));
  return { server, made, home, agent, isThere, assign: (next: FakeServerOptions) => (current = next) };
}

test('a policy is put in force, shows in the facts, and is taken back when it is unassigned', async (t) => {
  const { server, assign, isThere, made } = await managing(t);
  const security = () =>
    server.checkIns.flatMap(({ scans }) => scans).findLast(({ scan }) => scan === 'security')?.facts;
  await until(
    'the facts',
    () =>
      security()?.['passcode.minimum-length'] === 12 && security()?.['screen-lock.timeout-seconds'] === 600,
  );
  assert.match(readFileSync(join(made.root, managed[0]), 'utf8'), /^TMOUT=600\nreadonly TMOUT$/m);
  const profiles = () =>
    server.checkIns.flatMap(({ scans }) => scans).findLast(({ scan }) => scan === 'profiles')?.facts[
      'profiles.installed'
    ];
  await until('the profile', () => JSON.stringify(profiles()).includes('"managed":true'));
  assign(policyOf({}, 'v2'));
  server.command('refresh-device', {});
  await until('taken back', () => !managed.some(isThere));
  assert.equal(existsSync(join(made.root, '/etc/security/pwquality.conf.d')), false);
});

test('a file of ours that somebody deletes is put back; one that somebody changes is theirs, and counts as pending', async (t) => {
  const { server, made, isThere } = await managing(t);
  await until('acknowledged', () =>
    server.checkIns.some(({ acknowledgedPolicyVersion }) => acknowledgedPolicyVersion === 'v1'),
  );
  rmSync(join(made.root, managed[0]));
  await until('put back', () => isThere(managed[0]));
  writeFileSync(join(made.root, managed[0]), '# changed\n');
  const pending = () =>
    server.checkIns.flatMap(({ scans }) => scans).findLast(({ scan }) => scan === 'security')?.facts[
      'profiles.pending'
    ];
  await until('reported', () => pending() === 1);
  assert.equal(readFileSync(join(made.root, managed[0]), 'utf8'), '# changed\n');
});

test('without --manage-configuration nothing on the machine is changed', async (t) => {
  const { server, made } = await running(
    t,
    policyOf({ 'screen-lock.required': true, 'passcode.minimum-length': 12 }),
  );
  await until('acknowledged', () =>
    server.checkIns.some(({ acknowledgedPolicyVersion }) => acknowledgedPolicyVersion === 'v1'),
  );
  for (const path of managed) assert.equal(existsSync(join(made.root, path)), false);
});

// ---------------------------------------------------------------------------------------------- selective wipe

function plantForeignFiles(made: Machine): readonly string[] {
  const paths = [
    '/etc/profile.d/site.sh',
    '/etc/security/pwquality.conf.d/50-site.conf',
    '/etc/sudoers.d/ann',
  ];
  for (const path of paths) made.write(path, '# somebody else’s\n');
  return paths;
}

test('WIP-02, WIP-04: a selective wipe removes what Gatehouse brought, keeps the rest, reports, says farewell, forgets', async (t) => {
  const { server, made, home, agent, isThere } = await managing(t);
  const foreign = plantForeignFiles(made);
  const command = server.command('selective-wipe');
  assert.equal(await agent.ended, 0);
  assert.equal(server.resultOf(command)?.state, 'acknowledged');
  assert.deepEqual(server.unenrolled, [{ cause: 'command' }]);
  const paths = server.times.map(({ path }) => path);
  assert.ok(paths.findLastIndex((path) => path.endsWith('/result')) < paths.indexOf('/agent/v1/unenroll'));
  for (const path of managed) assert.equal(isThere(path), false, path);
  for (const path of foreign) assert.equal(isThere(path), true, path);
  assert.deepEqual(
    [...home.files().keys()].filter((name) => /identity|state\.json|^outbox\/[0-9]|^commands\//.test(name)),
    [],
  );
});

test('WIP-02: killed in the middle of a wipe, the agent finishes it, also when the server was away meanwhile', async (t) => {
  const { server, home, agent, isThere } = await managing(t);
  await agent.kill();
  const id = '01890a5d-ac96-774b-bcce-b302099a8099';
  const expiresAt = Date.now() + 60_000;
  const begun = { id, name: 'selective-wipe', params: {}, expiresAt, beganAt: Date.now() };
  writeFileSync(join(home.stateDirectory, 'commands', `${id}.json`), JSON.stringify(begun), { mode: 0o600 });
  rmSync(join(home.stateDirectory, 'agent.sock'), { force: true });
  await server.down();
  const second = home.start(['--manage-configuration']);
  await until('removed', () => !managed.some(isThere));
  await second.kill();
  await server.up();
  const third = home.start();
  assert.equal(await third.ended, 0);
  assert.deepEqual(
    server.results.map(({ id: one, result }) => [one, result.state]),
    [[id, 'acknowledged']],
  );
  assert.equal(server.unenrolled.length, 1);
  assert.equal(home.files().has('identity.json'), false);
});

test('AGT-T05 a link or a foreign file where ours should be is left alone, and the report says what was left', async (t) => {
  const { server, made, agent } = await managing(t);
  const outside = join(made.root, '/precious');
  mkdirSync(outside);
  writeFileSync(join(outside, '90-gatehouse.conf'), 'precious');
  // One of our folders is swapped for a link to somewhere precious; one of our files for a file of the same name.
  rmSync(join(made.root, '/etc/security/pwquality.conf.d'), { recursive: true });
  symlinkSync(outside, join(made.root, '/etc/security/pwquality.conf.d'));
  rmSync(join(made.root, managed[0]));
  made.write(managed[0], 'somebody wrote this\n');
  const command = server.command('selective-wipe');
  assert.equal(await agent.ended, 0);
  assert.equal(readFileSync(join(outside, '90-gatehouse.conf'), 'utf8'), 'precious');
  assert.equal(readFileSync(join(made.root, managed[0]), 'utf8'), 'somebody wrote this\n');
  const left = server.resultOf(command)?.result?.['left'];
  assert.ok(Array.isArray(left));
  assert.deepEqual(new Set(left), new Set(managed));
});

test('unenroll tells the server, takes everything back and ends a running daemon', async (t) => {
  const { server, home, agent, made, isThere } = await managing(t);
  const left = await home.run(['unenroll', '--state-dir', home.stateDirectory, '--root', made.root]);
  assert.equal(left.status, 0, left.stdout);
  assert.deepEqual(server.unenrolled, [{ cause: 'user' }]);
  assert.ok(!managed.some(isThere));
  assert.equal(await agent.ended, 0);
  assert.equal(home.files().has('identity.json'), false);
});

test('unenroll without a server needs --force', async (t) => {
  const { server, home, agent, made } = await managing(t);
  await agent.stop();
  await server.down();
  const words = ['unenroll', '--state-dir', home.stateDirectory, '--root', made.root];
  assert.equal((await home.run(words)).status, 1);
  assert.equal(home.files().has('identity.json'), true);
  assert.equal((await home.run([...words, '--force'])).status, 0);
  assert.equal(home.files().has('identity.json'), false);
});
