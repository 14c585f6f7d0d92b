// The end of a device’s life under management, and its next one: wiped, unmanaged, and back by the page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { downloadProfile } from '@gatehouse/simulators/apple/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

describe('Apple devices are wiped and come back', () => {
  let journey: AppleJourney;
  before(async () => {
    journey = await openAppleJourney();
  });
  after(() => journey[Symbol.asyncDispose]());

  const stateOf = async (id: string) => (await journey.api<{ state: string }>('GET', `/devices/${id}`)).state;
  const wiped = async (comer: Comer, params?: object) => {
    const id = await journey.registered(comer);
    await journey.order(comer, 'full-wipe', params, { reason: 'left in a train' });
    await journey.until('it is erased', () => comer.device.erased);
    await journey.until('it is unmanaged', async () => (await stateOf(id)) === 'unmanaged');
    return id;
  };

  test('ACT-06, ENR-24: a wiped phone is empty and unmanaged, and every gate is shut', async () => {
    const phone = await journey.enrol();
    const id = await wiped(phone);
    assert.equal(phone.device.profiles.size, 0);
    assert.equal(phone.device.passcode, null);
    const explained = JSON.stringify(await journey.api('GET', `/devices/${id}/explain`));
    assert.doesNotMatch(explained, /"access":"allow"/);
    await assert.rejects(journey.api('POST', `/devices/${id}/commands`, { name: 'lock-device' }), /409/);
  });

  test('ENR-12: the same hardware comes back by the page as the same device, where the enrolment says so', async () => {
    const phone = await journey.enrol();
    const id = await wiped(phone);
    await journey.comeIn(phone, { replacesDeviceId: id });
    assert.equal(await journey.registered(phone), id);
    assert.equal(phone.device.erased, false);
    await journey.carriedOut(phone, 'lock-device');
    assert.deepEqual(phone.device.diary, ['erased', 'locked']);
    assert.deepEqual(phone.troubles, []);
  });

  test('DEV-01: without being named it is another device, and the former one stays what it was', async () => {
    const phone = await journey.enrol();
    const former = await wiped(phone);
    await journey.comeIn(phone);
    const id = await journey.registered(phone);
    assert.notEqual(id, former);
    assert.equal(await stateOf(former), 'unmanaged');
  });

  test('WIP-05, WIP-08: whoever lost a phone takes the organization’s data off it, and brings it back when it is found', async () => {
    const clip = { label: 'Help', address: 'https://help.acme.example/' };
    const { id: clipId } = await journey.api<{ id: string }>('POST', '/resources', {
      kind: 'web-clip',
      name: 'Help',
      fields: clip,
    });
    const { id: everybody } = await journey.api<{ id: string }>('GET', '/organization');
    await journey.api('POST', '/assignments', {
      item: { kind: 'resource', id: clipId },
      target: { kind: 'organization', id: everybody },
    });
    const phone = await journey.enrol({ ownership: 'personal' });
    const hasClip = () => [...phone.device.profiles.keys()].some((name) => name.includes(clipId));
    const former = await journey.registered(phone);
    await journey.until('the clip is there', hasClip);
    const post = await journey.signInToPortal(phone.owner);
    const wipe = await post(`/devices/${former}/actions/remove-company-data`);
    assert.equal(wipe.json().outcome, 'sent', wipe.body);
    await journey.until('it is unmanaged', async () => (await stateOf(former)) === 'unmanaged');
    assert.equal(hasClip(), false);
    const ticket = (await post('/enrollments', { platform: 'ios' })).json();
    await phone.simulated.installProfile(await downloadProfile({ ...ticket, anchors: [journey.server.ca] }));
    await journey.registered(phone);
    await journey.until('the clip is back', hasClip);
    assert.equal(phone.device.erased, false);
    assert.deepEqual(phone.troubles, []);
  });

  test('ENR-19: a phone that enrols again without a wipe ends its former enrolment', async () => {
    const phone = await journey.enrol();
    const former = await journey.registered(phone);
    await phone.simulated.removeByHand(phone.device.enrolment?.profileIdentifier ?? '');
    await journey.comeIn(phone);
    const id = await journey.registered(phone);
    assert.notEqual(id, former);
    await journey.until('the former is unmanaged', async () => (await stateOf(former)) === 'unmanaged');
  });

  test('ACT-06: a Mac is erased with a PIN that is in escrow', async () => {
    const mac = await journey.enrol({ platform: 'macos' });
    const id = await wiped(mac);
    const { values } = await journey.api<{ values: { value: string }[] }>(
      'POST',
      `/devices/${id}/escrow/erase-pin/reveal`,
      { reason: 'it is back' },
    );
    assert.match(values[0]?.value ?? '', /^\d{6}$/);
  });

  test('ACT-06: return to service is refused, with the reason, for a device that would come back unmanaged', async () => {
    const phone = await journey.enrol();
    await journey.registered(phone);
    await assert.rejects(
      journey.order(phone, 'full-wipe', { returnToService: true }),
      /422.*automated enrolment/s,
    );
    assert.equal(phone.device.erased, false);
  });

  test('ACT-17: a private phone is not wiped', async () => {
    const phone = await journey.enrol({ ownership: 'personal' });
    await journey.registered(phone);
    await assert.rejects(journey.order(phone, 'full-wipe'), /40[39]|422/);
    assert.equal(phone.device.erased, false);
  });

  test('an order that was not fetched in time is never given to the phone', async () => {
    const phone = await journey.enrol();
    await journey.registered(phone);
    journey.apns.sleep(phone.device.push.token);
    const id = await journey.order(phone, 'lock-device', undefined, { expiresInSeconds: 60 });
    await journey.advance(120_000);
    await phone.simulated.poll();
    assert.ok(!phone.device.diary.includes('locked'));
    await journey.advance(0, 'expire-commands');
    const { reason } = await journey.ended(id, 'expired');
    assert.match(reason ?? '', /did not come/);
    journey.apns.wake(phone.device.push.token);
    await journey.carriedOut(phone, 'lock-device');
    assert.deepEqual(phone.troubles, []);
  });
});
