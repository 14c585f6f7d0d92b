// A disk without a byte to spare: what is known can be read, nothing new is promised, and as soon as there is room
// everything goes on, without anybody mending anything.
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import type { CheckpointKey } from '@gatehouse/core/audit/export.ts';
import { verifyExport } from '@gatehouse/core/audit/verify.ts';
import {
  type EnrollmentTicket,
  newComputer,
  Refusal,
  SimulatedAgent,
} from '@gatehouse/simulators/agent/index.ts';
import { ApiRefusal, connectLocalApi, type LocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import { lengthenLog, mountSmallDisk, pretendSmallDisk, type SmallDisk } from './crash-full-disk.ts';
import { postmasterOf } from './crash-processes.ts';
import { type RunningServer, startServer } from './running-server.ts';

describe('a full disk', () => {
  let disk: SmallDisk;
  let server: RunningServer;
  let api: LocalApi;
  let agent: SimulatedAgent;
  let deviceId: string;
  let pids: readonly unknown[];
  let created = 0;

  before(async () => {
    disk = mountSmallDisk(256) ?? pretendSmallDisk();
    chmodSync(disk.path, 0o711);
    server = await startServer({ dataDirectory: join(disk.path, 'data') });
    const instance = connectLocalApi(server.dataDirectory);
    await instance.request('POST', '/organizations', { slug: 'acme', name: 'Acme' });
    await instance.close();
    api = connectLocalApi(server.dataDirectory, 'acme');
    await createUser();
    const ticket = await api.request<EnrollmentTicket>('POST', '/enrollments', {
      user: 'user-1@acme.example',
      platform: 'linux',
      ownership: 'corporate',
    });
    agent = new SimulatedAgent({ computer: newComputer('full disk', { platform: 'linux' }) });
    ({ deviceId } = await agent.enroll(ticket));
    await agent.report();
    pids = [server.process().pid, postmasterOf(server.dataDirectory)];
  });
  after(async () => {
    await agent?.close();
    await api?.close();
    await server?.[Symbol.asyncDispose]();
    disk?.remove();
  });

  async function createUser(): Promise<void> {
    await api.request('POST', '/users', {
      email: `user-${created + 1}@acme.example`,
      displayName: 'U'.repeat(200),
    });
    created += 1;
  }
  const isFull = (error: unknown) => error instanceof ApiRefusal && error.status === 507;
  // Not from the list of facts: reading private ones leaves a trace, and without room for the trace there is no reading.
  const knownHostName = async () =>
    (await api.request<{ hostName: string | null }>('GET', `/devices/${deviceId}`)).hostName;

  test('writes are refused with 507 as soon as there is no room, and are not half done', async () => {
    await disk.fill();
    // What fits into pages that exist already is still written.
    for (let attempt = 0; ; attempt += 1) {
      assert.ok(attempt < 1_000, 'the disk is full and yet everything is written');
      try {
        await createUser();
      } catch (error) {
        assert.ok(isFull(error), String(error));
        assert.equal((error as ApiRefusal).reason, 'storage-full');
        break;
      }
    }
    await assert.rejects(createUser(), isFull);
  });

  test('what is known can be read meanwhile, and the server is up', async () => {
    assert.equal((await api.list('/users')).length, created);
    const device = await api.request<{ state: string }>('GET', `/devices/${deviceId}`);
    assert.equal(device.state, 'registered');
    await assert.rejects(api.request('GET', `/devices/${deviceId}/facts`), isFull);
    assert.equal((await fetch(`${server.operationsUrl}/healthz`)).status, 200);
  });

  test('the database’s log has room of its own, so that reading goes on also when it comes to the end of a file', async () => {
    await lengthenLog(server.dataDirectory, 40);
    assert.equal((await api.list('/users')).length, created);
    await assert.rejects(createUser(), isFull);
    assert.equal(postmasterOf(server.dataDirectory), pids[1]);
  });

  test('DEV-07: a report that cannot be kept is not acknowledged, and the device keeps it', async () => {
    let refused = false;
    // Room may be left in the pages of facts; the packages of a whole machine do not fit there for long.
    for (let number = 1; !refused; number += 1) {
      assert.ok(number < 15, 'the disk is full and yet every report is taken');
      agent.computer.hostName = `full-disk-${number}`;
      for (let one = 0; one < 400; one += 1) agent.computer.addedPackages[`package-${number}-${one}`] = '1.0';
      const known = await knownHostName();
      refused = await agent.report().then(
        () => false,
        (error: unknown) => error instanceof Refusal && error.status === 507,
      );
      if (refused) assert.equal(await knownHostName(), known, 'nothing of a refused report is kept');
    }
    assert.notEqual(agent.memory.pending, null);
  });

  test('with room again everything goes on by itself: no restart, no repair, nothing lost', async () => {
    await disk.relieve();
    const deadline = Date.now() + 15_000;
    for (;;) {
      try {
        await createUser();
        break;
      } catch (error) {
        assert.ok(Date.now() < deadline, String(error));
        await wait(100);
      }
    }
    const waiting = agent.memory.pending?.counter ?? 0;
    await agent.report(['security']);
    assert.deepEqual(agent.memory.confirmed.slice(-2), [waiting, waiting + 1]);
    assert.equal(await knownHostName(), agent.computer.hostName);
    assert.equal((await api.list('/users')).length, created);
    assert.deepEqual([server.process().pid, postmasterOf(server.dataDirectory)], pids);
    const lines = (await api.text('/audit/export')).split('\n').filter((line) => line !== '');
    const { keys = [] } = JSON.parse(lines[0] ?? '{}') as { keys?: CheckpointKey[] };
    const record = await verifyExport(lines, { verifySignature: checkpointVerifier(keys) });
    assert.deepEqual(record.problems, []);
  });
});
