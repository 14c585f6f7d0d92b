import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createSchedule, updateSchedule } from './connection-schedules.ts';
import { getEffectivePolicy } from './effective-policy.ts';
import { ensureDefaults } from './ensure-defaults.ts';
import { createAssignment, deleteAssignment, listAssignments } from './policy-assignments.ts';
import {
  createPolicy,
  deletePolicy,
  getPolicy,
  listPolicies,
  listPolicyVersions,
  updatePolicy,
} from './policy-suites.ts';
import { resolveForDevice } from './resolve-for-device.ts';

describe('policies', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const deps = {
    get database() {
      return db.database;
    },
    clock: { now: () => Date.UTC(2026, 10, 21) },
    events: createEvents({}, () => undefined),
  };
  const page = { limit: 50, after: undefined };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet = acme, role = 'org-admin'): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId: fleet.organizationId,
    label: role,
    role,
    permissions: effectivePermissions(role),
    empoweredAt: 0,
  });
  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[] = []) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const policy = (name: string, settings: Record<string, unknown>) =>
    createPolicy(deps, principal(), { name, settings });
  const assign = (
    item: { kind: 'policy' | 'schedule'; id: string },
    target: { kind: 'organization' | 'group' | 'user' | 'device'; id: string },
    options: { platform?: 'linux' | 'macos'; priority?: number } = {},
  ) => createAssignment(deps, principal(), { item, target, ...options });
  const groupOf = async (userId: string, name: string) => {
    const id = newId();
    await rows('insert into groups (organization_id, group_id, name) values ($1, $2, $3)', [
      acme.organizationId,
      id,
      name,
    ]);
    await rows('insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3)', [
      acme.organizationId,
      id,
      userId,
    ]);
    return id;
  };
  const lastReach = async () =>
    (
      await rows(
        `select payload from events where name = 'policy.reach-changed' order by event_id desc limit 1`,
      )
    )[0]?.payload;

  test('POL-01, POL-02, POL-17: an organization starts with basic security and a schedule, once', async () => {
    await db.database.withTenant(other.organizationId, ensureDefaults);
    await db.database.withTenant(other.organizationId, ensureDefaults);
    const device = await other.addDevice();
    const { resolved, schedule, scheduleOrigin } = await db.database.withTenant(other.organizationId, (tx) =>
      resolveForDevice(tx, device),
    );
    assert.equal(resolved.values['passcode.required'], true);
    assert.equal(resolved.values['encryption.required'], true);
    assert.equal(resolved.values['compromise.forbidden'], true);
    assert.equal(resolved.values['check-in.maximum-age-hours'], 168);
    assert.deepEqual(schedule, defaultSchedule);
    assert.equal(scheduleOrigin?.name, 'Standard');
    assert.equal((await listPolicies(deps, principal(other), page)).items.length, 1);
    assert.equal((await listAssignments(deps, principal(other), {}, page)).items.length, 2);
  });

  test('POL-09, POL-11, POL-13: every path reaches the device; security takes the strictest, the rest the nearest', async () => {
    const device = await acme.addDevice();
    const group = await groupOf(acme.userId, 'Sales');
    const everyone = await policy('Everyone', { 'passcode.minimum-length': 6, 'support.contact': 'desk' });
    const sales = await policy('Sales', { 'passcode.minimum-length': 12, 'support.contact': 'sales desk' });
    const person = await policy('Ann', { 'passcode.minimum-length': 8, 'support.contact': 'butler' });
    await assign({ kind: 'policy', id: everyone.id }, { kind: 'organization', id: acme.organizationId });
    await assign({ kind: 'policy', id: sales.id }, { kind: 'group', id: group });
    const own = await assign({ kind: 'policy', id: person.id }, { kind: 'user', id: acme.userId });

    const { settings, origins } = await getEffectivePolicy(deps, principal(), device);
    assert.deepEqual([settings['passcode.minimum-length'], settings['support.contact']], [12, 'butler']);
    const length = origins['passcode.minimum-length'];
    assert.deepEqual(
      [length?.why, length?.winner?.policyName, length?.winner?.path.targetName, length?.candidates.length],
      ['strictest', 'Sales', 'Sales', 3],
    );
    assert.equal(origins['support.contact']?.why, 'nearest');

    await deleteAssignment(deps, principal(), own.id);
    await deletePolicy(deps, principal(), sales.id);
    const after_ = await getEffectivePolicy(deps, principal(), device);
    assert.deepEqual(
      [after_.settings['passcode.minimum-length'], after_.settings['support.contact']],
      [6, 'desk'],
    );
    await deletePolicy(deps, principal(), everyone.id);
    const none = await getEffectivePolicy(deps, principal(), device);
    assert.equal(none.settings['passcode.minimum-length'], undefined);
  });

  test('POL-13 an assignment for one platform does not reach devices of another', async () => {
    const [linux, macos] = [await acme.addDevice(), await acme.addDevice({ platform: 'macos' })];
    const item = await policy('Penguins', { 'os.minimum-version.linux': '12', 'passcode.history': 3 });
    await assign(
      { kind: 'policy', id: item.id },
      { kind: 'organization', id: acme.organizationId },
      { platform: 'linux' },
    );
    const history = async (id: string) =>
      (await inAcme((tx) => resolveForDevice(tx, id))).resolved.values['passcode.history'];
    assert.deepEqual([await history(linux), await history(macos)], [3, undefined]);
    assert.deepEqual(await lastReach(), {
      targetKind: 'organization',
      targetId: acme.organizationId,
      platform: 'linux',
    });
    await deletePolicy(deps, principal(), item.id);
  });

  test('POL-02 the nearest schedule holds, and among equals the one of higher priority', async () => {
    const device = await acme.addDevice();
    const often = { ...defaultSchedule, checkInMinutes: 5 };
    const [far, near, nearer] = await Promise.all(
      [60, 30, 10].map((checkInMinutes, index) =>
        createSchedule(deps, principal(), { name: `every ${index}`, schedule: { ...often, checkInMinutes } }),
      ),
    );
    assert.ok(far && near && nearer);
    await assign(
      { kind: 'schedule', id: far.id },
      { kind: 'organization', id: acme.organizationId },
      { priority: 9 },
    );
    await assign({ kind: 'schedule', id: near.id }, { kind: 'device', id: device }, { priority: 1 });
    await assign({ kind: 'schedule', id: nearer.id }, { kind: 'device', id: device }, { priority: 2 });
    const minutes = async () => (await inAcme((tx) => resolveForDevice(tx, device))).schedule.checkInMinutes;
    assert.equal(await minutes(), 10);
    await updateSchedule(deps, principal(), nearer.id, { schedule: { ...often, checkInMinutes: 7 } });
    assert.equal(await minutes(), 7);
    assert.deepEqual(await lastReach(), { targetKind: 'device', targetId: device, platform: null });
  });

  test('POL-15 the version names settings and schedule: it changes with each, and with nothing else', async () => {
    const device = await acme.addDevice();
    const version = async () => (await inAcme((tx) => resolveForDevice(tx, device))).version;
    const first = await version();
    const item = await policy('Versioned', { 'passcode.history': 5 });
    assert.equal(await version(), first, 'an unassigned policy changes nothing');
    await assign({ kind: 'policy', id: item.id }, { kind: 'device', id: device });
    const second = await version();
    assert.notEqual(second, first);
    await updatePolicy(deps, principal(), item.id, { name: 'Renamed' });
    assert.equal(await version(), second, 'a name is not part of what a device does');
    await updatePolicy(deps, principal(), item.id, { settings: { 'passcode.history': 6 } });
    assert.notEqual(await version(), second);
    await updatePolicy(deps, principal(), item.id, { settings: { 'passcode.history': 5 } });
    assert.equal(await version(), second, 'equal settings have the same version');
  });

  test('every change of settings is a version that stays readable, with its author; a change in between is a conflict', async () => {
    const admin = principal();
    const made = await createPolicy(deps, admin, { name: 'History', settings: { 'passcode.history': 1 } });
    await updatePolicy(deps, admin, made.id, { settings: { 'passcode.history': 2 }, expectedVersion: 1 });
    await assert.rejects(
      updatePolicy(deps, admin, made.id, { settings: { 'passcode.history': 3 }, expectedVersion: 1 }),
      (error) => isDomainError(error, 'conflict') && error.reason === 'version-changed',
    );
    const { items } = await listPolicyVersions(deps, admin, made.id, page);
    assert.deepEqual(
      items.map(({ version, settings, createdBy }) => [version, settings, createdBy]),
      [
        [2, { 'passcode.history': 2 }, `administrator:${admin.id}`],
        [1, { 'passcode.history': 1 }, `administrator:${admin.id}`],
      ],
    );
  });

  test('of many changes at once each makes a version of its own', async () => {
    const made = await policy('Contended', { 'passcode.history': 1 });
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        updatePolicy(deps, principal(), made.id, { settings: { 'passcode.history': index + 2 } }),
      ),
    );
    assert.equal((await getPolicy(deps, principal(), made.id)).version, 9);
    assert.equal((await listPolicyVersions(deps, principal(), made.id, page)).items.length, 9);
  });

  test('names are unique whatever their case, settings are read against the catalogue, and rights are asked for', async () => {
    await policy('Unique', {});
    await assert.rejects(
      policy('UNIQUE', {}),
      (error) => isDomainError(error) && error.reason === 'name-taken',
    );
    await assert.rejects(policy('Odd', { 'passcode.history': 51 }), /from 1 to 50/);
    await assert.rejects(policy('Odd', { 'passcode.color': true }), /not a setting/);
    for (const role of ['help-desk', 'auditor', 'nac-service']) {
      await assert.rejects(createPolicy(deps, principal(acme, role), { name: role, settings: {} }), (error) =>
        isDomainError(error, 'forbidden'),
      );
    }
  });

  test('PWD-09 a history of 1 to 50 passcodes can be demanded', async () => {
    for (const length of [1, 50]) await policy(`history ${length}`, { 'passcode.history': length });
    await assert.rejects(policy('history 0', { 'passcode.history': 0 }), /from 1 to 50/);
  });

  test('HTTP-07 another organization sees nothing of policies and assigns nothing', async () => {
    const mine = await policy('Mine', { 'passcode.history': 4 });
    const device = await acme.addDevice();
    const foreign = principal(other);
    const absent = (error: unknown) => isDomainError(error, 'not-found');
    await assert.rejects(getPolicy(deps, foreign, mine.id), absent);
    await assert.rejects(updatePolicy(deps, foreign, mine.id, { name: 'x' }), absent);
    await assert.rejects(deletePolicy(deps, foreign, mine.id), absent);
    await assert.rejects(listPolicyVersions(deps, foreign, mine.id, page), absent);
    await assert.rejects(getEffectivePolicy(deps, foreign, device), absent);
    const own = await createPolicy(deps, foreign, { name: 'Own', settings: {} });
    for (const [item, target] of [
      [mine.id, { kind: 'organization', id: other.organizationId }],
      [own.id, { kind: 'organization', id: acme.organizationId }],
      [own.id, { kind: 'device', id: device }],
      [own.id, { kind: 'user', id: acme.userId }],
    ] as const) {
      await assert.rejects(
        createAssignment(deps, foreign, { item: { kind: 'policy', id: item }, target }),
        absent,
      );
    }
    const names = (await listPolicies(deps, foreign, page)).items.map(({ name }) => name);
    assert.ok(!names.includes('Mine'));
  });
});
