import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildCertificateRequest, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { encodeBegin } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { newId } from '../../kernel/ids.ts';
import { beginEnrollment } from './begin-enrollment.ts';
import { enrollmentLimits } from './enrollment-deps.ts';
import { getEnrollment } from './list-enrollments.ts';
import { newDeviceKey, TestDevice } from './test-device.ts';
import { openTestEnrollments, type TestEnrollments } from './test-enrollments.ts';

describe('enrolment by one-time code', () => {
  let world: TestEnrollments;
  let deps: TestEnrollments['deps'];
  let acme: TestEnrollments['acme'];
  let globex: TestEnrollments['globex'];
  let rows: TestEnrollments['rows'];
  let principal: TestEnrollments['principal'];
  let issue: TestEnrollments['issue'];
  let carrier: TestEnrollments['carrier'];
  let audited: TestEnrollments['audited'];
  let later: TestEnrollments['later'];

  before(async () => {
    world = await openTestEnrollments();
    ({ deps, acme, globex, rows, principal, issue, carrier, audited, later } = world);
  });
  after(() => world.close());

  test('OTA-02, ENR-12: a code becomes a device with its certificate, shut at every gate', async () => {
    const code = await issue({ ownership: 'corporate' });
    assert.match(code.oneTimePassword, /^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.equal(code.url, 'https://mdm.example:8443/agent/v1/enroll/acme');
    assert.equal(Date.parse(code.expiresAt), world.now() + 72 * 3_600_000);
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
    await later(600_000, async () => {
      await assert.rejects(device.complete(begun.transcript, proof), { reason: 'enrollment-used' });
      await assert.rejects(device.begin(), { reason: 'enrollment-refused' });
    });
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
});

function hash(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}
