import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { blockDevice, type DeviceDeps, unblockDevice, unmanageDevice } from '../devices/index.ts';
import { ensureDefaults } from '../policies/index.ts';
import { evaluateDevice, evaluateDevices } from './evaluate-devices.ts';
import { evaluateDue } from './evaluate-due.ts';
import { explainDevice } from './explain-device.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.UTC(2026, 10, 21, 12);

const good = {
  'device-information': {
    'os.name': 'Debian GNU/Linux',
    'os.version': '12.11',
    'device.manufacturer': 'Acme',
    'device.model': 'Book 3',
    'device.serial-number': 'SN-7',
    'network.interfaces': [{ name: 'eth0', mac: '00:26:b4:24:fe:b4', kind: 'ethernet', up: true }],
  },
  security: { 'passcode.set': true, 'storage.encrypted': true, 'integrity.compromised': false },
};

describe('the evaluation of a device', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  let now = t0;
  const announced: string[] = [];
  const deps = {
    events: createEvents({}, () => undefined),
    notifications: {
      publish: (topic: string, { id }: { id: string }) => void announced.push(`${topic} ${id}`),
    },
    clock: { now: () => now },
    get database() {
      return db.database;
    },
  };
  const deviceDeps = (): DeviceDeps => ({
    ...deps,
    database: db.database,
    reevaluate: (tx, id, at) => evaluateDevice(deps, tx, id, at),
  });

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
    for (const fleet of [acme, other]) await db.database.withTenant(fleet.organizationId, ensureDefaults);
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet): TenantPrincipal => ({
    kind: 'administrator',
    id: fleet.userId,
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: new Set(permissions),
    empoweredAt: 0,
  });
  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[]) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const posture = async (deviceId: string) =>
    (await rows('select * from device_posture where device_id = $1', [deviceId]))[0];
  const checkIn = (deviceId: string, facts: Parameters<TestFleet['report']>[2], at = now) =>
    inAcme(async (tx) => {
      await acme.report(tx, deviceId, facts, at);
      return evaluateDevice(deps, tx, deviceId, at);
    });

  test('POL-17, NAC-23: a good device passes, and its row carries what the network asks for', async () => {
    now = t0;
    const device = await acme.addDevice();
    const result = await checkIn(device, good);
    assert.equal(result.changed, true);
    const row = await posture(device);
    assert.deepEqual(
      {
        registered: row.registered,
        compliant: row.compliant,
        network: row.access_network,
        reason: row.failure_reason,
        os: row.os_version,
        pin: row.passcode_set,
        disk: row.disk_encrypted,
        rooted: row.compromised,
        serial: row.serial_number,
        user: row.user_name,
        macs: row.macs,
        model: row.model,
      },
      {
        registered: true,
        compliant: true,
        network: 'allow',
        reason: null,
        os: 'Debian GNU/Linux 12.11',
        pin: true,
        disk: true,
        rooted: false,
        serial: 'SN-7',
        user: 'ann.acme',
        macs: ['0026B424FEB4'],
        model: 'Book 3',
      },
    );
    assert.equal(row.policy_version, result.policy.version);
  });

  test('where no report is the cause, the verdicts are the same and what the facts said stays', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    const before = await posture(device);
    const evaluated = async (occasion: 'report' | 'rules') =>
      (await inAcme((tx) => evaluateDevices(deps, tx, [device], now + hour, occasion)))[0]?.evaluation;
    assert.deepEqual(await evaluated('rules'), await evaluated('report'));
    // Everything is told again, by another verdict alone.
    now = t0 + 4 * 24 * hour;
    const [later] = await inAcme((tx) => evaluateDevices(deps, tx, [device], now, 'rules'));
    assert.equal(later?.posture.access_network, 'quarantine');
    const after = await posture(device);
    assert.equal(after.standing, 'stale');
    assert.ok(after.failing.length > 0);
    for (const column of ['os_version', 'serial_number', 'model', 'macs', 'disk_encrypted', 'passcode_set'])
      assert.deepEqual(after[column], before[column], column);
  });

  test('GAP-12, GAP-08: without a report, and with an aged one, a device is in quarantine', async () => {
    now = t0;
    const device = await acme.addDevice();
    await inAcme((tx) => evaluateDevice(deps, tx, device, now));
    assert.equal((await posture(device)).access_network, 'quarantine');
    await checkIn(device, good);
    assert.equal((await posture(device)).access_network, 'allow');
    now = t0 + 73 * hour;
    await evaluateDue(deps);
    const row = await posture(device);
    assert.deepEqual([row.access_network, row.compliant], ['quarantine', false]);
    await checkIn(device, good);
    assert.equal((await posture(device)).access_network, 'allow');
  });

  test('PWD-04, PWD-05: in its 60 minutes of grace the row says not compliant; then, by itself, denied', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    now = t0 + minute;
    await checkIn(device, { security: { ...good.security, 'passcode.set': false } });
    const grace = await posture(device);
    assert.deepEqual([grace.compliant, grace.access_network], [false, 'quarantine']);
    assert.equal(grace.next_change_at.getTime(), now + 60 * minute);
    assert.equal(
      grace.evaluation.verdicts.find((v: { rule: string }) => v.rule === 'passcode').status,
      'in-grace',
    );
    // Reporting the same again does not begin the grace anew.
    now = t0 + 50 * minute;
    await checkIn(device, { security: { ...good.security, 'passcode.set': false } });
    now = t0 + 61 * minute - 1;
    await evaluateDue(deps);
    assert.equal((await posture(device)).access_network, 'quarantine');
    now = t0 + 61 * minute;
    await evaluateDue(deps);
    const over = await posture(device);
    assert.deepEqual([over.compliant, over.access_network], [false, 'deny']);
    assert.match(over.failure_reason, /No passcode is set/);
    now = t0 + 62 * minute;
    await checkIn(device, good);
    assert.equal((await posture(device)).access_network, 'allow');
  });

  test('NAC-06 a change that no decision rests on is written, but announced to nobody', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    announced.length = 0;
    now = t0 + minute;
    const result = await checkIn(device, {
      'device-information': { ...good['device-information'], 'device.model': 'Book 4' },
    });
    assert.equal(result.changed, false);
    assert.equal((await posture(device)).model, 'Book 4');
    assert.deepEqual(announced, []);
  });

  test('a check-in that changes nothing leaves the row untouched', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    const version = async () =>
      (await rows('select xmin::text, evaluated_at from device_posture where device_id = $1', [device]))[0];
    const before = await version();
    now = t0 + minute;
    await checkIn(device, good);
    assert.deepEqual(await version(), before);
  });

  test('CMP-21 a decision that changes is announced, recorded with its cause and kept as history', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    announced.length = 0;
    now = t0 + minute;
    await checkIn(device, { security: { ...good.security, 'integrity.compromised': true } });
    assert.deepEqual(announced, [`posture-changed ${device}`]);
    const entries = await rows(
      `select content from audit_entries where content ->> 'action' = 'compliance.decision-changed'
       and content -> 'target' ->> 'id' = $1 order by entry_id desc limit 1`,
      [device],
    );
    const { show } = entries[0].content;
    assert.deepEqual(
      [show.before.network, show.after.network, show.causes],
      ['allow', 'deny', ['compromised: not-compliant']],
    );
    const [event] = await rows(
      `select name, payload from events where subject_id = $1 order by event_id desc limit 1`,
      [device],
    );
    assert.deepEqual([event.name, event.payload.after.network], ['device.posture-changed', 'deny']);
  });

  test('CMP-21 the explanation names fact, rule, policy and assignment, now and at a past moment', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    now = t0 + hour;
    await checkIn(device, { security: { ...good.security, 'storage.encrypted': false } });
    now = t0 + 2 * hour;
    const present = await explainDevice(deps, principal(acme), device, { gate: 'network' });
    assert.equal(present.gates.network.access, 'deny');
    const [encryption] = present.rules;
    assert.equal(encryption?.rule, 'encryption');
    assert.match(encryption?.evidence[0]?.text ?? '', /storage\.encrypted = .*agent 1 hour ago/);
    assert.match(
      encryption?.demands[0]?.text ?? '',
      /policy "?Basic security"? version 1, assigned to organization "?acme/,
    );
    const past = await explainDevice(deps, principal(acme), device, { at: t0 + minute });
    assert.equal(past.gates.network.access, 'allow');
    assert.equal(past.at, t0 + minute);
    await assert.rejects(
      explainDevice(deps, principal(acme), device, { at: t0 - hour }),
      /Nothing is recorded/,
    );
    await assert.rejects(explainDevice(deps, principal(other), device), /no such device/);
  });

  test('GAP-09 blocking shuts every gate in the same transaction, unblocking opens them again', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    announced.length = 0;
    await blockDevice(deviceDeps(), principal(acme), device, 'stolen');
    const shut = await posture(device);
    assert.deepEqual(
      [shut.registered, shut.compliant, shut.access_network, shut.access_mail, shut.access_vpn],
      [true, false, 'deny', 'deny', 'deny'],
    );
    assert.deepEqual(announced.sort(), [`device-refused ${device}`, `posture-changed ${device}`]);
    await unblockDevice(deviceDeps(), principal(acme), device);
    assert.equal((await posture(device)).access_network, 'allow');
    await unmanageDevice(deviceDeps(), principal(acme), device);
    const gone = await posture(device);
    assert.deepEqual([gone.registered, gone.access_network, gone.next_change_at], [false, 'deny', null]);
    await assert.rejects(blockDevice(deviceDeps(), principal(acme), device), /no longer managed/);
    await assert.rejects(blockDevice(deviceDeps(), principal(other), device), /no such device/);
  });

  test('reports and evaluations of one device at once end in the posture of the newest report', async () => {
    for (let round = 0; round < 8; round += 1) {
      now = t0;
      const device = await acme.addDevice();
      await checkIn(device, good);
      await Promise.all(
        [
          ...Array.from({ length: 6 }, (_, index) =>
            checkIn(
              device,
              { security: { ...good.security, 'storage.encrypted': index % 2 === 0 } },
              t0 + index + 1,
            ),
          ),
          inAcme((tx) => evaluateDevice(deps, tx, device, t0 + 3)),
          blockDevice(deviceDeps(), principal(acme), device).then(() =>
            unblockDevice(deviceDeps(), principal(acme), device),
          ),
        ].map((each) =>
          Promise.resolve(each).catch((error: Error) => assert.match(error.message, /blocked/)),
        ),
      );
      const row = await posture(device);
      const [facts] = await rows(
        `select facts -> 'storage.encrypted' as encrypted from device_facts where device_id = $1 and scan = 'security'`,
        [device],
      );
      assert.equal(row.disk_encrypted, facts.encrypted);
      assert.equal(row.access_network, facts.encrypted ? 'allow' : 'deny');
    }
  });

  test('DAT-01 evaluation in one organization does not reach into another', async () => {
    now = t0;
    const device = await acme.addDevice();
    await checkIn(device, good);
    await assert.rejects(
      db.database.withTenant(other.organizationId, (tx) => evaluateDevice(deps, tx, device, now)),
      /no such device/,
    );
  });
});
