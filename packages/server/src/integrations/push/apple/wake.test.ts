import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type SimulatedApns, startSimulatedApns } from '@gatehouse/simulators/apns/index.ts';
import { openTestDatabase, type TestDatabase } from '../../../kernel/db/test-database.ts';
import type { Notice } from '../../../kernel/notifications.ts';
import { createTestFleet, type TestFleet } from '../../../modules/devices/test-fleet.ts';
import { channelPushDied } from '../../../platforms/apple/index.ts';
import { createPushProblems } from './problems.ts';
import { createSenders, type SendOutcome, type Senders } from './senders.ts';
import { showPushCertificate } from './show-certificate.ts';
import { createTestPush, type TestChannel, type TestPush } from './test-push.ts';
import { uploadPushCertificate } from './upload-certificate.ts';
import { startWaker, type Waker } from './wake.ts';

const minute = 60_000;

interface TestPhone extends TestChannel {
  /** The magics that reached it. */
  readonly heard: string[];
}

describe('waking Apple devices', () => {
  let db: TestDatabase;
  let apns: SimulatedApns;
  let push: TestPush;
  let senders: Senders;
  let waker: Waker;
  let tell: (notice: Notice) => void;
  let counted: string[] = [];
  let number = 0;

  before(async () => {
    db = await openTestDatabase();
    apns = await startSimulatedApns();
  });
  after(async () => {
    await apns.close();
    await db[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    push = createTestPush(db, Date.now());
    senders = createSenders(push, { origin: apns.url, trust: apns.authority.trust });
    counted = [];
    waker = startWaker({
      ...push,
      senders,
      problems: createPushProblems(push),
      channelPushDied: (tx, dead) => channelPushDied(tx, push, dead),
      count: (outcome: SendOutcome['outcome'] | 'in-contact') => void counted.push(outcome),
      notifications: {
        publish: () => undefined,
        subscribe(topic, listener) {
          if (topic === 'command-queued') tell = listener;
          return () => undefined;
        },
      },
    });
    (apns.received as unknown[]).length = 0;
  });
  afterEach(() => waker.close());

  async function newFleet(options: { certificate?: boolean } = {}) {
    number += 1;
    const fleet = await createTestFleet(db, `wake-${number}`);
    const identity = apns.authority.issuePushCertificate();
    if (options.certificate !== false) await uploadPushCertificate(push, push.administrator(fleet), identity);
    return { fleet, identity, topic: identity.topic };
  }

  /** A device whose pushes the simulated Apple knows. */
  async function newPhone(
    fleet: TestFleet,
    topic: string,
    options: Parameters<TestPush['addChannel']>[2] = {},
  ) {
    const heard: string[] = [];
    const channel: TestChannel = await push.addChannel(fleet, topic, options);
    apns.register({ token: channel.token, topic, deliver: (magic) => heard.push(magic) });
    return { ...channel, heard };
  }

  const notice = (fleet: TestFleet, id: string): Notice => ({ organizationId: fleet.organizationId, id });

  async function until(done: () => boolean | Promise<boolean>): Promise<void> {
    for (let round = 0; round < 250; round += 1) {
      if (await done()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail('it did not happen within five seconds');
  }
  const wakes = (fleet: TestFleet) =>
    push.rows<{ channel: string; attempts: number; outcome: string | null; next_push_at: Date }>(
      `select channel, attempts, outcome, next_push_at from apple_wakes where organization_id = $1 order by device_id, channel`,
      [fleet.organizationId],
    );

  test('a queued command wakes its device at once, on the channel that it is for', async () => {
    const { fleet, topic } = await newFleet();
    const phone = await newPhone(fleet, topic);
    const user = await newPhone(fleet, topic, { deviceId: phone.deviceId, channel: 'USER-1' });
    await push.queue(fleet, phone.deviceId, { channel: 'USER-1' });
    tell(notice(fleet, phone.deviceId));
    await until(() => user.heard.length === 1);
    assert.deepEqual(user.heard, [user.magic]);
    assert.deepEqual(phone.heard, [], 'the device’s own channel has nothing to come for');
    await until(async () => (await wakes(fleet))[0]?.outcome === 'accepted');
  });

  test('many devices of one moment are looked up together', async () => {
    const { fleet, topic } = await newFleet();
    const phones: TestPhone[] = [];
    for (let index = 0; index < 40; index += 1) phones.push(await newPhone(fleet, topic));
    for (const { deviceId } of phones) await push.queue(fleet, deviceId);
    for (const { deviceId } of [...phones, ...phones]) tell(notice(fleet, deviceId));
    await until(() => phones.every(({ heard }) => heard.length > 0));
    assert.ok(phones.every(({ heard }) => heard.length === 1));
  });

  test('who is in contact, has nothing waiting, is no Apple device, or was told by another server is not called', async () => {
    const { fleet, topic } = await newFleet();
    const [talking, idle, elsewhere, last] = [
      await newPhone(fleet, topic),
      await newPhone(fleet, topic),
      await newPhone(fleet, topic),
      await newPhone(fleet, topic),
    ];
    const laptop = await fleet.addDevice();
    await push.queue(fleet, talking.deviceId, { state: 'delivered' });
    for (const deviceId of [talking.deviceId, elsewhere.deviceId, laptop, last.deviceId])
      await push.queue(fleet, deviceId);
    tell({ ...notice(fleet, elsewhere.deviceId), fromElsewhere: true });
    for (const id of [talking.deviceId, idle.deviceId, laptop, last.deviceId]) tell(notice(fleet, id));
    await until(() => last.heard.length === 1);
    assert.deepEqual([...talking.heard, ...idle.heard, ...elsewhere.heard], []);
    assert.deepEqual(counted.toSorted(), ['accepted', 'in-contact']);
    const again = await wakes(fleet);
    assert.equal(again.length, 2, 'who was in contact is called later, should something still wait');
  });

  test('what still waits is pushed again at growing intervals, and only then; NotNow counts as waiting', async () => {
    const { fleet, topic } = await newFleet();
    const phone = await newPhone(fleet, topic);
    const commandId = await push.queue(fleet, phone.deviceId);
    tell(notice(fleet, phone.deviceId));
    await until(() => phone.heard.length === 1);
    await push.rows(`update commands set deferred_at = now() where command_id = $1`, [commandId]);
    const pauses = [1, 5, 30, 240, 240];
    for (const [index, minutes] of pauses.entries()) {
      push.advance(minutes * minute * 0.75);
      await waker.callAgain();
      assert.equal(phone.heard.length, index + 1, `not before ${minutes} minutes`);
      push.advance(minutes * minute * 0.5);
      await waker.callAgain();
      await until(() => phone.heard.length === index + 2);
      await until(async () => (await wakes(fleet))[0]?.outcome === 'accepted');
    }
    await push.rows(`update commands set state = 'acknowledged', finished_at = now() where command_id = $1`, [
      commandId,
    ]);
    push.advance(300 * minute);
    await waker.callAgain();
    assert.deepEqual(await wakes(fleet), [], 'nothing waits any more');
    assert.equal(phone.heard.length, pauses.length + 1);
  });

  test('two servers do not call the same device for the same reason', async () => {
    const { fleet, topic } = await newFleet();
    const phones: TestPhone[] = [];
    for (let index = 0; index < 20; index += 1) phones.push(await newPhone(fleet, topic));
    for (const { deviceId } of phones) await push.queue(fleet, deviceId);
    await waker.sweep();
    push.advance(31_000);
    await waker.sweep();
    push.advance(31_000);
    await Promise.all([waker.callAgain(), waker.callAgain(), waker.callAgain()]);
    await until(() => phones.every(({ heard }) => heard.length > 0));
    assert.ok(phones.every(({ heard }) => heard.length === 1));
  });

  test('whom a crash has left waiting is found by the sweep', async () => {
    const { fleet, topic } = await newFleet();
    const phone = await newPhone(fleet, topic);
    await push.queue(fleet, phone.deviceId);
    push.advance(minute);
    await waker.sweep();
    push.advance(minute);
    await waker.callAgain();
    await until(() => phone.heard.length === 1);
  });

  test('a dead token is noted and left alone; Apple’s word about an older one is ignored', async () => {
    const { fleet, topic } = await newFleet();
    const [gone, back] = [await newPhone(fleet, topic), await newPhone(fleet, topic)];
    apns.unregister(gone.token, push.clock.now() + 1_000);
    apns.unregister(back.token, push.clock.now() - minute);
    for (const { deviceId } of [gone, back]) {
      await push.queue(fleet, deviceId);
      tell(notice(fleet, deviceId));
    }
    await until(() => counted.length === 2);
    const dead = () =>
      push.rows<{ device_id: string }>(
        `select device_id from apple_channels where organization_id = $1 and push_dead_at is not null`,
        [fleet.organizationId],
      );
    await until(async () => (await dead()).length === 1);
    assert.deepEqual(await dead(), [{ device_id: gone.deviceId }]);
    tell(notice(fleet, gone.deviceId));
    push.advance(10 * minute);
    await waker.callAgain();
    assert.equal(
      apns.received.filter(({ headers }) => String(headers[':path']).endsWith(gone.token.toString('hex')))
        .length,
      1,
    );
    assert.ok((await push.happened(fleet)).includes('apple.push-died'));
  });

  test('BadDeviceToken is an alarm and never wipes tokens', async () => {
    const { fleet, topic } = await newFleet();
    const stranger = await push.addChannel(fleet, topic); // Apple does not know it
    await push.queue(fleet, stranger.deviceId);
    tell(notice(fleet, stranger.deviceId));
    const admin = push.administrator(fleet);
    await until(async () => (await showPushCertificate(push, admin)).problems.length === 1);
    const [problem] = (await showPushCertificate(push, admin)).problems;
    assert.equal(`${problem?.kind} ${problem?.detail}`, 'token-mismatch BadDeviceToken');
    const [row] = await push.rows<{ push_token: Buffer; push_dead_at: Date | null }>(
      `select push_token, push_dead_at from apple_channels where device_id = $1`,
      [stranger.deviceId],
    );
    assert.deepEqual([row?.push_token, row?.push_dead_at], [stranger.token, null]);
  });

  test('without a certificate, or with one that has expired, the state says so once and nothing loops; later it works', async () => {
    const { fleet, topic, identity } = await newFleet({ certificate: false });
    const phone = await newPhone(fleet, topic);
    await push.queue(fleet, phone.deviceId);
    const admin = push.administrator(fleet);
    const kinds = async () => (await showPushCertificate(push, admin)).problems.map(({ kind }) => kind);
    for (let round = 0; round < 3; round += 1) tell(notice(fleet, phone.deviceId));
    await until(async () => (await kinds()).length === 1);
    assert.deepEqual(await kinds(), ['certificate-missing']);
    assert.equal((await push.happened(fleet)).filter((name) => name === 'apple.push-problem').length, 1);
    await uploadPushCertificate(push, admin, identity);
    assert.deepEqual(await kinds(), []);
    push.advance(6 * minute);
    await waker.callAgain();
    await until(() => phone.heard.length === 1);
    push.advance(400 * 86_400_000);
    await push.queue(fleet, phone.deviceId);
    tell(notice(fleet, phone.deviceId));
    await until(async () => (await kinds()).length === 1);
    assert.deepEqual(await kinds(), ['certificate-expired']);
    assert.equal((await showPushCertificate(push, admin)).state, 'expired');
    assert.equal(phone.heard.length, 1);
  });

  test('without a certificate nothing is unsealed, and computers that nobody calls are no reason for an alarm', async () => {
    const { fleet, topic } = await newFleet({ certificate: false });
    const computer = await fleet.addDevice();
    await push.queue(fleet, computer);
    tell(notice(fleet, computer));
    const phone = await newPhone(fleet, topic);
    await push.queue(fleet, phone.deviceId);
    // Were it opened, that would be an error in the log, and no outcome.
    await push.rows(`update apple_channels set push_magic = '\\x00' where device_id = $1`, [phone.deviceId]);
    const problems = async () => (await showPushCertificate(push, push.administrator(fleet))).problems;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(await problems(), []);
    tell(notice(fleet, phone.deviceId));
    await until(async () => (await problems()).length === 1);
    const [wake] = await push.rows<{ outcome: string }>(
      `select outcome from apple_wakes where device_id = $1`,
      [phone.deviceId],
    );
    assert.equal(wake?.outcome, 'certificate-missing');
  });

  test('a certificate that Apple refuses is an alarm, taken back when a push gets through', async () => {
    const { fleet, topic } = await newFleet();
    const phone = await newPhone(fleet, topic);
    await push.queue(fleet, phone.deviceId);
    apns.next({ kind: 'answer', verdict: { status: 403, reason: 'BadCertificate' } });
    tell(notice(fleet, phone.deviceId));
    await until(async () => (await push.happened(fleet)).includes('apple.push-problem'));
    const admin = push.administrator(fleet);
    await uploadPushCertificate(push, admin, apns.authority.issuePushCertificate({ topic }));
    push.advance(6 * minute);
    await waker.callAgain();
    await until(() => phone.heard.length === 1);
    assert.deepEqual((await showPushCertificate(push, admin)).problems, []);
  });

  test('a device that Apple wants left alone is not called before the time that Apple names', async () => {
    const { fleet, topic } = await newFleet();
    const phone = await newPhone(fleet, topic);
    await push.queue(fleet, phone.deviceId);
    apns.next({
      kind: 'answer',
      verdict: { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 900 },
    });
    tell(notice(fleet, phone.deviceId));
    await until(async () => (await wakes(fleet))[0]?.outcome === 'throttled');
    const next = (await wakes(fleet))[0]?.next_push_at.getTime() ?? 0;
    assert.ok(next >= push.clock.now() + 899_000);
  });

  test('TEN-01 one organization’s devices are never called with another’s certificate', async () => {
    const [one, other] = [await newFleet(), await newFleet()];
    const phone = await newPhone(one.fleet, one.topic);
    await push.queue(one.fleet, phone.deviceId);
    tell(notice(other.fleet, phone.deviceId));
    await until(() => true);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.deepEqual(phone.heard, []);
    assert.deepEqual(await wakes(other.fleet), []);
    const lost = await newPhone(other.fleet, one.topic);
    await push.queue(other.fleet, lost.deviceId);
    tell(notice(other.fleet, lost.deviceId));
    const admin = push.administrator(other.fleet);
    await until(async () => (await showPushCertificate(push, admin)).problems[0]?.kind === 'other-topic');
    assert.deepEqual(lost.heard, []);
  });
});
