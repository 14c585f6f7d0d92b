import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createAssignment, ensureDefaults, ruleAssignments, updatePolicy } from '../policies/index.ts';
import { createRule } from '../rules/change-rule.ts';
import { evaluateDevices } from './evaluate-devices.ts';
import { reviewChange } from './review-change.ts';
import { abortRollout, getRollout, lookAtRollout, resumeRollout, startRollout } from './rollouts.ts';

const minute = 60_000;
const good = { 'passcode.set': true, 'storage.encrypted': true, 'integrity.compromised': false };

describe('rollouts', () => {
  let db: TestDatabase;
  let fleet: TestFleet;
  let now = Date.now();
  let policyId = '';
  let settings: Record<string, unknown>;
  const events = createEvents({}, () => undefined);
  const deps = {
    get database() {
      return db.database;
    },
    clock: { now: () => now },
    events,
    ruleAssignments: ruleAssignments(events),
    notifications: { publish: () => undefined },
  };
  const principal = (): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(permissions),
    empoweredAt: 0,
  });
  // biome-ignore lint/suspicious/noExplicitAny: rows of any table
  const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
    (await (await superuserOf(db)).query(text, values)).rows;

  before(async () => {
    db = await openTestDatabase({ poolSize: 8 });
    fleet = await createTestFleet(db, 'acme');
    await db.database.withTenant(fleet.organizationId, ensureDefaults);
    for (let n = 0; n < 100; n += 1) {
      const device = await fleet.addDevice();
      await db.database.withTenant(fleet.organizationId, (tx) =>
        fleet.report(tx, device, {
          security: good,
          'device-information': { 'os.version': n % 10 === 0 ? '12.1' : '14.1' },
        }),
      );
    }
    const [policy] = await rows('select policy_id, settings from policy_suites');
    [policyId, settings] = [policy.policy_id, policy.settings];
    await evaluateAll();
  });
  after(async () => {
    await db[Symbol.asyncDispose]();
  });

  async function evaluateAll(): Promise<void> {
    now += 10 * minute;
    const ids = (await rows('select device_id from devices')).map((row) => row.device_id as string);
    await db.database.withTenant(fleet.organizationId, (tx) => evaluateDevices(deps, tx, ids, now));
  }
  const versions = async () =>
    new Map<string, number>(
      (await rows('select policy_version as v, count(*)::int as n from device_posture group by 1')).map(
        ({ v, n }) => [v, n],
      ),
    );
  const bad = async (): Promise<number> =>
    (await rows('select count(*)::int as n from device_posture where not compliant'))[0].n;
  const look = async (rolloutId: string) => {
    await db.database.withTenant(fleet.organizationId, (tx) => lookAtRollout(deps, tx, rolloutId));
    return getRollout(deps, principal(), rolloutId);
  };
  const start = (minimum: string, rings: { percent: number }[], tolerance = 0) =>
    startRollout(deps, principal(), {
      item: { kind: 'policy', id: policyId },
      settings: { ...settings, 'os.minimum-version.linux': minimum },
      rings,
      soakMinutes: 5,
      tolerance,
    });
  const halted = async () => {
    const rollout = await start('13', [{ percent: 60 }, { percent: 100 }]);
    await evaluateAll();
    // Somebody takes the passcodes of devices away meanwhile: more stop being compliant than were to.
    const victims = await rows(
      `update device_facts f set facts = facts || '{"passcode.set": false}' where f.scan = 'security' and f.device_id in (
         select device_id from device_posture where compliant) returning f.device_id`,
    );
    await evaluateAll();
    const seen = await look(rollout.id);
    await rows(
      `update device_facts set facts = facts || '{"passcode.set": true}' where scan = 'security' and device_id = any ($1)`,
      [victims.map((row) => row.device_id)],
    );
    return seen;
  };

  test('a change reaches ring after ring, and in the end everybody', async () => {
    const [was] = [...(await versions()).keys()];
    const begun = await start('13', [{ percent: 30 }, { percent: 100 }]);
    assert.deepEqual([begun.state, begun.ring], ['running', 1]);
    assert.equal(begun.expected.at(-1), 10);
    await evaluateAll();
    const first = await versions();
    assert.equal(first.size, 2);
    const held = first.get(was ?? '') ?? 0;
    assert.ok(held > 50 && held < 90, `${held} have the version before`);
    assert.equal(await bad(), begun.expected[0]);
    const second = await look(begun.id);
    assert.deepEqual([second.state, second.ring, second.notCompliant], ['running', 2, begun.expected[0]]);
    await evaluateAll();
    assert.equal((await versions()).size, 1);
    assert.equal(await bad(), 10);
    assert.equal((await look(begun.id)).state, 'done');
    await updatePolicy(deps, principal(), policyId, { settings });
    await evaluateAll();
    assert.equal(await bad(), 0);
  });

  test('it halts by itself when more devices than simulated stop being compliant; abort gives everybody the former version', async () => {
    const [was] = [...(await versions()).keys()];
    const seen = await halted();
    assert.equal(seen.state, 'halted');
    assert.deepEqual(seen.actual, [seen.notCompliant], 'what each ring came to, as far as one was reached');
    assert.ok(seen.notCompliant > (seen.expected[0] ?? 0));
    const [alert] = await rows(`select kind from alerts where kind = 'rollout-halted'`);
    assert.ok(alert);
    now += 60 * minute;
    assert.equal((await look(seen.id)).ring, 1, 'nothing goes on by itself');
    const reviewed = Object.create(deps, { review: { value: reviewChange(deps) } }) as typeof deps;
    await assert.rejects(updatePolicy(reviewed, principal(), policyId, { settings }), {
      reason: 'rollout-running',
    });
    await assert.rejects(start('13', [{ percent: 100 }]), { reason: 'rollout-running' });
    assert.equal((await abortRollout(deps, principal(), seen.id)).state, 'aborted');
    await evaluateAll();
    assert.deepEqual([...(await versions()).keys()], [was]);
    await assert.rejects(abortRollout(deps, principal(), seen.id), { code: 'conflict' });
  });

  test('somebody may let a halted rollout go on', async () => {
    const seen = await halted();
    await evaluateAll();
    assert.equal((await resumeRollout(deps, principal(), seen.id)).state, 'running');
    assert.deepEqual([(await look(seen.id)).ring, (await look(seen.id)).state], [2, 'running']);
    now += 10 * minute;
    assert.equal((await look(seen.id)).state, 'done');
    await updatePolicy(deps, principal(), policyId, { settings });
    await evaluateAll();
  });

  test('rules are rolled out likewise, first to a group', async () => {
    const groupId = newId();
    await rows('insert into groups (organization_id, group_id, name) values ($1, $2, $3)', [
      fleet.organizationId,
      groupId,
      'Pilots',
    ]);
    const pilots = await rows('select device_id from devices order by device_no limit 10');
    for (const { device_id } of pilots)
      await rows(
        'insert into group_devices (organization_id, group_id, device_id, since) values ($1, $2, $3, now())',
        [fleet.organizationId, groupId, device_id],
      );
    const rule = await createRule(deps, principal(), {
      name: 'New enough',
      kind: 'minimum-os',
      demand: { versions: { linux: '10' } },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'rule', id: rule.id },
      target: { kind: 'organization', id: fleet.organizationId },
    });
    await evaluateAll();
    assert.equal(await bad(), 0);
    const begun = await startRollout(deps, principal(), {
      item: { kind: 'rule', id: rule.id },
      changes: { demand: { versions: { linux: '99' } } },
      rings: [{ groupId }, { percent: 100 }],
      soakMinutes: 5,
    });
    assert.deepEqual(begun.expected, [10, 100]);
    await evaluateAll();
    assert.equal(await bad(), 10);
    await abortRollout(deps, principal(), begun.id);
    await evaluateAll();
    assert.equal(await bad(), 0);
  });

  test('rings rise and end with everybody', async () => {
    for (const rings of [[{ percent: 50 }], [{ percent: 50 }, { percent: 20 }, { percent: 100 }], []])
      await assert.rejects(start('13', rings), { code: 'invalid-input' });
  });
});
