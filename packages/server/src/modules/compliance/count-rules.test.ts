import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { createAssignment, ruleAssignments } from '../policies/index.ts';
import { createRule, type NewRule } from '../rules/change-rule.ts';
import { countRules } from './count-rules.ts';
import { evaluateDevice } from './evaluate-devices.ts';
import { createException, listAllExceptions } from './exceptions.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const bad = { security: { 'storage.encrypted': false, 'passcode.set': false } };

describe('counts of rules and exceptions of all devices', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let globex: TestFleet;
  let now = Date.now();
  const events = createEvents({}, () => undefined);
  const deps = {
    events,
    notifications: { publish: () => undefined },
    clock: { now: () => now },
    ruleAssignments: ruleAssignments(events),
    get database() {
      return db.database;
    },
  };
  before(async () => {
    db = await openTestDatabase();
    [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet, granted: Iterable<string> = permissions): TenantPrincipal => ({
    kind: 'administrator',
    id: fleet.userId,
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(granted) as TenantPrincipal['permissions'],
    empoweredAt: 0,
  });
  const page = { limit: 2, after: undefined };
  const give = async (change: NewRule): Promise<string> => {
    const { id } = await createRule(deps, principal(acme), change);
    await createAssignment(deps, principal(acme), {
      item: { kind: 'rule', id },
      target: { kind: 'organization', id: acme.organizationId },
    });
    return id;
  };
  const checkIn = (device: string, facts: Parameters<TestFleet['report']>[2]) =>
    db.database.withTenant(acme.organizationId, async (tx) => {
      await acme.report(tx, device, facts, now);
      await evaluateDevice(deps, tx, device, now);
    });

  test('each rule is counted by what it does: broken, in grace, unknown, excepted; of rules about cost too', async () => {
    const strict = await give({ name: 'Strict', kind: 'encryption', demand: {} });
    const patient = await give({
      name: 'Patient',
      kind: 'encryption',
      demand: {},
      graceMinutes: 60,
      stages: [{ afterMinutes: 90, actions: [{ kind: 'quarantine' }] }],
    });
    const cost = await give({ name: 'Roaming', kind: 'roaming', demand: { when: 'any' } });
    const devices = await Promise.all(Array.from({ length: 4 }, () => acme.addDevice()));
    const [first = '', second = '', third = '', silent = ''] = devices;
    for (const device of [first, second, third]) await checkIn(device, bad);
    await db.database.withTenant(acme.organizationId, (tx) => evaluateDevice(deps, tx, silent, now));
    await createException(deps, principal(acme), third, {
      rule: strict,
      reason: 'Being repaired.',
      expiresAt: new Date(now + day).toISOString(),
    });
    const { fleet, items } = await countRules(deps, principal(acme));
    assert.equal(fleet, 4);
    const of = (ruleId: string) => {
      const { notCompliant, inGrace, unknown, exempt } = items.find((item) => item.ruleId === ruleId) ?? {};
      return [notCompliant, inGrace, unknown, exempt];
    };
    assert.deepEqual(of(strict), [2, 0, 1, 1]);
    assert.deepEqual(of(patient), [0, 3, 1, 0]);
    assert.deepEqual(of(cost), [0, 0, 4, 0]);
    now += 2 * 60 * minute;
    for (const device of [first, second, third]) await checkIn(device, bad);
    const later = (await countRules(deps, principal(acme))).items.find(({ ruleId }) => ruleId === patient);
    assert.deepEqual([later?.notCompliant, later?.inGrace, later?.atStage], [3, 0, { 1: 3 }]);
    assert.deepEqual((await countRules(deps, principal(globex))).items, [], 'no other organization’s');
  });

  test('exceptions are listed over all devices, in pages, by rule and by when they end', async () => {
    const device = await acme.addDevice({ name: 'spare' });
    const until = (days: number) => new Date(now + days * day).toISOString();
    for (const [rule, days] of [
      ['passcode', 2],
      ['encryption', 20],
    ] as const) {
      await createException(deps, principal(acme), device, {
        rule,
        reason: 'Spare part.',
        expiresAt: until(days),
      });
    }
    const list = (filter: Parameters<typeof listAllExceptions>[2], after?: typeof page.after) =>
      listAllExceptions(deps, principal(acme), filter, { ...page, after });
    const first = await list({});
    assert.deepEqual(
      first.items.map(({ rule, device: of }) => [rule, of.name]),
      [
        ['encryption', 'spare'],
        ['passcode', 'spare'],
      ],
    );
    const { items: rest } = await listAllExceptions(
      deps,
      principal(acme),
      {},
      { limit: 2, after: first.next },
    );
    assert.deepEqual(
      rest.map(({ ruleName }) => ruleName),
      ['Strict'],
    );
    assert.equal((await list({ endsBefore: until(3) })).items.length, 2);
    assert.equal((await list({ endsBefore: until(3), rule: 'passcode' })).items.length, 1);
    now += 3 * day;
    assert.equal((await list({})).items.length, 1);
    assert.equal((await list({ ended: true })).items.length, 2);
    assert.ok((await list({ ended: true })).items.every(({ expired }) => expired));
    assert.deepEqual((await listAllExceptions(deps, principal(globex), {}, page)).items, []);
  });

  test('HTTP-07 without the right to read rules nobody counts them or lists exceptions', async () => {
    const forbidden = (error: unknown) => isDomainError(error, 'forbidden');
    await assert.rejects(countRules(deps, principal(acme, [])), forbidden);
    await assert.rejects(listAllExceptions(deps, principal(acme, []), {}, page), forbidden);
  });
});
