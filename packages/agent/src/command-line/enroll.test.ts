import assert from 'node:assert/strict';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatEnrollmentCode, newEnrollmentCode } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { randomBytes } from 'node:crypto';
import { AgentHome } from '../../test/agent-process.ts';
import { FakeServer } from '../../test/fake-server.ts';
import { machine } from '../../test/machine.ts';

test('OTA-04 … OTA-08: enrolment proves both sides, keeps an identity and reports at once', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t, 'ubuntu-luks-laptop').root);
  const { json } = await home.enroll(server, []);
  assert.deepEqual(json, {
    deviceId: server.deviceId,
    organization: 'acme',
    server: new URL(server.url).origin,
    stateDirectory: home.stateDirectory,
    registered: true,
  });
  assert.deepEqual(JSON.parse(server.claims[0] ?? ''), {
    'device.host-name': 'ann-thinkpad',
    'device.manufacturer': 'LENOVO',
    'device.model': '21CBCTO1WW',
    'device.serial-number': 'PF3XYZ12',
    'os.family': 'linux',
    'os.name': 'Ubuntu',
    'os.version': '24.04',
  });
  assert.equal(server.checkIns[0]?.scans.length, 5);
});

test('OTA-09: enrolment is complete although the server for devices is away', async (t) => {
  const server = await FakeServer.start({
    trouble: (path) => (path.includes('check-in') ? 'refuse' : undefined),
  });
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t).root);
  const { json, status } = await home.enroll(server, []);
  assert.equal(status, 0);
  assert.equal(json['registered'], false);
  assert.ok(home.files().has('identity.json'));
});

test('ENR-T03 a server that does not know the code: the agent stops, keeps nothing and says so', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t);
  const wrong = formatEnrollmentCode(newEnrollmentCode(randomBytes));
  const outcome = await home.run([
    'enroll',
    '--url',
    server.url,
    '--password',
    wrong,
    '--state-dir',
    home.stateDirectory,
  ]);
  assert.equal(outcome.status, 1);
  assert.match(String(outcome.json['error']), /could not prove/);
  assert.deepEqual(server.claims, []);
  assert.deepEqual([...home.files().keys()], []);
});

test('ENR-T03 nothing that says who the machine is travels before the server has proven itself', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t, 'ubuntu-luks-laptop').root);
  await home.enroll(server);
  assert.deepEqual(
    Object.keys(JSON.parse(server.begun[0] ?? '') as object).sort((a, b) => (a < b ? -1 : 1)),
    ['loc', 'nd', 'v'],
  );
});

test('ENR-T07 the code is read from standard input or from the fragment, and stands in no file afterwards', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t).root);
  const words = ['--state-dir', home.stateDirectory, '--no-check-in'];
  const outcome = await home.run(
    ['enroll', '--url', server.url, '--password-stdin', ...words],
    {},
    `${server.codeText.toLowerCase()}\n`,
  );
  assert.equal(outcome.status, 0, outcome.stdout);
  const plain = server.codeText.replaceAll('-', '');
  for (const content of home.files().values()) assert.ok(!content.replaceAll('-', '').includes(plain));
  const other = new AgentHome(t, machine(t).root);
  const linked = await other.run([
    'enroll',
    '--url',
    `${server.url}#${server.codeText}`,
    '--state-dir',
    other.stateDirectory,
    '--no-check-in',
  ]);
  assert.equal(linked.status, 0, linked.stdout);
});

test('a mistyped code is noticed before anything is sent; a second enrolment is refused', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t).root);
  const slipped = server.codeText.slice(0, -1) + (server.codeText.endsWith('0') ? '1' : '0');
  const typed = await home.run([
    'enroll',
    '--url',
    server.url,
    '--password',
    slipped,
    '--state-dir',
    home.stateDirectory,
  ]);
  assert.equal(typed.status, 1);
  assert.match(String(typed.json['error']), /mistyped/);
  assert.deepEqual(server.begun, []);
  await home.enroll(server);
  await assert.rejects(home.enroll(server), /enrolled already/);
});

test('a lost M4 is asked for again with the same request', async (t) => {
  const server = await FakeServer.start({
    trouble: (path, count) => (path.endsWith('/complete') && count === 1 ? 'drop' : undefined),
  });
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t).root);
  assert.equal((await home.enroll(server)).status, 0);
});

test('wrong usage is status 2: no address, two addresses, an unknown option; http is refused', async (t) => {
  const home = new AgentHome(t);
  const state = ['--state-dir', home.stateDirectory];
  assert.equal((await home.run(['enroll', ...state])).status, 2);
  assert.equal(
    (await home.run(['enroll', '--url', 'https://x/', '--email', 'a@b.example', ...state])).status,
    2,
  );
  assert.equal((await home.run(['enroll', '--bogus', ...state])).status, 2);
  assert.equal((await home.run(['nothing'])).status, 2);
  const http = await home.run([
    'enroll',
    '--url',
    'http://x.example/agent/v1/enroll/acme',
    '--password',
    'x',
    ...state,
  ]);
  assert.equal(http.status, 1);
  assert.match(String(http.json['error']), /https/);
});

test('AGT-T04 a state directory that is a link is refused', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t);
  const target = new AgentHome(t);
  const link = join(home.stateDirectory, 'state');
  symlinkSync(target.stateDirectory, link);
  const outcome = await home.run([
    'enroll',
    '--url',
    server.url,
    '--password',
    server.codeText,
    '--state-dir',
    link,
  ]);
  assert.equal(outcome.status, 1);
  assert.deepEqual(readdirSync(target.stateDirectory), []);
});

test('AGT-T07 variables that steer Node or the loader have no effect on whom the agent trusts', async (t) => {
  const server = await FakeServer.start();
  t.after(() => server.down());
  const home = new AgentHome(t, machine(t).root);
  const environment = {
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_EXTRA_CA_CERTS: '/nonexistent.pem',
    LD_LIBRARY_PATH: '/tmp',
  };
  const wrong = formatEnrollmentCode(newEnrollmentCode(randomBytes));
  const words = ['enroll', '--url', server.url, '--state-dir', home.stateDirectory, '--password'];
  assert.equal((await home.run([...words, wrong], environment)).status, 1);
  assert.equal((await home.run([...words, server.codeText, '--no-check-in'], environment)).status, 0);
});
