// The newcomer's path: a server, an organization, this very computer enrolled with the agent, and a Cisco ISE that asks
// about one of its MAC addresses and hears the truth, also a second after it changes.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { type RunningServer, startServer } from './running-server.ts';

const agentProgram = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));
const isePassword = 'a-long-generated-password-for-the-network';

async function until<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) assert.fail(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('the newcomer’s path', () => {
  let server: RunningServer;
  let agent: ChildProcess;
  let deviceId = '';
  let macs: string[] = [];

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    if (agent?.exitCode === null) {
      agent.kill('SIGTERM');
      await once(agent, 'exit');
    }
    await server[Symbol.asyncDispose]();
  });

  async function ise(path: string, password = isePassword) {
    const dispatcher = new Agent({
      connect: { ca: readFileSync(join(server.dataDirectory, 'tls', 'trust.pem')) },
    });
    const answer = await request(`${server.publicUrl}${path}`, {
      dispatcher,
      headers: { authorization: `Basic ${Buffer.from(`ise@acme.example:${password}`).toString('base64')}` },
    });
    const text = await answer.body.text();
    await dispatcher.close();
    return { status: answer.statusCode, text };
  }
  const compliance = async () => {
    const { text } = await ise(
      `/acme/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${macs[0]}&filter=all`,
    );
    return /<status>(true|false)<\/status>/.exec(text)?.[1];
  };

  test('the data directory and what it holds are the owner’s alone', () => {
    // Others may at most pass through: an unprivileged database lies in it when root starts the server.
    assert.equal(statSync(server.dataDirectory).mode & 0o066, 0);
    for (const part of ['tls', 'run', 'logs']) {
      assert.equal(statSync(join(server.dataDirectory, part)).mode & 0o777, 0o700, part);
    }
    assert.equal(statSync(join(server.dataDirectory, 'master.key')).mode & 0o777, 0o600);
    assert.equal(statSync(join(server.dataDirectory, 'logs', 'gatehouse.log')).mode & 0o777, 0o600);
  });

  test('ENR-12, OTA-01: an organization, a user and an enrolment come from the command line', async () => {
    await server.cli('org', 'create', '--slug', 'acme', '--name', 'Acme');
    await server.cli('user', 'create', '--org', 'acme', '--email', 'ann@acme.example');
    const enrollment = await server.cli<{
      id: string;
      url: string;
      oneTimePassword: string;
      expiresAt: string;
    }>(
      'enrollment',
      'create',
      '--org',
      'acme',
      '--user',
      'ann@acme.example',
      '--platform',
      'linux',
      '--ownership',
      'corporate',
    );
    assert.match(enrollment.oneTimePassword, /^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/);
    const enrolled = await server.tryCli([
      'agent',
      'enroll',
      '--url',
      enrollment.url,
      '--password',
      enrollment.oneTimePassword,
      '--state-dir',
      join(server.dataDirectory, 'agent'),
      '--json',
    ]);
    assert.equal(enrolled.status, 0, enrolled.err + enrolled.out);
    deviceId = (JSON.parse(enrolled.out) as { deviceId: string }).deviceId;
  });

  test('ENR-19: this computer is registered with its first answered check-in, and what it reports is known', async () => {
    await server.tryCli(
      [
        'admin',
        'create',
        '--org',
        'acme',
        '--email',
        'ise@acme.example',
        '--role',
        'nac-service',
        '--password-stdin',
        '--json',
      ],
      isePassword,
    );
    agent = spawn(
      process.execPath,
      [agentProgram, 'run', '--state-dir', join(server.dataDirectory, 'agent')],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const device = await until('the first check-in', async () => {
      const shown = await server.cli<{ state: string; identifiers?: { kind: string; value: string }[] }>(
        'device',
        'show',
        deviceId,
        '--org',
        'acme',
      );
      return shown.state === 'registered' && shown;
    });
    assert.ok(device);
    const facts = JSON.stringify(await server.cli('device', 'facts', deviceId, '--org', 'acme'));
    assert.ok(facts.includes(hostname()), 'the host name is a fact');
    const { text } = await ise(
      `/acme/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=guid&value=${deviceId}&filter=all`,
    );
    assert.match(text, /<register_status>true<\/register_status>/);
    macs = /<macaddresses>([^<]*)</.exec(text)?.[1]?.split(',') ?? [];
  });

  test('NAC-23, GAP-04: ISE hears the truth about a MAC address, also a second after a policy changed it', async (context) => {
    if (macs.length === 0 || macs[0] === '')
      return context.diagnostic('this machine has no network interface with an address of its own');
    const answer = await ise(
      `/acme/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${macs[0]}&filter=all`,
    );
    assert.equal(answer.status, 200);
    assert.match(answer.text, /<register_status>true<\/register_status>/);
    const policies = await server.cli<{ id: string; settings: Record<string, unknown> }[]>(
      'policy',
      'list',
      '--org',
      'acme',
    );
    const suite = policies[0];
    assert.ok(suite);
    // A policy that asks nothing of the device: it complies.
    await server.cli(
      'policy',
      'update',
      suite.id,
      '--org',
      'acme',
      '--settings',
      JSON.stringify({ 'check-in.maximum-age-hours': 24 }),
    );
    await until('compliance', async () => (await compliance()) === 'true', 10);
    // A policy that no computer meets: it does not, and the network hears it within a second.
    await server.cli(
      'policy',
      'update',
      suite.id,
      '--org',
      'acme',
      '--settings',
      JSON.stringify({ 'os.minimum-version.linux': '9999' }),
    );
    const changed = Date.now();
    await until('the change', async () => (await compliance()) === 'false', 5);
    assert.ok(Date.now() - changed < 2_000, `it took ${Date.now() - changed} ms`);
    const explained = await server.tryCli([
      'device',
      'explain',
      deviceId,
      '--org',
      'acme',
      '--gate',
      'network',
    ]);
    assert.equal(explained.status, 0, explained.err);
    assert.match(explained.out, /9999/);
  });

  test('POL-15: the agent fetches a changed policy within seconds, over the connection it holds', async () => {
    const version = async () => {
      const shown = await server.cli<{ policyVersion: string; acknowledgedPolicyVersion: string | null }>(
        'device',
        'show',
        deviceId,
        '--org',
        'acme',
      );
      return shown.policyVersion === shown.acknowledgedPolicyVersion && shown.policyVersion;
    };
    const before = await until('the acknowledgement of the policy of before', version, 30);
    const [suite] = await server.cli<{ id: string }[]>('policy', 'list', '--org', 'acme');
    assert.ok(suite);
    const settings = JSON.stringify({ 'check-in.maximum-age-hours': 48 });
    await server.cli('policy', 'update', suite.id, '--org', 'acme', '--settings', settings);
    await until(
      'the acknowledgement of the new policy',
      async () => {
        const now = await version();
        return now !== before && now;
      },
      30,
    );
  });

  test('AGT-11, GAP-04: a command reaches the agent over the held connection and its result comes back', async () => {
    const began = Date.now();
    const command = await server.cli<{ id: string; state: string }>(
      'command',
      'send',
      'refresh-device',
      '--device',
      deviceId,
      '--org',
      'acme',
    );
    assert.equal(command.state, 'queued');
    const done = await until('the result', async () => {
      const shown = await server.cli<{ state: string }>('command', 'show', command.id, '--org', 'acme');
      return shown.state === 'acknowledged' && shown;
    });
    assert.equal(done.state, 'acknowledged');
    assert.ok(Date.now() - began < 15_000);
  });

  test('LOG-T03 the audit record of all this verifies offline, and an edit is found', async () => {
    const file = join(server.dataDirectory, 'audit.jsonl');
    await server.cli('audit', 'export', '--org', 'acme', '--out', file);
    const good = await server.tryCli(['audit', 'verify', file, '--json']);
    assert.equal(good.status, 0, good.err);
    assert.ok((JSON.parse(good.out) as { entries: number }).entries >= 5);
    writeFileSync(file, readFileSync(file, 'utf8').replace('users.create', 'users.delete'));
    const bad = await server.tryCli(['audit', 'verify', file]);
    assert.equal(bad.status, 1);
    assert.match(bad.err, /altered/);
  });

  test('NAC-16 to NAC-21: Test Connection tells its errors apart', async () => {
    assert.equal((await ise('/acme/ciscoise/mdminfo/?ise_api_version=3')).status, 200);
    assert.equal((await ise('/acme/ciscoise/mdminfo/?ise_api_version=3', 'wrong')).status, 401);
    assert.equal((await ise('/other/ciscoise/mdminfo/?ise_api_version=3')).status, 404);
  });

  test('the server stops in order', async () => {
    agent.kill('SIGTERM');
    await once(agent, 'exit');
    const child = server.process();
    child.kill('SIGTERM');
    const [status] = (await once(child, 'exit')) as [number];
    assert.equal(status, 0, server.output());
  });
});
