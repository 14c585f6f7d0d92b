import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { commandNames } from '@gatehouse/core/commands/catalogue.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { agentSupport } from '../../platforms/agent/agent-support.ts';
import { appleSupport } from '../../platforms/apple/commands/command-support.ts';
import { readFacts } from '../devices/read-facts.ts';
import { listAvailableCommands, previewCommand } from './available-commands.ts';
import { supportOf } from './command-support.ts';
import { lookAtLocation } from './look-at-location.ts';
import { queueCommand } from './queue-command.ts';
import { recordCommandResult } from './record-command-result.ts';
import { takeCommands } from './take-commands.ts';
import { openTestQueue, type TestQueue } from './test-queue.ts';

describe('what a device page asks of commands', () => {
  let world: TestQueue;
  before(async () => {
    world = await openTestQueue();
  });
  after(() => world[Symbol.asyncDispose]());

  const deps = () => ({ ...world.deps, support: supportOf([appleSupport, agentSupport]) });
  const as = (role: string, empoweredAt = 0): TenantPrincipal => ({
    ...world.admin,
    id: newId(),
    role,
    permissions: effectivePermissions(role),
    empoweredAt,
  });
  const available = async (principal: TenantPrincipal, deviceId: string) => {
    const { items } = await listAvailableCommands(deps(), principal, deviceId);
    return new Map(items.map((item) => [item.name, item]));
  };

  test('ADM-17, TEN-14 the help desk reads why a personal device cannot be reset, and that a corporate one can', async () => {
    const personal = await world.fleet.addDevice({ ownership: 'personal' });
    const corporate = await world.fleet.addDevice();
    const wipe = (await available(as('help-desk'), personal)).get('full-wipe');
    assert.deepEqual([wipe?.available, wipe?.reason], [false, 'personal-device']);
    assert.match(wipe?.message ?? '', /corporate devices/);
    assert.equal(
      (await available(as('help-desk'), personal)).get('locate-device')?.reason,
      'personal-device',
    );
    assert.equal((await available(as('help-desk'), personal)).get('lock-device')?.available, true);
    assert.equal((await available(as('help-desk'), corporate)).get('full-wipe')?.available, true);
  });

  test('each is answered as an order of it would be', async () => {
    const device = await world.fleet.addDevice();
    for (const role of ['org-admin', 'help-desk', 'auditor']) {
      const principal = as(role);
      for (const [name, item] of await available(principal, device)) {
        if (item.needsApproval) continue;
        const ordered = await queueCommand(deps(), principal, {
          deviceId: device,
          name,
          params: name === 'send-message' ? { text: 'Hello' } : {},
        }).then(
          () => true,
          (error: unknown) => {
            assert.ok(isDomainError(error), `${role} ${name}: ${String(error)}`);
            return error.code === 'invalid-input' ? item.available : false;
          },
        );
        assert.equal(ordered, item.available, `${role} ${name}`);
        // What ends management would answer everything after it.
        if (item.endsManagement && ordered)
          await world.rows(
            `update commands set state = 'cancelled', finished_at = now() where device_id = $1`,
            [device],
          );
      }
    }
  });

  test('Apple devices answer for themselves, whatever the command', async () => {
    const phone = await world.fleet.addDevice({ platform: 'ios' });
    const answers = await available(as('org-admin'), phone);
    assert.ok(answers.size > commandNames.length / 2);
    for (const { available: can, message } of answers.values()) assert.equal(can, message === null);
  });

  test('for many devices it is told of each, and what one would take of the budget the next does not have', async () => {
    const ours = await Promise.all(Array.from({ length: 6 }, () => world.fleet.addDevice()));
    const theirs = await world.fleet.addDevice({ ownership: 'personal' });
    const deviceIds = [theirs, ...ours, newId()];
    const preview = (name: 'full-wipe' | 'lock-device') =>
      previewCommand(deps(), as('help-desk'), { name, deviceIds });
    const [{ spent }] = await world.rows('select count(*)::int as spent from destructive_spending');
    const budget = 5;
    const { items } = await preview('full-wipe');
    assert.deepEqual(
      items.map(({ available: can, reason, needsApproval }) => [can, reason, needsApproval]),
      [
        [false, 'personal-device', false],
        ...ours.map((_device, index) => [true, null, index >= budget - spent]),
      ],
    );
    const locks = await preview('lock-device');
    assert.ok(locks.items.every((item) => item.available && !item.needsApproval && !item.waiting));
    await queueCommand(deps(), world.admin, { deviceId: ours[0] ?? '', name: 'lock-device' });
    assert.deepEqual(
      (await preview('lock-device')).items.map(({ waiting }) => waiting),
      [false, true, false, false, false, false, false],
    );
  });

  test('power that is too young, a device out of reach and what is under way already are told', async () => {
    const device = await world.fleet.addDevice();
    const young = await available(as('org-admin', world.clock.at - 3_600_000), device);
    assert.equal(young.get('full-wipe')?.reason, 'empowered-too-recently');
    const { id } = await queueCommand(deps(), world.admin, { deviceId: device, name: 'lock-device' });
    assert.equal((await available(as('org-admin'), device)).get('lock-device')?.waitingCommandId, id);
    await world.rows(`update devices set state = 'unmanaged' where device_id = $1`, [device]);
    assert.equal((await available(as('org-admin'), device)).get('lock-device')?.reason, 'device-unmanaged');
    await assert.rejects(available(as('org-admin'), newId()), (error) => isDomainError(error, 'not-found'));
    await assert.rejects(available(as('nac-service'), device), (error) => isDomainError(error, 'forbidden'));
  });

  test('ADM-18, ACT-16, ACT-17 where a device was is shown by right only, and the look is on record', async () => {
    const device = await world.fleet.addDevice();
    for (const [latitude, minutes] of [
      [47.1, 10],
      [47.2, 5],
    ] as const) {
      const { id } = await queueCommand(deps(), world.admin, { deviceId: device, name: 'locate-device' });
      await world.inTenant(async (tx) => {
        await takeCommands(deps(), tx, device);
        const observedAt = world.clock.at - minutes * 60_000;
        await recordCommandResult(deps(), tx, device, id, {
          state: 'acknowledged',
          result: { latitude, longitude: 8.5, accuracyMetres: 12, observedAt },
        });
      });
    }
    const looks = () => world.entries('devices.read-private-facts', device);
    const { places } = await lookAtLocation(deps(), world.admin, { deviceId: device, reason: 'Ticket 4711' });
    assert.deepEqual(
      places.map(({ latitude, accuracyMeters, source }) => ({ latitude, accuracyMeters, source })),
      [{ latitude: 47.2, accuracyMeters: 12, source: 'command' }],
    );
    assert.equal(await looks(), 1);
    const trail = await lookAtLocation(deps(), world.admin, { deviceId: device, trail: true });
    assert.deepEqual(
      trail.places.map(({ latitude }) => latitude),
      [47.2, 47.1],
    );
    assert.equal(await looks(), 2);
    await assert.rejects(lookAtLocation(deps(), as('help-desk'), { deviceId: device }), (error) =>
      isDomainError(error, 'forbidden'),
    );
    assert.equal(await looks(), 2, 'who has no right sees nothing that could be on record');
    await world.rows(`update devices set ownership = 'personal' where device_id = $1`, [device]);
    const support: TenantPrincipal = {
      ...as('help-desk'),
      permissions: new Set(['devices.facts.sensitive.read', 'devices.facts.read']),
    };
    await assert.rejects(lookAtLocation(deps(), support, { deviceId: device }), (error) =>
      isDomainError(error, 'forbidden'),
    );
    assert.equal(await looks(), 3, 'a refused look is on record too');
  });

  test('DLP-04 facts that privacy keeps from being collected are named, and what is left out is not on record as seen', async () => {
    const device = await world.fleet.addDevice({ ownership: 'personal' });
    const { notCollected } = await readFacts(world.deps, world.admin, device);
    assert.ok(notCollected.some(({ name }) => name === 'location.latitude'));
    assert.ok(!notCollected.some(({ name }) => name === 'os.version'));
    const ours = await world.fleet.addDevice();
    await world.inTenant((tx) =>
      world.fleet.report(tx, ours, {
        'device-information': { 'location.latitude': 47.3, 'location.longitude': 8.5, 'os.version': '15' },
      }),
    );
    const little = await readFacts(world.deps, world.admin, ours, { leaveOut: ['sensitive'] });
    assert.deepEqual(
      little.facts.map(({ name }) => name),
      ['os.version'],
    );
    assert.deepEqual(little.withheld, []);
    assert.equal(await world.entries('devices.read-private-facts', ours), 0);
    const { places } = await lookAtLocation(deps(), world.admin, { deviceId: ours });
    assert.deepEqual(
      places.map(({ latitude, source }) => ({ latitude, source })),
      [{ latitude: 47.3, source: 'agent' }],
    );
  });
});
