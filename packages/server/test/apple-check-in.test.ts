import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  decodeCheckInAnswer,
  decodeErrorBody,
  sharedIpadUserId,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';
import { deleteDevice } from '../src/modules/devices/change-standing.ts';
import { addHardwareBlock, removeHardwareBlock } from '../src/modules/devices/hardware-blocks.ts';
import { blockDevice, unmanageDevice } from '../src/modules/devices/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { queueCommand } from '../src/modules/commands/index.ts';
import { type AppleDevice, type AppleWorld, commandIn, openAppleWorld } from './apple-world.ts';

interface ChannelRow {
  readonly channel: string;
  readonly kind: string;
  readonly push_token: Buffer | null;
  readonly unlock_token: Buffer | null;
  readonly bootstrap_token: Buffer | null;
  readonly enrolled_at: Date | null;
  readonly awaiting_configuration: boolean;
  readonly shared_ipad: boolean;
  readonly channel_id: string;
}

describe('Apple check-in', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  let globex: TestFleet;
  before(async () => {
    world = await openAppleWorld();
    acme = await world.newFleet('acme');
    globex = await world.newFleet('globex');
  });
  after(() => world.close());

  const channels = (device: AppleDevice) =>
    world.query<ChannelRow>('select * from apple_channels where device_id = $1 order by channel', [
      device.deviceId,
    ]);
  const channel = async (device: AppleDevice, name = ''): Promise<ChannelRow> => {
    const row = (await channels(device)).find((each) => each.channel === name);
    assert.ok(row, `no channel ${name}`);
    return row;
  };

  async function assertUnmanaged(device: AppleDevice, reason: string): Promise<void> {
    const entries = await world.audited(device.deviceId);
    assert.ok(entries.some((entry) => entry.action === 'devices.unmanage' && entry.reason === reason));
  }

  for (const by of ['tls', 'signature'] as const) {
    test(`ENR-19 a device that shows who it is by ${by} is registered by its first answered poll, and not before`, async () => {
      const device = await world.newDevice(acme, { by });
      for (const step of [device.poll, device.tokenUpdate])
        assert.equal((await step()).status, 400, 'not introduced');
      const answers = [await device.authenticate()];
      assert.equal((await device.poll()).body.length, 0, 'no commands before the token');
      assert.equal(await world.state(device.deviceId), 'pending');
      answers.push(await device.tokenUpdate());
      assert.equal(await world.state(device.deviceId), 'pending');
      answers.push(await device.poll());
      assert.equal(await world.state(device.deviceId), 'registered');
      for (const { status, body } of answers) assert.deepEqual([status, body.length], [200, 0]);
      const [posture] = await world.query('select * from device_posture where device_id = $1', [
        device.deviceId,
      ]);
      assert.equal(posture?.['registered'], true);
      assert.equal(posture?.['serial_number'], `C${device.udid.slice(-10)}`);
      assert.equal(posture?.['udid'], device.udid);
      assert.equal(posture?.['os_version'], 'iOS 18.1');
      const actions = (await world.audited(device.deviceId)).map(({ action }) => action);
      assert.deepEqual(actions.slice(0, 2), ['devices.open-channel', 'devices.register']);
    });
  }

  test('messages may be binary, and their type may come with or without a charset', async () => {
    const device = await world.newDevice(acme);
    const message = { MessageType: 'Authenticate', Topic: 'topic' };
    assert.equal((await device.checkIn(message, { format: 'binary' })).status, 200);
    const type = 'application/x-apple-aspen-mdm-checkin; charset=UTF-8';
    assert.equal((await device.checkIn(message, { contentType: type })).status, 200);
    assert.equal((await device.tokenUpdate()).status, 200);
    assert.equal((await device.poll({ contentType: 'application/x-apple-aspen-mdm' })).status, 200);
  });

  test('a later token update replaces the token, keeps what it leaves out, and takes tokens of any length', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const before = await channel(device);
    const { UnlockToken: _, ...rest } = { UnlockToken: 1, MessageType: 'TokenUpdate', Topic: device.topic };
    const token = Buffer.alloc(100, 7);
    const answer = await device.checkIn({ ...rest, PushMagic: 'another', Token: token });
    assert.equal(answer.status, 200);
    const now = await channel(device);
    assert.deepEqual(now.push_token, token);
    assert.deepEqual(now.unlock_token, before.unlock_token);
    const awaiting = await device.tokenUpdate({ AwaitingConfiguration: true });
    assert.equal(awaiting.status, 200);
    await device.checkIn({ ...rest, PushMagic: 'another', Token: token });
    assert.equal((await channel(device)).awaiting_configuration, true, 'silence does not end the wait');
  });

  test('APL-06 what a device entrusts to the server lies sealed and appears in no log', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    await device.checkIn({
      MessageType: 'SetBootstrapToken',
      BootstrapToken: Buffer.from('BOOTSTRAP-CANARY'),
    });
    const [row] = await world.query('select t::text as text from apple_channels t where device_id = $1', [
      device.deviceId,
    ]);
    const text = String(row?.['text']);
    for (const secret of ['BOOTSTRAP-CANARY', `UNLOCK-${device.udid}`, `MAGIC-${device.udid}`]) {
      const hex = Buffer.from(secret).toString('hex');
      assert.ok(!text.includes(secret) && !text.includes(hex), secret);
      assert.ok(!world.logged.some((line) => line.includes(secret)), `${secret} in the log`);
    }
  });

  test('a certificate asked for to replace another renews: queue, tokens and registration stay', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    await device.checkIn({ MessageType: 'SetBootstrapToken', BootstrapToken: Buffer.from('keep me') });
    await queueCommand(world.deps, world.principal(acme), {
      deviceId: device.deviceId,
      name: 'refresh-device',
    });
    const [{ serial } = { serial: Buffer.alloc(0) }] = await world.query<{ serial: Buffer }>(
      'select serial from certificates where device_id = $1',
      [device.deviceId],
    );
    const renewed = world.deviceAs(
      await world.certify(acme, device.deviceId, serial.toString('hex')),
      device,
    );
    assert.equal((await renewed.authenticate()).status, 200);
    assert.equal(await world.state(device.deviceId), 'registered');
    assert.equal(
      (await device.poll()).status,
      200,
      'the old identity serves until the new one has been used for a poll',
    );
    assert.equal((await renewed.tokenUpdate()).status, 200);
    assert.equal(commandIn(await renewed.poll()).requestType, 'DeviceInformation');
    assert.ok((await channel(renewed)).bootstrap_token);
    assert.equal((await device.poll()).status, 403, 'superseded');
    assert.equal((await renewed.poll()).status, 200);
  });

  test('a device that an administrator takes back starts over: former orders and secrets are gone', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    await device.checkIn({ MessageType: 'SetBootstrapToken', BootstrapToken: Buffer.from('forget me') });
    await device.checkIn({
      MessageType: 'TokenUpdate',
      UserID: 'U-1',
      Topic: 't',
      PushMagic: 'm',
      Token: Buffer.alloc(32),
    });
    await queueCommand(world.deps, world.principal(acme), {
      deviceId: device.deviceId,
      name: 'refresh-device',
    });
    const again = world.deviceAs(await world.certify(acme, device.deviceId), device);
    assert.equal((await again.authenticate()).status, 200);
    assert.equal(await world.state(device.deviceId), 'pending');
    const rows = await channels(again);
    assert.deepEqual(
      rows.map((row) => [
        row.channel,
        row.bootstrap_token,
        row.unlock_token,
        row.push_token,
        row.enrolled_at,
      ]),
      [['', null, null, null, null]],
    );
    await again.tokenUpdate();
    assert.equal((await again.poll()).body.length, 0, 'what was ordered before does not befall it now');
    assert.equal(await world.state(device.deviceId), 'registered');
    const commands = await world.query<{ state: string }>('select state from commands where device_id = $1', [
      device.deviceId,
    ]);
    assert.deepEqual(commands, [{ state: 'cancelled' }]);
  });

  test('repeating Authenticate under the same certificate changes nothing that matters', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const before = await channel(device);
    assert.equal((await device.authenticate()).status, 200);
    const now = await channel(device);
    assert.deepEqual(
      [now.push_token, now.unlock_token, now.enrolled_at],
      [before.push_token, before.unlock_token, before.enrolled_at],
    );
    assert.equal(await world.state(device.deviceId), 'registered');
  });

  test('APL-02 a known UDID under another device’s certificate is refused, and the device is served as before', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const impostor = await world.newDevice(acme);
    await impostor.enrol();
    const inDisguise = world.deviceAs(impostor.identity, { udid: device.udid });
    for (const step of [inDisguise.authenticate, inDisguise.tokenUpdate, inDisguise.poll]) {
      assert.equal((await step()).status, 403);
    }
    const set = await inDisguise.checkIn({
      MessageType: 'SetBootstrapToken',
      BootstrapToken: Buffer.from('theft'),
    });
    assert.equal(set.status, 403);
    assert.equal((await channel(device)).bootstrap_token, null);
    assert.equal((await device.poll()).status, 200);
    assert.equal(await world.state(device.deviceId), 'registered');
    const serials = await world.query<{ serial: string }>(
      `select encode(serial, 'hex') as serial from certificates where device_id = $1`,
      [impostor.deviceId],
    );
    const entries = await world.audited(serials[0]?.serial ?? '');
    assert.ok(
      entries.some(({ reason, outcome }) => reason === 'claims-another-device' && outcome === 'refused'),
    );
  });

  test('APL-02 a fresh enrolment by the same user replaces the former one with its first answered poll, not before', async () => {
    const old = await world.newDevice(acme);
    await old.enrol();
    const fresh = await world.newDevice(acme, { udid: old.udid });
    await fresh.authenticate();
    await fresh.tokenUpdate();
    assert.equal((await old.poll()).status, 200, 'the old one holds until then');
    await fresh.poll();
    assert.equal(await world.state(fresh.deviceId), 'registered');
    assert.equal(await world.state(old.deviceId), 'unmanaged');
    assert.equal((await old.poll()).status, 403);
    await assertUnmanaged(old, 'enrolled-again');
  });

  test('APL-02 a fresh enrolment by another user does not touch the device it claims to be; the record says so', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const [{ user_id: other } = { user_id: '' }] = await world.query<{ user_id: string }>(
      `insert into users (organization_id, user_id, email, user_name) values ($1, gen_random_uuid(), 'mallory@x', 'mallory')
       returning user_id`,
      [acme.organizationId],
    );
    const claimant = await world.newDevice(acme, { udid: device.udid, userId: other });
    await claimant.enrol();
    assert.equal(await world.state(device.deviceId), 'registered');
    assert.equal((await device.poll()).status, 200);
    assert.ok(
      (await world.audited(device.deviceId)).some(({ action }) => action === 'devices.identity-claimed'),
    );
  });

  test('APL-02 the same UDID in another organization is another device', async () => {
    const here = await world.newDevice(acme);
    await here.enrol();
    const there = await world.newDevice(globex, { udid: here.udid });
    await there.enrol();
    assert.equal((await here.poll()).status, 200);
    assert.equal((await there.poll()).status, 200);
  });

  test('blocked hardware does not come in under a new enrolment', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    await blockDevice(world.deps, world.principal(acme), device.deviceId);
    assert.equal((await device.poll()).status, 403);
    const again = await world.newDevice(acme, { udid: device.udid });
    assert.equal((await again.authenticate()).status, 403);
    assert.equal((await channels(again)).length, 0);
    assert.ok((await world.audited(again.deviceId)).some(({ reason }) => reason === 'hardware-blocked'));
  });

  test('GAP-09, LST-08 hardware that is shut out does not come in, though its device is long gone; one that is managed goes on', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const { id } = await addHardwareBlock(world.deps, world.principal(acme), {
      kind: 'udid',
      value: device.udid,
      reason: 'It was stolen.',
    });
    assert.equal((await device.authenticate()).status, 200, 'its wipe may have to reach it yet');
    await deleteDevice(world.deps, world.principal(acme), device.deviceId);
    const again = await world.newDevice(acme, { udid: device.udid });
    assert.equal((await again.authenticate()).status, 403);
    assert.equal((await channels(again)).length, 0);
    await removeHardwareBlock(world.deps, world.principal(acme), id);
    assert.equal((await again.authenticate()).status, 200);
  });

  test('CMP-04 a device that checks out is unmanaged with every gate shut; checking out again is fine', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const message = { MessageType: 'CheckOut', Topic: device.topic };
    assert.equal((await device.checkIn(message)).status, 200);
    assert.equal(await world.state(device.deviceId), 'unmanaged');
    const [posture] = await world.query('select * from device_posture where device_id = $1', [
      device.deviceId,
    ]);
    assert.deepEqual(
      [
        posture?.['registered'],
        posture?.['access_network'],
        posture?.['access_mail'],
        posture?.['access_vpn'],
      ],
      [false, 'deny', 'deny', 'deny'],
    );
    await assertUnmanaged(device, 'profile-removed');
    assert.deepEqual(
      [(await device.checkIn(message)).status, (await device.checkIn(message)).body.length],
      [200, 0],
    );
  });

  test('GAP-07 a device whose management was ended here is told so in words that it understands', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    await unmanageDevice(world.deps, world.principal(acme), device.deviceId);
    const answer = await device.poll();
    assert.equal(answer.status, 403);
    const contentType = String(answer.headers['content-type']);
    assert.equal(decodeErrorBody({ contentType, body: answer.body })?.code, 'com.apple.unrecognized.device');
  });

  test('users have channels of their own, in four forms, that begin after the device and end alone', async () => {
    const mac = await world.newDevice(acme, { platform: 'macos' });
    const user = { UserID: 'A1B2', UserShortName: 'anna', UserLongName: 'Anna' };
    const tokens = {
      MessageType: 'TokenUpdate',
      Topic: 't',
      PushMagic: 'user magic',
      Token: Buffer.alloc(32, 9),
    };
    await mac.authenticate({ ProductName: 'Mac15,3' });
    assert.equal((await mac.checkIn({ ...tokens, ...user })).status, 400, 'before the device');
    await mac.tokenUpdate();
    await mac.poll();
    assert.equal((await mac.checkIn({ ...tokens, ...user })).status, 200);
    const shared = { UserID: sharedIpadUserId, UserShortName: 'ben@school.example' };
    assert.equal((await mac.checkIn({ ...tokens, ...shared })).status, 200);
    assert.deepEqual(
      (await channels(mac)).map((row) => [row.channel, row.kind, row.enrolled_at !== null]),
      [
        ['', 'device', true],
        ['A1B2', 'user', true],
        ['ben@school.example', 'shared-ipad-user', true],
      ],
    );
    assert.equal((await channel(mac)).shared_ipad, true);
    assert.notDeepEqual((await channel(mac, 'A1B2')).push_token, (await channel(mac)).push_token);
    assert.equal((await mac.checkIn({ MessageType: 'CheckOut', ...user })).status, 200);
    assert.equal((await mac.checkIn({ MessageType: 'CheckOut', ...user })).status, 200);
    assert.equal(await world.state(mac.deviceId), 'registered');
    assert.equal((await channels(mac)).length, 2);
  });

  test('user enrolment goes by its own identifier, device and user', async () => {
    const device = await world.newDevice(acme);
    const EnrollmentID = 'E-0001';
    const send = (message: Record<string, unknown>) =>
      device.send(plist({ EnrollmentID, ...message }), 'application/x-apple-aspen-mdm-checkin');
    assert.equal(
      (await send({ MessageType: 'Authenticate', Topic: 't', ProductName: 'Mac15,3' })).status,
      200,
    );
    const tokens = { MessageType: 'TokenUpdate', Topic: 't', PushMagic: 'm', Token: Buffer.alloc(32) };
    assert.equal((await send(tokens)).status, 200);
    assert.equal((await send({ ...tokens, EnrollmentUserID: 'EU-1' })).status, 200);
    assert.deepEqual(
      (await channels(device)).map(({ channel: name, kind }) => [name, kind]),
      [
        ['', 'user-enrolment'],
        ['EU-1', 'user-enrolment-user'],
      ],
    );
    const [row] = await world.query(
      'select udid, enrollment_ref, enrollment_kind from apple_channels where device_id = $1 and channel = $2',
      [device.deviceId, ''],
    );
    assert.deepEqual(row, { udid: null, enrollment_ref: EnrollmentID, enrollment_kind: 'user' });
  });

  test('APL-06 the bootstrap token is kept for the device and given back to it alone, on record', async () => {
    const mac = await world.newDevice(acme);
    await mac.enrol();
    const get = { MessageType: 'GetBootstrapToken' };
    const none = decodeCheckInAnswer('GetBootstrapToken', (await mac.checkIn(get)).body);
    assert.equal(none.BootstrapToken?.length, 0);
    const token = Buffer.from('bootstrap token');
    assert.equal(
      (await mac.checkIn({ MessageType: 'SetBootstrapToken', BootstrapToken: token })).status,
      200,
    );
    const held = decodeCheckInAnswer('GetBootstrapToken', (await mac.checkIn(get)).body);
    assert.deepEqual(Buffer.from(held.BootstrapToken ?? []), token);

    const user = { UserID: 'A1B2', UserShortName: 'anna' };
    await mac.checkIn({
      MessageType: 'TokenUpdate',
      Topic: 't',
      PushMagic: 'm',
      Token: Buffer.alloc(32),
      ...user,
    });
    for (const message of [get, { MessageType: 'SetBootstrapToken', BootstrapToken: Buffer.from('x') }]) {
      assert.equal((await mac.checkIn({ ...message, ...user })).status, 403, 'from a user’s channel');
    }
    const other = await world.newDevice(acme);
    await other.enrol();
    const disguised = world.deviceAs(other.identity, { udid: mac.udid });
    assert.equal((await disguised.checkIn(get)).status, 403, 'from another device');
    assert.equal(
      decodeCheckInAnswer('GetBootstrapToken', (await other.checkIn(get)).body).BootstrapToken?.length,
      0,
    );

    const reveals = (await world.audited(mac.deviceId)).filter(
      ({ action }) => action === 'devices.bootstrap-token.reveal',
    );
    assert.equal(reveals.length, 1);
    assert.ok((await world.audited(mac.deviceId)).some(({ reason }) => reason === 'user-channel'));
    for (const message of [{ BootstrapToken: new Uint8Array() }, {}]) {
      await mac.checkIn({ MessageType: 'SetBootstrapToken', BootstrapToken: token });
      assert.equal((await mac.checkIn({ MessageType: 'SetBootstrapToken', ...message })).status, 200);
      assert.equal((await channel(mac)).bootstrap_token, null);
    }
  });

  test('a token for a service that nobody offers is refused as Apple says; erased devices are not sent back to work', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const unknown = { MessageType: 'GetToken', TokenServiceType: 'com.apple.maid' };
    assert.equal((await device.checkIn(unknown)).status, 400);
    assert.equal((await device.checkIn({ ...unknown, TokenServiceType: 'toString' })).status, 400);
    const answer = await device.checkIn({ MessageType: 'ReturnToService' });
    assert.deepEqual(
      { ...decodeCheckInAnswer('ReturnToService', answer.body).ReturnToService },
      { Enabled: false },
    );
  });

  test('a network user’s login is not managed, unless the organization wants it, and then without a challenge', async () => {
    const mac = await world.newDevice(globex);
    await mac.enrol();
    const message = { MessageType: 'UserAuthenticate', UserID: 'A1B2' };
    assert.equal((await mac.checkIn(message)).status, 410);
    await world.query(
      `update organizations set settings = '{"apple":{"networkUsers":true}}' where organization_id = $1`,
      [globex.organizationId],
    );
    const answer = await mac.checkIn(message);
    assert.deepEqual({ ...decodeCheckInAnswer('UserAuthenticate', answer.body) }, { DigestChallenge: '' });
    assert.equal((await mac.checkIn({ ...message, DigestResponse: 'Digest x' })).status, 410);
  });

  test('without declarations every declaration is gone, and a status report is taken', async () => {
    const device = await world.newDevice(acme);
    await device.enrol();
    const ask = (Endpoint: string, more = {}) =>
      device.checkIn({ MessageType: 'DeclarativeManagement', Endpoint, ...more });
    assert.equal((await ask('declaration/configuration/a/b/c')).status, 404);
    assert.equal((await ask('status', { Data: Buffer.from('{}') })).status, 200);
  });
});

function plist(value: Record<string, unknown>): Uint8Array {
  return writePlist(value as PlistDictionary);
}
