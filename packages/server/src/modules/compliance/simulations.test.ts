import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gates } from '@gatehouse/core/compliance/gate.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import {
  createAssignment,
  createPolicy,
  deleteAssignment,
  deletePolicy,
  ensureDefaults,
  ruleAssignments,
  type ReviewChange,
  updatePolicy,
} from '../policies/index.ts';
import { createRule, deleteRule, type NewRule, updateRule } from '../rules/change-rule.ts';
import { evaluateDevices } from './evaluate-devices.ts';
import { reviewChange } from './review-change.ts';
import {
  createSimulation,
  getSimulation,
  listSimulatedDevices,
  listSimulations,
  type NewSimulation,
} from './simulations.ts';

interface Stored {
  readonly device_id: string;
  readonly compliant: boolean;
  readonly access_network: string;
  readonly access_mail: string;
  readonly access_vpn: string;
  readonly access_apps: string;
  readonly access_content: string;
}

const hour = 3_600_000;

describe('simulations', () => {
  let db: TestDatabase;
  let fleet: TestFleet;
  let now = Date.now();
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
  const users: string[] = [];
  const groups: string[] = [];
  let basic: { id: string; settings: Record<string, unknown> };

  before(async () => {
    db = await openTestDatabase({ poolSize: 8 });
    fleet = await createTestFleet(db, 'acme');
    await db.database.withTenant(fleet.organizationId, ensureDefaults);
    await makeMixedFleet(150);
    const [policy] = await rows('select policy_id, settings from policy_suites');
    basic = { id: policy.policy_id, settings: policy.settings };
    await evaluateAll();
  });
  after(async () => {
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
  // biome-ignore lint/suspicious/noExplicitAny: rows of any table
  const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
    (await (await superuserOf(db)).query(text, values)).rows;

  /** Devices of every platform and state, of users with and without groups, whose facts are good, bad, old and missing. */
  async function makeMixedFleet(count: number): Promise<void> {
    for (let n = 0; n < 12; n += 1) {
      const id = newId();
      users.push(id);
      await rows('insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $4)', [
        fleet.organizationId,
        id,
        `user-${n}@acme.example`,
        `user-${n}`,
      ]);
    }
    for (const name of ['Sales', 'Staff']) {
      const id = newId();
      groups.push(id);
      await rows('insert into groups (organization_id, group_id, name) values ($1, $2, $3)', [
        fleet.organizationId,
        id,
        name,
      ]);
    }
    for (const [n, userId] of users.entries()) {
      for (const [m, groupId] of groups.entries())
        if (n % (m + 2) === 0)
          await rows('insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3)', [
            fleet.organizationId,
            groupId,
            userId,
          ]);
    }
    const pick = <T>(n: number, list: readonly T[]): T => list[n % list.length] as T;
    const platforms: Platform[] = ['linux', 'macos', 'ios', 'linux'];
    for (let n = 0; n < count; n += 1) {
      const device = await fleet.addDevice({ platform: pick(n, platforms) });
      const stated: Record<string, unknown> = {
        'passcode.set': n % 11 !== 0,
        'passcode.minimum-length': pick(n * 3, [4, 6, 8, 12]),
        'storage.encrypted': n % 6 !== 0,
        'integrity.compromised': n % 31 === 0,
      };
      if (n % 13 === 0) delete stated['storage.encrypted'];
      await db.database.withTenant(fleet.organizationId, async (tx) => {
        await fleet.report(tx, device, {
          security: stated as never,
          'device-information': { 'os.version': pick(n * 7, ['13.1', '14.2', '17.0', 'sid']) } as never,
        });
      });
      await rows(
        'update devices set user_id = $2, state = $3, barred_at = $4, barred_cause = $5 where device_id = $1',
        [
          device,
          n % 7 === 0 ? null : pick(n * 5, users),
          n % 19 === 0 ? 'blocked' : n % 23 === 0 ? 'pending' : 'registered',
          n % 17 === 0 ? new Date() : null,
          n % 17 === 0 ? pick(n, ['order', 'certificate']) : null,
        ],
      );
      await rows(
        `update device_facts set observed_at = now() - $2 * interval '1 hour' where device_id = $1`,
        [device, pick(n, [0, 1, 20, 71, 200])],
      );
    }
  }

  async function evaluateAll(): Promise<void> {
    now = Date.now();
    const ids = (await rows(`select device_id from devices where state <> 'unmanaged'`)).map(
      (row) => row.device_id as string,
    );
    await db.database.withTenant(fleet.organizationId, (tx) => evaluateDevices(deps, tx, ids, now));
  }

  async function postures(): Promise<Map<string, Stored>> {
    const found: Stored[] = await rows(
      'select device_id, compliant, access_network, access_mail, access_vpn, access_apps, access_content from device_posture',
    );
    return new Map(found.map((row) => [row.device_id, row]));
  }

  /** Simulates, carries out, and compares each number with what has come to pass. */
  async function proves(change: NewSimulation['change'], carryOut: () => Promise<unknown>): Promise<number> {
    await evaluateAll();
    const was = await postures();
    const simulation = await createSimulation(deps, principal(), { change });
    assert.deepEqual(await postures(), was, 'a simulation changes nothing');
    await carryOut();
    await evaluateAll();
    const is = await postures();
    const pairs = [...is].map(([id, row]) => [was.get(id) as Stored, row] as const);
    const count = (holds: (before_: Stored, after_: Stored) => boolean) =>
      pairs.filter(([a, b]) => holds(a, b)).length;
    const { counts } = simulation;
    const changed = ([a, b]: readonly [Stored, Stored]) => JSON.stringify(a) !== JSON.stringify(b);
    assert.equal(counts.changed, pairs.filter(changed).length);
    assert.equal(
      counts.becomeNotCompliant,
      count((a, b) => a.compliant && !b.compliant),
    );
    assert.equal(
      counts.becomeCompliant,
      count((a, b) => !a.compliant && b.compliant),
    );
    for (const gate of gates) {
      const column = `access_${gate}` as const;
      for (const [name, answer] of [
        ['allowed', 'allow'],
        ['quarantined', 'quarantine'],
        ['denied', 'deny'],
      ] as const) {
        const made = count((a, b) => a[column] !== answer && b[column] === answer);
        assert.equal(counts.gates[gate][name], made, `${gate} ${name}`);
      }
    }
    const listed = await listSimulatedDevices(deps, principal(), simulation.id, undefined, {
      limit: 500,
      after: undefined,
    });
    for (const { deviceId, after: simulated } of listed.items) {
      const row = is.get(deviceId) as Stored;
      assert.deepEqual(simulated, {
        compliant: row.compliant,
        access: Object.fromEntries(gates.map((gate) => [gate, row[`access_${gate}`]])),
      });
    }
    const unlisted = pairs.filter(
      (pair) => changed(pair) && !listed.items.some(({ deviceId }) => deviceId === pair[1].device_id),
    );
    assert.deepEqual(unlisted, []);
    return counts.changed;
  }

  const update = (policyId: string, settings: object) => () =>
    updatePolicy(deps, principal(), policyId, { settings });

  test('a stricter and a laxer policy do what was simulated, for every device and gate', async () => {
    const steps = [
      { 'os.minimum-version.linux': '14', 'os.minimum-version.macos': '14.2' },
      { 'passcode.minimum-length': 8, 'passcode.grace-minutes': 120 },
      { 'passcode.minimum-length': 8, 'passcode.grace-minutes': 0, 'os.minimum-version.ios': '17' },
      { 'facts.maximum-age-hours': 24 },
      { 'facts.maximum-age-hours': 24, 'encryption.grace-minutes': 600 },
      {},
    ];
    const changed: number[] = [];
    for (const step of steps) {
      const settings = { ...basic.settings, ...step };
      changed.push(
        await proves({ kind: 'policy', policyId: basic.id, settings }, update(basic.id, settings)),
      );
    }
    assert.ok(
      changed.every((count) => count > 0),
      changed.join(),
    );
  });

  test('assignments, members of groups and the end of a policy do what was simulated', async () => {
    const strict = await createPolicy(deps, principal(), {
      name: 'Strict',
      settings: {
        'passcode.minimum-length': 10,
        'passcode.grace-minutes': 0,
        'os.minimum-version.linux': '14',
      },
    });
    const item = { kind: 'policy', id: strict.id } as const;
    const [sales = '', staff = ''] = groups;
    let assigned = '';
    const given = async (
      target: { kind: 'group' | 'user' | 'organization'; id: string },
      platform?: Platform,
    ) =>
      proves({ kind: 'assignment-added', item, target, ...(platform && { platform }) }, async () => {
        assigned = (await createAssignment(deps, principal(), { item, target, platform })).id;
      });
    assert.ok((await given({ kind: 'group', id: sales })) > 0);
    const add = users.slice(1, 6);
    const remove = users.slice(6, 9);
    const moved = await proves({ kind: 'group-members', groupId: sales, add, remove }, async () => {
      for (const userId of add)
        await rows(
          'insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3) on conflict do nothing',
          [fleet.organizationId, sales, userId],
        );
      await rows('delete from group_members where group_id = $1 and user_id = any ($2)', [sales, remove]);
    });
    assert.ok(moved > 0);
    await given({ kind: 'user', id: users[1] ?? '' });
    await proves({ kind: 'assignment-removed', assignmentId: assigned }, () =>
      deleteAssignment(deps, principal(), assigned),
    );
    await given({ kind: 'group', id: staff }, 'linux');
    await given({ kind: 'organization', id: fleet.organizationId }, 'macos');
    const gone = await proves({ kind: 'policy', policyId: strict.id, settings: null }, () =>
      deletePolicy(deps, principal(), strict.id),
    );
    assert.ok(gone > 0);
  });

  test('an update of the operating system does what was simulated', async () => {
    await update(basic.id, { ...basic.settings, 'os.minimum-version.linux': '15' })();
    const changed = await proves({ kind: 'os-version', platform: 'linux', version: '15.1' }, () =>
      rows(
        `update device_facts f set facts = f.facts || '{"os.version": "15.1"}', observed_at = now() from devices d
         where d.device_id = f.device_id and d.platform = 'linux' and f.scan = 'device-information'`,
      ),
    );
    assert.ok(changed > 0);
    await update(basic.id, basic.settings)();
  });

  test('compliance rules that are new, assigned, changed, tuned, excepted and gone do what was simulated', async () => {
    const rule = (input: Partial<NewRule>): NewRule => ({
      name: 'Rule',
      kind: 'custom',
      demand: { expression: 'os.version != "17.0"', text: 'Old.', remedy: 'Update.' },
      ...input,
    });
    const target = { kind: 'organization', id: fleet.organizationId } as const;
    const assigned = async (input: NewRule, platform?: Platform) => {
      let ruleId = '';
      const changed = await proves(
        { kind: 'new-rule', rule: input as never, target, ...(platform && { platform }) },
        async () => {
          ruleId = (await createRule(deps, principal(), input)).id;
          const item = { kind: 'rule', id: ruleId } as const;
          await createAssignment(deps, principal(), { item, target, platform });
        },
      );
      return { ruleId, changed };
    };
    const custom = await assigned(rule({ gates: ['apps', 'vpn'], whenUnknown: 'not-compliant' }));
    assert.ok(custom.changed > 0);
    const lax = { graceMinutes: 240, gates: ['network'] };
    await proves({ kind: 'rule', ruleId: custom.ruleId, changes: lax as never }, () =>
      updateRule(deps, principal(), custom.ruleId, lax),
    );
    const [someone] = await rows(
      `select p.device_id from device_posture p where p.access_network = 'quarantine' limit 1`,
    );
    await rows(
      `insert into compliance_exceptions (organization_id, exception_id, device_id, rule, reason, created_by)
       values ($1, $2, $3, $4, 'travels', 'test')`,
      [fleet.organizationId, newId(), someone.device_id, custom.ruleId],
    );
    const gone = await proves({ kind: 'rule', ruleId: custom.ruleId, changes: null }, () =>
      deleteRule(deps, principal(), custom.ruleId),
    );
    assert.ok(gone > 0);
    const tuned = await assigned(
      rule({
        name: 'Tuned',
        kind: 'encryption',
        demand: 'from-policies',
        gates: ['content'],
        severity: 'low',
      }),
      'linux',
    );
    assert.ok(tuned.changed > 0);
    await assigned(rule({ name: 'Current', kind: 'policy-current', demand: { withinMinutes: 5 } }));
    const settings = { ...basic.settings, 'screen-lock.required': true };
    await proves({ kind: 'policy', policyId: basic.id, settings }, update(basic.id, settings));
    await update(basic.id, basic.settings)();
    const off = { enabled: false };
    await proves({ kind: 'rule', ruleId: tuned.ruleId, changes: off }, () =>
      updateRule(deps, principal(), tuned.ruleId, off),
    );
    await proves({ kind: 'rule', ruleId: tuned.ruleId, changes: { enabled: true } }, () =>
      updateRule(deps, principal(), tuned.ruleId, { enabled: true }),
    );
    await rows('delete from assignments where item_kind = $1', ['rule']);
  });

  test('devices that begin to move towards a wipe are counted, and when they get there', async () => {
    await evaluateAll();
    const simulation = await createSimulation(deps, principal(), {
      change: {
        kind: 'new-rule',
        rule: {
          name: 'Old',
          kind: 'minimum-os',
          demand: { versions: { linux: '16' } },
          stages: [
            { afterMinutes: 60, actions: [{ kind: 'lock' }, { kind: 'quarantine' }] },
            { afterMinutes: 600, actions: [{ kind: 'selective-wipe' }] },
          ],
        },
        target: { kind: 'organization', id: fleet.organizationId },
      },
    });
    const { escalating } = simulation.counts;
    assert.ok((escalating['selective-wipe'] ?? 0) > 0);
    const { items } = await listSimulatedDevices(deps, principal(), simulation.id, 'escalates', {
      limit: 500,
      after: undefined,
    });
    assert.equal(items.length, escalating['selective-wipe']);
    for (const { escalation } of items)
      assert.deepEqual(escalation, {
        action: 'selective-wipe',
        at: new Date(now + 10 * hour).toISOString(),
      });
  });

  test('CEL-03 nobody learns of facts that he may not see by asking what a rule over them would do', async () => {
    const blind = { ...principal(), permissions: new Set(['simulations.run', 'devices.read'] as const) };
    const rule = {
      name: 'Apps',
      kind: 'custom',
      demand: { expression: 'apps.installed.exists(a, a.id == "x")', text: 'App.', remedy: 'Remove.' },
    };
    const change = {
      kind: 'new-rule',
      rule,
      target: { kind: 'organization', id: fleet.organizationId },
    } as const;
    await assert.rejects(createSimulation(deps, blind, { change }), { code: 'forbidden' });
    await createSimulation(deps, principal(), { change });
  });

  test('what deadlines do afterwards is told by the hour', async () => {
    await evaluateAll();
    const settings = { ...basic.settings, 'passcode.minimum-length': 11, 'passcode.grace-minutes': 90 };
    const simulation = await createSimulation(deps, principal(), {
      change: { kind: 'policy', policyId: basic.id, settings },
      horizonHours: 3,
    });
    const { later, gates } = simulation.counts;
    // The devices were evaluated within seconds, which may lie on both sides of a full hour.
    assert.ok(later.length === 1 || later.length === 2, JSON.stringify(later));
    assert.ok(gates.network.quarantined > 0);
    for (const { at, denied } of later) {
      assert.ok(denied > 0);
      const moment = Date.parse(at);
      assert.ok(moment >= now + 1.5 * hour - 60_000 && moment <= now + 2.5 * hour + 60_000, at);
    }
    const soon = await createSimulation(deps, principal(), {
      change: { kind: 'policy', policyId: basic.id, settings },
      horizonHours: 1,
    });
    assert.deepEqual(soon.counts.later, []);
    const held = await listSimulatedDevices(deps, principal(), simulation.id, 'later', {
      limit: 500,
      after: undefined,
    });
    assert.ok(held.items.length >= later.reduce((sum, { denied }) => sum + denied, 0));
  });

  test('simulations are kept, and listed newest first', async () => {
    const made = await createSimulation(deps, principal(), {
      change: { kind: 'os-version', platform: 'ios', version: '26' },
    });
    const { items } = await listSimulations(deps, principal(), { limit: 1, after: undefined });
    assert.deepEqual(items, [made]);
    assert.deepEqual(await getSimulation(deps, principal(), made.id), made);
    await assert.rejects(getSimulation(deps, principal(), newId()), { code: 'not-found' });
    await assert.rejects(
      createSimulation(deps, principal(), { change: { kind: 'policy', policyId: newId(), settings: {} } }),
      { code: 'not-found' },
    );
    await assert.rejects(
      createSimulation(deps, principal(), {
        change: { kind: 'os-version', platform: 'ios', version: 'newest' },
      }),
      { code: 'invalid-input' },
    );
  });

  describe('bind what is saved', () => {
    const reviewed = Object.create(deps, { review: { value: reviewChange(deps) } }) as typeof deps & {
      review: ReviewChange;
    };
    const shutting = () => ({ ...basic.settings, 'os.minimum-version.linux': '99' });
    const change = () => ({ kind: 'policy' as const, policyId: basic.id, settings: shutting() });
    const save = (binding: object, settings: object = shutting()) =>
      updatePolicy(reviewed, principal(), basic.id, { settings, ...binding });
    const outdated = { code: 'conflict', reason: 'simulation-outdated' };

    test('CEL-05 a change that would shut out a large part of the fleet is held with the count, until it is confirmed', async () => {
      await evaluateAll();
      const { counts, fleet: size } = await createSimulation(deps, principal(), { change: change() });
      await assert.rejects(save({}), (error: { code: string; reason: string; detail: object }) => {
        assert.deepEqual([error.code, error.reason], ['conflict', 'catches-many']);
        assert.deepEqual(error.detail, {
          newlyDenied: counts.newlyDenied,
          becomeNotCompliant: counts.becomeNotCompliant,
          fleet: size,
          percent: 10,
        });
        return true;
      });
      await rows(`update organizations set settings = '{"changes": {"largestUnconfirmedPercent": 100}}'`);
      await save({});
      await rows(`update organizations set settings = '{}'`);
      await save({}, basic.settings);
      await save({ confirmed: true });
      await save({}, basic.settings);
    });

    test('a change bound to its simulation is saved while the fleet is as it was, and no other one', async () => {
      await evaluateAll();
      const simulated = await createSimulation(deps, principal(), { change: change() });
      const bound = { simulationId: simulated.id };
      await assert.rejects(save(bound, { ...shutting(), 'passcode.history': 3 }), {
        code: 'conflict',
        reason: 'simulation-differs',
      });
      await assert.rejects(save({ simulationId: newId() }), { code: 'not-found' });
      const [changed] = await rows(
        `update devices set state = 'blocked' where device_id = (
           select d.device_id from devices d join device_posture p using (organization_id, device_id)
           where d.platform = 'linux' and d.state = 'registered' and p.compliant limit 1) returning device_id`,
      );
      await evaluateAll();
      await assert.rejects(save(bound), outdated);
      await save({ ...bound, bound: 1 });
      await assert.rejects(
        save({ ...bound, bound: 1_000 }),
        outdated,
        'it starts from a version that is gone',
      );
      await save({}, basic.settings);
      await rows(`update devices set state = 'registered' where device_id = $1`, [changed.device_id]);
    });

    test('assignments are held and bound likewise', async () => {
      await evaluateAll();
      const strict = await createPolicy(deps, principal(), {
        name: 'Shut',
        settings: { 'os.minimum-version.linux': '99' },
      });
      const item = { kind: 'policy', id: strict.id } as const;
      const target = { kind: 'organization', id: fleet.organizationId } as const;
      const held = { code: 'conflict', reason: 'catches-many' };
      await assert.rejects(createAssignment(reviewed, principal(), { item, target }), held);
      const { id } = await createSimulation(deps, principal(), {
        change: { kind: 'assignment-added', item, target },
      });
      const made = await createAssignment(reviewed, principal(), { item, target, simulationId: id });
      await evaluateAll();
      const away = await createSimulation(deps, principal(), {
        change: { kind: 'assignment-removed', assignmentId: made.id },
      });
      await deleteAssignment(reviewed, principal(), made.id, { simulationId: away.id });
      await evaluateAll();
      await deletePolicy(reviewed, principal(), strict.id);
    });
  });
});
