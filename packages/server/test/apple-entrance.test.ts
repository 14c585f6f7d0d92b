// New devices come in with a statement for each message that those of one moment share; what that statement writes, and what it
// leaves to those who can decide.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { blockDevice } from '../src/modules/devices/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { introductionOf } from '../src/platforms/apple/check-ins/authenticate.ts';
import { sealTokens } from '../src/platforms/apple/check-ins/token-update.ts';
import { introductionOrder, tokensOrder } from '../src/platforms/apple/enrolment-queries.ts';
import { createEntries, type Entry } from '../src/platforms/apple/entry-queries.ts';
import { type AppleDevice, type AppleWorld, openAppleWorld } from './apple-world.ts';

describe('the entrance of new Apple devices', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  let statements = 0;
  let enter: ReturnType<typeof createEntries>;
  before(async () => {
    world = await openAppleWorld();
    acme = await world.newFleet('acme');
    enter = createEntries({
      tenantQuery(...question) {
        statements += 1;
        return world.database.tenantQuery(...question);
      },
    });
    // The first makes the data key, the second finds it.
    for (let number = 1; number <= 2; number += 1) await (await world.newDevice(acme)).enrol();
  });
  after(() => world.close());

  const arrivalOf = ({ deviceId, udid, identity }: AppleDevice) => ({
    fingerprint: hash('sha256', identity.certificate),
    deviceId,
    channel: '',
    deviceKey: udid,
    isPoll: false,
    at: Date.now(),
  });
  const identityOf = ({ udid }: AppleDevice) => ({ kind: 'device', deviceKey: udid, channel: '' }) as const;

  function introduction(device: AppleDevice): Entry & { readonly channelId: string } {
    const arrival = arrivalOf(device);
    const said = introductionOf(
      {
        deviceId: device.deviceId,
        certificate: { fingerprint: arrival.fingerprint } as never,
        now: Date.now(),
      },
      undefined,
      { type: 'Authenticate', identity: identityOf(device), fields: { Topic: device.topic }, other: {} },
    );
    const order = introductionOrder(said);
    return { deviceId: device.deviceId, arrival, brings: 'introduction', order, channelId: said.channelId };
  }

  function tokens(device: AppleDevice, channelId: string): Entry {
    const { organizationId } = acme;
    const { deviceId } = device;
    const identity = identityOf(device);
    const opening = {
      organizationId,
      deviceId,
      identity,
      requestId: 'test',
      now: Date.now(),
      isNewDevice: true,
    };
    const fields = {
      Topic: device.topic,
      PushMagic: 'magic',
      Token: Buffer.alloc(32, 1),
      AwaitingConfiguration: false,
    };
    const sealed = sealTokens(world.platform.deps, opening, { channelId, enrolled: false }, {
      type: 'TokenUpdate',
      identity,
      fields,
      other: {},
    } as never);
    assert.ok(sealed, 'there is a data key');
    return { deviceId, arrival: arrivalOf(device), brings: 'tokens', order: tokensOrder(sealed) };
  }

  const channelOf = async ({ deviceId }: AppleDevice) =>
    (
      await world.query<{ channel_id: string; push_token: Buffer | null; enrolled_at: Date | null }>(
        'select channel_id, push_token, enrolled_at from apple_channels where device_id = $1',
        [deviceId],
      )
    )[0];

  test('those of one moment share a statement for each of their two messages, with an audit entry and an event for each', async () => {
    const devices = await Promise.all(Array.from({ length: 8 }, () => world.newDevice(acme)));
    const introductions = devices.map(introduction);
    statements = 0;
    const met = await Promise.all(introductions.map((each) => enter(acme.organizationId, each)));
    assert.equal(statements, 1);
    for (const { standing, isWritten } of met)
      assert.deepEqual([standing?.device, isWritten], [undefined, true]);
    const messages = devices.map((device, index) => tokens(device, introductions[index]?.channelId ?? ''));
    const kept = await Promise.all(messages.map((each) => enter(acme.organizationId, each)));
    assert.equal(statements, 2);
    for (const [index, { standing, isWritten }] of kept.entries()) {
      const device = devices[index] as AppleDevice;
      assert.equal(isWritten, true);
      assert.equal(standing?.device?.enrolled, false, 'as it was before');
      assert.equal(standing?.device?.udid, device.udid);
      assert.deepEqual((await channelOf(device))?.push_token, Buffer.alloc(32, 1));
      assert.deepEqual(
        (await world.audited(device.deviceId)).map(({ action }) => action),
        ['devices.open-channel'],
      );
      const events = await world.query('select name from events where subject_id = $1 and name like $2', [
        device.deviceId,
        'apple.%',
      ]);
      assert.deepEqual(
        events.map((event) => event['name']),
        ['apple.device-channel-opened'],
      );
    }
    // The same again says nothing new, and is left to those who can tell.
    const again = await Promise.all(messages.map((each) => enter(acme.organizationId, each)));
    assert.ok(again.every(({ isWritten }) => !isWritten));
    assert.equal((await world.audited(devices[0]?.deviceId ?? '')).length, 1);
  });

  test('APL-02 only for the very channel that they were sealed for, and under the name of the device, tokens are kept', async () => {
    const [device, other] = [await world.newDevice(acme), await world.newDevice(acme)];
    for (const each of [device, other]) assert.equal((await each.authenticate()).status, 200);
    const own = (await channelOf(device))?.channel_id ?? '';
    const foreign = (await channelOf(other))?.channel_id ?? '';
    const attempts: Entry[] = [
      tokens(device, foreign),
      { ...tokens(device, own), arrival: { ...arrivalOf(device), deviceKey: other.udid } },
      {
        ...tokens(device, own),
        arrival: { ...arrivalOf(device), fingerprint: arrivalOf(other).fingerprint },
      },
    ];
    for (const attempt of attempts)
      assert.equal((await enter(acme.organizationId, attempt)).isWritten, false);
    for (const each of [device, other]) assert.equal((await channelOf(each))?.enrolled_at, null);
    assert.equal((await enter(acme.organizationId, tokens(device, own))).isWritten, true);
  });

  test('who was here before, who is revoked, and blocked hardware is let in or not by those who can tell: nothing is written', async () => {
    const known = await world.newDevice(acme);
    await known.enrol();
    const revoked = await world.newDevice(acme);
    await world.query(
      `update certificates set revoked_at = now(), revocation_reason = 'key-compromise' where device_id = $1`,
      [revoked.deviceId],
    );
    const blocked = await world.newDevice(acme);
    await blocked.enrol();
    await blockDevice(world.deps, world.principal(acme), blocked.deviceId);
    const again = await world.newDevice(acme, { udid: blocked.udid });
    const before = await channelOf(known);
    for (const device of [known, revoked, blocked, again]) {
      const { standing, isWritten } = await enter(acme.organizationId, introduction(device));
      assert.ok(standing, 'the certificate is on record');
      assert.equal(isWritten, false);
    }
    assert.deepEqual(await channelOf(known), before);
    for (const device of [revoked, again]) assert.equal(await channelOf(device), undefined);
  });

  test('of one moment only those are written who leave nothing to decide, and the contact of who is managed is noted', async () => {
    const [managed, waiting, late, fresh] = [
      await world.newDevice(acme),
      await world.newDevice(acme),
      await world.newDevice(acme),
      await world.newDevice(acme),
    ];
    await managed.enrol();
    await managed.poll();
    await world.query(
      `update device_contacts set last_check_in_at = now() - interval '2 minutes' where device_id = $1`,
      [managed.deviceId],
    );
    for (const each of [waiting, late]) assert.equal((await each.authenticate()).status, 200);
    const channels = [
      (await channelOf(waiting))?.channel_id ?? '',
      (await channelOf(late))?.channel_id ?? '',
    ];
    const entries = [
      introduction(managed),
      introduction(fresh),
      tokens(waiting, channels[0] ?? ''),
      // Sealed for another.
      tokens(late, channels[0] ?? ''),
    ];
    statements = 0;
    const met = await Promise.all(entries.map((each) => enter(acme.organizationId, each)));
    assert.equal(statements, 1);
    assert.deepEqual(
      met.map(({ isWritten }) => isWritten),
      [false, true, true, false],
    );
    assert.ok(await channelOf(fresh));
    assert.ok((await channelOf(waiting))?.enrolled_at);
    assert.equal((await channelOf(late))?.enrolled_at, null);
    const [contact] = await world.query<{ isRecent: boolean }>(
      `select last_check_in_at > now() - interval '1 minute' as "isRecent" from device_contacts where device_id = $1`,
      [managed.deviceId],
    );
    assert.equal(contact?.isRecent, true);
  });
});
