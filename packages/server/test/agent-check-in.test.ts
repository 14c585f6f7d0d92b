import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { agentLimits, agentPaths } from '@gatehouse/contracts/agent.ts';
import { packageCount } from '@gatehouse/core/facts/catalogue.ts';
import { slowness } from '../../../tools/processor-time.ts';
import { queueCommand } from '../src/modules/commands/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { newDeviceKey } from '../src/modules/enrollment/test-device.ts';
import { type AgentWorld, type Computer, openAgentWorld } from './agent-world.ts';

const hour = 3_600_000;

describe('a computer checks in', () => {
  let world: AgentWorld;
  let acme: TestFleet;

  before(async () => {
    world = await openAgentWorld();
    acme = await world.newFleet('acme');
  });
  after(() => world.close());

  async function newComputer(): Promise<Computer> {
    return world.enrol(await world.issueCode(acme), newDeviceKey());
  }
  /** Everything that the basic policy asks for. */
  const good = (change: object = {}) => ({
    scan: 'security',
    observedAt: world.clock.now(),
    facts: {
      'storage.encrypted': true,
      'passcode.set': true,
      'passcode.minimum-length': 16,
      'passcode.minimum-classes': 4,
      'screen-lock.enabled': true,
      'screen-lock.timeout-seconds': 60,
      'integrity.compromised': false,
      ...change,
    },
  });
  const stored = async (deviceId: string, scan = 'security') =>
    (
      await world.query<{ facts: Record<string, unknown>; truncated: boolean }>(
        'select facts, truncated, observed_at, received_at from device_facts where device_id = $1 and scan = $2',
        [deviceId, scan],
      )
    )[0];
  const contact = async (deviceId: string) =>
    (
      await world.query(
        `select report_counter::int as counter, clock_skew_seconds as skew, boot_id as boot, acknowledged_policy_version as version,
           last_check_in_at as at from device_contacts where device_id = $1`,
        [deviceId],
      )
    )[0];

  test('a good report opens the gates in its own answer, a bad one shuts them in its own', async () => {
    const computer = await newComputer();
    const first = await computer.checkIn({ scans: [good()] });
    assert.deepEqual(first.body.posture, { compliant: true, network: 'allow' });
    const second = await computer.checkIn({ scans: [good({ 'integrity.compromised': true })] });
    assert.equal(second.body.posture.compliant, false);
    assert.equal(second.body.posture.network, 'deny');
    assert.ok(second.body.posture.reason.length > 10 && second.body.posture.remedy.length > 5);
  });

  test('SCN-10 a person is told in his own language what is wrong, whether the check-in brings news or not', async () => {
    const computer = await newComputer();
    await computer.settle();
    const german = { headers: { 'accept-language': 'de-CH,de;q=0.9,en;q=0.5' } };
    const bad = { scans: [good({ 'storage.encrypted': false })] };
    const version = (await computer.checkIn(bad)).body.policy?.version;
    const quiet = version === undefined ? {} : { acknowledgedPolicyVersion: version };
    const posture = async (report: object, options = {}) =>
      (await computer.checkIn(report, options)).body.posture;
    assert.match((await posture(bad)).reason, /^Storage is not encrypted\./);
    const full = await posture(bad, german);
    assert.match(full.reason, /^Der Speicher ist nicht verschlüsselt\./);
    assert.match(full.remedy, /^Schalten Sie die Verschlüsselung der ganzen Festplatte ein\./);
    assert.deepEqual(await posture(quiet, german), full);
    await world.query(
      `update users set language = 'de' where user_id = (select user_id from devices where device_id = $1)`,
      [computer.deviceId],
    );
    try {
      assert.deepEqual(await posture(quiet), full, 'what is known of the person counts, and first');
      assert.deepEqual(await posture(bad, { headers: { 'accept-language': 'en' } }), full);
    } finally {
      await world.query('update users set language = null');
    }
    assert.deepEqual(await posture({ scans: [good()] }, german), { compliant: true, network: 'allow' });
  });

  test('DEV-07 a repeated check-in is applied once and answered again', async () => {
    const computer = await newComputer();
    const report = { counter: 5, scans: [good()] };
    assert.equal((await computer.checkIn(report)).status, 200);
    const before = await stored(computer.deviceId);
    const again = await computer.checkIn({ ...report, scans: [good({ 'passcode.set': false })] });
    assert.equal(again.status, 200);
    assert.equal(again.body.posture.compliant, true);
    assert.deepEqual(await stored(computer.deviceId), before);
    assert.equal((await contact(computer.deviceId))?.['counter'], 5);
  });

  test('DEV-14 an older report that comes late changes nothing, and its sender is told where the count stands', async () => {
    const computer = await newComputer();
    await computer.checkIn({ counter: 10, scans: [good({ 'integrity.compromised': true })] });
    const late = await computer.checkIn({ counter: 9, scans: [good()] });
    assert.equal(late.status, 200);
    assert.equal(late.body.counter, 10);
    assert.equal(late.body.posture.compliant, false);
    assert.equal((await stored(computer.deviceId))?.facts['integrity.compromised'], true);
    assert.equal((await contact(computer.deviceId))?.['counter'], 10);
    await world.refusals.flush();
    const entries = await world.query(
      `select 1 from audit_entries where content->>'reason' = 'outdated-counter' and content#>>'{actor,id}' = $1`,
      [computer.deviceId],
    );
    assert.equal(entries.length, 1);
    assert.equal((await computer.checkIn({ counter: 11, scans: [good()] })).body.posture.compliant, true);
  });

  test('DEV-14 many reports at once: the newest stays', async () => {
    const computer = await newComputer();
    await computer.checkIn({ counter: 1 });
    const reports = Array.from({ length: 12 }, (_, index) =>
      computer.checkIn({ counter: 20 + index, scans: [good({ 'passcode.minimum-length': 100 + index })] }),
    );
    for (const answer of await Promise.all(reports)) assert.equal(answer.status, 200);
    assert.equal((await stored(computer.deviceId))?.facts['passcode.minimum-length'], 111);
  });

  test('those who come in one moment share a transaction, and each gets the answer that it would get alone', async () => {
    const other = await world.newFleet('beta');
    const computers = await Promise.all(Array.from({ length: 10 }, newComputer));
    const stranger = await world.enrol(await world.issueCode(other), newDeviceKey());
    for (const computer of [...computers, stranger]) await computer.checkIn({ scans: [good()] });
    const [waits, wrong, late, twice] = computers as [Computer, Computer, Computer, Computer];
    await queueCommand(world.deps, world.principal(acme), {
      deviceId: waits.deviceId,
      name: 'refresh-device',
    });
    const counters = new Map(computers.map(({ deviceId, counter }) => [deviceId, counter]));
    const bad = { scans: [good({ 'storage.encrypted': false })] };
    const answers = await Promise.all([
      ...computers.map((computer) =>
        computer.checkIn(
          computer === wrong
            ? { scans: [good({ 'storage.encrypted': 'perhaps' })] }
            : computer === late
              ? { counter: 1, ...bad }
              : bad,
        ),
      ),
      twice.checkIn(bad),
      stranger.checkIn(bad),
    ]);
    const of = (computer: Computer) => answers[computers.indexOf(computer)]?.body;
    for (const computer of computers) {
      const { posture, commands } = of(computer);
      if (computer === wrong) {
        assert.equal(answers[1]?.status, 422);
        assert.equal((await stored(wrong.deviceId))?.facts['storage.encrypted'], true);
        assert.equal((await contact(wrong.deviceId))?.['counter'], counters.get(wrong.deviceId));
        continue;
      }
      assert.equal(posture.compliant, computer === late);
      assert.deepEqual(
        commands.map(({ name }: { name: string }) => name),
        computer === waits ? ['refresh-device'] : [],
      );
    }
    assert.equal((await contact(twice.deviceId))?.['counter'], (counters.get(twice.deviceId) ?? 0) + 2);
    assert.equal(answers.at(-1)?.body.posture.compliant, false);
    const ids = computers.map(({ deviceId }) => deviceId);
    const [{ transactions }] = (await world.query(
      'select count(distinct xmin::text)::int as transactions from device_contacts where device_id = any ($1)',
      [ids],
    )) as [{ transactions: number }];
    assert.ok(transactions < ids.length, `${transactions} transactions`);
    const [{ audits }] = (await world.query(
      `select count(*)::int as audits from audit_entries where content::jsonb ->> 'action' = 'compliance.decision-changed'
         and content::jsonb -> 'target' ->> 'id' = any ($1) and content::jsonb -> 'show' -> 'after' ->> 'compliant' = 'false'`,
      [ids],
    )) as [{ audits: number }];
    assert.ok(audits >= ids.length - 2);
  });

  test('DEV-13 a clock that is a day, a year or fifty years off changes no verdict; the skew is recorded', async () => {
    for (const off of [24 * hour, -24 * hour, 365 * 24 * hour, -365 * 24 * hour, -50 * 365 * 24 * hour]) {
      const computer = await newComputer();
      const now = world.clock.now();
      const answer = await computer.checkIn({
        sentAt: now + off,
        scans: [{ ...good(), observedAt: now + off - 60_000 }],
      });
      assert.deepEqual(answer.body.posture, { compliant: true, network: 'allow' }, String(off));
      const skew = Number((await contact(computer.deviceId))?.['skew']);
      assert.ok(Math.abs(skew - off / 1000) <= 5, `${skew}`);
      const { observed_at: observed } = (await stored(computer.deviceId)) as unknown as { observed_at: Date };
      assert.ok(Math.abs(observed.getTime() - (now - 60_000)) < 5_000);
      assert.ok(Math.abs(answer.body.serverTime - now) < 5_000);
    }
  });

  test('a check-in without news is counted and answered like any other', async () => {
    const computer = await newComputer();
    const first = await computer.checkIn({ scans: [good()] });
    const { version } = first.body.policy;
    const acknowledging = await computer.checkIn({ acknowledgedPolicyVersion: version, bootId: 'boot-2' });
    const quiet = await computer.checkIn({
      acknowledgedPolicyVersion: version,
      bootId: 'boot-3',
      sentAt: world.clock.now() + 90_000,
    });
    for (const answer of [acknowledging, quiet]) {
      assert.deepEqual(answer.body.commands, []);
      assert.equal(answer.body.policy, undefined);
      assert.deepEqual(answer.body.posture, { compliant: true, network: 'allow' });
      assert.equal(answer.body.nextCheckInSeconds, 14_400);
    }
    const row = await contact(computer.deviceId);
    assert.equal(row?.['counter'], computer.counter);
    assert.equal(row?.['boot'], 'boot-3');
    assert.equal(row?.['version'], version);
    assert.equal(row?.['skew'], 90);
    // Its counter counts: what came before it is outdated.
    const late = await computer.checkIn({
      counter: computer.counter,
      scans: [good({ 'passcode.set': false })],
    });
    assert.equal(late.body.posture.compliant, true);
  });

  test('CMP-05 a device that was silent for too long is judged again by the check-in that ends the silence', async () => {
    const computer = await newComputer();
    const first = await computer.checkIn({ scans: [good()] });
    const acknowledgedPolicyVersion = first.body.policy.version;
    await computer.checkIn({ acknowledgedPolicyVersion });
    await world.query(
      `update device_posture set compliant = false, access_network = 'deny', failure_reason = 'silent' where device_id = $1`,
      [computer.deviceId],
    );
    await world.query(
      `update device_contacts set last_check_in_at = now() - interval '2 hours' where device_id = $1`,
      [computer.deviceId],
    );
    const back = await computer.checkIn({ acknowledgedPolicyVersion });
    assert.deepEqual(back.body.posture, { compliant: true, network: 'allow' });
  });

  test('commands that wait come with the answer, and again until they are answered', async () => {
    const computer = await newComputer();
    await computer.checkIn({ scans: [good()] });
    const { id } = await queueCommand(world.deps, world.principal(acme), {
      deviceId: computer.deviceId,
      name: 'lock-device',
      params: { message: 'call us', pin: '2468' },
    });
    const acknowledgedPolicyVersion = (
      await world.query<{ v: string }>(
        'select policy_version as v from device_posture where device_id = $1',
        [computer.deviceId],
      )
    )[0]?.v;
    for (const round of [1, 2]) {
      const { commands } = (await computer.checkIn({ acknowledgedPolicyVersion })).body;
      assert.equal(commands.length, 1, `round ${round}`);
      assert.equal(commands[0].id, id);
      assert.equal(commands[0].name, 'lock-device');
      assert.deepEqual(commands[0].params, { message: 'call us', pin: '2468' });
      assert.ok(commands[0].expiresAt > world.clock.now());
    }
    const path = agentPaths.commandResult.replace('{commandId}', id);
    const answer = { state: 'acknowledged', result: { lockedAt: 1 } };
    // DEV-07: twice, then contradicted.
    for (const round of [1, 2]) {
      assert.deepEqual(
        (await computer.send('POST', path, answer)).body,
        { state: 'acknowledged' },
        `round ${round}`,
      );
    }
    const contradicted = await computer.send('POST', path, { state: 'failed', reason: 'no' });
    assert.equal(contradicted.status, 409);
    assert.equal(contradicted.body.error.code, 'already-answered');
    const entries = await world.query(
      `select 1 from audit_entries where content->>'action' = 'commands.acknowledge' and content#>>'{target,id}' = $1`,
      [id],
    );
    assert.equal(entries.length, 1);
    assert.deepEqual((await computer.checkIn({ acknowledgedPolicyVersion })).body.commands, []);
  });

  test('DEV-07 after leaving nothing of the device is accepted any more', async () => {
    const computer = await newComputer();
    await computer.checkIn({ scans: [good()] });
    const { id } = await queueCommand(world.deps, world.principal(acme), {
      deviceId: computer.deviceId,
      name: 'refresh-device',
    });
    await computer.send('GET', agentPaths.commands);
    const left = await computer.send('POST', agentPaths.unenroll, { cause: 'user' });
    assert.deepEqual(left.body, { state: 'unmanaged' });
    const replays = [
      await computer.send('POST', agentPaths.unenroll, { cause: 'user' }),
      await computer.checkIn({ counter: 2, scans: [good()] }),
      await computer.send('POST', agentPaths.commandResult.replace('{commandId}', id), {
        state: 'acknowledged',
      }),
      await computer.send('GET', agentPaths.commands),
    ];
    for (const answer of replays) {
      assert.equal(answer.status, 401);
      assert.equal(answer.body.error.code, 'device-unmanaged');
    }
    const [row] = await world.query(
      `select d.state, p.registered, p.access_network, c.revoked_at is not null as revoked
       from devices d join device_posture p using (organization_id, device_id) join certificates c using (organization_id, device_id)
       where device_id = $1`,
      [computer.deviceId],
    );
    assert.deepEqual(row, { state: 'unmanaged', registered: false, access_network: 'deny', revoked: true });
  });

  test('DEV-08 two machines with one key: once they take turns, both are shut out until an administrator has looked', async () => {
    const original = await newComputer();
    const clone = world.newComputer(original.identity, original.trust, original.key);
    await original.checkIn({ counter: 1, bootId: 'boot-a', scans: [good()] });
    assert.equal((await clone.checkIn({ counter: 2, bootId: 'boot-b', scans: [good()] })).status, 200);
    const caught = await original.checkIn({ counter: 3, bootId: 'boot-a', scans: [good()] });
    assert.equal(caught.body.posture.network, 'deny');
    assert.deepEqual(caught.body.commands, []);
    for (const machine of [original, clone]) {
      const answer = await machine.checkIn({ counter: 9, bootId: 'boot-b' });
      assert.equal(answer.status, 401);
      assert.equal(answer.body.error.code, 'device-blocked');
    }
    const alarms = await world.query(
      `select 1 from events where name = 'device.key-cloned' and subject_id = $1`,
      [original.deviceId],
    );
    assert.equal(alarms.length, 1);
  });

  test('DEV-10 what exceeds a limit is refused or cut and marked, at the limit and one above', async () => {
    const computer = await newComputer();
    const fresh = async (change: object) => (await computer.checkIn(change)).status;
    const app = (index: number) => ({ id: `app-${index}`, name: 'a', version: '1', source: 'dpkg' });
    const apps = (count: number) => ({
      scan: 'apps',
      observedAt: world.clock.now(),
      facts: { 'apps.installed': Array.from({ length: count }, (_, index) => app(index)) },
    });
    assert.equal(await fresh({ scans: [apps(packageCount)] }), 200);
    assert.equal((await stored(computer.deviceId, 'apps'))?.truncated, false);
    assert.equal(await fresh({ scans: [apps(packageCount + 1)] }), 200);
    const cut = await stored(computer.deviceId, 'apps');
    assert.equal(cut?.truncated, true);
    assert.equal((cut?.facts['apps.installed'] as unknown[]).length, packageCount);

    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;
    const unknownFact = (value: unknown) => ({ scans: [{ ...good(), facts: { 'x.unknown': value } }] });
    // The envelope itself is four levels deep.
    assert.equal(await fresh(unknownFact(nested(agentLimits.depth - 4))), 200);
    assert.equal(await fresh(unknownFact(nested(agentLimits.depth - 3))), 400);

    const facts = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x.${index}`, true]));
    assert.equal(await fresh({ scans: [{ ...good(), facts: facts(agentLimits.factsPerScan) }] }), 200);
    assert.equal(await fresh({ scans: [{ ...good(), facts: facts(agentLimits.factsPerScan + 1) }] }), 400);
    assert.equal(await fresh({ scans: Array.from({ length: 6 }, () => good()) }), 400);
    assert.equal(await fresh({ bootId: 'b'.repeat(agentLimits.bootIdLength) }), 200);
    assert.equal(await fresh({ bootId: 'b'.repeat(agentLimits.bootIdLength + 1) }), 400);
    assert.equal(await fresh({ counter: 0 }), 400);
    assert.equal(await fresh({ counter: 1.5 }), 400);
    assert.equal(await fresh({ counter: '7' }), 400);
    assert.equal(await fresh({ sentAt: -1 }), 400);
    await computer.close();
  });

  test('DEV-10 a check-in is taken up to its size and refused one byte above, without reading it', async () => {
    const computer = await newComputer();
    await computer.checkIn();
    const padded = (bytes: number) => {
      const text = JSON.stringify({ counter: 50, bootId: 'b', sentAt: 1, scans: [] });
      return Buffer.concat([Buffer.from(text), Buffer.alloc(bytes - text.length, 0x20)]);
    };
    const send = (raw: Uint8Array) =>
      computer.send('POST', agentPaths.checkIn, undefined, {
        raw,
        headers: { 'content-type': 'application/json' },
      });
    assert.equal((await send(padded(agentLimits.checkInBytes))).status, 200);
    const refused = await send(padded(agentLimits.checkInBytes + 1)).catch((error: Error) => error);
    // The answer comes while the client still sends; it may find the connection closed.
    if (refused instanceof Error) assert.match(String(refused), /closed|EPIPE|ECONNRESET|other side/i);
    else assert.equal(refused.body.error.code, 'report-too-large');
  });

  test('DEV-10 a device that checks in too often is slowed, and its neighbours are not', async () => {
    const [loud, calm] = [await newComputer(), await newComputer()];
    const answers = await Promise.all(Array.from({ length: 40 }, () => loud.checkIn()));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 15, `${refused.length}`);
    assert.ok(Number(refused[0]?.headers['retry-after']) >= 1);
    assert.equal((await calm.checkIn()).status, 200);
  });

  test('HTTP-12 a gzipped check-in is read', async () => {
    const computer = await newComputer();
    const report = { counter: 1, bootId: 'b', sentAt: world.clock.now(), scans: [good()] };
    const send = (raw: Uint8Array, encoding = 'gzip') =>
      computer.send('POST', agentPaths.checkIn, undefined, {
        raw,
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      });
    const answer = await send(gzipSync(JSON.stringify(report)));
    assert.deepEqual(answer.body.posture, { compliant: true, network: 'allow' });
    assert.equal((await send(Buffer.from(JSON.stringify(report)))).status, 400);
    assert.equal((await send(gzipSync(JSON.stringify(report)).subarray(0, 40))).status, 400);
    for (const encoding of ['br', 'deflate', 'gzip, gzip', 'zstd', 'x-gzip']) {
      assert.equal((await send(gzipSync('{}'), encoding)).status, 415, encoding);
    }
  });

  test('HTTP-12 a bomb is refused at the cost of 100 ms and without its weight in memory', async () => {
    const computer = await newComputer();
    await computer.checkIn();
    // Nearly 8 MiB that unpack to 8 GiB.
    const block = gzipSync(Buffer.alloc(16 * 1024 * 1024));
    const bomb = Buffer.concat(Array.from({ length: 500 }, () => block));
    assert.ok(bomb.length < agentLimits.checkInBytes);
    const costs: number[] = [];
    const weights: number[] = [];
    // Of the processor and not by the clock, the sender's part included; the least of some, because the machine does other things.
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const before = process.memoryUsage().rss;
      const start = process.cpuUsage();
      const answer = await computer
        .send('POST', agentPaths.checkIn, undefined, {
          raw: bomb,
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        })
        .catch((error: Error) => error);
      const { user, system } = process.cpuUsage(start);
      costs.push((user + system) / 1_000 / slowness());
      weights.push(process.memoryUsage().rss - before);
      if (!(answer instanceof Error)) assert.equal(answer.status, 413);
      else assert.match(String(answer), /closed|EPIPE|ECONNRESET|other side/i);
    }
    assert.ok(Math.min(...costs) < 100, `${costs.join()} ms`);
    assert.ok(Math.min(...weights) < 32 * 1024 * 1024, `${weights.join()} bytes`);
    // Small enough to arrive whole, so the answer is always seen.
    const tight = gzipSync(Buffer.alloc(1024 * 1024));
    const small = await computer.send('POST', agentPaths.checkIn, undefined, {
      raw: tight,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    assert.equal(small.status, 413);
    assert.equal(small.body.error.code, 'report-too-large');
  });

  test('HTTP-12 no other route takes a packed body', async () => {
    const computer = await newComputer();
    await computer.checkIn();
    const answer = await computer.send('POST', agentPaths.unenroll, undefined, {
      raw: gzipSync('{"cause":"user"}'),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    assert.equal(answer.status, 400);
    assert.equal((await computer.checkIn()).status, 200);
  });
});
