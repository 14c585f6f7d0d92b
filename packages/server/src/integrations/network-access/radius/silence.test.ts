// Network devices that do not answer, and a server that dies while it tells: what waits is told when it can be.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { dashed, startTestGates, type TestGates, until } from '../test-gates.ts';
import { createNasClient, getNasClient } from './nas-clients.ts';
import { changeNetworkAccess } from './settings.ts';
import { claimDue, organizationsWithDueSessions } from './tell-queries.ts';

const secret = 'quaver-plinth-ocelot-tumbril-0042';

describe('silence', () => {
  let gates: TestGates;
  let offset = 0;
  const open: SimulatedNas[] = [];
  before(async () => {
    gates = await startTestGates({
      clock: { now: () => Date.now() + offset },
      sending: { retryAfterMs: [50, 50, 50], lastWaitMs: 50 },
    });
    await changeNetworkAccess(gates.access.routes, gates.actor, { rules: [], quietSeconds: 0 });
  });
  after(async () => {
    for (const nas of open) await nas[Symbol.asyncDispose]();
    await gates[Symbol.asyncDispose]();
  });

  async function addSwitch(host: string, answer: 'ack' | 'silence' | 'forged') {
    const nas = await startSimulatedNas({ secret, host, answer: () => answer });
    open.push(nas);
    const input = { name: host, address: host, port: nas.port, template: 'generic', secret };
    return { nas, host, id: (await createNasClient(gates.access.routes, gates.actor, input)).id };
  }
  async function connect(host: string) {
    const device = await gates.addDevice();
    await gates.post('accounting', {
      'Acct-Status-Type': ['Start'],
      'Acct-Session-Id': [device.mac],
      'NAS-IP-Address': [host],
      'Calling-Station-Id': [dashed(device.mac)],
      'Acct-Interim-Interval': ['86400'],
    });
    return device;
  }
  const problem = async (id: string) => (await getNasClient(gates.access.routes, gates.actor, id)).problem;

  test('one that is silent is shown and left alone, others are told meanwhile, and it is told when it is back', async () => {
    const [dead, well] = [await addSwitch('127.0.4.1', 'silence'), await addSwitch('127.0.4.2', 'ack')];
    const lost = await connect(dead.host);
    await gates.decide(lost, 'deny');
    await until(async () => /does not answer/.test((await problem(dead.id)) ?? ''));
    assert.equal(dead.nas.requests.length, 4, 'sent, and three times again');
    const good = await connect(well.host);
    await gates.decide(good, 'deny');
    await until(() => well.nas.requests.length === 1);
    const more = await connect(dead.host);
    await gates.decide(more, 'deny');
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(dead.nas.requests.length, 4);
    dead.nas.answerWith(() => 'ack');
    const before = dead.nas.requests.length;
    for (let minute = 0; minute < 4 && dead.nas.requests.length < before + 2; minute += 1) {
      offset += 61_000;
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    const told = dead.nas.requests.slice(before).map((request) => request.all('Calling-Station-Id')[0]);
    assert.deepEqual(new Set(told), new Set([dashed(lost.mac), dashed(more.mac)]));
    await until(async () => (await problem(dead.id)) === null);
  });

  test('RAD-01 answers that do not prove themselves count as silence, and the administrator is told to look at the secret', async () => {
    const forger = await addSwitch('127.0.4.3', 'forged');
    await gates.decide(await connect(forger.host), 'deny');
    await until(async () => /secret/.test((await problem(forger.id)) ?? ''));
    const told = await gates.admin.query(
      `select payload from events where name = 'network-access.nas-problem' and subject_id = $1`,
      [forger.id],
    );
    assert.equal(told.rowCount, 1, 'said once');
  });

  test('what a server took and did not finish is due again when its lease ends: nothing is lost by a crash', async () => {
    const { host } = await addSwitch('127.0.4.4', 'silence');
    const device = await connect(host);
    await gates.access.close();
    await gates.db.database.withTenant(gates.organizationId, async (tx) => {
      const now = new Date(Date.now() + offset);
      await gates.admin.query(`update nac_sessions set due_at = $2, revision = revision + 1 where mac = $1`, [
        device.mac,
        now,
      ]);
      const taken = await claimDue(tx, 10_000, now);
      assert.ok(taken.some(({ attributes }) => new Map(attributes).get('Acct-Session-Id') === device.mac));
      assert.deepEqual(await claimDue(tx, 10_000, now), [], 'nobody else takes it');
    });
    const later = new Date(Date.now() + offset + 91_000);
    const due = await gates.db.database.withSystem('find-due-work', (tx) =>
      organizationsWithDueSessions(tx, later),
    );
    assert.deepEqual(due, [gates.organizationId]);
  });
});
