import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { createRule, deleteRule, type NewRule, updateRule } from './change-rule.ts';
import { describeRuleKinds, getRule, listRules, listRuleVersions } from './read-rules.ts';
import type { RuleDeps } from './rule-deps.ts';

describe('compliance rules', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const told: string[] = [];
  const deps: RuleDeps = {
    get database() {
      return db.database;
    },
    clock: { now: () => Date.UTC(2026, 10, 22) },
    events: createEvents({}, () => undefined),
    ruleAssignments: {
      announce: (_tx, id) => Promise.resolve(void told.push(`announce ${id}`)),
      withdraw: (_tx, id) => Promise.resolve(void told.push(`withdraw ${id}`)),
    },
  };
  const page = { limit: 50, after: undefined };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet = acme, granted: Iterable<string> = permissions): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(granted) as TenantPrincipal['permissions'],
    empoweredAt: 0,
  });
  const encryption = (name: string, change: Partial<NewRule> = {}): NewRule => ({
    name,
    kind: 'encryption',
    demand: {},
    ...change,
  });
  const rejects = (work: Promise<unknown>, code: Parameters<typeof isDomainError>[1], reason?: string) =>
    assert.rejects(work, (error) => {
      assert.ok(isDomainError(error, code), String(error));
      if (reason !== undefined) assert.equal(error.reason, reason);
      return true;
    });

  test('a rule is made with what its kind says, and each change makes a version', async () => {
    const made = await createRule(deps, principal(), encryption('Disks'));
    assert.equal(made.version, 1);
    assert.equal(made.severity, 'high');
    assert.deepEqual(made.warnings, []);
    const stages = [{ afterMinutes: 60, actions: [{ kind: 'restrict', gates: ['vpn'] }] }];
    const changed = await updateRule(deps, principal(), made.id, {
      graceMinutes: 30,
      stages,
      expectedVersion: 1,
    });
    assert.deepEqual([changed.version, changed.graceMinutes, changed.severity], [2, 30, 'high']);
    await updateRule(deps, principal(), made.id, { enabled: false });
    const { items } = await listRuleVersions(deps, principal(), made.id, page);
    assert.deepEqual(
      items.map(({ version, enabled, graceMinutes }) => [version, enabled, graceMinutes]),
      [
        [3, false, 30],
        [2, true, 30],
        [1, true, 0],
      ],
    );
    assert.deepEqual(told, [`announce ${made.id}`, `announce ${made.id}`]);
    assert.equal((await getRule(deps, principal(), made.id)).version, 3);
  });

  test('somebody else’s change in between is a conflict, and so is a name that is taken', async () => {
    const made = await createRule(deps, principal(), encryption('First'));
    await updateRule(deps, principal(), made.id, { description: 'Changed.' });
    await rejects(
      updateRule(deps, principal(), made.id, { name: 'X', expectedVersion: 1 }),
      'conflict',
      'version-changed',
    );
    await rejects(createRule(deps, principal(), encryption('FIRST')), 'conflict', 'name-taken');
    const second = await createRule(deps, principal(), encryption('Second'));
    await rejects(updateRule(deps, principal(), second.id, { name: 'first' }), 'conflict', 'name-taken');
  });

  test('a deleted rule is gone, and what it demanded is still told', async () => {
    const made = await createRule(deps, principal(), encryption('Short-lived'));
    await deleteRule(deps, principal(), made.id);
    assert.equal(told.at(-1), `withdraw ${made.id}`);
    await rejects(getRule(deps, principal(), made.id), 'not-found');
    assert.equal((await listRuleVersions(deps, principal(), made.id, page)).items.length, 1);
  });

  test('CEL-01, CEL-02 an expression with a wrong type is refused where it is wrong', async () => {
    const custom = (expression: string) =>
      createRule(deps, principal(), {
        name: expression,
        kind: 'custom',
        demand: { expression, text: 'Too small.', remedy: 'Ask for another device.' },
      });
    await assert.rejects(custom('hardware.memory_bytes > "4 GB"'), (error) => {
      assert.ok(isDomainError(error, 'invalid-input'));
      assert.equal(error.detail?.['position'], 22);
      assert.match(error.message, /cannot join int and string/);
      return true;
    });
    assert.equal((await custom('hardware.memory_bytes > 4000000000')).kind, 'custom');
  });

  test('CEL-03 who may not see where devices are may not make a rule about it', async () => {
    const granted = [...effectivePermissions('help-desk'), 'rules.manage'];
    const expression = 'location.latitude > 47.0';
    const demand = { expression, text: 'Too far south.', remedy: 'Go north.' };
    const about = (who: TenantPrincipal, name: string) =>
      createRule(deps, who, { name, kind: 'custom', demand });
    await rejects(about(principal(acme, granted), 'North'), 'forbidden', 'facts-not-allowed');
    const made = await about(principal(), 'North');
    await rejects(
      updateRule(deps, principal(acme, granted), made.id, { graceMinutes: 5 }),
      'forbidden',
      'facts-not-allowed',
    );
    const area = { shape: 'circle', name: 'site', center: { latitude: 1, longitude: 1 }, radiusMeters: 500 };
    const fence = { areas: [area], must: 'inside', hysteresisMeters: 10, dwellMinutes: 1 };
    await rejects(
      createRule(deps, principal(acme, granted), { name: 'Fence', kind: 'geofence', demand: fence }),
      'forbidden',
      'facts-not-allowed',
    );
  });

  test('what contradicts another rule is saved with a warning', async () => {
    const apps = (name: string, demand: unknown) =>
      createRule(deps, principal(), { name, kind: 'apps', demand });
    await apps('Needed', { required: [{ id: 'com.acme.mail' }] });
    const { warnings } = await apps('Banned', { forbidden: [{ id: 'com.acme.*' }] });
    assert.match(warnings[0] ?? '', /contradicts “Needed”/);
  });

  test('one organization never sees another’s rules', async () => {
    const made = await createRule(deps, principal(other), encryption('Disks'));
    await rejects(getRule(deps, principal(), made.id), 'not-found');
    await rejects(updateRule(deps, principal(), made.id, { enabled: false }), 'not-found');
    await rejects(deleteRule(deps, principal(), made.id), 'not-found');
    await rejects(listRuleVersions(deps, principal(), made.id, page), 'not-found');
    const { items } = await listRules(deps, principal(other), undefined, page);
    assert.deepEqual(
      items.map(({ id }) => id),
      [made.id],
    );
    assert.equal((await listRules(deps, principal(other), 'apps', page)).items.length, 0);
  });

  test('every kind is described with the form of what it may demand', async () => {
    const { kinds } = await describeRuleKinds(principal());
    assert.equal(kinds.length, 17);
    const dataPlan = kinds.find(({ kind }) => kind === 'data-plan');
    assert.deepEqual([dataPlan?.purpose, dataPlan?.gates, dataPlan?.fromPolicies], ['cost', [], false]);
  });
});
