import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cancelEnrollment } from './cancel-enrollment.ts';
import { createEnrollment } from './create-enrollment.ts';
import { enrollmentLimits } from './enrollment-deps.ts';
import { expireEnrollments } from './expire-enrollments.ts';
import { getEnrollment, listEnrollments } from './list-enrollments.ts';
import { enrollmentJobs } from './reactions.ts';
import { TestDevice } from './test-device.ts';
import { openTestEnrollments, type TestEnrollments } from './test-enrollments.ts';

describe('enrolment codes and who may have them', () => {
  let world: TestEnrollments;
  let deps: TestEnrollments['deps'];
  let acme: TestEnrollments['acme'];
  let globex: TestEnrollments['globex'];
  let rows: TestEnrollments['rows'];
  let principal: TestEnrollments['principal'];
  let newUser: TestEnrollments['newUser'];
  let issue: TestEnrollments['issue'];
  let carrier: TestEnrollments['carrier'];
  let later: TestEnrollments['later'];

  before(async () => {
    world = await openTestEnrollments();
    ({ deps, acme, globex, rows, principal, newUser, issue, carrier, later } = world);
  });
  after(() => world.close());

  test('codes end: cancelled, overdue, used up', async () => {
    const refused = { reason: 'enrollment-refused' };
    const cancelled = await issue();
    const waiting = new TestDevice(carrier(acme), cancelled);
    const begun = await waiting.begin();
    await cancelEnrollment(deps, principal(acme), cancelled.id);
    await assert.rejects(waiting.complete(begun.transcript, waiting.prove(begun)), refused);
    await assert.rejects(new TestDevice(carrier(acme), cancelled).enrol(), refused);
    await assert.rejects(cancelEnrollment(deps, principal(acme), cancelled.id), { code: 'conflict' });
    await assert.rejects(cancelEnrollment(deps, principal(globex), cancelled.id), { code: 'not-found' });

    const overdue = await issue({ expiresInHours: 1 });
    const late = new TestDevice(carrier(acme), overdue);
    const session = await late.begin();
    await later(3_600_001, async () => {
      await assert.rejects(late.complete(session.transcript, late.prove(session)), refused);
      await assert.rejects(late.begin(), refused);
      assert.equal((await getEnrollment(deps, principal(acme), overdue.id)).state, 'expired');
      assert.ok((await expireEnrollments(deps)) >= 1);
      const [row] = await rows<object>(
        `select state, server_key, device_key, (select count(*)::int from enrollment_sessions s where s.enrollment_id = e.enrollment_id) as sessions
         from enrollments e where enrollment_id = $1`,
        [overdue.id],
      );
      assert.deepEqual(row, { state: 'expired', server_key: null, device_key: null, sessions: 0 });
    });
  });

  test('ENR-T12 open codes and devices of one user are capped, also when many are asked for at once', async () => {
    const user = await newUser(acme);
    const create = () => createEnrollment(deps, principal(acme), { user, platform: 'linux' });
    const answers = await Promise.allSettled(Array.from({ length: 15 }, create));
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    assert.equal(made.length, enrollmentLimits.openPerUser);
    await assert.rejects(create(), { code: 'conflict', reason: 'too-many-codes' });
    for (const { id } of made) await cancelEnrollment(deps, principal(acme), id);
    await rows(
      `insert into devices (organization_id, device_id, user_id, platform)
       select $1, gen_random_uuid(), $2, 'linux' from generate_series(1, $3)`,
      [acme.organizationId, user, enrollmentLimits.devicesPerUser - 1],
    );
    await create();
    await assert.rejects(create(), { code: 'conflict', reason: 'too-many-devices' });
  });

  test('TEN-14 who may not declare ownership cannot issue a corporate code', async () => {
    const user = await newUser(acme);
    const input = { user, platform: 'linux' } as const;
    await createEnrollment(deps, principal(acme, 'help-desk'), { ...input, ownership: 'personal' });
    await assert.rejects(
      createEnrollment(deps, principal(acme, 'help-desk'), { ...input, ownership: 'corporate' }),
      { code: 'forbidden' },
    );
    await assert.rejects(createEnrollment(deps, principal(acme, 'auditor'), input), { code: 'forbidden' });
  });

  test('HTTP-07 users of another organization do not exist here, and its enrolments are not listed', async () => {
    const user = await newUser(globex);
    await assert.rejects(createEnrollment(deps, principal(acme), { user, platform: 'linux' }), {
      code: 'not-found',
    });
    const foreign = await issue({}, globex);
    const page = { limit: 500, after: undefined };
    const ours = await listEnrollments(deps, principal(acme), {}, page);
    assert.equal(
      ours.items.some(({ id }) => id === foreign.id),
      false,
    );
    await assert.rejects(getEnrollment(deps, principal(acme), foreign.id), { code: 'not-found' });
    const first = await listEnrollments(deps, principal(acme), {}, { limit: 2, after: undefined });
    const second = await listEnrollments(deps, principal(acme), {}, { limit: 2, after: first.next });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      ours.items.slice(0, 4).map(({ id }) => id),
    );
  });

  test('ENR-T08 a changed address or a disabled user ends the open codes', async () => {
    const user = await newUser(acme);
    const code = await createEnrollment(deps, principal(acme), { user, platform: 'linux' });
    const job = enrollmentJobs({ ...deps, sendMail: undefined })['withdraw-enrollments'];
    assert.ok(job?.run);
    const run = (changed: string[]) =>
      deps.database.withTenant(acme.organizationId, async (tx) =>
        job.run?.(tx, job.parse({ userId: user, changed })),
      );
    await run(['display_name']);
    assert.equal((await getEnrollment(deps, principal(acme), code.id)).state, 'open');
    const disabled = new TestDevice(carrier(acme), code);
    await rows(`update users set state = 'disabled' where user_id = $1`, [user]);
    await assert.rejects(disabled.enrol(), { code: 'forbidden', reason: 'user-disabled' });
    await run(['email']);
    assert.equal((await getEnrollment(deps, principal(acme), code.id)).state, 'cancelled');
  });

  test('ENR-T10 blocked hardware stays out until it is let in', async () => {
    const claims = { 'device.serial-number': 'PF-1234', 'device.host-name': 'again' };
    const { deviceId } = await new TestDevice(carrier(acme), await issue(), { claims }).enrol();
    await rows(
      `insert into device_identifiers (organization_id, kind, value, device_id) values ($1, 'serial', 'PF-1234', $2)`,
      [acme.organizationId, deviceId],
    );
    await rows(`update devices set state = 'blocked' where device_id = $1`, [deviceId]);
    const code = await issue();
    const device = new TestDevice(carrier(acme), code, { claims });
    await assert.rejects(device.enrol(), { code: 'forbidden', reason: 'device-blocked' });
    await rows(`update devices set state = 'unmanaged' where device_id = $1`, [deviceId]);
    await device.enrol();
  });

  test('DEV-01 a known serial number gives no device its former id; an administrator’s code for it does', async () => {
    const user = await newUser(acme);
    const create = (change = {}) =>
      createEnrollment(deps, principal(acme), { user, platform: 'linux', ...change });
    const claims = { 'device.serial-number': 'PF-5678' };
    const first = await new TestDevice(carrier(acme), await create(), { claims }).enrol();
    await rows(
      `insert into device_identifiers (organization_id, kind, value, device_id) values ($1, 'serial', 'PF-5678', $2)`,
      [acme.organizationId, first.deviceId],
    );
    await rows(`update devices set state = 'registered' where device_id = $1`, [first.deviceId]);
    const other = await new TestDevice(carrier(acme), await create(), { claims }).enrol();
    assert.notEqual(other.deviceId, first.deviceId);

    await rows(
      `insert into device_facts (organization_id, device_id, scan, source, facts, observed_at)
       values ($1, $2, 'security', 'agent', '{"passcode.set": true}', now())`,
      [acme.organizationId, first.deviceId],
    );
    await rows(
      `insert into commands (organization_id, command_id, device_id, name, params, requested_by, state, expires_at)
       values ($1, gen_random_uuid(), $2, 'selective-wipe', '{}', 'test', 'queued', now() + interval '7 days'),
         ($1, gen_random_uuid(), $2, 'lock-device', '{}', 'test', 'delivered', now() + interval '7 days')`,
      [acme.organizationId, first.deviceId],
    );
    await assert.rejects(issue({ replacesDeviceId: first.deviceId }), {
      code: 'conflict',
      reason: 'not-replaceable',
    });
    const replacing = await create({ replacesDeviceId: first.deviceId });
    const wrong = new TestDevice(carrier(acme), replacing, { claims: { 'device.serial-number': 'XX-1' } });
    await assert.rejects(wrong.enrol(), { code: 'forbidden', reason: 'other-hardware' });
    const again = await new TestDevice(carrier(acme), replacing, { claims }).enrol();
    assert.equal(again.deviceId, first.deviceId);
    const [row] = await rows<object>(
      `select d.state, p.registered, p.access_network, k.report_counter::int,
         array(select c.revoked_at is null from certificates c where c.device_id = d.device_id order by c.created_at) as valid,
         (select count(*)::int from device_facts f where f.device_id = d.device_id) as facts,
         array(select m.state from commands m where m.device_id = d.device_id order by m.command_no) as commands
       from devices d join device_posture p using (organization_id, device_id)
       join device_contacts k using (organization_id, device_id) where d.device_id = $1`,
      [first.deviceId],
    );
    assert.deepEqual(row, {
      state: 'pending',
      registered: false,
      access_network: 'deny',
      report_counter: 0,
      valid: [false, true],
      facts: 0,
      commands: ['cancelled', 'expired'],
    });
  });

  test('platforms without an agent are refused by name', async () => {
    await assert.rejects(issue({ platform: 'ios' }), {
      code: 'unprocessable',
      reason: 'platform-not-supported',
    });
  });
});
