import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createRule, updateRule } from '../rules/change-rule.ts';
import { createAssignment, type NewAssignment } from './policy-assignments.ts';
import { resolveForDevice } from './resolve-for-device.ts';
import { ruleAssignments } from './resource-assignments.ts';

describe('CMP-16, POL-13 rules reach devices by organization, group, user, device and platform', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const events = createEvents({}, () => undefined);
  const deps = {
    get database() {
      return db.database;
    },
    clock: { now: () => Date.UTC(2026, 10, 22) },
    events,
    ruleAssignments: ruleAssignments(events),
  };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet = acme): TenantPrincipal => ({
    kind: 'administrator',
    id: fleet.userId,
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(permissions),
    empoweredAt: 0,
  });
  const rule = async (name: string, fleet = acme) =>
    (await createRule(deps, principal(fleet), { name, kind: 'encryption', demand: {} })).id;
  const assign = (ruleId: string, target: NewAssignment['target'], change: Partial<NewAssignment> = {}) =>
    createAssignment(deps, principal(), { item: { kind: 'rule', id: ruleId }, target, ...change });
  const reaching = async (deviceId: string, fleet = acme) => {
    const { rules, version, rulesVersion } = await db.database.withTenant(fleet.organizationId, (tx) =>
      resolveForDevice(tx, deviceId),
    );
    return {
      names: rules.map(({ rule: { name }, path }) => `${name} by ${path.targetKind}`),
      version,
      rulesVersion,
    };
  };

  test('nearest first, each rule once, and only where it is assigned', async () => {
    const [laptop, mac] = [await acme.addDevice(), await acme.addDevice({ platform: 'macos' })];
    const stranger = await other.addDevice();
    const before = await reaching(laptop);
    assert.deepEqual([before.names, before.rulesVersion], [[], '']);

    const group = newId();
    const admin = await superuserOf(db);
    const inGroup = [acme.organizationId, group];
    await admin.query(
      `insert into groups (organization_id, group_id, name) values ($1, $2, 'Sales')`,
      inGroup,
    );
    await admin.query('insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3)', [
      ...inGroup,
      acme.userId,
    ]);
    const [everywhere, macsOnly, sales, anns] = [
      await rule('Everywhere'),
      await rule('Macs'),
      await rule('Sales'),
      await rule('Ann'),
    ];
    await assign(everywhere, { kind: 'organization', id: acme.organizationId });
    await assign(everywhere, { kind: 'device', id: laptop });
    await assign(macsOnly, { kind: 'organization', id: acme.organizationId }, { platform: 'macos' });
    await assign(sales, { kind: 'group', id: group });
    await assign(anns, { kind: 'user', id: acme.userId });

    assert.deepEqual((await reaching(laptop)).names, [
      'Everywhere by device',
      'Ann by user',
      'Sales by group',
    ]);
    assert.deepEqual((await reaching(mac)).names, [
      'Ann by user',
      'Sales by group',
      'Everywhere by organization',
      'Macs by organization',
    ]);
    assert.deepEqual((await reaching(stranger, other)).names, []);

    const after = await reaching(laptop);
    assert.equal(after.version, before.version, 'POL-15 a device has nothing to fetch for the sake of rules');
    await updateRule(deps, principal(), anns, { enabled: false });
    assert.deepEqual((await reaching(laptop)).names, ['Everywhere by device', 'Sales by group']);
    await updateRule(deps, principal(), sales, { graceMinutes: 5 });
    assert.notEqual((await reaching(laptop)).rulesVersion, after.rulesVersion);
  });

  test('a rule of another organization cannot be assigned', async () => {
    const theirs = await rule('Theirs', other);
    await assert.rejects(assign(theirs, { kind: 'organization', id: acme.organizationId }), {
      message: 'There is no such rule.',
    });
  });

  test('two rules that tune the same: the nearer one does, then the one of higher priority', async () => {
    const device = await acme.addDevice({ platform: 'ios' });
    const tuning = async (name: string) =>
      (await createRule(deps, principal(), { name, kind: 'passcode', demand: 'from-policies' })).id;
    const [low, high] = [await tuning('A low'), await tuning('B high')];
    await assign(low, { kind: 'device', id: device });
    await assign(high, { kind: 'device', id: device }, { priority: 5 });
    const { names } = await reaching(device);
    assert.deepEqual(
      names.filter((name) => name.endsWith('by device')),
      ['B high by device', 'A low by device'],
    );
  });
});
