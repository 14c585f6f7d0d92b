// The identity of a phone is renewed over the whole way: the command, the profile inside it, SCEP, and the phone that introduces
// itself anew without being taken for new.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

describe('renewal of a phone’s identity', () => {
  let journey: AppleJourney;
  before(async () => {
    journey = await openAppleJourney();
  });
  after(() => journey[Symbol.asyncDispose]());

  const serialOf = ({ device }: Comer) => {
    const { certificate } = device.enrolment?.identity ?? {};
    return certificate && parseCertificate(certificate).serial;
  };
  const stateOf = async (id: string | undefined) =>
    (await journey.api<{ state: string }>('GET', `/devices/${id}`)).state;
  const done = (id: string) =>
    journey.until('the command is done', async () => {
      const { state } = await journey.api<{ state: string }>('GET', `/commands/${id}`);
      return state === 'acknowledged';
    });

  test('SCEP-01 the phone gets another certificate by the same profile, and keeps its id, its state and its queue', async () => {
    const comer = await journey.enrol();
    const id = journey.idOf(comer);
    await journey.until('the phone is registered', async () => (await stateOf(id)) === 'registered');
    const before = serialOf(comer);
    const { id: commandId } = await journey.api<{ id: string }>('POST', `/devices/${id}/commands`, {
      name: 'renew-identity',
    });
    await journey.until('it has another certificate', () => serialOf(comer) !== before);
    await done(commandId);
    assert.ok(comer.events.some(({ kind }) => kind === 'renewed'));
    assert.equal(journey.idOf(comer), id);
    assert.equal(await stateOf(id), 'registered', 'it was not taken for a new enrolment');
    const locked = await journey.api<{ id: string }>('POST', `/devices/${id}/commands`, {
      name: 'lock-device',
    });
    await done(locked.id);
    assert.ok(comer.device.diary.includes('locked'), 'it answers by its new certificate');
    assert.deepEqual(comer.troubles, []);
  });
});
