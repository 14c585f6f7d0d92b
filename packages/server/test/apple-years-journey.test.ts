// A device over the years, where client certificates do not arrive and every message is signed: its identity is renewed before it
// ends, by the same profile and without anybody noticing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

const day = 86_400_000;

describe('a phone over the years', () => {
  let journey: AppleJourney;
  let phone: Comer;
  before(async () => {
    journey = await openAppleJourney('acme', { GATEHOUSE_APPLE_SIGN_MESSAGES: 'yes' });
    phone = await journey.enrol();
    await journey.registered(phone);
  });
  after(() => journey[Symbol.asyncDispose]());

  /** Push certificates end after a year: the phone comes by itself where it is not called. Not both: it would lock twice. */
  const lock = async () => {
    const id = await journey.order(phone, 'lock-device');
    let isCalled = false;
    const ended = journey.ended(id).then(() => void (isCalled = true));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_500))]);
    if (!isCalled) await phone.simulated.poll();
    await ended;
  };
  const serialOf = ({ device }: Comer) => {
    const { certificate } = device.enrolment?.identity ?? {};
    return certificate && parseCertificate(certificate).serial;
  };

  test('APL-01: a phone that signs what it says comes in, is called, has its declarations and is commanded', async () => {
    assert.equal(phone.device.enrolment?.signMessages, true);
    assert.equal(phone.device.enrolment.serverUrl.port, String(journey.server.ports.main));
    await journey.until('it has declarations', () => phone.device.declarations.size > 0);
    await journey.carriedOut(phone, 'refresh-device');
    assert.equal((await journey.facts(phone))['device.serial-number'], phone.device.serialNumber);
    assert.deepEqual(phone.troubles, []);
  });

  test('CRT-01, SCEP-01: an identity that ends within half a year is renewed by itself, and the device stays what it is', async () => {
    const id = journey.idOf(phone);
    const first = serialOf(phone);
    await journey.advance(300 * day, 'renew-apple-identities');
    await lock();
    assert.equal(serialOf(phone), first, 'not yet');
    await journey.advance(320 * day, 'renew-apple-identities');
    await phone.simulated.poll();
    await journey.until('it is renewed', () => phone.events.some(({ kind }) => kind === 'renewed'));
    assert.notEqual(serialOf(phone), first);
    assert.equal(journey.idOf(phone), id);
    await lock();
    assert.equal((await journey.api<{ state: string }>('GET', `/devices/${id}`)).state, 'registered');
    await journey.advance(200 * day);
    // The first one would have ended by now.
    await lock();
    assert.deepEqual(phone.device.diary, ['locked', 'locked', 'locked']);
    assert.deepEqual(phone.troubles, []);
  });
});
