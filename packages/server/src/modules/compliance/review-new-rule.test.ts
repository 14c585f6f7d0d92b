import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { createAssignment, ruleAssignments } from '../policies/index.ts';
import { createRule, updateRule } from '../rules/change-rule.ts';
import { evaluateDevice } from './evaluate-devices.ts';
import { reviewChange } from './review-change.ts';
import { createSimulation } from './simulations.ts';

describe('a new rule that was simulated', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  const events = createEvents({}, () => undefined);
  const deps = {
    events,
    notifications: { publish: () => undefined },
    clock: { now: () => Date.now() },
    ruleAssignments: ruleAssignments(events),
    get database() {
      return db.database;
    },
    review: (...asked: Parameters<ReturnType<typeof reviewChange>>) => reviewChange(deps)(...asked),
  };
  const rule = { name: 'Encrypted', kind: 'encryption', demand: {}, graceMinutes: 5 } as const;
  const target = () => ({ kind: 'organization', id: acme.organizationId }) as const;
  const principal = (): TenantPrincipal => ({
    kind: 'administrator',
    id: acme.userId,
    organizationId: acme.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(permissions),
    empoweredAt: 0,
  });
  const addPlainDevice = async () => {
    const device = await acme.addDevice();
    await db.database.withTenant(acme.organizationId, async (tx) => {
      await acme.report(tx, device, { security: { 'storage.encrypted': false, 'passcode.set': true } });
      await evaluateDevice(deps, tx, device, Date.now());
    });
  };
  const simulate = () =>
    createSimulation(deps, principal(), { change: { kind: 'new-rule', rule, target: target() } });
  const assign = (ruleId: string, simulationId: string, bound = 0) =>
    createAssignment(deps, principal(), {
      item: { kind: 'rule', id: ruleId },
      target: target(),
      simulationId,
      bound,
    });

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    await addPlainDevice();
  });
  after(() => db[Symbol.asyncDispose]());

  test('CEL-05 is assigned bound to its simulation, and refused when the fleet is another by then', async () => {
    const simulation = await simulate();
    assert.equal(simulation.counts.becomeNotCompliant, 1);
    await addPlainDevice();
    const made = await createRule(deps, principal(), rule);
    await assert.rejects(assign(made.id, simulation.id), { reason: 'simulation-outdated' });
    const assignment = await assign(made.id, simulation.id, 1);
    assert.equal(assignment.item.id, made.id);
  });

  test('CEL-05 is not assigned by the simulation of another rule, nor after it was changed', async () => {
    const { id: simulationId } = await simulate();
    const other = await createRule(deps, principal(), { ...rule, name: 'Other', graceMinutes: 0 });
    await assert.rejects(assign(other.id, simulationId, 9), { reason: 'simulation-differs' });
    const same = await createRule(deps, principal(), { ...rule, name: 'Same' });
    await updateRule(deps, principal(), same.id, { enabled: false, confirmed: true });
    await assert.rejects(assign(same.id, simulationId, 9), { reason: 'simulation-differs' });
  });
});
