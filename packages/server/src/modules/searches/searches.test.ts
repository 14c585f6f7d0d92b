import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { evaluateDevice } from '../compliance/index.ts';
import { evaluateDue } from '../compliance/evaluate-due.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createPolicy } from '../policies/policy-suites.ts';
import { createAssignment } from '../policies/policy-assignments.ts';
import { createGroup, setGroupMember, updateGroup } from '../users/groups.ts';
import { countDevices, searchDevices } from './device-searches.ts';
import { createWatchList, deleteWatchList, listMembers, updateWatchList } from './watch-lists.ts';

const day = 86_400_000;
const t0 = Date.UTC(2026, 10, 22, 9);

describe('searches, smart groups and watch lists', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  let now = t0;
  const deps = {
    events: createEvents({}, () => undefined),
    notifications: { publish: () => undefined },
    clock: { now: () => now },
    get database() {
      return db.database;
    },
  };
  const page = { limit: 100, after: undefined };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (
    role: 'org-admin' | 'help-desk' | 'auditor' = 'org-admin',
    organizationId = acme.organizationId,
  ): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId,
    label: 'admin',
    role,
    permissions: effectivePermissions(role, new Map()),
    empoweredAt: 0,
  });
  const rows = async <T>(text: string, values: unknown[] = []) =>
    (await (await superuserOf(db)).query(text, values)).rows as T[];
  const checkIn = (deviceId: string, facts: Parameters<TestFleet['report']>[2] = {}, fleet = acme) =>
    db.database.withTenant(fleet.organizationId, async (tx: TenantTx) => {
      await fleet.report(tx, deviceId, facts, now);
      return evaluateDevice(deps, tx, deviceId, now);
    });
  const found = async (expression: string) =>
    (await searchDevices(deps, principal(), { expression }, page)).items.map(({ id }) => id);

  test('MON-03 devices are found by any of their facts, page by page, and only those of the organization', async () => {
    const [linux, phone, foreign] = [
      await acme.addDevice(),
      await acme.addDevice({ platform: 'ios', name: 'phone' }),
      await other.addDevice(),
    ];
    for (const [device, fleet] of [
      [linux, acme],
      [phone, acme],
      [foreign, other],
    ] as const)
      await checkIn(device, { security: { 'storage.encrypted': device !== phone } }, fleet);
    assert.deepEqual(await found('storage.encrypted'), [linux]);
    assert.deepEqual(await found('device.platform == "ios" || storage.encrypted'), [linux, phone]);
    assert.deepEqual(await found('user.name == "ann.acme" && device.name == "phone"'), [phone]);

    const first = await searchDevices(
      deps,
      principal(),
      { expression: 'contact.made' },
      { limit: 1, after: undefined },
    );
    assert.deepEqual(
      first.items.map(({ id }) => id),
      [linux],
    );
    const second = await searchDevices(
      deps,
      principal(),
      { expression: 'contact.made' },
      { limit: 5, after: first.next },
    );
    assert.deepEqual(
      second.items.map(({ id }) => id),
      [phone],
    );

    const count = await countDevices(deps, principal(), { expression: 'os.version.startsWith("12")' });
    assert.deepEqual(
      [count.matching, count.untold, count.examined, count.complete],
      [0, 2, 2, true],
      'of a fact that nobody reported nothing can be told',
    );
  });

  test('CEL-03 nobody finds out by asking what he may not read', async () => {
    const asks = [
      () => searchDevices(deps, principal('help-desk'), { expression: 'network.wifi_ssid == "home"' }, page),
      () =>
        countDevices(deps, principal('help-desk'), { expression: 'apps.installed.exists(a, a.id == "x")' }),
      () =>
        createGroup(
          deps,
          { ...principal(), permissions: new Set(['groups.manage', 'devices.facts.read']) },
          { name: 'homeworkers', expression: 'network.wifi_ssid == "home"' },
        ),
      () =>
        createWatchList(
          deps,
          { ...principal(), permissions: new Set(['searches.manage', 'devices.facts.read']) },
          { name: 'homeworkers', expression: 'network.wifi_ssid == "home"' },
        ),
    ];
    for (const ask of asks) await assert.rejects(ask(), (error) => isDomainError(error, 'forbidden'));
  });

  test('ADM-18 who asks by personal facts leaves a trace', async () => {
    await found('network.wifi_ssid == "home"');
    const [entry] = await rows(
      `select 1 from audit_entries where organization_id = $1 and content ->> 'action' = 'devices.search-private-facts'`,
      [acme.organizationId],
    );
    assert.ok(entry);
  });

  test('what cannot be read as an expression is refused with its place', async () => {
    for (const expression of ['storage.encrypted ==', 'storage.nothing', '"text"', 'posture.compliant']) {
      await assert.rejects(
        createGroup(deps, principal(), { name: 'wrong', expression }),
        (error) => isDomainError(error, 'invalid-input'),
        expression,
      );
    }
  });

  test('a smart group has the devices of which its expression holds, and its policies reach them at once', async () => {
    const device = await acme.addDevice({ name: 'book' });
    const group = await createGroup(deps, principal(), {
      name: 'Unencrypted',
      expression: '!storage.encrypted',
    });
    const policy = await createPolicy(deps, principal(), {
      name: 'For them',
      settings: { 'encryption.required': true },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: policy.id },
      target: { kind: 'group', id: group.id },
    });
    const first = await checkIn(device, { security: { 'storage.encrypted': false } });
    assert.equal(first.posture.compliant, false, 'policies follow from the group in the same evaluation');
    assert.deepEqual(
      (await listMembers(deps, principal(), 'group', group.id, page)).items
        .map(({ id }) => id)
        .includes(device),
      true,
    );
    now += 1_000;
    const second = await checkIn(device, { security: { 'storage.encrypted': true } });
    assert.equal(second.posture.compliant, true);
    assert.equal(second.policy.resolved.values['encryption.required'], undefined, 'and leave with it');
    const moves = await rows<{ payload: { direction: string } }>(
      `select payload from events where name = 'device.groups-changed' and subject_id = $1 order by event_id`,
      [device],
    );
    assert.deepEqual(
      moves.map(({ payload }) => payload.direction),
      ['entered', 'left'],
    );
  });

  test('PWD-03 a PIN of four digits for private phones, more for tablets of the organization: a smart group and a suite for each', async () => {
    for (const [name, expression, settings] of [
      ['Private phones', 'device.ownership == "personal"', { 'passcode.minimum-length': 4 }],
      [
        'Our tablets',
        'device.ownership == "corporate" && device.model.startsWith("iPad")',
        { 'passcode.minimum-length': 8, 'passcode.minimum-classes': 3 },
      ],
    ] as const) {
      const group = await createGroup(deps, principal(), { name, expression });
      const policy = await createPolicy(deps, principal(), { name, settings });
      await createAssignment(deps, principal(), {
        item: { kind: 'policy', id: policy.id },
        target: { kind: 'group', id: group.id },
      });
    }
    const demanded = async (ownership: 'corporate' | 'personal', model: string) => {
      const device = await acme.addDevice({ platform: 'ios', ownership });
      const { policy } = await checkIn(device, { 'device-information': { 'device.model': model } });
      const { values } = policy.resolved;
      return [values['passcode.minimum-length'], values['passcode.minimum-classes']];
    };
    assert.deepEqual(await demanded('personal', 'iPhone 16'), [4, undefined]);
    assert.deepEqual(await demanded('corporate', 'iPad Air'), [8, 3]);
    assert.deepEqual(await demanded('corporate', 'iPhone 16'), [undefined, undefined]);
  });

  test('people neither choose the members of a smart group nor give an expression to another', async () => {
    const smart = await createGroup(deps, principal(), {
      name: 'Phones',
      expression: 'device.platform == "ios"',
    });
    const plain = await createGroup(deps, principal(), { name: 'Sales' });
    await assert.rejects(setGroupMember(deps, principal(), smart.id, acme.userId, true), (error) =>
      isDomainError(error, 'conflict'),
    );
    await assert.rejects(updateGroup(deps, principal(), plain.id, { expression: 'true' }), (error) =>
      isDomainError(error, 'conflict'),
    );
  });

  test('MON-04 a watch list tells of who enters and who leaves, once while nobody has looked', async () => {
    const list = await createWatchList(deps, principal(), {
      name: 'Shut out',
      expression: 'posture.network != "allow" && device.name == "watched"',
      tellExit: true,
    });
    const device = await acme.addDevice({ name: 'watched' });
    await checkIn(device, { security: { 'passcode.set': true } });
    const members = async () =>
      (await listMembers(deps, principal(), 'watch-list', list.id, page)).items.map(({ id }) => id);
    assert.deepEqual(await members(), [], 'no policy shuts it out');
    const policy = await createPolicy(deps, principal(), {
      name: 'Encrypt',
      settings: { 'encryption.required': true },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: policy.id },
      target: { kind: 'device', id: device },
    });
    now += 1_000;
    await checkIn(device, { security: { 'passcode.set': true, 'storage.encrypted': false } });
    assert.deepEqual(await members(), [device], 'in the transaction of the decision');
    now += 1_000;
    await checkIn(device, { security: { 'passcode.set': true, 'storage.encrypted': true } });
    assert.deepEqual(await members(), []);
    const alerts = await rows<{ summary: string }>(
      'select summary from alerts where organization_id = $1 and subject_id = $2 order by alert_no',
      [acme.organizationId, list.id],
    );
    assert.deepEqual(
      alerts.map(({ summary }) => summary),
      ['A device entered the watch list “Shut out”.', 'A device left the watch list “Shut out”.'],
    );
    await updateWatchList(deps, principal(), list.id, { tellEntry: false });
    await deleteWatchList(deps, principal(), list.id);
    await assert.rejects(members(), (error) => isDomainError(error, 'not-found'));
  });

  test('who falls silent enters by the passing of time alone', async () => {
    const device = await acme.addDevice({ name: 'silent' });
    const list = await createWatchList(deps, principal(), {
      name: 'Silent',
      expression: 'device.name == "silent" && age("contact.made") > duration("7d")',
    });
    await checkIn(device);
    const members = async () =>
      (await listMembers(deps, principal(), 'watch-list', list.id, page)).items.length;
    now += 7 * day - 1_000;
    await evaluateDue(deps);
    assert.equal(await members(), 0);
    now += 2_000;
    await evaluateDue(deps);
    assert.equal(await members(), 1);
    await checkIn(device);
    assert.equal(await members(), 0, 'and is out again when it reports');
  });

  test('HTTP-07 another organization has neither the lists nor their devices', async () => {
    const list = await createWatchList(deps, principal(), { name: 'Ours', expression: 'contact.made' });
    const stranger = principal('org-admin', other.organizationId);
    for (const ask of [
      () => listMembers(deps, stranger, 'watch-list', list.id, page),
      () => updateWatchList(deps, stranger, list.id, { tellExit: true }),
      () => deleteWatchList(deps, stranger, list.id),
    ])
      await assert.rejects(ask(), (error) => isDomainError(error, 'not-found'));
  });
});
