// Devices that are not what they say, messages that are not what they seem: each is refused in Apple’s own terms, the administrator
// finds it in the record, and no other device notices.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { type CommandReport, encodeCheckIn, encodeReport } from '@gatehouse/protocols/apple-mdm/index.ts';
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import {
  isDictionary,
  type PlistDictionary,
  readPlist,
  writePlist,
} from '@gatehouse/protocols/plist/index.ts';
import { selfSignedCertificate } from '@gatehouse/protocols/scep/index.ts';
import { newSerial, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import {
  downloadProfile,
  type KeychainIdentity,
  obtainCertificate,
  ServerRefusal,
} from '@gatehouse/simulators/apple/index.ts';
import { MdmConnection } from '@gatehouse/simulators/apple/mdm-connection.ts';
import {
  type AppleJourney,
  type Comer,
  openAppleJourney,
  type OrganizationJourney,
} from './apple-journey-world.ts';

describe('hostile devices and messages', () => {
  let journey: AppleJourney;
  let globex: OrganizationJourney;
  let phone: Comer;
  let victim: Comer;
  let foreigner: Comer;
  before(async () => {
    journey = await openAppleJourney();
    globex = await journey.alongside('globex');
    phone = await journey.enrol();
    victim = await journey.enrol();
    foreigner = await globex.enrol();
    await Promise.all([journey.registered(phone), journey.registered(victim), globex.registered(foreigner)]);
  });
  after(() => journey[Symbol.asyncDispose]());
  /** Whatever was tried, the victim is served at once. */
  afterEach(async () => {
    const began = Date.now();
    await journey.carriedOut(victim, 'lock-device');
    assert.ok(Date.now() - began < 5_000);
    assert.deepEqual(victim.troubles, []);
  });

  const idle = ({ device }: Comer): CommandReport => ({
    identity: { kind: 'device', deviceKey: device.udid, channel: '' },
    status: 'Idle',
    commandUuid: undefined,
    errorChain: [],
    response: {},
  });

  async function as<T>(
    comer: Comer,
    identity: KeychainIdentity | undefined,
    work: (connection: MdmConnection) => Promise<T>,
  ): Promise<T> {
    const { enrolment } = comer.device;
    assert.ok(enrolment);
    const connection = new MdmConnection({
      enrolment: { ...enrolment, identity: identity ?? enrolment.identity },
      anchors: [journey.server.ca],
      userAgent: 'MDM/1.0',
    });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  /** Refused, and not by 401, which a device takes as the end of its management. */
  const refused = (attempt: Promise<unknown>) =>
    assert.rejects(
      attempt,
      (error: unknown) =>
        error instanceof ServerRefusal && error.status >= 400 && error.status < 500 && error.status !== 401,
    );
  const recorded = async (pattern: RegExp) =>
    journey.until(`${pattern} is on record`, async () =>
      pattern.test(JSON.stringify(await journey.api('GET', '/audit'))),
    );

  test('DEV-02: a device that speaks for another is refused, and it is on record', async () => {
    const id = await journey.order(victim, 'refresh-device');
    await refused(as(phone, undefined, (connection) => connection.report(encodeReport(idle(victim)))));
    await journey.ended(id);
    await recorded(/claims-another-device/);
  });

  test('DEV-03: a device of another organization reaches nothing here', async () => {
    await refused(
      as(victim, foreigner.device.enrolment?.identity, (connection) =>
        connection.report(encodeReport(idle(victim))),
      ),
    );
    // In its own it is served: with a command, when something is asked of new devices just then.
    await as(foreigner, undefined, (connection) => connection.report(encodeReport(idle(foreigner))));
  });

  test('DEV-05: a certificate that somebody made himself is refused', async () => {
    const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { certificate: genuine } = victim.device.enrolment?.identity ?? {};
    const subject = genuine ? parseCertificate(genuine).subject : {};
    const certificate = selfSignedCertificate(
      key,
      subject,
      newSerial((size) => Buffer.alloc(size, 7)),
      {
        notBefore: Date.now() - 1_000,
        notAfter: Date.now() + 86_400_000,
      },
    );
    await assert.rejects(
      as(victim, { certificate, key }, (connection) => connection.report(encodeReport(idle(victim)))),
    );
  });

  test('DEV-06: a revoked certificate is refused from its next use on, over the connection it holds', async () => {
    const thief = await journey.enrol();
    await journey.registered(thief);
    const { certificate } = thief.device.enrolment?.identity ?? {};
    assert.ok(certificate);
    await as(thief, undefined, async (connection) => {
      await connection.report(encodeReport(idle(thief)));
      await journey.api('POST', `/certificates/${parseCertificate(certificate).serial}/revoke`, {
        reason: 'key-compromise',
      });
      await refused(connection.report(encodeReport(idle(thief))));
    });
    await recorded(/revoked: key-compromise/);
  });

  test('DEV-07: check-ins and answers that are sent again change nothing', async () => {
    const { enrolment, push, udid } = phone.device;
    const introduction = encodeCheckIn({
      type: 'Authenticate',
      identity: { kind: 'device', deviceKey: udid, channel: '' },
      fields: { Topic: enrolment?.topic ?? '', SerialNumber: phone.device.serialNumber },
      other: {},
    });
    journey.apns.sleep(push.token);
    const id = await journey.order(phone, 'lock-device');
    await as(phone, undefined, async (connection) => {
      for (const _ of [1, 2]) await connection.checkIn(introduction);
    });
    journey.apns.wake(push.token);
    await phone.simulated.poll();
    await journey.ended(id);
    assert.equal(await journey.registered(phone), journey.idOf(phone));
    const { id: another } = await journey.api<{ id: string }>(
      'POST',
      `/devices/${journey.idOf(victim)}/commands`,
      { name: 'lock-device' },
    );
    const answer = { ...idle(phone), status: 'Acknowledged' as const, commandUuid: another };
    await as(phone, undefined, (connection) => connection.report(encodeReport(answer)));
    await journey.ended(another);
  });

  test('APL-04, APL-05: property lists that are deep, huge, cyclic or full of entities are refused quickly', async () => {
    const deep = Buffer.from(
      `<plist version="1.0">${'<array>'.repeat(50_000)}${'</array>'.repeat(50_000)}</plist>`,
    );
    const entities = Buffer.from(
      '<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><plist><string>&b;</string></plist>',
    );
    // An array that holds itself.
    const cyclic = Buffer.concat([
      Buffer.from('bplist00'),
      Buffer.from([0xa1, 0x00, 0x08]),
      Buffer.from([0, 0, 0, 0, 0, 0, 1, 1]),
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]),
    ]);
    const truncated = writePlist({ UDID: phone.device.udid, Status: 'Idle' }, 'binary').subarray(0, 40);
    const huge = Buffer.alloc(40 * 1024 * 1024, 0x20);
    await as(phone, undefined, async (connection) => {
      for (const bytes of [deep, entities, cyclic, truncated]) {
        const began = Date.now();
        await refused(connection.report(bytes));
        await refused(connection.checkIn(bytes));
        assert.ok(Date.now() - began < 1_500);
      }
    });
    await assert.rejects(as(phone, undefined, (connection) => connection.report(huge)));
    await journey.carriedOut(phone, 'lock-device');
  });

  test('SCEP-01, APL-03: the profile is handed out once, and the challenge in it is good for one certificate', async () => {
    const owner = await journey.addOwner();
    const order = { user: owner.email, platform: 'ios', ownership: 'corporate' };
    const ticket = await journey.api<{ page: string; oneTimePassword: string }>(
      'POST',
      '/enrollments',
      order,
    );
    const visit = { ...ticket, anchors: [journey.server.ca] };
    const profile = readPlist(verifyAttached(await downloadProfile(visit), { maxBytes: 1 << 20 }).content);
    await assert.rejects(downloadProfile(visit));
    const payloads = (isDictionary(profile) ? profile.PayloadContent : []) as PlistDictionary[];
    const scep = payloads.find(({ PayloadType }) => PayloadType === 'com.apple.security.scep')
      ?.PayloadContent as PlistDictionary;
    await assert.rejects(
      obtainCertificate({ ...scep, Subject: [[['CN', 'somebody else']]] }, phone.device, [journey.server.ca]),
      /refused/,
    );
    await obtainCertificate(scep, phone.device, [journey.server.ca]);
    await assert.rejects(obtainCertificate(scep, phone.device, [journey.server.ca]), /refused/);
  });
});
