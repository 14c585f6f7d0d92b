import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AppleJourney, openAppleJourney } from './apple-journey-world.ts';

interface Shown {
  readonly state: string;
  readonly compliance?: unknown;
}

describe('an Apple device and its server', () => {
  let journey: AppleJourney;
  before(async () => {
    journey = await openAppleJourney();
  });
  after(() => journey[Symbol.asyncDispose]());

  const registered = async (comer: Awaited<ReturnType<AppleJourney['enrol']>>) => {
    const id = journey.idOf(comer);
    assert.ok(id);
    await journey.until('the device is registered', async () => {
      const { state } = await journey.api<Shown>('GET', `/devices/${id}`);
      return state === 'registered';
    });
    return id;
  };

  test('ENR-07, ENR-10, ENR-11, ENR-19: a phone comes in by the page, is called by push, and is registered by its answer', async () => {
    const comer = await journey.enrol({ family: 'iphone' });
    assert.deepEqual(
      comer.events.filter(({ kind }) => kind !== 'carried-out'),
      [{ kind: 'enrolled' }],
    );
    await registered(comer);
    assert.deepEqual(comer.troubles, []);
    assert.ok(journey.apns.received.length > 0);
  });

  test('a command reaches a phone within seconds of being ordered, and its answer comes back', async () => {
    const comer = await journey.enrol({ family: 'iphone' });
    const id = await registered(comer);
    const { id: commandId } = await journey.api<{ id: string }>('POST', `/devices/${id}/commands`, {
      name: 'lock-device',
    });
    await journey.until('the phone is locked', () => comer.device.diary.includes('locked'));
    await journey.until('the answer is on record', async () => {
      const { state } = await journey.api<Shown>('GET', `/commands/${commandId}`);
      return state === 'acknowledged';
    });
  });

  test('a phone that says NotNow is asked again when its state changes, and the command is not lost', async () => {
    const comer = await journey.enrol({ family: 'iphone' });
    const id = await registered(comer);
    comer.simulated.misbehave({ notNow: { DeviceLock: 1 } });
    const { id: commandId } = await journey.api<{ id: string }>('POST', `/devices/${id}/commands`, {
      name: 'lock-device',
    });
    await journey.until('it was postponed', () =>
      comer.events.some((event) => event.kind === 'carried-out' && event.status === 'NotNow'),
    );
    await comer.simulated.poll();
    await journey.until('the answer is on record', async () => {
      const { state } = await journey.api<Shown>('GET', `/commands/${commandId}`);
      return state === 'acknowledged';
    });
  });

  test('a repeated answer and a lost one change nothing: the command is done once', async () => {
    const comer = await journey.enrol({ family: 'iphone' });
    const id = await registered(comer);
    comer.simulated.misbehave({ duplicates: 2, lostAnswers: 2 });
    for (const _ of [1, 2]) await journey.api('POST', `/devices/${id}/commands`, { name: 'lock-device' });
    await journey.until('both are done', async () => {
      const { items } = await journey.api<{ items: { name: string; state: string }[] }>(
        'GET',
        `/devices/${id}/commands`,
      );
      return (
        items.filter(({ name, state }) => name === 'lock-device' && state === 'acknowledged').length === 2
      );
    });
    assert.equal(comer.device.diary.filter((entry) => entry === 'locked').length, 2);
    assert.deepEqual(comer.troubles, []);
  });

  test('CMP-04, GAP-07: who removes the profile by hand is out of management, and every gate is shut', async () => {
    const comer = await journey.enrol({ family: 'iphone' });
    const id = await registered(comer);
    const identifier = comer.device.enrolment?.profileIdentifier ?? '';
    await comer.simulated.removeByHand(identifier);
    await journey.until('the device is unmanaged', async () => {
      const { state } = await journey.api<Shown>('GET', `/devices/${id}`);
      return state === 'unmanaged';
    });
    const explained = await journey.api<{ gates?: unknown }>('GET', `/devices/${id}/explain`);
    assert.match(JSON.stringify(explained), /deny/);
    assert.doesNotMatch(JSON.stringify(explained), /"access":"allow"/);
  });

  test('WIP-02, WIP-04: a selective wipe takes what management brought and leaves the rest', async () => {
    const comer = await journey.enrol({ family: 'iphone' });
    const id = await registered(comer);
    comer.device.apps.set('managed.app', {
      identifier: 'managed.app',
      name: 'Managed',
      version: '1',
      bytes: 1,
      managed: true,
    });
    comer.device.apps.set('own.app', {
      identifier: 'own.app',
      name: 'Own',
      version: '1',
      bytes: 1,
      managed: false,
    });
    await journey.api('POST', `/devices/${id}/commands`, {
      name: 'selective-wipe',
      reason: 'left the company',
    });
    await journey.until('the phone has left', () => !comer.simulated.isEnrolled);
    assert.deepEqual([...comer.device.apps.keys()], ['own.app']);
    await journey.until('the device is unmanaged', async () => {
      const { state } = await journey.api<Shown>('GET', `/devices/${id}`);
      return state === 'unmanaged';
    });
    assert.equal(comer.device.erased, false);
  });

  test('a Mac comes in the same way, with a bootstrap token that only it gets back', async () => {
    const comer = await journey.enrol({ platform: 'macos' });
    await registered(comer);
    await comer.simulated.setBootstrapToken(Buffer.from('a token that unlocks a disk'));
    assert.equal(
      Buffer.from((await comer.simulated.getBootstrapToken()) ?? []).toString(),
      'a token that unlocks a disk',
    );
    const { rows } = await (await journey.server.db.superuser()).query(
      `select bootstrap_token from gh.apple_channels where bootstrap_token is not null`,
    );
    assert.ok(!JSON.stringify(rows).includes(Buffer.from('a token that unlocks').toString('hex')));
  });

  test('PWD-02 a Mac that holds our rules is believed that its screen locks, for it has no other way to say so', async () => {
    const comer = await journey.enrol({ platform: 'macos' });
    const id = await registered(comer);
    const { id: policy } = await journey.api<{ id: string }>('POST', '/policies', {
      name: 'Screens lock',
      settings: { 'screen-lock.required': true, 'screen-lock.maximum-inactivity-seconds': 600 },
    });
    const explained = async () => JSON.stringify(await journey.api('GET', `/devices/${id}/explain`));
    await journey.api('POST', '/assignments', {
      item: { kind: 'policy', id: policy },
      target: { kind: 'device', id },
    });
    await journey.until('the Mac holds the rules', async () =>
      /screen locks after 600 seconds/.test(await explained()),
    );
  });
});
