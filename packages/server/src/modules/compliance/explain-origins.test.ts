import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { explainNetwork } from '../../integrations/network-access/explain-network.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createAssignment, createPolicy } from '../policies/index.ts';
import { createGroup, setGroupMember } from '../users/groups.ts';
import { evaluateDevice } from './evaluate-devices.ts';
import { explainDevice } from './explain-device.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 10, 22, 12);

describe('where an explanation leads', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let now = t0;
  const events = createEvents({}, () => undefined);
  const deps = {
    events,
    notifications: { publish: () => undefined },
    clock: { now: () => now },
    explainNetwork,
    get database() {
      return db.database;
    },
  };
  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (granted: Iterable<string> = permissions): TenantPrincipal => ({
    kind: 'administrator',
    id: acme.userId,
    organizationId: acme.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(granted) as TenantPrincipal['permissions'],
    empoweredAt: 0,
  });
  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[]) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const checkIn = (deviceId: string, facts: Parameters<TestFleet['report']>[2]) =>
    inAcme(async (tx) => {
      await acme.report(tx, deviceId, facts, now);
      return evaluateDevice(deps, tx, deviceId, now);
    });

  test('CMP-21 from the gate back to the version, who published it, and the group it came through', async () => {
    const device = await acme.addDevice();
    const group = await createGroup(deps, principal(), { name: 'Sales' });
    await setGroupMember(deps, principal(), group.id, acme.userId, true);
    const policy = await createPolicy(deps, principal(), {
      name: 'Phones',
      settings: { 'passcode.required': true, 'passcode.grace-minutes': 0 },
    });
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: policy.id },
      target: { kind: 'group', id: group.id },
    });
    now = t0;
    await checkIn(device, { security: { 'passcode.set': true } });
    now = t0 + 9 * minute;
    await checkIn(device, { security: { 'passcode.set': false } });
    const broken = now;
    now += minute;
    const why = await explainDevice(deps, principal(), device);
    assert.equal(why.gates.network.access, 'deny');
    assert.equal(why.since.network, broken, 'since when it answers so');
    assert.deepEqual(why.groups, [{ id: group.id, name: 'Sales', expression: null, through: 'user' }]);
    assert.deepEqual(
      why.policyVersions.map(({ policyId, version, publishedBy }) => ({ policyId, version, publishedBy })),
      [{ policyId: policy.id, version: 1, publishedBy: `administrator:${acme.userId}` }],
    );
    assert.match(why.userIsTold.failureReason ?? '', /passcode/i);
    assert.match(why.userIsTold.remediation ?? '', /passcode/i);
    const german = await explainDevice(deps, principal(), device, { language: 'de' });
    assert.match(german.userIsTold.failureReason ?? '', /Gerätecode/);
    const before = await explainDevice(deps, principal(), device, { at: broken - 1 });
    assert.notEqual(before.gates.network.access, 'deny', 'the moment before is told as it was');
    assert.equal(before.userIsTold.failureReason, null);
    assert.ok((before.since.network ?? 0) < broken);
    const fewer = [...permissions].filter((each) => each !== 'groups.read' && each !== 'policies.read');
    const little = await explainDevice(deps, principal(fewer), device);
    assert.deepEqual([little.groups, little.policyVersions], [[], []]);
  });

  test('NAC-40 decided, told and answered are three things', async () => {
    const device = await acme.addDevice();
    await checkIn(device, { security: { 'passcode.set': true } });
    const [{ value: guid }] = await rows(
      `select value from device_identifiers where device_id = $1 and kind = 'guid'`,
      [device],
    );
    const nasId = newId();
    await rows(
      `insert into nas_clients (organization_id, nas_id, name, address, port, secret, secret_weak, template, tell, message_authenticator,
         interim_seconds, most_per_second, enabled, created_at)
       values ($1, $2, 'Hall', '192.0.2.9', 3799, 'x', false, 'generic', 'disconnect', true, 600, 10, true, now())`,
      [acme.organizationId, nasId],
    );
    await rows(
      `insert into nac_sessions (organization_id, session_id, nas_id, session_key, guid, attributes, started_at, expires_at,
         due_at, told_at)
       values ($1, $2, $3, 'k', $4, '[]', $5, $6, null, $5)`,
      [acme.organizationId, newId(), nasId, guid, new Date(now), new Date(now + 60 * minute)],
    );
    await rows(
      `insert into nac_admissions (organization_id, station, decision, rule, answered_at)
       values ($1, $2, 'quarantine', 'guests', $3)`,
      [acme.organizationId, guid, new Date(now)],
    );
    const { network, text } = await explainDevice(deps, principal(), device, { gate: 'network' });
    assert.deepEqual(network, {
      tellings: [{ kind: 'session', name: 'Hall', toldAt: now, waiting: false, problem: null }],
      lastAnswer: { decision: 'quarantine', rule: 'guests', at: now },
    });
    assert.ok(text.some((line) => line.startsWith('Network "Hall": told at 2026-')));
    assert.ok(text.some((line) => /^RADIUS was answered at .*: in quarantine\.$/.test(line)));
    await rows(`update nac_sessions set due_at = now() where nas_id = $1`, [nasId]);
    await rows(`update nas_clients set problem = 'no answer' where nas_id = $1`, [nasId]);
    const waiting = await explainDevice(deps, principal(), device, { language: 'de' });
    assert.ok(waiting.text.some((line) => /eine Änderung steht noch aus.*misslang: no answer\.$/.test(line)));
    const mail = await explainDevice(deps, principal(), device, { gate: 'mail' });
    assert.deepEqual(mail.network, { tellings: [], lastAnswer: null });
  });
});
