import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildCertificateRequest } from '@gatehouse/protocols/x509/index.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { queueCommand } from '../commands/index.ts';
import { openTestQueue, type TestQueue } from '../commands/test-queue.ts';
import { explainDevice } from '../compliance/explain-device.ts';
import { evaluateDevice, tellDevice } from '../compliance/index.ts';
import { requireHardwareAllowed } from '../enrollment/known-hardware.ts';
import { newId } from '../../kernel/ids.ts';
import { ensureDefaults } from '../policies/index.ts';
import { issueAgentCertificate, keyOfRequest, renewAgentCertificate } from '../certificates/index.ts';
import { revokeCertificate } from '../certificates/revoke-certificate.ts';
import {
  barByAdministrator,
  holdersOfCertificates,
  secureDevice,
  unbarByAdministrator,
} from './bar-device.ts';
import type { DeviceDeps } from './device-deps.ts';
import {
  addHardwareBlock,
  blockHardwareOf,
  listHardwareBlocks,
  removeHardwareBlock,
  unblockHardwareOf,
} from './hardware-blocks.ts';
import { readmitDevice } from './readmit-device.ts';
import { registerDevice } from './register-device.ts';
import { createTestFleet } from './test-fleet.ts';

describe('devices and hardware that are shut out', () => {
  let queue: TestQueue;
  let deps: DeviceDeps;
  before(async () => {
    queue = await openTestQueue();
    deps = {
      ...queue.deps,
      reevaluate: (tx, deviceId, now) => evaluateDevice(queue.deps, tx, deviceId, now),
    };
    await queue.inTenant((tx) => ensureDefaults(tx));
  });
  after(() => queue[Symbol.asyncDispose]());

  const actor = () => systemActor('test', queue.fleet.organizationId);
  const facts = (serial: string, mac: string) => ({
    'device-information': {
      'device.serial-number': serial,
      'network.interfaces': [{ name: 'eth0', mac, kind: 'ethernet', up: true }],
    },
  });
  /** A report as it comes in, with the decision that follows from it. */
  async function report(device: string, serial: string, mac: string) {
    await queue.inTenant(async (tx) => {
      await queue.fleet.report(tx, device, facts(serial, mac), queue.clock.at);
      await evaluateDevice(queue.deps, tx, device, queue.clock.at);
    });
  }
  const gates = async (device: string) =>
    (
      await queue.rows(
        'select access_network as network, access_mail as mail, failure_reason as reason from device_posture where device_id = $1',
        [device],
      )
    )[0];

  test('NAC-40 a barred device passes no gate from that transaction on, and its wipe reaches it all the same', async () => {
    const device = await queue.fleet.addDevice();
    await report(device, 'BAR-1', '00:1b:21:aa:00:01');
    assert.notEqual((await gates(device)).network, 'deny');
    await barByAdministrator(deps, queue.admin, device, 'It was stolen.');
    const shut = await gates(device);
    assert.deepEqual([shut.network, shut.mail], ['deny', 'deny']);
    assert.equal(await queue.entries('devices.bar', device), 1);
    const changes = await queue.rows(
      `select payload -> 'after' ->> 'network' as network from events where name = 'device.posture-changed' and subject_id = $1
       order by event_id desc limit 1`,
      [device],
    );
    assert.equal(changes[0].network, 'deny', 'who guards a gate hears of it');
    const wipe = await queueCommand(deps as never, queue.admin, { deviceId: device, name: 'selective-wipe' });
    assert.equal(wipe.state, 'queued');
    await barByAdministrator(deps, queue.admin, device);
    assert.equal(await queue.entries('devices.bar', device), 1, 'once is enough');
    await unbarByAdministrator(deps, queue.admin, device);
    assert.notEqual((await gates(device)).network, 'deny');
  });

  test('GAP-09, LST-08 hardware that is shut out cannot enrol, whatever became of its device, until an administrator says so', async () => {
    const device = await queue.fleet.addDevice();
    await report(device, 'BAR-2', '00:1b:21:aa:00:02');
    const count = await queue.inTenant((tx) =>
      blockHardwareOf(deps, tx, { deviceId: device, actor: actor(), reason: 'stolen' }),
    );
    assert.equal(count, 2, 'serial number and MAC address');
    await queue.rows('delete from devices where device_id = $1', [device]);
    const enrol = () =>
      queue.inTenant((tx) => requireHardwareAllowed(tx, { 'device.serial-number': 'bar-2' } as never));
    await assert.rejects(
      enrol(),
      (error) => isDomainError(error, 'forbidden') && error.reason === 'device-blocked',
    );
    const { items } = await listHardwareBlocks(deps, queue.admin, { limit: 10, after: undefined });
    const serial = items.find(({ value }) => value === 'BAR-2');
    await removeHardwareBlock(deps, queue.admin, serial?.id ?? '');
    await enrol();
    assert.equal(await queue.entries('hardware-blocks.remove', serial?.id ?? ''), 1);
  });

  test('LST-08 a device that reports a MAC address on the list is barred before its gates are decided', async () => {
    await addHardwareBlock(deps, queue.admin, {
      kind: 'mac',
      value: '00-1B-21-AA-00-03',
      reason: 'The adapter of a stolen laptop.',
    });
    const device = await queue.fleet.addDevice();
    await report(device, 'BAR-3', '00:1b:21:aa:00:03');
    assert.equal((await gates(device)).network, 'deny');
    assert.equal(await queue.entries('devices.bar', device), 1);
    await queue.inTenant((tx) =>
      unblockHardwareOf(deps, tx, { deviceId: device, actor: actor(), reason: 'found' }),
    );
    assert.equal((await gates(device)).network, 'deny', 'the device itself is let in apart');
    await unbarByAdministrator(deps, queue.admin, device);
    assert.notEqual((await gates(device)).network, 'deny');
  });

  test('what is no identifier is refused, and so is the same twice; another organization sees nothing of it', async () => {
    const add = (value: string) =>
      addHardwareBlock(deps, queue.admin, { kind: 'imei', value, reason: 'stolen' });
    await assert.rejects(add('12'), (error) => isDomainError(error, 'invalid-input'));
    const { id } = await add('356938035643809');
    await assert.rejects(add('35-693803-5643809'), (error) => isDomainError(error, 'conflict'));
    const globex = await createTestFleet(queue.db, 'globex');
    const stranger = { ...queue.admin, organizationId: globex.organizationId };
    assert.deepEqual((await listHardwareBlocks(deps, stranger, { limit: 9, after: undefined })).items, []);
    await assert.rejects(removeHardwareBlock(deps, stranger, id), (error) =>
      isDomainError(error, 'not-found'),
    );
  });

  test('a barred device is explained in words of its own; the reason is for administrators, also of the past', async () => {
    const device = await queue.fleet.addDevice();
    await report(device, 'BAR-7', '00:1b:21:aa:00:07');
    const explained = async (options = {}) => {
      const { gates: decided } = await explainDevice(deps, queue.admin, device, options);
      return decided.network.reasons.map(({ code, text }) => `${code}: ${text}`);
    };
    queue.clock.at += 60_000;
    await barByAdministrator(deps, queue.admin, device, 'Playbook “stolen”: taken on a train');
    const words = 'barred: The device has been shut out of every gate: Playbook “stolen”: taken on a train.';
    assert.deepEqual(await explained(), [words]);
    assert.deepEqual(await explained({ language: 'de' }), [
      'barred: Das Gerät wurde von allen Zugängen ausgeschlossen: Playbook “stolen”: taken on a train.',
    ]);
    assert.equal((await gates(device)).reason, 'The device has been shut out of every gate.');
    const told = await queue.inTenant((tx) => tellDevice(tx, device, ['de']));
    assert.deepEqual(told, {
      failureReason: 'Das Gerät wurde von allen Zugängen ausgeschlossen.',
      remediation: 'Bitten Sie Ihre Gerätebetreuung, das Gerät wieder zuzulassen.',
    });
    const then = queue.clock.at;
    queue.clock.at += 60_000;
    await unbarByAdministrator(deps, queue.admin, device);
    assert.notDeepEqual(await explained(), [words]);
    assert.deepEqual(await explained({ at: then + 1 }), [words]);
    queue.clock.at += 60_000;
    await revoke(await certificateOf(device));
    const certificate = 'The device has been shut out of every gate, because its certificate was revoked.';
    assert.deepEqual(await explained(), [`barred: ${certificate}`]);
    assert.equal((await gates(device)).reason, certificate);
  });

  async function certificateOf(device: string): Promise<string> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = keyOfRequest(buildCertificateRequest(privateKey));
    const issued = await queue.inTenant((tx) =>
      issueAgentCertificate(tx, queue.deps, { deviceId: device, key, actor: actor() }),
    );
    return issued.certificate.serial;
  }
  const revoke = (serial: string) =>
    revokeCertificate(
      { ...deps, certificateHolders: holdersOfCertificates(deps) },
      queue.admin,
      serial,
      'key-compromise',
    );
  const readmit = (device: string) =>
    queue.inTenant(async (tx) => {
      await readmitDevice(deps, tx, { deviceId: device, enrollmentId: newId(), actor: actor() });
      await registerDevice(tx, device);
    });

  test('DEV-06, NAC-40 with its last valid certificate a device loses every gate in that transaction', async () => {
    const device = await queue.fleet.addDevice();
    await report(device, 'BAR-5', '00:1b:21:aa:00:05');
    const serials = [await certificateOf(device), await certificateOf(device)];
    await revoke(serials[0] ?? '');
    assert.notEqual((await gates(device)).network, 'deny', 'it has another');
    await revoke(serials[1] ?? '');
    const shut = await gates(device);
    assert.deepEqual([shut.network, shut.mail], ['deny', 'deny']);
    const [entry] = await queue.rows(
      `select content -> 'actor' ->> 'id' as actor, content ->> 'reason' as reason from audit_entries
       where content ->> 'action' = 'devices.bar' and content -> 'target' ->> 'id' = $1`,
      [device],
    );
    assert.deepEqual(entry, {
      actor: queue.admin.id,
      reason: 'Its certificate was revoked (key-compromise).',
    });
    await unbarByAdministrator(deps, queue.admin, device);
    assert.notEqual((await gates(device)).network, 'deny', 'an administrator may say otherwise');
  });

  test('DEV-06 a new enrolment lifts the bar of a revocation, and no other', async () => {
    const bars = async (device: string) =>
      (await queue.rows('select barred_cause as cause from devices where device_id = $1', [device]))[0].cause;
    const device = await queue.fleet.addDevice();
    await report(device, 'BAR-6', '00:1b:21:aa:00:06');
    await revoke(await certificateOf(device));
    assert.equal(await bars(device), 'certificate');
    await readmit(device);
    await report(device, 'BAR-6', '00:1b:21:aa:00:06');
    assert.equal(await bars(device), null);
    assert.notEqual((await gates(device)).network, 'deny');
    assert.equal(await queue.entries('devices.unbar', device), 1);
    // Stolen after its certificate was revoked: what is the more lasting counts.
    await revoke(await certificateOf(device));
    await barByAdministrator(deps, queue.admin, device, 'It was stolen.');
    await readmit(device);
    assert.equal(await bars(device), 'order');
    // Revoked after it was stolen: likewise.
    await revoke(await certificateOf(device));
    await readmit(device);
    assert.equal(await bars(device), 'order');
  });

  test('DEV-06 neither renewals nor the certificates of devices that are shut out or released bar anything', async () => {
    const barred = async (device: string) =>
      (
        await queue.rows('select barred_at is not null as barred from devices where device_id = $1', [device])
      )[0].barred;
    const renewing = await queue.fleet.addDevice();
    const serial = await certificateOf(renewing);
    const presented = { deviceId: renewing, organizationId: queue.fleet.organizationId, serial };
    for (const notAfter of [queue.clock.at, queue.clock.at]) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const request = buildCertificateRequest(privateKey);
      await renewAgentCertificate(queue.deps, { ...presented, notAfter } as never, request);
    }
    const superseded = await queue.rows(
      `select count(*)::int from certificates where device_id = $1 and revocation_reason = 'superseded'`,
      [renewing],
    );
    assert.equal(superseded[0].count, 1);
    assert.equal(await barred(renewing), false);
    for (const state of ['blocked', 'unmanaged']) {
      const device = await queue.fleet.addDevice();
      const last = await certificateOf(device);
      await queue.rows('update devices set state = $2 where device_id = $1', [device, state]);
      await revoke(last);
      assert.equal(await barred(device), false, state);
    }
  });

  test('LST-03 the secured group is entered and left once, on record, and platforms hear of it', async () => {
    const device = await queue.fleet.addDevice();
    const secure = (secured: boolean) =>
      queue.inTenant((tx) =>
        secureDevice(deps, tx, { deviceId: device, actor: actor(), reason: 'stolen' }, secured),
      );
    assert.deepEqual([await secure(true), await secure(true), await secure(false)], [true, false, true]);
    const events = await queue.rows(
      `select payload -> 'changed' as changed from events where name = 'device.changed' and subject_id = $1`,
      [device],
    );
    assert.deepEqual(events, [{ changed: ['secured'] }, { changed: ['secured'] }]);
  });
});
