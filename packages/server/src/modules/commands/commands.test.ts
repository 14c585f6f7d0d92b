import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { commandEvents, commandStates, applyCommandEvent } from '@gatehouse/core/commands/state-machine.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { builtInRoles, effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { cancelCommand } from './cancel-command.ts';
import { closeCommandsJob, expireCommands } from './expire-commands.ts';
import { finishCommand } from './finish-command.ts';
import { getCommand, listCommands } from './list-commands.ts';
import { lockCommand } from './queries.ts';
import { queueCommand } from './queue-command.ts';
import { recordCommandResult } from './record-command-result.ts';
import { takeCommands } from './take-commands.ts';

const day = 86_400_000;
const t0 = Date.UTC(2026, 10, 21, 12);

describe('commands', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  let now = t0;
  const keys = masterKeysOf([randomBytes(32)]);
  const announced: string[] = [];
  const evaluated: string[] = [];
  const deps = {
    get database() {
      return db.database;
    },
    clock: { now: () => now },
    events: createEvents({}, () => undefined),
    notifications: {
      publish: (topic: string, { id }: { id: string }) => void announced.push(`${topic} ${id}`),
    },
    sealer: createSealer(() => keys),
    reevaluate: async (_tx: TenantTx, deviceId: string) => void evaluated.push(deviceId),
  };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
    for (const [role, id] of Object.entries(accounts)) {
      await rows(
        `insert into administrators (organization_id, administrator_id, email, role, state) values ($1, $2, $3, $4, 'active')`,
        [acme.organizationId, id, `${role}@acme.example`, role],
      );
    }
  });
  after(() => db[Symbol.asyncDispose]());

  const accounts: Record<string, string> = Object.fromEntries(builtInRoles.map((role) => [role, newId()]));
  const principal = (role: string, fleet: TestFleet = acme, empoweredAt = 0): TenantPrincipal => ({
    kind: 'administrator',
    id: accounts[role] ?? newId(),
    organizationId: fleet.organizationId,
    label: role,
    role,
    permissions: effectivePermissions(role),
    empoweredAt,
  });
  const admin = principal.bind(undefined, 'org-admin');
  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[] = []) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const take = (deviceId: string) => inAcme((tx) => takeCommands(deps, tx, deviceId));
  const answer = (
    deviceId: string,
    id: string,
    state: 'acknowledged' | 'failed',
    result?: Record<string, unknown>,
  ) => inAcme((tx) => recordCommandResult(deps, tx, deviceId, id, { state, result }));
  const deviceState = async (id: string) =>
    (await rows('select state from devices where device_id = $1', [id]))[0].state;
  /** Past the window of the budget that earlier tests have spent. */
  const nextHour = () => {
    now += 3_600_001;
  };

  test('commands are handed over in the order in which they were queued, until each is answered', async () => {
    const device = await acme.addDevice();
    announced.length = 0;
    const first = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    const second = await queueCommand(deps, admin(), {
      deviceId: device,
      name: 'lock-device',
      params: { message: 'Hi' },
    });
    assert.deepEqual(announced, [`command-queued ${device}`, `command-queued ${device}`]);
    assert.deepEqual(
      (await take(device)).map(({ id, name, params }) => ({ id, name, params })),
      [
        { id: first.id, name: 'refresh-device', params: {} },
        { id: second.id, name: 'lock-device', params: { message: 'Hi' } },
      ],
    );
    assert.deepEqual(
      (await take(device)).map(({ id }) => id),
      [first.id, second.id],
    );
    assert.equal(await answer(device, first.id, 'acknowledged'), 'acknowledged');
    assert.deepEqual(
      (await take(device)).map(({ id }) => id),
      [second.id],
    );
    assert.equal(await answer(device, second.id, 'failed'), 'failed');
    assert.deepEqual(await take(device), []);
  });

  test('DEV-07 an answer is applied once: repeated it changes nothing, contradicted it is refused', async () => {
    const device = await acme.addDevice();
    const { id } = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    await assert.rejects(answer(device, id, 'acknowledged'), (error) => isDomainError(error, 'conflict'));
    await take(device);
    const answers = await Promise.all([1, 2, 3].map(() => answer(device, id, 'acknowledged')));
    assert.deepEqual(answers, ['acknowledged', 'acknowledged', 'acknowledged']);
    await assert.rejects(answer(device, id, 'failed'), /Another answer/);
    const [{ count }] = await rows(
      `select count(*)::int from audit_entries where content ->> 'action' = 'commands.acknowledge'
       and content -> 'target' ->> 'id' = $1`,
      [id],
    );
    assert.equal(count, 1);
  });

  test('DEV-02 a device neither sees nor answers the command of another', async () => {
    const [mine, yours] = [await acme.addDevice(), await acme.addDevice()];
    const { id } = await queueCommand(deps, admin(), { deviceId: yours, name: 'refresh-device' });
    await take(yours);
    assert.deepEqual(await take(mine), []);
    await assert.rejects(answer(mine, id, 'acknowledged'), (error) => isDomainError(error, 'not-found'));
    assert.equal((await getCommand(deps, admin(), id)).state, 'delivered');
  });

  test('every pair of state and event does in the database what the table of the state machine says', async () => {
    for (const state of commandStates) {
      for (const event of commandEvents.filter((each) => each !== 'deliver' && each !== 'defer')) {
        const device = await acme.addDevice();
        const { id } = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
        await rows('update commands set state = $2 where command_id = $1', [id, state]);
        const expected = applyCommandEvent(state, event);
        const attempt = inAcme(async (tx) => {
          const row = await lockCommand(tx, id);
          assert.ok(row);
          return finishCommand(deps, tx, row, { event, actor: admin() });
        });
        if (expected.kind === 'refused') {
          await assert.rejects(attempt, (error) => isDomainError(error) && error.reason === expected.reason);
        } else await attempt;
        const after_ = expected.kind === 'moved' ? expected.to : state;
        assert.equal((await getCommand(deps, admin(), id)).state, after_, `${state} × ${event}`);
      }
    }
  });

  test('a PIN is sealed at rest, absent from answers and audit, and given to the device alone', async () => {
    const device = await acme.addDevice();
    const { id, params } = await queueCommand(deps, admin(), {
      deviceId: device,
      name: 'lock-device',
      params: { pin: '73914682' },
    });
    assert.deepEqual(params, {});
    const [stored] = await rows('select * from commands where command_id = $1', [id]);
    assert.ok(stored.sealed_params.length > 0);
    assert.ok(!JSON.stringify(stored).includes('73914682'));
    const [entry] = await rows(
      `select content from audit_entries where content -> 'show' ->> 'commandId' = $1`,
      [id],
    );
    assert.deepEqual(entry.content.show.params, { pin: '[given]' });
    const [taken] = await take(device);
    assert.deepEqual(taken?.params, { pin: '73914682' });
    await answer(device, id, 'acknowledged');
    const [done] = await rows('select sealed_params from commands where command_id = $1', [id]);
    assert.equal(done.sealed_params, null);
  });

  test('ADM-17 the help desk can neither wipe nor locate a device that is not the company’s, and the refusal is on record', async () => {
    nextHour();
    for (const ownership of ['personal', 'unspecified'] as const) {
      const device = await acme.addDevice({ ownership });
      for (const name of ['full-wipe', 'locate-device']) {
        await assert.rejects(
          queueCommand(deps, principal('help-desk'), { deviceId: device, name }),
          (error) => isDomainError(error, 'forbidden') && error.reason === 'personal-device',
        );
      }
      const entries = await rows(
        `select content from audit_entries where content -> 'target' ->> 'id' = $1 and content ->> 'outcome' = 'refused'`,
        [device],
      );
      assert.deepEqual(
        entries.map((row) => row.content.action as string).toSorted((a, b) => (a < b ? -1 : 1)),
        ['devices.full-wipe', 'devices.locate-device'],
      );
      assert.deepEqual(await take(device), []);
    }
    const corporate = await acme.addDevice();
    await queueCommand(deps, principal('help-desk'), { deviceId: corporate, name: 'locate-device' });
  });

  test('ADM-06 an account that gained power less than a day ago destroys nothing', async () => {
    nextHour();
    const device = await acme.addDevice();
    const wipe = (empoweredAt: number) =>
      queueCommand(deps, principal('org-admin', acme, empoweredAt), {
        deviceId: device,
        name: 'selective-wipe',
      });
    await assert.rejects(
      wipe(now - day + 1),
      (error) => isDomainError(error) && error.reason === 'empowered-too-recently',
    );
    assert.equal((await wipe(now - day)).state, 'queued');
  });

  test('TEN-03 an account of the network needs its own permission and no other, and nothing more comes of it', async () => {
    nextHour();
    const device = await acme.addDevice();
    const nac = principal('nac-service');
    await assert.rejects(queueCommand(deps, nac, { deviceId: device, name: 'lock-device' }), /permission/);
    const queued = await queueCommand(
      deps,
      nac,
      { deviceId: device, name: 'lock-device' },
      { permission: 'nac.actions.lock', via: 'nac' },
    );
    assert.equal(queued.state, 'queued');
    const personal = await acme.addDevice({ ownership: 'personal' });
    await assert.rejects(
      queueCommand(
        deps,
        nac,
        { deviceId: personal, name: 'full-wipe' },
        { permission: 'nac.actions.full-wipe' },
      ),
      (error) => isDomainError(error) && error.reason === 'personal-device',
    );
  });

  test('WIP-06, WIP-07: a wipe shuts the device out when it is handed over and ends its management when it is done', async () => {
    nextHour();
    const device = await acme.addDevice();
    const { id } = await queueCommand(deps, admin(), {
      deviceId: device,
      name: 'selective-wipe',
      reason: 'left',
    });
    const again = await queueCommand(deps, admin(), { deviceId: device, name: 'selective-wipe' });
    assert.equal(again.id, id, 'a wipe that waits is not paid for twice');
    assert.equal(await deviceState(device), 'registered');
    evaluated.length = 0;
    await take(device);
    assert.equal(await deviceState(device), 'wiping');
    assert.deepEqual(evaluated, [device]);
    announced.length = 0;
    await answer(device, id, 'acknowledged');
    assert.equal(await deviceState(device), 'unmanaged');
    assert.ok(announced.includes(`device-refused ${device}`), 'what it holds open is closed');
    assert.equal(await answer(device, id, 'acknowledged'), 'acknowledged');
    await assert.rejects(
      queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' }),
      /no longer managed/,
    );
  });

  test('a wipe that fails or gets no answer gives the device back; the news that it happened after all is believed', async () => {
    nextHour();
    const failing = await acme.addDevice();
    const first = await queueCommand(deps, admin(), { deviceId: failing, name: 'full-wipe' });
    await take(failing);
    await answer(failing, first.id, 'failed');
    assert.equal(await deviceState(failing), 'registered');

    const silent = await acme.addDevice();
    const second = await queueCommand(deps, admin(), {
      deviceId: silent,
      name: 'full-wipe',
      expiresInMs: 60_000,
    });
    await take(silent);
    now += 60_000;
    await expireCommands(deps);
    assert.equal((await getCommand(deps, admin(), second.id)).state, 'expired');
    assert.equal(await deviceState(silent), 'registered');
    await answer(silent, second.id, 'acknowledged');
    assert.equal(await deviceState(silent), 'unmanaged');
  });

  test('JOB-02 a wipe is handed over only if whoever ordered it may still do so, to the device as it is now', async () => {
    nextHour();
    const setAccount = (role: string, change: string) =>
      rows(`update administrators set ${change} where administrator_id = $1`, [accounts[role]]);
    const order = async (role: string, name: string) => {
      const device = await acme.addDevice();
      const permission = role === 'nac-service' ? ({ permission: 'nac.actions.wipe' } as const) : {};
      const { id } = await queueCommand(deps, principal(role), { deviceId: device, name }, permission);
      return { device, id };
    };
    const withdrawn = async ({ device, id }: { device: string; id: string }) => {
      assert.deepEqual(await take(device), []);
      assert.equal(await deviceState(device), 'registered');
      const { state, reason } = await getCommand(deps, admin(), id);
      assert.equal(state, 'cancelled');
      return reason;
    };
    const disabled = await order('help-desk', 'selective-wipe');
    await setAccount('help-desk', `state = 'disabled'`);
    assert.match((await withdrawn(disabled)) ?? '', /no longer/);
    await setAccount('help-desk', `state = 'active'`);

    const demoted = await order('help-desk', 'full-wipe');
    await setAccount('help-desk', `role = 'auditor'`);
    assert.match((await withdrawn(demoted)) ?? '', /no longer/);
    await setAccount('help-desk', `role = 'help-desk'`);

    const nowPrivate = await order('help-desk', 'full-wipe');
    await rows(`update devices set ownership = 'personal' where device_id = $1`, [nowPrivate.device]);
    assert.match((await withdrawn(nowPrivate)) ?? '', /has become personal/);

    // Who may order it to a private device, or by the permission of the network, still may.
    const allowed = await order('org-admin', 'full-wipe');
    await rows(`update devices set ownership = 'personal' where device_id = $1`, [allowed.device]);
    const network = await order('nac-service', 'selective-wipe');
    for (const { device, id } of [allowed, network])
      assert.deepEqual(
        (await take(device)).map((each) => each.id),
        [id],
      );
  });

  test('no command waits for ever: at its deadline it is handed out no more and expires with a reason', async () => {
    const device = await acme.addDevice();
    const { id } = await queueCommand(deps, admin(), {
      deviceId: device,
      name: 'refresh-device',
      expiresInMs: 60_000,
    });
    now += 60_000;
    assert.deepEqual(await take(device), []);
    assert.ok((await expireCommands(deps)).expired >= 1);
    const command = await getCommand(deps, admin(), id);
    assert.deepEqual([command.state, command.reason], ['expired', 'The device did not come for it in time.']);
    assert.equal((await expireCommands(deps)).expired, 0);
  });

  test('a command can be withdrawn until the device has it', async () => {
    const device = await acme.addDevice();
    const first = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    assert.equal((await cancelCommand(deps, admin(), first.id, 'a mistake')).state, 'cancelled');
    assert.deepEqual(await take(device), []);
    const second = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    await take(device);
    await assert.rejects(cancelCommand(deps, admin(), second.id), /has the command already/);
    await assert.rejects(cancelCommand(deps, principal('auditor'), second.id), /permission/);
  });

  test('withdrawing and handing over at once: one of them wins, and both know which', async () => {
    for (let round = 0; round < 10; round += 1) {
      const device = await acme.addDevice();
      const { id } = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
      const [taken, cancelled] = await Promise.all([
        take(device),
        cancelCommand(deps, admin(), id).then(
          () => true,
          () => false,
        ),
      ]);
      assert.equal(taken.length, cancelled ? 0 : 1);
      assert.equal((await getCommand(deps, admin(), id)).state, cancelled ? 'cancelled' : 'delivered');
    }
  });

  test('what waits for a device ends with its management', async () => {
    const device = await acme.addDevice();
    const delivered = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    await take(device);
    const queued = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    const job = closeCommandsJob(deps);
    const close = () => inAcme(async (tx) => job.run?.(tx, job.parse({ deviceId: device })));
    await close();
    assert.equal((await getCommand(deps, admin(), queued.id)).state, 'queued');
    await rows(`update devices set state = 'unmanaged' where device_id = $1`, [device]);
    await close();
    const states = await Promise.all(
      [delivered, queued].map(async ({ id }) => (await getCommand(deps, admin(), id)).state),
    );
    assert.deepEqual(states, ['expired', 'cancelled']);
  });

  test('ADM-18 where a device was is shown by right only, and the look is on record', async () => {
    const device = await acme.addDevice();
    const { id } = await queueCommand(deps, admin(), { deviceId: device, name: 'locate-device' });
    await take(device);
    await answer(device, id, 'acknowledged', { latitude: 47.5, note: 'a\0b' });
    assert.equal((await getCommand(deps, principal('help-desk'), id)).result, null);
    assert.deepEqual((await getCommand(deps, admin(), id)).result, { latitude: 47.5, note: 'a\ufffdb' });
    const listed = await listCommands(deps, admin(), device, { limit: 10, after: undefined });
    assert.equal(listed.items[0]?.result, null);
    const [{ count }] = await rows(
      `select count(*)::int from audit_entries where content ->> 'action' = 'devices.read-private-facts'
       and content -> 'show' ->> 'commandId' = $1`,
      [id],
    );
    assert.equal(count, 1);
  });

  test('HTTP-07 another organization finds neither device nor command', async () => {
    const device = await acme.addDevice();
    const { id } = await queueCommand(deps, admin(), { deviceId: device, name: 'refresh-device' });
    const foreign = principal('org-admin', other);
    const absent = (error: unknown) => isDomainError(error, 'not-found');
    await assert.rejects(queueCommand(deps, foreign, { deviceId: device, name: 'refresh-device' }), absent);
    await assert.rejects(getCommand(deps, foreign, id), absent);
    await assert.rejects(cancelCommand(deps, foreign, id), absent);
    await assert.rejects(listCommands(deps, foreign, device, { limit: 10, after: undefined }), absent);
    await db.database.withTenant(other.organizationId, async (tx) => {
      assert.deepEqual(await takeCommands(deps, tx, device), []);
      await assert.rejects(recordCommandResult(deps, tx, device, id, { state: 'failed' }), absent);
    });
  });

  test('parameters that a command does not have are refused before anything is queued', async () => {
    const device = await acme.addDevice();
    const queue = (name: string, params: unknown) =>
      queueCommand(deps, admin(), { deviceId: device, name, params });
    await assert.rejects(queue('lock-device', { pin: 'abcd' }), /pin must be 4 to 16 digits/);
    await assert.rejects(queue('full-wipe', { force: true }), /not a parameter/);
    await assert.rejects(queue('format-disk', {}), /no command/);
    assert.deepEqual(await take(device), []);
  });
});
