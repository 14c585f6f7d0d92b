import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { defaultDestructiveLimits } from '@gatehouse/core/commands/guard.ts';
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import { type ErrorCode, isDomainError } from '@gatehouse/core/errors.ts';
import { decideMailAccess } from '@gatehouse/core/mail/decide-mail-access.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { approvalRoutes } from '../approvals/routes.ts';
import { forgetMailDevice, setMailDeviceState } from './change-mail-device.ts';
import { cancelMailWipe, mailWipeAcknowledged, mailWipeFetched } from './finish-wipe.ts';
import { linkMailDevice } from './links.ts';
import { getMailDevice } from './list-mail-devices.ts';
import { carryOutMailWipe, orderMailWipe, relayServerWipe } from './order-wipe.ts';
import { hour, openTestMail, type TestMail } from './test-mail.ts';

describe('wipes of mail devices', () => {
  let mail: TestMail;
  let next = 0;
  before(async () => {
    mail = await openTestMail();
  });
  after(() => mail[Symbol.asyncDispose]());
  beforeEach(() => {
    // Past every window of what earlier tests have spent.
    mail.clock.at += 25 * hour;
  });

  const key = () => Buffer.from(`DEVICE-${next}`);
  async function device(ownership: Ownership | null): Promise<string> {
    next += 1;
    const id = await mail.discover({ deviceKey: key() });
    if (ownership !== null) {
      const enrolled = await mail.acme.addDevice({ platform: 'ios', ownership });
      await linkMailDevice(mail.deps, mail.principal(), id, enrolled);
    }
    await mail.rows('update mail_settings set maximum_devices = 100');
    return id;
  }
  const order = (id: string, kind: 'device' | 'account', principal = mail.principal()) =>
    orderMailWipe(mail.deps, principal, id, { kind, reason: 'stolen' });
  const effect = async (at = key()) => {
    const decision = decideMailAccess({
      standing: await mail.standing('ann@acme.example', at),
      presentedKey: 0,
      now: mail.clock.now(),
    });
    return decision.effect === 'wipe'
      ? `wipe ${decision.how}`
      : decision.effect === 'refuse'
        ? decision.because
        : decision.effect;
  };
  const rejects = (work: Promise<unknown>, code: ErrorCode, reason: string) =>
    assert.rejects(work, (error) => {
      assert.ok(isDomainError(error, code), String(error));
      assert.equal(error.reason, reason);
      return true;
    });
  const server = newId();
  const relay = (id: string, kind: 'device' | 'account' = 'device') =>
    relayServerWipe(mail.deps, mail.acme.organizationId, id, { serverId: server, kind });
  const without = (...taken: string[]): TenantPrincipal => {
    const all = mail.principal();
    return { ...all, permissions: new Set([...all.permissions].filter((each) => !taken.includes(each))) };
  };
  /** So many wipes more than the budget are ordered at once. */
  async function spendBudget(): Promise<void> {
    for (let spent = 0; spent < defaultDestructiveLimits.minimumBudget; spent += 1)
      await order(await device('corporate'), 'account');
  }

  test('EAS-07 one is ordered, fetched and acknowledged; from then on the device gets nothing until it is let in', async () => {
    const id = await device('corporate');
    const shown = await order(id, 'device');
    assert.deepEqual([shown.wipe?.kind, shown.wipe?.state, shown.access], ['device', 'ordered', 'deny']);
    assert.equal(await effect(), 'wipe device');
    assert.equal(await mailWipeFetched(mail.deps, mail.acme.organizationId, id), true);
    assert.equal((await getMailDevice(mail.deps, mail.principal(), id)).wipe?.state, 'fetched');
    await mailWipeAcknowledged(mail.deps, mail.acme.organizationId, id, true);
    assert.equal(await effect(), 'blocked');
    assert.equal(await mailWipeFetched(mail.deps, mail.acme.organizationId, id), false);
    for (const verb of ['order-wipe', 'fetch-wipe', 'finish-wipe'])
      assert.deepEqual(await mail.entries(`mail-devices.${verb}`, id), ['done'], verb);
    assert.equal((await mail.told('mail-device.wipe-ordered', id)).length, 1);
    assert.equal((await mail.told('mail-device.wiped', id))[0]?.['done'], true);
    const { wiped } = await setMailDeviceState(mail.deps, mail.principal(), id, 'allowed');
    assert.equal(wiped, false);
  });

  test('EAS-07 one that the client could not do is an alert, and it gets nothing all the same', async () => {
    const id = await device(null);
    await order(id, 'account');
    await mailWipeAcknowledged(mail.deps, mail.acme.organizationId, id, false);
    assert.equal(await effect(), 'blocked');
    assert.equal((await mail.alerts('mail-wipe-failed')).length, 1);
  });

  test('what a client says of a wipe that nobody ordered changes nothing', async () => {
    const id = await device('corporate');
    await mailWipeAcknowledged(mail.deps, mail.acme.organizationId, id, true);
    assert.equal((await getMailDevice(mail.deps, mail.principal(), id)).wiped, false);
    assert.deepEqual(await mail.entries('mail-devices.finish-wipe', id), []);
  });

  test('ACT-17 a device that is not known as corporate is reset only by who may reset private ones', async () => {
    const support = without('devices.full-wipe.personal');
    for (const ownership of ['personal', 'unspecified', null] as const) {
      const id = await device(ownership);
      await rejects(order(id, 'device', support), 'forbidden', 'personal-device');
      assert.deepEqual(await mail.entries('mail-devices.order-wipe', id), ['refused']);
      assert.notEqual(await effect(), 'wipe device');
    }
    const id = await device('personal');
    assert.equal((await order(id, 'account', support)).wipe?.kind, 'account');
  });

  test('ADM-06 power that is young destroys nothing; who may not wipe asks in vain', async () => {
    const id = await device('corporate');
    const young = { ...mail.principal(), empoweredAt: mail.clock.at - hour };
    await rejects(order(id, 'account', young), 'forbidden', 'empowered-too-recently');
    await rejects(order(id, 'account', mail.principal('help-desk')), 'forbidden', 'permission-missing');
  });

  test('one that waits is not paid for again, and an account’s gives way to the device’s', async () => {
    const id = await device('corporate');
    const first = await order(id, 'account');
    assert.equal((await order(id, 'account')).wipe?.id, first.wipe?.id);
    const stronger = await order(id, 'device');
    assert.deepEqual([stronger.wipe?.kind, stronger.wipe?.state], ['device', 'ordered']);
    assert.equal((await order(id, 'account')).wipe?.id, stronger.wipe?.id);
    assert.equal(
      (await mail.rows('select 1 from destructive_spending where command_id = $1', [first.wipe?.id])).length,
      1,
    );
  });

  test('it can be taken back until the client has fetched it, and a device that has one is not forgotten', async () => {
    const id = await device('corporate');
    await order(id, 'device');
    await rejects(forgetMailDevice(mail.deps, mail.principal(), id), 'conflict', 'wipe-waits');
    assert.equal((await cancelMailWipe(mail.deps, mail.principal(), id)).wipe?.state, 'cancelled');
    await rejects(cancelMailWipe(mail.deps, mail.principal(), id), 'conflict', 'no-wipe');
    await order(id, 'device');
    await mailWipeFetched(mail.deps, mail.acme.organizationId, id);
    await rejects(cancelMailWipe(mail.deps, mail.principal(), id), 'conflict', 'wipe-fetched');
  });

  test('ADM-06 beyond the budget a second person is asked, and what he approves is done', async () => {
    await spendBudget();
    const asker = await person('asker');
    const id = await device('corporate');
    await rejects(order(id, 'device', asker), 'too-many-requests', 'budget-spent');
    assert.notEqual(await effect(), 'wipe device');
    const [request] = await mail.rows(
      `select approval_id, hash, action, device_ids from approval_requests where state = 'pending' and requested_by = $1`,
      [`administrator:${asker.id}`],
    );
    assert.deepEqual([request.action, request.device_ids], ['mail-wipe', [id]]);
    await assert.rejects(approve(asker, request), /themselves/);
    const answer = await approve(await person('second'), request);
    assert.equal(answer.state, 'done');
    assert.equal(await effect(), 'wipe device');
    const [spent] = await mail.rows('select approval_id from destructive_spending where command_id = $1', [
      answer.outcomes[0]?.commandId,
    ]);
    assert.equal(spent.approval_id, request.approval_id);
  });

  test('JOB-02 whoever may not wipe any more has nothing carried out, and a device that became private is spared', async () => {
    await spendBudget();
    const asker = await person('leaver');
    const id = await device('corporate');
    await rejects(order(id, 'device', asker), 'too-many-requests', 'budget-spent');
    const [request] = await mail.rows(
      `select approval_id, hash from approval_requests where state = 'pending' and requested_by = $1`,
      [`administrator:${asker.id}`],
    );
    await mail.rows(`update administrators set role = 'auditor' where administrator_id = $1`, [asker.id]);
    const { outcomes } = await approve(await person('third'), request);
    assert.equal(outcomes[0]?.commandId, null);
    assert.notEqual(await effect(), 'wipe device');
  });

  test('EAS-T11 WIP-10 what a mail server orders is done to a corporate device, and administrators are told', async () => {
    const id = await device('corporate');
    assert.deepEqual(await relay(id), { kind: 'device' });
    assert.equal(await effect(), 'wipe device');
    assert.deepEqual(await relay(id), { kind: 'device' }, 'it repeats itself');
    const [{ count }] = await mail.rows(
      'select count(*)::int from mail_device_wipes where mail_device_id = $1',
      [id],
    );
    assert.equal(count, 1);
    const { wipe } = await getMailDevice(mail.deps, mail.principal(), id);
    assert.equal(wipe?.orderedBy, `mail-server:${server}`);
    assert.deepEqual(
      (await mail.alerts('mail-server-wipe')).map(({ severity, occurrences }) => [severity, occurrences]),
      [['critical', 1]],
    );
  });

  test('EAS-T11 a private device loses the account and nothing else, with an alarm', async () => {
    for (const ownership of ['personal', 'unspecified', null] as const) {
      const id = await device(ownership);
      assert.deepEqual(await relay(id), { kind: 'account' });
      assert.equal(await effect(), 'wipe account');
    }
    assert.match((await mail.alerts('mail-server-wipe')).at(-1)?.summary ?? '', /Only the mail account/);
  });

  test('EAS-T11 a mail server that was taken over destroys no more than the budget; the rest wait, and get no mail', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 8; count += 1) ids.push(await device('corporate'));
    const kinds = [];
    for (const id of ids) kinds.push((await relay(id)).kind);
    assert.deepEqual(kinds, [...Array(5).fill('device'), ...Array(3).fill('held')]);
    assert.equal(await effect(), 'blocked');
    assert.deepEqual(await relay(ids.at(-1) ?? ''), { kind: 'held' });
    const waiting = await mail.rows(
      `select 1 from approval_requests where state = 'pending' and action = 'mail-wipe' and requested_by = 'system:mail-gateway'`,
    );
    assert.equal(waiting.length, 3);
  });

  async function person(name: string): Promise<TenantPrincipal> {
    const [id, at] = [newId(), mail.clock.at - 48 * hour];
    await mail.rows(
      `insert into administrators (organization_id, administrator_id, email, role, state, empowered_at)
       values ($1, $2, $3, 'org-admin', 'active', $4)`,
      [mail.acme.organizationId, id, `${name}@acme.example`, new Date(at)],
    );
    return {
      ...mail.principal(),
      id,
      label: name,
      permissions: effectivePermissions('org-admin'),
      empoweredAt: at,
    };
  }

  async function approve(
    principal: TenantPrincipal,
    { approval_id: approvalId, hash }: { approval_id: string; hash: string },
  ): Promise<{ state: string; outcomes: readonly { commandId: string | null }[] }> {
    const deps = {
      ...mail.deps,
      carryOut: (tx: never, made: never) => carryOutMailWipe(mail.deps, tx, made),
    } as never;
    const route = approvalRoutes(deps).find(({ operation }) => operation === 'approve');
    return route?.handle({ principal, params: { approvalId }, body: { hash } } as never) as never;
  }
});
