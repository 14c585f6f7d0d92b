import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { render } from '@gatehouse/core/compliance/wording/render.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents, type DomainEvent } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { listAudit } from '../audit/index.ts';
import { unmanageDevice } from '../devices/index.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createAssignment, createPolicy, deleteAssignment, ruleAssignments } from '../policies/index.ts';
import { createRule, deleteRule, type NewRule, updateRule } from '../rules/change-rule.ts';
import { evaluateDevice } from './evaluate-devices.ts';
import { evaluateDue } from './evaluate-due.ts';
import { createException, deleteException, listExceptions } from './exceptions.ts';
import { explainDevice } from './explain-device.ts';
import { listPostureChanges } from './list-posture-changes.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 10, 22, 12);
const plain = { security: { 'storage.encrypted': false, 'passcode.set': true } };
const sound = { security: { 'storage.encrypted': true, 'passcode.set': true } };

describe('assigned rules', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let now = t0;
  const emitted: DomainEvent[] = [];
  const recorder = createEvents({}, () => undefined);
  const events: typeof recorder = {
    emit: (tx, event) => (emitted.push(event), recorder.emit(tx, event)),
    emitAll: (tx, list) => (emitted.push(...list), recorder.emitAll(tx, list)),
    hasReactions: (event) => recorder.hasReactions(event),
  };
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
  const page = { limit: 50, after: undefined };
  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[]) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const posture = async (deviceId: string) =>
    (await rows('select * from device_posture where device_id = $1', [deviceId]))[0];
  const checkIn = (deviceId: string, facts: Parameters<TestFleet['report']>[2]) =>
    inAcme(async (tx) => {
      await acme.report(tx, deviceId, facts, now);
      return evaluateDevice(deps, tx, deviceId, now);
    });
  const evaluate = (deviceId: string) => inAcme((tx) => evaluateDevice(deps, tx, deviceId, now));
  const stagesOf = (deviceId: string) =>
    emitted
      .filter(({ name, subjectId }) => name === 'device.rule-stage-changed' && subjectId === deviceId)
      .map(({ payload }) => payload);
  let names = 0;
  const rule = (change: Partial<NewRule>) =>
    createRule(deps, principal(), {
      name: `Rule ${(names += 1)}`,
      kind: 'encryption',
      demand: {},
      ...change,
    });
  const assign = (ruleId: string, deviceId: string) =>
    createAssignment(deps, principal(), {
      item: { kind: 'rule', id: ruleId },
      target: { kind: 'device', id: deviceId },
    });

  test('GAP-03 a rule shuts the gates that it counts for, and the network does not learn of the others', async () => {
    now = t0;
    const device = await acme.addDevice();
    const made = await rule({ gates: ['mail', 'apps'] });
    assert.equal((await assign(made.id, device)).item.name, made.name);
    await checkIn(device, plain);
    const row = await posture(device);
    assert.deepEqual(
      [
        row.access_network,
        row.access_mail,
        row.access_vpn,
        row.access_apps,
        row.access_content,
        row.compliant,
      ],
      ['allow', 'deny', 'allow', 'deny', 'allow', false],
    );
    const event = emitted.findLast(
      ({ name, subjectId }) => name === 'device.posture-changed' && subjectId === device,
    );
    assert.equal((event?.payload['after'] as { apps: string }).apps, 'deny');
    const explained = await explainDevice(deps, principal(), device);
    assert.equal(explained.networkCompliant, true);
    assert.equal(explained.rules[0]?.assignedTo?.targetKind, 'device');
    assert.ok(
      explained.text.some((line) => line.includes(`by rule "${made.name}" version 1, assigned to device`)),
    );
    const [change] = (await listPostureChanges(deps, principal(), device, page)).items;
    assert.deepEqual(change?.access, {
      network: 'allow',
      mail: 'deny',
      vpn: 'allow',
      apps: 'deny',
      content: 'allow',
    });
    assert.equal(change?.rules[0]?.id, made.id);
  });

  test('ISE-04 the network is told reasons in plain letters, whatever administrators wrote', async () => {
    now = t0;
    const device = await acme.addDevice();
    const made = await rule({ kind: 'access-restriction', demand: { text: 'Gerät „Höngg“ – gesperrt.' } });
    await assign(made.id, device);
    await checkIn(device, sound);
    assert.equal((await posture(device)).failure_reason, 'Gerat "Hongg" - gesperrt.');
  });

  test('stages come by the clock and are left on recovery, each told once, in order', async () => {
    now = t0;
    const device = await acme.addDevice();
    const made = await rule({
      gates: [],
      stages: [
        { afterMinutes: 0, actions: [{ kind: 'alert-administrators' }] },
        { afterMinutes: 60, actions: [{ kind: 'restrict', gates: ['vpn'] }] },
      ],
    });
    await assign(made.id, device);
    await checkIn(device, plain);
    await evaluate(device);
    now = t0 + 60 * minute;
    await evaluateDue(deps);
    assert.equal((await posture(device)).access_vpn, 'deny');
    now = t0 + 61 * minute;
    await checkIn(device, sound);
    assert.equal((await posture(device)).access_vpn, 'allow');
    const common = { deviceId: device, rule: made.id, ruleId: made.id, ruleVersion: 1, name: made.name };
    const [alert, restrict] = [{ kind: 'alert-administrators' }, { kind: 'restrict', gates: ['vpn'] }];
    assert.deepEqual(stagesOf(device), [
      { ...common, from: 0, to: 1, actions: [alert], direction: 'entered' },
      { ...common, from: 1, to: 2, actions: [restrict], direction: 'entered' },
      { ...common, from: 2, to: 0, actions: [alert, restrict], direction: 'left' },
    ]);
  });

  test('a clock that runs backwards leaves no stage and reaches none twice', async () => {
    now = t0;
    const device = await acme.addDevice();
    const made = await rule({ stages: [{ afterMinutes: 60, actions: [{ kind: 'lock' }] }] });
    await assign(made.id, device);
    await checkIn(device, plain);
    now = t0 + 60 * minute;
    await evaluate(device);
    for (const moment of [t0 + 10 * minute, t0 - 60 * minute, t0 + 61 * minute]) {
      now = moment;
      await checkIn(device, plain);
      assert.equal((await posture(device)).evaluation.verdicts[0].stage, 1);
    }
    assert.deepEqual(
      stagesOf(device).map(({ direction }) => direction),
      ['entered'],
    );
  });

  test('another version of a rule undoes what it no longer does, and its end undoes everything', async () => {
    now = t0;
    const device = await acme.addDevice();
    const stage = (...gates: string[]) => [{ afterMinutes: 0, actions: [{ kind: 'restrict', gates }] }];
    const made = await rule({ gates: [], stages: stage('vpn') });
    await assign(made.id, device);
    await checkIn(device, plain);
    await updateRule(deps, principal(), made.id, { stages: stage('mail') });
    assert.ok(emitted.some(({ name, subjectId }) => name === 'rule.reach-changed' && subjectId === device));
    await evaluate(device);
    await deleteRule(deps, principal(), made.id);
    await evaluate(device);
    assert.deepEqual(
      stagesOf(device).map(({ direction, ruleVersion, actions }) => [
        direction,
        ruleVersion,
        JSON.stringify(actions),
      ]),
      [
        ['entered', 1, '[{"kind":"restrict","gates":["vpn"]}]'],
        ['left', 1, '[{"kind":"restrict","gates":["vpn"]}]'],
        ['entered', 2, '[{"kind":"restrict","gates":["mail"]}]'],
        ['left', 2, '[{"kind":"restrict","gates":["mail"]}]'],
      ],
    );
    assert.deepEqual((await posture(device)).evaluation.verdicts, []);
  });

  test('PWD-04 a rule tunes what policies demand, and policies alone bring it about', async () => {
    now = t0;
    const device = await acme.addDevice();
    const policy = await createPolicy(deps, principal(), {
      name: 'Basic',
      settings: { 'encryption.required': true },
    });
    const made = await rule({
      demand: 'from-policies',
      gates: ['network'],
      stages: [{ afterMinutes: 5, actions: [{ kind: 'remove-profiles' }] }],
    });
    await assign(made.id, device);
    await checkIn(device, plain);
    assert.deepEqual((await posture(device)).evaluation.verdicts, []);
    await createAssignment(deps, principal(), {
      item: { kind: 'policy', id: policy.id },
      target: { kind: 'device', id: device },
    });
    await evaluate(device);
    now = t0 + 5 * minute;
    await evaluateDue(deps);
    const { evaluation } = await evaluate(device);
    assert.deepEqual(
      evaluation.verdicts.map(({ id, ruleId, removesProfiles }) => [id, ruleId, removesProfiles]),
      [['encryption', made.id, true]],
    );
    const row = await posture(device);
    assert.deepEqual([row.access_network, row.access_mail], ['deny', 'allow']);
  });

  test('CMP-13 inventories are read for rules that look into them', async () => {
    now = t0;
    const device = await acme.addDevice();
    const made = await rule({ kind: 'apps', demand: { forbidden: [{ id: 'com.game.*', name: 'Games' }] } });
    await assign(made.id, device);
    const app = { id: 'com.game.chess', name: 'Chess', version: '1', source: 'store' };
    const { evaluation } = await checkIn(device, { ...sound, apps: { 'apps.installed': [app] } });
    assert.equal(render(evaluation.verdicts[0]?.says ?? []), 'Forbidden, and installed: "Games".');
    const shown = await explainDevice(deps, principal(), device);
    assert.ok(shown.text.some((line) => line.includes('com.game.chess')));
    const fewer = permissions.filter((each) => each !== 'devices.facts.personal.read');
    const hidden = await explainDevice(deps, principal(fewer), device);
    assert.ok(!JSON.stringify(hidden).includes('com.game.chess'), 'personal facts are shown by right only');
    const read = { action: 'devices.read-private-facts' };
    const { items } = await listAudit({ database: db.database }, principal(), read, page);
    assert.deepEqual(
      items.map(({ target }) => target?.id),
      [device],
      'ADM-18 who saw them is on record',
    );
  });

  test('CMP-04 removal of management is told by the rule about it, and nothing else follows for such a device', async () => {
    now = t0;
    const device = await acme.addDevice();
    const stages = [{ afterMinutes: 0, actions: [{ kind: 'alert-administrators' }] }];
    const own = await rule({ kind: 'enrollment', demand: {}, stages });
    const other = await rule({ stages: [{ afterMinutes: 0, actions: [{ kind: 'lock' }] }] });
    await assign(own.id, device);
    await assign(other.id, device);
    await checkIn(device, plain);
    const reevaluate = (tx: TenantTx, id: string, at: number) => evaluateDevice(deps, tx, id, at);
    await unmanageDevice({ ...deps, database: db.database, reevaluate }, principal(), device, 'user');
    assert.deepEqual(
      stagesOf(device).map(({ ruleId, direction }) => [ruleId, direction]),
      [
        [other.id, 'entered'],
        [other.id, 'left'],
        [own.id, 'entered'],
      ],
    );
  });

  test('GAP-08 without any assigned rule an idle check-in writes nothing', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, sound);
    const before = await posture(device);
    now += minute;
    await evaluate(device);
    assert.deepEqual(await posture(device), before);
  });

  describe('exceptions', () => {
    test('an exception opens the gates at once, is told with its reason, and ends by the clock', async () => {
      now = t0;
      const device = await acme.addDevice();
      const made = await rule({ stages: [{ afterMinutes: 0, actions: [{ kind: 'lock' }] }] });
      await assign(made.id, device);
      await checkIn(device, plain);
      assert.equal((await posture(device)).access_network, 'deny');
      const expiresAt = new Date(now + 30 * minute).toISOString();
      await createException(deps, principal(), device, {
        rule: made.id,
        reason: 'Being repaired.',
        expiresAt,
      });
      const row = await posture(device);
      assert.deepEqual([row.access_network, row.compliant], ['allow', true]);
      assert.equal(row.next_change_at.getTime(), now + 30 * minute);
      assert.equal(stagesOf(device).at(-1)?.['direction'], 'left');
      const explained = await explainDevice(deps, principal(), device);
      assert.ok(
        explained.text.some((line) => line.includes('Excepted: until 2026-11-22 12:30 UTC. Being repaired.')),
      );
      now = t0 + 30 * minute;
      await evaluateDue(deps);
      assert.equal((await posture(device)).access_network, 'deny');
      assert.equal(stagesOf(device).at(-1)?.['direction'], 'entered');
      const { items } = await listExceptions(deps, principal(), device, page);
      assert.deepEqual(
        items.map(({ rule: of, reason, expired }) => [of, reason, expired]),
        [[made.id, 'Being repaired.', true]],
      );
    });

    test('taken back, it ends at once; at a past moment it is still told', async () => {
      now = t0;
      const device = await acme.addDevice();
      const made = await rule({});
      await assign(made.id, device);
      await checkIn(device, plain);
      now += minute;
      const { id } = await createException(deps, principal(), device, { rule: made.id, reason: 'Loaned.' });
      now += minute;
      await deleteException(deps, principal(), device, id);
      assert.equal((await posture(device)).access_network, 'deny');
      await updateRule(deps, principal(), made.id, { severity: 'low' });
      await deleteRule(deps, principal(), made.id);
      const past = await explainDevice(deps, principal(), device, { at: t0 + minute });
      assert.equal(past.gates.network.access, 'allow');
      assert.deepEqual([past.rules[0]?.ruleVersion, past.rules[0]?.exception?.reason], [1, 'Loaned.']);
      assert.deepEqual(
        past.ruleVersions.map(({ ruleId, version, severity }) => [ruleId, version, severity]),
        [[made.id, 1, 'high']],
        'what the rule said then is told, though it was changed and deleted since',
      );
      const fewer = permissions.filter((each) => each !== 'rules.read');
      const at = { at: t0 + minute };
      assert.deepEqual((await explainDevice(deps, principal(fewer), device, at)).ruleVersions, []);
    });

    test('what is no rule, no device or no future is refused', async () => {
      now = t0;
      const device = await acme.addDevice();
      const make = (deviceId: string, rule_: string, expiresAt: string | null = null) =>
        createException(deps, principal(), deviceId, { rule: rule_, reason: 'Because.', expiresAt });
      const refuses = (work: Promise<unknown>, code: Parameters<typeof isDomainError>[1]) =>
        assert.rejects(work, (error) => isDomainError(error, code));
      await refuses(make(device, acme.userId), 'not-found');
      await refuses(make(device, 'geofence'), 'not-found');
      await refuses(make(acme.userId, 'encryption'), 'not-found');
      await refuses(make(device, 'encryption', new Date(t0).toISOString()), 'invalid-input');
      await refuses(deleteException(deps, principal(), device, acme.userId), 'not-found');
      await refuses(
        createException(deps, principal([]), device, { rule: 'encryption', reason: 'x' }),
        'forbidden',
      );
      for (let index = 0; index < 50; index += 1) await make(device, 'encryption');
      await refuses(make(device, 'encryption'), 'conflict');
    });
  });

  test('an assignment taken back takes the rule with it', async () => {
    now = t0;
    const device = await acme.addDevice();
    const made = await rule({});
    const { id } = await assign(made.id, device);
    await checkIn(device, plain);
    await deleteAssignment(deps, principal(), id);
    await evaluate(device);
    assert.equal((await posture(device)).access_network, 'allow');
  });
});
