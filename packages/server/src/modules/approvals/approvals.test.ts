import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { systemActor } from '@gatehouse/core/actor.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { resetSecondFactor } from '../administrators/change-administrator.ts';
import { recordAudit } from '../audit/index.ts';
import { queueCommand, queueCommands, queueInTransaction, systemRights } from '../commands/index.ts';
import { createTestFleet } from '../devices/test-fleet.ts';
import { askForBudget } from './ask.ts';
import { approve, override, reject, release, withdraw } from './decide.ts';
import { getBudget } from './limits.ts';
import { getRequest, listRequests } from './list-requests.ts';
import { approvalTasks } from './reactions.ts';
import { openTestApprovals, type TestApprovals } from './test-approvals.ts';

describe('approvals', () => {
  let world: TestApprovals;
  let asker: TenantPrincipal;
  let other: TenantPrincipal;
  let serial = 0;

  before(async () => {
    world = await openTestApprovals();
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    world.pause();
    serial += 1;
    asker = await world.person(`asker${serial}`);
    other = await world.person(`other${serial}`);
  });

  const wipe = async (deviceIds: readonly string[], by = asker, params = {}) =>
    (
      await queueCommands(world.queue.deps, by, {
        deviceIds,
        name: Object.keys(params).length > 0 ? 'full-wipe' : 'selective-wipe',
        params,
        reason: 'The laptops were stolen.',
      })
    ).items;
  /** A request for what goes beyond the budget of five. */
  const held = async (count = 1, params = {}) => {
    const spent = await wipe(await world.devices(5));
    assert.ok(spent.every(({ command }) => command !== null));
    const devices = await world.devices(count);
    const outcomes = await wipe(devices, asker, params);
    const id = outcomes[0]?.refusal?.approvalId ?? '';
    return { devices, id, request: await getRequest(world.deps, asker, id) };
  };
  const refusal = (reason: string) => (error: unknown) =>
    isDomainError(error, 'conflict') && error.reason === reason;

  test('ADM-06 what goes beyond the budget waits for a second person, and is done when that person agrees', async () => {
    const { devices, id, request } = await held(3);
    assert.equal(request.state, 'pending');
    assert.deepEqual(request.deviceIds, devices);
    assert.equal(request.reason, 'The laptops were stolen.');
    assert.equal(await world.commandsOf(devices), 0);
    const done = await approve(world.deps, other, id, { hash: request.hash });
    assert.equal(done.state, 'done');
    assert.ok(done.outcomes.every(({ commandId }) => commandId !== null));
    assert.equal(await world.commandsOf(devices), 3);
    const [command] = await world.queue.rows('select requested_by from commands where device_id = $1', [
      devices[0],
    ]);
    assert.equal(command.requested_by, `administrator:${asker.id}`, 'whoever asked answers for it');
    for (const action of ['approvals.request', 'approvals.approve'])
      assert.equal(await world.queue.entries(action, id), 1, action);
  });

  test('ADM-07 the five tricks are conflicts: own request, an account just made or strengthened, a changed target, a second use, an old request', async () => {
    const { devices, id, request } = await held(2);
    const { hash } = request;
    await assert.rejects(approve(world.deps, asker, id, { hash }), refusal('own-request'));
    const token: TenantPrincipal = { ...asker, kind: 'token', id: 'ownownownown' };
    await world.queue.rows(
      `insert into api_tokens (organization_id, token_id, secret_hash, role, administrator_id, expires_at)
       values ($1, $2, '\\x00', 'org-admin', $3, now() + interval '1 day')`,
      [asker.organizationId, token.id, asker.id],
    );
    await assert.rejects(approve(world.deps, token, id, { hash }), refusal('own-request'));
    const young = await world.person(`young${serial}`, 23);
    await assert.rejects(
      approve(world.deps, young, id, { hash }),
      refusal('approver-empowered-too-recently'),
    );
    await assert.rejects(
      approve(world.deps, other, id, { hash: '0'.repeat(64) }),
      refusal('request-changed'),
    );
    const [extra] = await world.devices(1);
    await world.queue.rows(
      'update approval_requests set device_ids = device_ids || $2::uuid where approval_id = $1',
      [id, extra],
    );
    await assert.rejects(approve(world.deps, other, id, { hash }), refusal('request-changed'));
    await world.queue.rows('update approval_requests set device_ids = $2 where approval_id = $1', [
      id,
      devices,
    ]);
    const twice = await Promise.allSettled([
      approve(world.deps, other, id, { hash }),
      approve(world.deps, await world.person(`third${serial}`), id, { hash }),
    ]);
    assert.deepEqual(twice.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    await assert.rejects(approve(world.deps, other, id, { hash }), refusal('already-decided'));
    assert.equal(await world.commandsOf(devices), 2);
    world.pause();
    const late = await held();
    world.pause();
    await assert.rejects(
      approve(world.deps, other, late.id, { hash: late.request.hash }),
      refusal('approval-expired'),
    );
    assert.equal(await world.commandsOf(late.devices), 0);
    assert.ok((await world.queue.entries('approvals.approve', id)) >= 6, 'refusals are on record');
  });

  test('ADM-07 an account whose second factor somebody took away, or that was set up anew, approves nothing for a day', async () => {
    const publicUrl = new URL('https://gatehouse.example');
    await resetSecondFactor({ ...world.queue.deps, publicUrl }, asker, other.id);
    const [row] = await world.queue.rows(
      'select empowered_at from administrators where administrator_id = $1',
      [other.id],
    );
    const { id, request } = await held();
    const now = { ...other, empoweredAt: row.empowered_at.getTime() as number };
    await assert.rejects(
      approve(world.deps, now, id, { hash: request.hash }),
      refusal('approver-empowered-too-recently'),
    );
  });

  test('ADM-06 a rule that wipes is an order: whoever wrote or assigned it does not approve what follows, nor go ahead alone', async () => {
    const [ruleId, author] = [newId(), await world.person(`author${serial}`)];
    await wipe(await world.devices(5));
    const devices = await world.devices(1);
    const approvalId = await world.queue.inTenant(async (tx) => {
      const target = { kind: 'rule', id: ruleId } as const;
      await recordAudit(tx, { actor: author, action: 'rules.create', target, outcome: 'done' });
      await recordAudit(tx, { actor: asker, action: 'assignments.create', target, outcome: 'done' });
      const system = {
        ...systemActor('compliance-actions', tx.organizationId),
        role: '',
        permissions: systemRights,
        empoweredAt: null,
      };
      const order = { deviceIds: devices, name: 'selective-wipe' };
      const [outcome] = await queueInTransaction(world.queue.deps, tx, system, order, { cause: { ruleId } });
      assert.ok(outcome && 'refusal' in outcome);
      return String(outcome.refusal.detail?.['approvalId']);
    });
    const { hash } = await getRequest(world.deps, other, approvalId);
    for (const person of [author, asker]) {
      await assert.rejects(approve(world.deps, person, approvalId, { hash }), refusal('own-rule'));
      await assert.rejects(
        override(world.deps, person, approvalId, { hash, reason: 'Because I can.' }),
        refusal('own-rule'),
      );
    }
    assert.equal((await approve(world.deps, other, approvalId, { hash })).state, 'done');
    assert.equal(await world.commandsOf(devices), 1);
  });

  test('ADM-07 sealed parameters are bound too, and shown to nobody', async () => {
    const { id, request } = await held(1, { pin: '123456' });
    assert.ok(request.hasSealedParams);
    assert.ok(!JSON.stringify(request).includes('123456'));
    world.pause();
    const stronger = await held(1, { pin: '654321' });
    const sealed = await world.queue.rows(
      'select sealed_params from approval_requests where approval_id = $1',
      [stronger.id],
    );
    await world.queue.rows(
      'update approval_requests set sealed_params = $2, expires_at = $3 where approval_id = $1',
      [id, sealed[0].sealed_params, new Date(world.queue.clock.at + 3_600_000)],
    );
    await assert.rejects(approve(world.deps, other, id, { hash: request.hash }));
    const done = await approve(world.deps, other, stronger.id, { hash: stronger.request.hash });
    assert.equal(done.state, 'done');
  });

  test('ADM-17 what became private while it waited is not reset by support staff', async () => {
    const helper = await world.person(`helper${serial}`, 48, 'help-desk');
    await wipe(await world.devices(5));
    const [device] = await world.devices(1);
    assert.ok(device !== undefined);
    const [outcome] = (
      await queueCommands(world.queue.deps, helper, { deviceIds: [device], name: 'full-wipe' })
    ).items;
    const id = outcome?.refusal?.approvalId ?? '';
    const { hash } = await getRequest(world.deps, other, id);
    await world.queue.rows(`update devices set ownership = 'personal' where device_id = $1`, [device]);
    const done = await approve(world.deps, other, id, { hash });
    assert.equal(done.outcomes[0]?.commandId, null);
    assert.match(done.outcomes[0]?.refusal ?? '', /personal/);
    assert.equal(await world.commandsOf([device]), 0);
  });

  test('ADM-19 exactly the stored devices are touched, and what cannot be done any more is reported', async () => {
    const { devices, id, request } = await held(3);
    const later = await world.devices(1);
    await world.queue.rows(`update devices set state = 'unmanaged' where device_id = $1`, [devices[1]]);
    const done = await approve(world.deps, other, id, { hash: request.hash });
    assert.deepEqual(
      done.outcomes.map(({ commandId }) => commandId !== null),
      [true, false, true],
    );
    assert.equal(await world.commandsOf(later), 0);
  });

  test('whoever lost the right while it waited gets nothing done', async () => {
    const { devices, id, request } = await held();
    await world.queue.rows(`update administrators set state = 'disabled' where administrator_id = $1`, [
      asker.id,
    ]);
    const done = await approve(world.deps, other, id, { hash: request.hash });
    assert.match(done.outcomes[0]?.refusal ?? '', /may no longer/);
    assert.equal(await world.commandsOf(devices), 0);
  });

  test('asking again is the same request; many are no flood, neither of requests nor of mail', async () => {
    const { devices, id } = await held();
    const again = await wipe(devices);
    assert.equal(again[0]?.refusal?.approvalId, id);
    for (const device of await world.devices(25)) {
      await assert.rejects(
        queueCommand(world.queue.deps, asker, { deviceId: device, name: 'selective-wipe' }),
        (error) => isDomainError(error, 'too-many-requests'),
      );
    }
    const requests = await world.queue.rows(
      `select count(*)::int as count from approval_requests where requested_by = $1`,
      [`administrator:${asker.id}`],
    );
    assert.equal(requests[0].count, 20);
    const alerts = await world.queue.rows(
      `select occurrences from alerts where kind = 'destruction-held' and same_as like $1`,
      [`%${asker.id}%`],
    );
    assert.deepEqual(alerts, [{ occurrences: 20 }]);
  });

  test('ADM-06 of many devices the first goes ahead; the others follow its answer, or a person, or stay', async () => {
    const { devices, id, request } = await held(8);
    const canary = await approve(world.deps, other, id, { hash: request.hash });
    assert.equal(canary.state, 'canary');
    assert.equal(await world.commandsOf(devices), 1);
    await world.answered(canary.firstCommandId ?? '', 'failed');
    assert.equal((await getRequest(world.deps, asker, id)).state, 'canary', 'a failure lets nothing follow');
    assert.equal(
      (
        await world.queue.rows(
          `select 1 from alerts where kind = 'first-device-failed' and subject_id = $1`,
          [id],
        )
      ).length,
      1,
    );
    const released = await release(world.deps, other, id, 'Its battery was empty.');
    assert.equal(released.state, 'done');
    assert.equal(await world.commandsOf(devices), 8);
    world.pause();
    const second = await held(7);
    const first = await approve(world.deps, other, second.id, { hash: second.request.hash });
    await world.answered(first.firstCommandId ?? '', 'acknowledged');
    assert.equal(await world.commandsOf(second.devices), 7);
    world.pause();
    const third = await held(7);
    await approve(world.deps, other, third.id, { hash: third.request.hash });
    const stopped = await reject(world.deps, asker, third.id, 'It was a mistake.');
    assert.deepEqual(
      [stopped.state, stopped.approvedBy, stopped.decidedBy],
      ['rejected', `administrator:${other.id}`, `administrator:${asker.id}`],
      'who said yes stays on record when the asker stops the rest',
    );
    await assert.rejects(release(world.deps, other, third.id), refusal('not-waiting-for-its-first-device'));
    assert.equal(await world.commandsOf(third.devices), 1);
  });

  test('ADM-06 another budget takes two people, and a day when it is larger; a smaller one holds at once', async () => {
    const asked = await askForBudget(world.deps, asker, { minimumBudget: 8 }, 'The spring exchange.');
    await assert.rejects(approve(world.deps, asker, asked.id, { hash: asked.hash }), refusal('own-request'));
    await assert.rejects(
      override(world.deps, asker, asked.id, { hash: asked.hash, reason: 'Because I can.' }),
      refusal('not-for-the-budget'),
    );
    await approve(world.deps, other, asked.id, { hash: asked.hash });
    const soon = await getBudget(world.deps, asker);
    assert.equal(soon.settings.minimumBudget, 5);
    assert.equal(soon.coming[0]?.settings.minimumBudget, 8);
    world.pause();
    assert.equal((await getBudget(world.deps, asker)).settings.minimumBudget, 8);
    const back = await askForBudget(world.deps, asker, { minimumBudget: 5 }, 'Enough.');
    await approve(world.deps, other, back.id, { hash: back.hash });
    assert.equal((await getBudget(world.deps, asker)).settings.minimumBudget, 5);
  });

  test('ADM-06 where an organization demands two people, one alone destroys nothing', async () => {
    const asked = await askForBudget(world.deps, asker, { secondPerson: 'always' }, 'Rule 12.');
    await approve(world.deps, other, asked.id, { hash: asked.hash });
    const [device] = await world.devices(1);
    assert.ok(device !== undefined);
    await assert.rejects(
      queueCommand(world.queue.deps, asker, { deviceId: device, name: 'selective-wipe' }),
      refusal('second-person-required'),
    );
    const { items } = await listRequests(
      world.deps,
      asker,
      { state: 'pending' },
      { limit: 1, after: undefined },
    );
    const [request] = items;
    assert.deepEqual(
      [request?.own, request?.mayApprove, request?.devices.map(({ id }) => id)],
      [true, false, [device]],
    );
    assert.match(request?.whyNotApprove ?? '', /themselves/);
    const others = await getRequest(world.deps, other, request?.id ?? '');
    assert.deepEqual([others.own, others.mayApprove, others.whyNotApprove], [false, true, null]);
    const ofDevice = (deviceId: string, open: boolean) =>
      listRequests(world.deps, other, { deviceId, open }, { limit: 5, after: undefined });
    assert.equal((await ofDevice(device, true)).items.length, 1);
    const done = await approve(world.deps, other, request?.id ?? '', { hash: request?.hash ?? '' });
    assert.equal(done.state, 'done');
    assert.equal((await ofDevice(device, true)).items.length, 0);
    assert.equal((await ofDevice(device, false)).items.length, 1);
    const back = await askForBudget(world.deps, asker, { secondPerson: 'above-budget' }, 'Rule 13.');
    await approve(world.deps, other, back.id, { hash: back.hash });
    world.pause();
  });

  test('ADM-06 an emergency is loud, needs its own right, and adds the budget once more in a day, no more', async () => {
    const { devices, id, request } = await held(3);
    const decision = { hash: request.hash, reason: 'The truck was stolen with all of them.' };
    const helper = await world.person(`helper${serial}`, 48, 'help-desk');
    assert.throws(
      () => override(world.deps, helper, id, decision),
      (error) => isDomainError(error, 'forbidden'),
    );
    const young = await world.person(`young${serial}`, 2);
    await assert.rejects(
      override(world.deps, young, id, decision),
      refusal('approver-empowered-too-recently'),
    );
    const done = await override(world.deps, asker, id, decision);
    assert.ok(done.overridden);
    assert.equal(await world.commandsOf(devices), 3);
    assert.equal(await world.queue.entries('approvals.override', id), 2);
    const [alert] = await world.queue.rows(
      `select a.severity, e.payload from alerts a join events e on e.subject_id = a.alert_id
       where a.kind = 'destruction-overridden' and a.subject_id = $1`,
      [id],
    );
    assert.equal(alert.severity, 'critical');
    assert.equal(alert.payload.audience, 'everyone');
    const more = await wipe(await world.devices(3));
    const next = await getRequest(world.deps, asker, more[0]?.refusal?.approvalId ?? '');
    await assert.rejects(
      override(world.deps, asker, next.id, { ...decision, hash: next.hash }),
      refusal('emergency-budget-spent'),
    );
    assert.equal(await world.commandsOf(next.deviceIds), 0);
  });

  test('a request can be taken back by whoever asked, rejected by others, and runs out by itself', async () => {
    const first = await held();
    await assert.rejects(withdraw(world.deps, other, first.id), refusal('not-own-request'));
    assert.equal((await withdraw(world.deps, asker, first.id)).state, 'withdrawn');
    world.pause();
    const second = await held();
    assert.equal((await reject(world.deps, other, second.id, 'No.')).decisionReason, 'No.');
    world.pause();
    const third = await held();
    world.pause();
    for (const task of approvalTasks) {
      await task.run({ ...world.deps, database: world.queue.db.database });
    }
    assert.equal((await getRequest(world.deps, asker, third.id)).state, 'expired');
    const [left] = await world.queue.rows(
      `select count(*)::int as count from approval_requests where state <> 'pending' and sealed_params is not null`,
    );
    assert.equal(left.count, 0, 'what is sealed is forgotten when it is over');
  });

  test('DAT-01 another organization sees and decides nothing', async () => {
    const { id, request } = await held();
    const globex = await createTestFleet(world.queue.db, `globex${serial}`);
    const stranger = { ...other, id: newId(), organizationId: globex.organizationId };
    await assert.rejects(getRequest(world.deps, stranger, id), (error) => isDomainError(error, 'not-found'));
    await assert.rejects(approve(world.deps, stranger, id, { hash: request.hash }), (error) =>
      isDomainError(error, 'not-found'),
    );
    const { items } = await listRequests(world.deps, stranger, {}, { limit: 10, after: undefined });
    assert.deepEqual(items, []);
  });
});
