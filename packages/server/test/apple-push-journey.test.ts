// When Apple’s push service refuses, throttles, hangs up or declares a token dead: what was ordered still arrives, the
// administrator hears of it, and no other device notices.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type AppleJourney, type Comer, openAppleJourney, topic } from './apple-journey-world.ts';

interface PushStatus {
  readonly state: string;
  readonly problems: readonly { readonly kind: string }[];
}

describe('a push service in bad moods', () => {
  let journey: AppleJourney;
  let one: Comer;
  let other: Comer;
  before(async () => {
    journey = await openAppleJourney();
    one = await journey.enrol();
    other = await journey.enrol();
    await Promise.all([journey.registered(one), journey.registered(other)]);
  });
  after(() => journey[Symbol.asyncDispose]());
  beforeEach(() => journey.apns.always(undefined));

  const problems = async () =>
    (await journey.api<PushStatus>('GET', '/apple/push-certificate')).problems.map(({ kind }) => kind);
  const locked = ({ device }: Comer) => device.diary.filter((entry) => entry === 'locked').length;
  const stateOf = async (comer: Comer) =>
    (await journey.api<{ state: string }>('GET', `/devices/${journey.idOf(comer)}`)).state;

  test('connections that are cut, left and told to go cost nothing but time', async () => {
    journey.apns.next({ kind: 'hang-up' }, { kind: 'go-away', code: 0 }, { kind: 'hang-up' });
    const ids = [await journey.order(one, 'lock-device'), await journey.order(other, 'lock-device')];
    for (const id of ids) await journey.ended(id);
    journey.apns.hangUp();
    await journey.carriedOut(one, 'lock-device');
    journey.apns.goAway();
    await journey.carriedOut(one, 'lock-device');
    assert.deepEqual([locked(one), locked(other)], [3, 1]);
  });

  test('who is told to slow down calls again later, and the order is not lost', async () => {
    const before = locked(one);
    journey.apns.always({ status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 });
    const id = await journey.order(one, 'lock-device');
    await journey.until('it was refused', () => journey.apns.received.at(-1)?.verdict.status === 429);
    assert.equal(locked(one), before);
    journey.apns.always(undefined);
    await journey.ended(id);
    assert.equal(locked(one), before + 1);
  });

  test('a server of Apple’s that fails is tried again', async () => {
    journey.apns.always({ status: 503, reason: 'ServiceUnavailable' });
    const id = await journey.order(other, 'lock-device');
    await journey.until('it was refused', () => journey.apns.received.at(-1)?.verdict.status === 503);
    journey.apns.always(undefined);
    await journey.ended(id);
  });

  test('GAP-07: a dead token is its device’s alone; with another token it is reached again', async () => {
    journey.apns.unregister(one.device.push.token);
    const before = [locked(one), locked(other)] as const;
    const id = await journey.order(one, 'lock-device');
    await journey.carriedOut(other, 'lock-device');
    assert.equal(locked(other), before[1] + 1);
    await journey.until('Apple said so', () =>
      journey.apns.received.some(({ verdict }) => verdict.status === 410),
    );
    assert.equal(await stateOf(one), 'registered', 'one sign alone ends nothing');
    await one.simulated.renewToken();
    await journey.ended(id);
    assert.equal(locked(one), before[0] + 1);
    await journey.carriedOut(one, 'lock-device');
    assert.deepEqual([...one.troubles, ...other.troubles], []);
  });

  test('many orders in one moment are no more calls than it takes', async () => {
    const calls = journey.apns.received.length;
    const ids = await Promise.all(Array.from({ length: 10 }, () => journey.order(other, 'refresh-device')));
    for (const id of ids) await journey.ended(id);
    assert.ok(journey.apns.received.length - calls <= 10, `${journey.apns.received.length - calls} calls`);
    assert.deepEqual(other.troubles, []);
  });

  test('CRT-04: a certificate that Apple refuses is told to the administrator, who renews it', async () => {
    journey.apns.always({ status: 403, reason: 'BadCertificate' });
    const id = await journey.order(one, 'lock-device');
    await journey.until('it is told', async () => (await problems()).includes('certificate-refused'));
    journey.apns.always(undefined);
    // Whoever comes by himself is served all the same.
    await one.simulated.poll();
    await journey.ended(id);
    const { certificate, key } = journey.apns.authority.issuePushCertificate({ topic });
    await journey.api('PUT', '/apple/push-certificate', { certificate, key });
    await journey.carriedOut(one, 'lock-device');
    await journey.until('it is over', async () => (await problems()).length === 0);
    assert.deepEqual([...one.troubles, ...other.troubles], []);
  });
});
