import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildCertificateRequest, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { encodeBegin } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { silentLog } from '../../kernel/log.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createRefusals } from '../certificates/index.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { beginEnrollment } from './begin-enrollment.ts';
import { cancelEnrollment } from './cancel-enrollment.ts';
import { completeEnrollment } from './complete-enrollment.ts';
import { createEnrollment } from './create-enrollment.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { expireEnrollments } from './expire-enrollments.ts';
import { getEnrollment, listEnrollments } from './list-enrollments.ts';
import { enrollmentJobs } from './reactions.ts';
import { type Carrier, newDeviceKey, TestDevice } from './test-device.ts';

describe('enrolment by one-time code', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let globex: TestFleet;
  let deps: EnrollmentDeps;
  let now = Date.now();
  const sealed = masterKeysOf([randomBytes(32)]);

  before(async () => {
    db = await openTestDatabase({ poolSize: 10 });
    [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
    const { database } = db;
    const clock = { now: () => now };
    deps = {
      database,
      clock,
      sealer: createSealer(() => sealed),
      events: createEvents({}, () => undefined),
      notifications: { publish: () => undefined },
      refusals: createRefusals({ database, clock, log: silentLog }),
      publicUrl: new URL('https://mdm.example:8443'),
      deviceUrl: new URL('https://mdm.example:8444'),
      tlsAnchors: () => [randomBytes(200)],
    };
  });
  after(async () => {
    await deps.refusals.close();
    await db[Symbol.asyncDispose]();
  });

  const principal = (fleet: TestFleet, role = 'org-admin'): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId: fleet.organizationId,
    label: 'admin@example',
    role,
    permissions: effectivePermissions(role),
    empoweredAt: null,
  });
  const carrier = (fleet: TestFleet): Carrier => ({
    begin: (message) => beginEnrollment(deps, { organizationId: fleet.organizationId }, message),
    complete: (message) => completeEnrollment(deps, { organizationId: fleet.organizationId }, message),
  });
  async function newUser(fleet: TestFleet): Promise<string> {
    const id = newId();
    const admin = await db.superuser();
    await admin.query(
      'insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $3)',
      [fleet.organizationId, id, `${id}@example`],
    );
    await admin.end();
    return id;
  }
  const issue = async (change: object = {}, fleet = acme) =>
    createEnrollment(deps, principal(fleet), { user: await newUser(fleet), platform: 'linux', ...change });
  async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const admin = await db.superuser();
    const result = await admin.query(text, values);
    await admin.end();
    return result.rows as Row[];
  }
  const audited = (action: string, enrollmentId?: string) =>
    rows<{ outcome: string; reason: string | null; count: number | null }>(
      `select content->>'outcome' as outcome, content->>'reason' as reason, (content#>>'{show,count}')::int as count
       from audit_entries where content->>'action' = $1 and ($2::text is null or content#>>'{target,id}' = $2) order by entry_id`,
      [action, enrollmentId ?? null],
    );

  test('OTA-02, ENR-12: a code becomes a device with its certificate, shut at every gate', async () => {
    const code = await issue({ ownership: 'corporate' });
    assert.match(code.oneTimePassword, /^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.equal(code.url, 'https://mdm.example:8443/agent/v1/enroll/acme');
    assert.equal(Date.parse(code.expiresAt), now + 72 * 3_600_000);
    const device = new TestDevice(carrier(acme), code);
    const { deviceId, chain, offer } = await device.enrol();
    assert.equal(offer.gateway, 'https://mdm.example:8444');
    const leaf = parseCertificate(chain[0] ?? new Uint8Array());
    assert.equal(leaf.subject.text, `CN=${deviceId}`);
    const [row] = await rows<object>(
      `select d.state, d.ownership, d.name, p.registered, p.access_network, p.access_mail, p.access_vpn
       from devices d join device_posture p using (organization_id, device_id) where device_id = $1`,
      [deviceId],
    );
    assert.deepEqual(row, {
      state: 'pending',
      ownership: 'corporate',
      name: 'ann-laptop',
      registered: false,
      access_network: 'deny',
      access_mail: 'deny',
      access_vpn: 'deny',
    });
    const shown = await getEnrollment(deps, principal(acme), code.id);
    assert.equal(shown.state, 'used');
    assert.equal(shown.deviceId, deviceId);
    assert.equal((await audited('enrollments.create', code.id)).length, 1);
    assert.equal((await audited('enrollments.use', code.id)).length, 1);
    const events = await rows<{ name: string }>('select name from events where subject_id = $1', [deviceId]);
    assert.ok(events.some(({ name }) => name === 'device.enrolled'));
  });

  test('ENR-T01 nothing stored gives the code or its keys away', async () => {
    const code = await issue();
    const device = new TestDevice(carrier(acme), code);
    const symbols = code.oneTimePassword.replaceAll('-', '');
    const secrets = [
      Buffer.from(symbols),
      Buffer.from(code.oneTimePassword),
      Buffer.from(device.keys.serverKey),
      Buffer.from(device.keys.deviceKey),
    ];
    const stored = await rows<{ everything: string }>(
      `select convert_to(e::text, 'UTF8')::text as everything from enrollments e where enrollment_id = $1
       union all select convert_to(a.content::text, 'UTF8')::text from audit_entries a`,
      [code.id],
    );
    for (const { everything } of stored) {
      const bytes = Buffer.from(everything.slice(2), 'hex');
      for (const secret of secrets) {
        assert.equal(bytes.includes(secret), false);
        assert.equal(bytes.includes(secret.toString('hex')), false);
        assert.equal(bytes.includes(secret.toString('base64')), false);
      }
    }
  });

  test('ENR-T02 thousands of wrong codes lock nobody out, and the record stays short', async () => {
    const code = await issue();
    const before = (await audited('enrollments.begin')).length;
    const guess = () =>
      beginEnrollment(
        deps,
        { organizationId: acme.organizationId },
        encodeBegin({ version: 1, locator: randomBytes(16), deviceNonce: randomBytes(32) }),
      );
    for (let round = 0; round < 250; round += 1) {
      const answers = await Promise.allSettled(Array.from({ length: 40 }, guess));
      for (const answer of answers) {
        assert.ok(answer.status === 'rejected' && answer.reason.reason === 'enrollment-refused');
      }
    }
    await new TestDevice(carrier(acme), code).enrol();
    await deps.refusals.flush();
    const entries = (await audited('enrollments.begin')).slice(before);
    assert.ok(entries.length <= 2, `${entries.length} entries`);
    assert.equal(
      entries.reduce((sum, entry) => sum + (entry.count ?? 0), 0),
      10_000,
    );
  });

  test('ENR-T03 a code of one organization is nothing at another', async () => {
    const code = await issue();
    await assert.rejects(new TestDevice(carrier(globex), code).enrol(), { reason: 'enrollment-refused' });
    await assert.rejects(
      new TestDevice(carrier(globex), { ...code, url: code.url.replace('acme', 'globex') }).enrol(),
      { reason: 'enrollment-refused' },
    );
    await new TestDevice(carrier(acme), code).enrol();
  });

  test('ENR-T04 fifty proofs at once: exactly one certificate', async () => {
    const code = await issue();
    const devices = Array.from({ length: 50 }, () => new TestDevice(carrier(acme), code));
    // All begin, but only the newest handshakes are remembered: the others are refused as unknown.
    const begun = await Promise.all(devices.map((device) => device.begin()));
    const answers = await Promise.allSettled(
      devices.map((device, index) => {
        const own = begun[index];
        assert.ok(own);
        return device.complete(own.transcript, device.prove(own));
      }),
    );
    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.reason] : []));
    assert.ok(
      reasons.filter((reason) => reason === 'enrollment-used').length >= enrollmentLimits.sessions - 1,
    );
    const [{ count } = { count: 0 }] = await rows<{ count: number }>(
      `select count(*)::int from certificates c join devices d using (organization_id, device_id) where d.enrollment_id = $1`,
      [code.id],
    );
    assert.equal(count, 1);
  });

  test('ENR-T04 the same request again within ten minutes gets the same certificate, another one is refused and alarmed', async () => {
    const code = await issue();
    const device = new TestDevice(carrier(acme), code);
    const begun = await device.begin();
    const proof = device.prove(begun);
    const first = await device.complete(begun.transcript, proof);
    const again = await device.complete(begun.transcript, proof);
    assert.deepEqual(again.chain.map(hash), first.chain.map(hash));
    // The device may also have restarted in between and begin anew, signing a request for the same key anew.
    const anew = await device.begin();
    const third = await device.complete(anew.transcript, device.prove(anew));
    assert.equal(third.deviceId, first.deviceId);
    const thief = new TestDevice(carrier(acme), code);
    await assert.rejects(thief.enrol(), { code: 'conflict', reason: 'enrollment-used' });
    assert.equal((await audited('enrollments.replay', code.id)).length, 1);
    const alarms = await rows<object>(
      `select 1 from events where name = 'enrollment.replayed' and subject_id = $1`,
      [code.id],
    );
    assert.equal(alarms.length, 1);
    try {
      now += 600_000;
      await assert.rejects(device.complete(begun.transcript, proof), { reason: 'enrollment-used' });
      await assert.rejects(device.begin(), { reason: 'enrollment-refused' });
    } finally {
      now -= 600_000;
    }
  });

  test('ENR-T03 a proof is bound to its handshake, its request and its claims', async () => {
    const code = await issue();
    const device = new TestDevice(carrier(acme), code);
    const [one, two] = [await device.begin(), await device.begin()];
    const proof = device.prove(one);
    const refused = { code: 'not-found', reason: 'enrollment-refused' };
    const send = (change: Partial<typeof proof>) => device.complete(one.transcript, { ...proof, ...change });
    await assert.rejects(send({ enrollmentId: two.offer.enrollmentId }), refused);
    await assert.rejects(send({ csr: buildCertificateRequest(newDeviceKey()) }), refused);
    await assert.rejects(send({ claims: Buffer.from('{}') }), refused);
    await assert.rejects(send({ deviceMac: randomBytes(32) }), refused);
    await assert.rejects(send({ enrollmentId: newId() }), refused);
    await assert.rejects(send({ enrollmentId: "x' or 1=1" }), refused);
    await device.complete(one.transcript, proof);
  });

  test('ENR-T06 a weak key is refused by name and leaves the code open', async () => {
    const code = await issue();
    const weak = new TestDevice(carrier(acme), code, {
      key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
    });
    await assert.rejects(weak.enrol(), {
      code: 'unprocessable',
      reason: 'key-not-accepted',
      message: /1024 bits/,
    });
    const key = newDeviceKey();
    await new TestDevice(carrier(acme), await issue(), { key }).enrol();
    await assert.rejects(new TestDevice(carrier(acme), code, { key }).enrol(), {
      reason: 'key-not-accepted',
      message: /belongs to another certificate/,
    });
    await deps.refusals.flush();
    assert.ok(
      (await audited('enrollments.complete', code.id)).some(({ reason }) => reason === 'key-not-accepted'),
    );
    assert.equal((await getEnrollment(deps, principal(acme), code.id)).state, 'open');
    await new TestDevice(carrier(acme), code).enrol();
  });

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
    try {
      now += 3_600_001;
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
    } finally {
      now -= 3_600_001;
    }
  });

  test('ENR-T12 open codes and devices of one user are capped, also when many are asked for at once', async () => {
    const user = await newUser(acme);
    const create = () => createEnrollment(deps, principal(acme), { user, platform: 'linux' });
    const answers = await Promise.allSettled(Array.from({ length: 15 }, create));
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    assert.equal(made.length, enrollmentLimits.openPerUser);
    await assert.rejects(create(), { code: 'conflict', reason: 'too-many-codes' });
    for (const { id } of made) await cancelEnrollment(deps, principal(acme), id);
    const admin = await db.superuser();
    await admin.query(
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
    const job = enrollmentJobs()['withdraw-enrollments'];
    assert.ok(job?.run);
    const run = (changed: string[]) =>
      db.database.withTenant(acme.organizationId, async (tx) =>
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

function hash(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}
