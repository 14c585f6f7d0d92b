import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { startWorker, type Worker } from '../../kernel/jobs/worker.ts';
import { createLog } from '../../kernel/log.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import {
  createAssignment,
  createPolicy,
  deleteAssignment,
  deletePolicy,
  ensureDefaults,
  updatePolicy,
} from '../policies/index.ts';
import { evaluateDevice } from './evaluate-devices.ts';
import { complianceJobs, complianceSubscriptions } from './reactions.ts';
import { reevaluateDevicesJob } from './reevaluate-devices.ts';

const good = {
  'passcode.set': true,
  'storage.encrypted': true,
  'integrity.compromised': false,
  'passcode.minimum-length': 6,
};

describe('a change of policies', () => {
  let db: TestDatabase;
  let fleet: TestFleet;
  let worker: Worker;
  const deps = {
    get database() {
      return db.database;
    },
    clock: { now: () => Date.now() },
    events: createEvents(complianceSubscriptions, () => worker.wake()),
    notifications: { publish: () => undefined },
  };

  before(async () => {
    db = await openTestDatabase({ poolSize: 8 });
    fleet = await createTestFleet(db, 'acme');
    await db.database.withTenant(fleet.organizationId, ensureDefaults);
    worker = startWorker({
      database: db.database,
      definitions: complianceJobs(deps),
      log: createLog({ level: 'fatal', console: () => undefined }),
      concurrency: 2,
    });
  });
  after(async () => {
    await worker.stop();
    await db[Symbol.asyncDispose]();
  });

  const principal = (): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(permissions),
    empoweredAt: 0,
  });
  const rows = async (text: string, values: unknown[] = []) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const settled = async () => {
    for (let waited = 0; waited < 20_000; waited += 20) {
      const [{ count }] = await rows('select count(*)::int from jobs');
      if (count === 0) return;
      await pause(20);
    }
    assert.fail('jobs are still waiting');
  };
  const checkIn = (deviceId: string, security: Record<string, unknown>) =>
    db.database.withTenant(fleet.organizationId, async (tx) => {
      await fleet.report(tx, deviceId, { security });
      return evaluateDevice(deps, tx, deviceId, Date.now());
    });
  const posture = async (deviceId: string) =>
    (
      await rows(
        'select access_network, compliant, policy_version, xmin::text from device_posture where device_id = $1',
        [deviceId],
      )
    )[0];

  const postures = async (deviceIds: readonly string[]) => {
    const found = [];
    for (const id of deviceIds) found.push(await posture(id));
    return found;
  };

  test('POL-09, POL-15: a stricter policy shuts a gate without waiting for the device, and its removal opens it again', async () => {
    const device = await fleet.addDevice();
    const { policy } = await checkIn(device, good);
    assert.equal((await posture(device)).access_network, 'allow');
    const strict = await createPolicy(deps, principal(), {
      name: 'Strict',
      settings: { 'passcode.minimum-length': 10, 'passcode.grace-minutes': 0 },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: strict.id },
      target: { kind: 'organization', id: fleet.organizationId },
    });
    await settled();
    const shut = await posture(device);
    assert.deepEqual([shut.access_network, shut.compliant], ['deny', false]);
    assert.notEqual(shut.policy_version, policy.version);
    // A laxer policy beside it changes nothing: security settings aggregate to the strictest.
    const lax = await createPolicy(deps, principal(), {
      name: 'Lax',
      settings: { 'passcode.minimum-length': 4 },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: lax.id },
      target: { kind: 'device', id: device },
    });
    await settled();
    assert.equal((await posture(device)).access_network, 'deny');
    await updatePolicy(deps, principal(), strict.id, { settings: { 'passcode.minimum-length': 6 } });
    await settled();
    assert.equal((await posture(device)).access_network, 'allow');
    await updatePolicy(deps, principal(), strict.id, { settings: { 'passcode.minimum-length': 10 } });
    await deletePolicy(deps, principal(), strict.id);
    await settled();
    assert.equal((await posture(device)).access_network, 'allow');
  });

  test('it concerns exactly the devices that it reaches', async () => {
    const [userId, groupId] = [newId(), newId()];
    await rows('insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $4)', [
      fleet.organizationId,
      userId,
      'bob@acme.example',
      'bob',
    ]);
    await rows('insert into groups (organization_id, group_id, name) values ($1, $2, $3)', [
      fleet.organizationId,
      groupId,
      'Bobs',
    ]);
    await rows('insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3)', [
      fleet.organizationId,
      groupId,
      userId,
    ]);
    const [theirs, mac, mine] = [
      await fleet.addDevice(),
      await fleet.addDevice({ platform: 'macos' }),
      await fleet.addDevice(),
    ];
    await rows('update devices set user_id = $2 where device_id = any ($1)', [[theirs, mac], userId]);
    for (const device of [theirs, mac, mine]) await checkIn(device, good);
    const before_ = await postures([theirs, mac, mine]);
    const item = await createPolicy(deps, principal(), {
      name: 'For Bobs',
      settings: { 'passcode.history': 3 },
    });
    const assignment = await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: item.id },
      target: { kind: 'group', id: groupId },
      platform: 'linux',
    });
    await settled();
    const after_ = await postures([theirs, mac, mine]);
    const changed = after_.map((row, index) => row.policy_version !== before_[index].policy_version);
    assert.deepEqual(changed, [true, false, false]);
    assert.deepEqual(after_.slice(1), before_.slice(1), 'the rows of the others were not even written');
    await deleteAssignment(deps, principal(), assignment.id);
    await settled();
    assert.equal((await posture(theirs)).policy_version, before_[0].policy_version);
  });

  test('a fleet larger than a chunk is gone through to its end, while devices go on reporting', async () => {
    const many = 1_100;
    await rows(
      `with made as (
         insert into devices (organization_id, device_id, user_id, platform, ownership, state, name)
         select $1, gen_random_uuid(), $2, 'linux', 'corporate', 'registered', 'bulk ' || n from generate_series(1, $3::int) n
         returning device_id, device_no),
       contacts as (insert into device_contacts (organization_id, device_id, last_check_in_at) select $1, device_id, now() from made),
       facts as (insert into device_facts (organization_id, device_id, scan, source, facts, observed_at)
         select $1, device_id, 'security', 'agent', $4, now() from made)
       insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
         access_vpn, evaluation, policy_version, evaluated_at, guid)
       select $1, device_id, device_no, true, false, 'deny', 'deny', 'deny',
         '{"verdicts":[],"compliant":false,"nextChangeAt":null,"evaluatedAt":0}', '', 'epoch', device_id::text from made`,
      [fleet.organizationId, fleet.userId, many, JSON.stringify(good)],
    );
    const bulk = (
      await rows(`select device_id from devices where name like 'bulk %' order by device_no`)
    ).map((row) => row.device_id as string);
    const item = await createPolicy(deps, principal(), {
      name: 'Fleet',
      settings: { 'passcode.history': 7 },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: item.id },
      target: { kind: 'organization', id: fleet.organizationId },
    });
    let longest = 0;
    for (const device of bulk.slice(-40)) {
      const begun = performance.now();
      await checkIn(device, { ...good, 'storage.encrypted': false });
      longest = Math.max(longest, performance.now() - begun);
    }
    await settled();
    const versions = await rows(
      `select policy_version, access_network, count(*)::int from device_posture p join devices d using (organization_id, device_id)
       where d.name like 'bulk %' group by 1, 2 order by 3 desc`,
    );
    assert.equal(new Set(versions.map((row) => row.policy_version)).size, 1);
    // What is demanded and not reported is unknown: quarantine. What is reported broken is denied, whoever evaluated last.
    assert.deepEqual(
      versions.map((row) => [row.access_network, row.count]),
      [
        ['quarantine', many - 40],
        ['deny', 40],
      ],
    );
    assert.ok(longest < 2_000, `a check-in waited ${Math.round(longest)} ms`);
    await deletePolicy(deps, principal(), item.id);
    await settled();
  });

  test('JOB-01 a payload that is not one is refused before it touches anything', () => {
    const { parse } = reevaluateDevicesJob(deps);
    const fine = { targetKind: 'group', targetId: newId(), platform: null, after: '0' };
    assert.deepEqual(parse(fine), fine);
    for (const change of [
      { targetKind: 'galaxy' },
      { targetId: 'x' },
      { platform: 'vms' },
      { after: '-1' },
      { after: 1 },
    ]) {
      assert.throws(() => parse({ ...fine, ...change }), TypeError);
    }
    assert.throws(() => parse(null), TypeError);
  });
});
