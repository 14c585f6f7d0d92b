import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AgentHome, until } from '../../test/agent-process.ts';
import { FakeServer, type FakeServerOptions } from '../../test/fake-server.ts';
import { machine } from '../../test/machine.ts';

async function enrolled(t: TestContext, options: FakeServerOptions = {}, name = 'debian-server') {
  const server = await FakeServer.start(options);
  t.after(() => server.down());
  const made = machine(t, name);
  const home = new AgentHome(t, made.root);
  await home.enroll(server);
  return { server, made, home };
}

test('OTA-10, SCN-06: the first session follows at once and carries all five scans', async (t) => {
  const { server, home } = await enrolled(t);
  const agent = home.start();
  await until('first check-in', () => server.checkIns.length > 0);
  const [first] = server.checkIns;
  assert.deepEqual(
    first?.scans.map(({ scan }) => scan),
    ['device-information', 'security', 'profiles', 'apps', 'certificates'],
  );
  assert.equal(first?.counter, 1);
  const security = first?.scans.find(({ scan }) => scan === 'security');
  assert.equal(security?.facts['passcode.set'], false);
  assert.equal(await agent.stop(), 0);
});

test('GAP-04, PWD-10: a changed password file is reported within seconds', async (t) => {
  const { server, home, made } = await enrolled(t);
  home.start();
  await until('first check-in', () => server.checkIns.length > 0);
  await until('watching', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  const changed = Date.now();
  made.write('/etc/shadow', 'root:!:1::::::\nguest:$6$new:19890:0:99999:7:::\n', 0o640);
  const latest = () =>
    server.checkIns.flatMap(({ scans }) => scans).findLast(({ scan }) => scan === 'security')?.facts[
      'passcode.set'
    ];
  await until('the new fact', () => latest() === true);
  // The next scan would be hours away; the bound leaves room for a busy machine.
  assert.ok(Date.now() - changed < 10_000, `${Date.now() - changed} ms`);
});

test('a rewritten file with the same meaning is not reported', async (t) => {
  const { server, home, made } = await enrolled(t);
  home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  const reports = () => server.checkIns.filter(({ scans }) => scans.length > 0).length;
  assert.equal(reports(), 1);
  made.write('/etc/shells', '# another comment\n/bin/sh\n/bin/bash\n');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(reports(), 1);
});

test('a disk that is opened, and a new interface, are noticed although nothing can watch them', async (t) => {
  const { server, home, made } = await enrolled(t);
  home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  await new Promise((resolve) => setTimeout(resolve, 500));
  made.write('/sys/class/net/wg0/type', '1\n');
  made.write('/sys/class/net/wg0/address', '02:00:00:00:00:09\n');
  await until('the new interface', () => JSON.stringify(server.checkIns).includes('02:00:00:00:00:09'));
});

test('DEV-07, DEV-14 a report whose answer is lost is sent again under its counter; counters never repeat for another report', async (t) => {
  const { server, home } = await enrolled(t, {
    trouble: (path, count) => (path === '/agent/v1/check-in' && count <= 1 ? 'drop' : undefined),
  });
  const first = home.start();
  await until('the lost answer', () => server.checkIns.length === 1);
  await first.kill();
  const second = home.start();
  await until('sent again', () => server.checkIns.filter(({ counter }) => counter === 1).length === 2);
  await until('the rest', () => server.counters.length >= 2);
  const [once, again] = server.checkIns.filter(({ counter }) => counter === 1);
  assert.deepEqual(once?.scans, again?.scans);
  assert.deepEqual(
    server.counters,
    server.counters.toSorted((a, b) => a - b),
  );
  await second.stop();
});

test('kill -9 at any moment: no report is lost, none is accepted under two contents', async (t) => {
  const { server, home, made } = await enrolled(t);
  const contents = new Map<number, string>();
  server.options = {
    answer: (request) => {
      const content = JSON.stringify(request.scans);
      const before = contents.get(request.counter);
      assert.ok(
        before === undefined || before === content,
        `counter ${request.counter} stands for two reports`,
      );
      contents.set(request.counter, content);
      return {};
    },
  };
  for (let round = 0; round < 8; round += 1) {
    const agent = home.start();
    await new Promise((resolve) => setTimeout(resolve, 150 + 90 * round));
    made.write('/etc/login.defs', `PASS_MAX_DAYS ${round + 1}\n`);
    await agent.kill();
  }
  const last = home.start();
  await until(
    'the outbox is empty',
    () => ![...home.files().keys()].some((name) => /^outbox\/[0-9]+\.json$/.test(name)),
  );
  await until('reported', () => server.checkIns.length > 0);
  await last.stop();
  assert.deepEqual(
    server.counters,
    server.counters.toSorted((a, b) => a - b),
  );
});

test('DEV-08, DEV-14 an agent whose state was restored from a backup counts on from where the server stands', async (t) => {
  const { server, home } = await enrolled(t, {
    answer: ({ counter }) => ({ counter: Math.max(counter, 40) }),
  });
  const agent = home.start();
  await until('reported again', () =>
    server.checkIns.some(({ counter, scans }) => counter === 41 && scans.length === 5),
  );
  await agent.stop();
  assert.equal(server.checkIns[0]?.counter, 1);
});

test('offline: reports wait on the disk and arrive, oldest first, when the server is back', async (t) => {
  const { server, home, made } = await enrolled(t);
  const agent = home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  const before = server.counters.length;
  await server.down();
  made.write('/etc/shadow', 'root:!:1::::::\nguest:$6$new:19890:0:99999:7:::\n', 0o640);
  await until('waiting on the disk', () =>
    [...home.files().keys()].some((name) => /^outbox\/[0-9]+\.json$/.test(name)),
  );
  const status = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.equal(status.json['enrolled'], true);
  assert.ok(Number(status.json['waitingReports']) >= 1);
  await server.up();
  await until('arrived', () => server.counters.length > before, 30_000);
  assert.deepEqual(
    server.counters,
    server.counters.toSorted((a, b) => a - b),
  );
  await agent.stop();
});

test('OTA-10: a first session that fails is tried again at minute 15, and each scheduled failure counts once', async (t) => {
  const { server, home } = await enrolled(t);
  await server.down();
  const agent = home.start();
  await until('a failed attempt', () => agent.log.includes('no contact with the server'));
  const { json } = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.equal(json['failedAttempts'], 1);
  const minutes =
    (Date.parse(String(json['nextAttemptAt'])) - Date.parse(String(json['enrolledAt']))) / 60_000;
  assert.ok(minutes >= 14.9 && minutes < 16, `${minutes} minutes`);
  await agent.stop();
});

test('AGT-T08 another root at the same address: no connection, and the status says so', async (t) => {
  const { server, home } = await enrolled(t);
  const port = Number(new URL(server.gateway).port);
  await server.down();
  const impostor = await FakeServer.start();
  t.after(() => impostor.down());
  const identity = JSON.parse(home.files().get('identity.json') ?? '{}') as { gateway: string };
  assert.equal(Number(new URL(identity.gateway).port), port);
  // The name leads to somebody else now: same host, another key.
  writeFileSync(
    join(home.stateDirectory, 'identity.json'),
    JSON.stringify({ ...identity, gateway: impostor.gateway }),
    { mode: 0o600 },
  );
  const agent = home.start([], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  await until('a failed attempt', () => agent.log.includes('no contact with the server'));
  assert.equal(impostor.checkIns.length, 0);
  assert.equal(impostor.times.length, 0);
  await agent.stop();
  const status = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.match(String(status.json['lastError']), /certificate|signature|issuer/i);
});

test('AGT-T03 the local socket offers status and refresh, is for root and one group, and a second daemon is refused', async (t) => {
  const { server, home } = await enrolled(t);
  home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  assert.equal(statSync(join(home.stateDirectory, 'agent.sock')).mode & 0o777, 0o660);
  const { askLocally } = await import('./local-socket.ts');
  const socket = join(home.stateDirectory, 'agent.sock');
  await assert.rejects(askLocally(socket, 'POST', '/enroll', 1_000), /only GET \/status/);
  await assert.rejects(askLocally(socket, 'GET', '/../identity.json', 1_000), /only GET \/status/);
  const reports = server.checkIns.length;
  const refreshed = await home.run(['refresh', '--state-dir', home.stateDirectory]);
  assert.equal(refreshed.status, 0);
  assert.ok(server.checkIns.length > reports);
  const second = home.start();
  assert.equal(await second.ended, 1);
  assert.match(second.log, /running already/);
});

test('AGT-T09 diagnostics and status hold no key; the state directory is 0700 and its files 0600', async (t) => {
  const { server, home } = await enrolled(t);
  const agent = home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  const key = (
    JSON.parse(home.files().get('identity.json') ?? '{}') as { credential: { privateKey: string } }
  ).credential;
  const body = key.privateKey.split('\n')[1] ?? '';
  assert.ok(body.length > 40);
  for (const words of ['diagnostics', 'status']) {
    const shown = await home.run([words, '--state-dir', home.stateDirectory]);
    assert.equal(shown.status, 0);
    assert.ok(!shown.stdout.includes(body) && !shown.stdout.includes('PRIVATE KEY'));
  }
  assert.equal(statSync(home.stateDirectory).mode & 0o777, 0o700);
  for (const name of home.files().keys()) {
    assert.equal(statSync(join(home.stateDirectory, name)).mode & 0o777, 0o600, name);
  }
  await agent.stop();
});

test('the certificate is renewed from two thirds of its life; the new one is used, then the old one is forgotten', async (t) => {
  const day = 86_400_000;
  const { server, home } = await enrolled(t, {
    deviceCertificate: { notBefore: Date.now() - 61 * day, notAfter: Date.now() + 29 * day },
  });
  const agent = home.start();
  await until('renewal', () => server.renewals.length === 1);
  const renewed = server.renewals[0]?.fingerprint ?? '';
  await until('first use', () => server.certificates.includes(renewed));
  await until(
    'kept',
    () => !(home.files().get('identity.json') ?? 'nextCredential').includes('nextCredential'),
  );
  await agent.stop();
  const again = home.start();
  const uses = server.certificates.length;
  await until('used after a restart', () => server.certificates.length > uses);
  assert.equal(server.certificates.at(-1), renewed);
  assert.equal(server.renewals.length, 1);
  await again.stop();
});

test('a renewed certificate that the server does not accept gives way to the old one', async (t) => {
  const day = 86_400_000;
  const { server, home } = await enrolled(t, {
    deviceCertificate: { notBefore: Date.now() - 61 * day, notAfter: Date.now() + 29 * day },
  });
  const old = () => server.certificates[0];
  let refusals = 0;
  server.options = {
    ...server.options,
    trouble: () => {
      const renewed = server.renewals[0]?.fingerprint;
      if (renewed === undefined || server.certificates.at(-1) !== renewed) return undefined;
      refusals += 1;
      return { status: 401, code: 'certificate-refused' };
    },
  };
  const agent = home.start();
  await until('refused', () => refusals > 0);
  await until('back to the old one', () => server.certificates.at(-1) === old());
  await agent.stop();
});

test('policy, schedule and verdict are taken in; the version is acknowledged at the next check-in', async (t) => {
  const { server, home } = await enrolled(t, {
    answer: ({ acknowledgedPolicyVersion }) =>
      acknowledgedPolicyVersion === 'v7'
        ? {}
        : {
            policy: { version: 'v7', settings: { 'support.contact': 'help@acme.example' } },
            posture: { compliant: false, network: 'quarantine', reason: 'No passcode.', remedy: 'Set one.' },
          },
  });
  const agent = home.start();
  await until('acknowledged', () =>
    server.checkIns.some(({ acknowledgedPolicyVersion }) => acknowledgedPolicyVersion === 'v7'),
  );
  const { json } = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.equal(json['supportContact'], 'help@acme.example');
  assert.deepEqual(json['posture'], {
    compliant: false,
    network: 'quarantine',
    reason: 'No passcode.',
    remedy: 'Set one.',
  });
  await agent.stop();
});

test('an empty answer before its time makes the agent check in: a new policy arrives without waiting for the schedule', async (t) => {
  const { server, home } = await enrolled(t);
  const agent = home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  const before = server.checkIns.length;
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  assert.equal(server.checkIns.length, before);
  server.nudge();
  await until('check-in', () => server.checkIns.length > before);
  await agent.stop();
});

test('a report that the server will never take does not hold up those after it', async (t) => {
  const { server, home, made } = await enrolled(t, {
    trouble: (path, count) =>
      path === '/agent/v1/check-in' && count === 1 ? { status: 413, code: 'report-too-large' } : undefined,
  });
  const agent = home.start();
  await until('refused', () => agent.log.includes('does not take report 1'));
  made.write('/etc/shadow', 'root:!:1::::::\nguest:$6$new:19890:0:99999:7:::\n', 0o640);
  await until('the next report', () => server.checkIns.some(({ scans }) => scans.length > 0));
  await agent.stop();
});

test('when the server says that management has ended, the identity goes and the daemon ends by itself', async (t) => {
  const { server, home } = await enrolled(t);
  const agent = home.start();
  await until('polling', () => server.times.some(({ path }) => path.startsWith('/agent/v1/commands')));
  server.endManagement();
  assert.equal(await agent.ended, 0);
  assert.equal(home.files().has('identity.json'), false);
  const { json } = await home.run(['status', '--state-dir', home.stateDirectory]);
  assert.equal(json['enrolled'], false);
});
