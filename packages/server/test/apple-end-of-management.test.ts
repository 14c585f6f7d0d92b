import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { channelPushDied, managementProfileGone } from '../src/platforms/apple/index.ts';
import { endSilentDevices, forgetChannelsJob } from '../src/platforms/apple/end-of-management.ts';
import { showAppleDevice } from '../src/platforms/apple/show-device.ts';
import { unmanageDevice } from '../src/modules/devices/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { type AppleDevice, type AppleWorld, openAppleWorld } from './apple-world.ts';

const day = 86_400_000;

describe('the end of an Apple device’s management', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  let globex: TestFleet;
  before(async () => {
    world = await openAppleWorld();
    acme = await world.newFleet('acme');
    globex = await world.newFleet('globex');
  });
  after(() => world.close());

  async function newPhone(): Promise<AppleDevice> {
    const phone = await world.newDevice(acme);
    await phone.enrol();
    return phone;
  }

  const show = (device: AppleDevice, fleet = acme) =>
    showAppleDevice(world.deps, world.principal(fleet), device.deviceId);

  const inAcme = <T>(work: Parameters<typeof world.database.withTenant<T>>[1]) =>
    world.database.withTenant(acme.organizationId, work);

  async function tokenOf(device: AppleDevice): Promise<Buffer> {
    const [row] = await world.query<{ push_token: Buffer }>(
      `select push_token from apple_channels where device_id = $1 and channel = ''`,
      [device.deviceId],
    );
    return row?.push_token ?? Buffer.alloc(0);
  }

  const died = (device: AppleDevice, token: Uint8Array, since = Date.now()) =>
    inAcme((tx) => channelPushDied(tx, world.deps, { deviceId: device.deviceId, channel: '', token, since }));

  test('GAP-07 a dead push token and long silence together end management; either alone does not', async () => {
    const [gone, silent, heard] = [await newPhone(), await newPhone(), await newPhone()];
    for (const device of [gone, heard]) assert.equal(await died(device, await tokenOf(device)), true);
    assert.equal((await show(gone)).channels[0]?.push.state, 'dead');
    world.setOffset(15 * day);
    try {
      await world.query(
        "update device_contacts set last_check_in_at = now() + interval '14 days' where device_id = $1",
        [heard.deviceId],
      );
      assert.deepEqual(await endSilentDevices(world.deps), { ended: 1 });
      assert.deepEqual(await endSilentDevices(world.deps), { ended: 0 });
    } finally {
      world.setOffset(0);
    }
    assert.deepEqual(
      [
        await world.state(gone.deviceId),
        await world.state(silent.deviceId),
        await world.state(heard.deviceId),
      ],
      ['unmanaged', 'registered', 'registered'],
    );
    const [posture] = await world.query('select * from device_posture where device_id = $1', [gone.deviceId]);
    assert.deepEqual(
      [
        posture?.['registered'],
        posture?.['access_network'],
        posture?.['access_mail'],
        posture?.['access_vpn'],
      ],
      [false, 'deny', 'deny', 'deny'],
    );
    const entries = await world.audited(gone.deviceId);
    assert.ok(
      entries.some(
        ({ action, reason }) => action === 'devices.unmanage' && reason === 'push-dead-and-silent',
      ),
    );
    assert.equal((await gone.poll()).status, 403);
  });

  test('an organization chooses how long silence may last', async () => {
    const phone = await newPhone();
    await died(phone, await tokenOf(phone));
    await world.query(
      `update organizations set settings = '{"apple":{"silentDays":60}}' where organization_id = $1`,
      [acme.organizationId],
    );
    world.setOffset(30 * day);
    try {
      await endSilentDevices(world.deps);
      assert.equal(await world.state(phone.deviceId), 'registered');
      world.setOffset(61 * day);
      await endSilentDevices(world.deps);
      assert.equal(await world.state(phone.deviceId), 'unmanaged');
    } finally {
      world.setOffset(0);
      await world.query(`update organizations set settings = '{}' where organization_id = $1`, [
        acme.organizationId,
      ]);
    }
  });

  test('news of a dead token that is older than the token, or of another one, is no news', async () => {
    const phone = await newPhone();
    const token = await tokenOf(phone);
    assert.equal(await died(phone, token, Date.now() - day), false);
    assert.equal(await died(phone, Buffer.from('another')), false);
    assert.equal(await died(phone, token), true);
    assert.equal(await died(phone, token), false, 'known');
    assert.equal((await phone.tokenUpdate()).status, 200);
    assert.equal((await show(phone)).channels[0]?.push.state, 'reachable', 'a new token lives');
  });

  test('CMP-04 a device that lists its profiles without ours is out of management', async () => {
    const phone = await newPhone();
    assert.equal(await inAcme((tx) => managementProfileGone(world.deps, tx, phone.deviceId)), true);
    assert.equal(await world.state(phone.deviceId), 'unmanaged');
    assert.equal(await inAcme((tx) => managementProfileGone(world.deps, tx, phone.deviceId)), false);
  });

  test('what a device entrusted is forgotten when its management has ended, not when it has come back', async () => {
    const [gone, back] = [await newPhone(), await newPhone()];
    for (const device of [gone, back]) {
      await device.checkIn({ MessageType: 'SetBootstrapToken', BootstrapToken: Buffer.from('token') });
    }
    await unmanageDevice(world.deps, world.principal(acme), gone.deviceId);
    const job = forgetChannelsJob();
    for (const { deviceId } of [gone, back])
      await inAcme((tx) => job.run?.(tx, { deviceId }) ?? Promise.resolve());
    const held = (shown: Awaited<ReturnType<typeof show>>) =>
      shown.channels.map((channel) => [
        channel.holdsUnlockToken,
        channel.holdsBootstrapToken,
        channel.push.state,
      ]);
    assert.deepEqual(held(await show(gone)), [[false, false, 'none']]);
    assert.deepEqual(held(await show(back)), [[true, true, 'reachable']]);
    assert.throws(() => job.parse({ deviceId: 'x' }), TypeError);
  });

  test('an administrator sees how a device is reached, never what it entrusted, and nothing of other organizations', async () => {
    const phone = await newPhone();
    await phone.checkIn({
      MessageType: 'TokenUpdate',
      UserID: 'U-1',
      UserShortName: 'anna',
      Topic: 't',
      PushMagic: 'm',
      Token: Buffer.alloc(32),
    });
    const shown = await show(phone);
    assert.deepEqual(
      [shown.system, shown.version, shown.product, shown.enrollment, shown.supervised],
      ['iOS', '18.1', 'iPhone17,1', 'device', false],
    );
    assert.deepEqual(
      shown.channels.map((channel) => [
        channel.of,
        channel.kind,
        channel.push.state,
        channel.readyAt !== null,
      ]),
      [
        ['device', 'device', 'reachable', true],
        ['user', 'user', 'reachable', true],
      ],
    );
    const text = JSON.stringify(shown);
    for (const secret of ['anna', 'MAGIC', 'UNLOCK', (await tokenOf(phone)).toString('hex')])
      assert.ok(!text.includes(secret));
    await assert.rejects(show(phone, globex), { code: 'not-found' });
    const nobody = { ...world.principal(acme), permissions: new Set() } as never;
    await assert.rejects(showAppleDevice(world.deps, nobody, phone.deviceId), { code: 'forbidden' });
  });
});
