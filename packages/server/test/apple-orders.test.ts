import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import { roleCatalogue } from '@gatehouse/core/permissions/roles.ts';
import { readPlist } from '@gatehouse/protocols/plist/index.ts';
import { getCommand, queueCommand, queueCommands, supportOf } from '../src/modules/commands/index.ts';
import { listEscrow, revealEscrow } from '../src/modules/devices/reveal-escrow.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { createAssignment, resourceAssignments } from '../src/modules/policies/index.ts';
import { createResource } from '../src/modules/resources/index.ts';
import { agentSupport } from '../src/platforms/agent/index.ts';
import { appleSupport } from '../src/platforms/apple/index.ts';
import { checkAppleContent, reconcileDevices } from '../src/platforms/apple/desired-state/index.ts';
import { selectItems } from '../src/platforms/apple/desired-state/item-queries.ts';
import { escrowRecipient } from '../src/platforms/apple/escrow/escrow-recipient.ts';
import { beginInventory } from '../src/platforms/apple/inventory/index.ts';
import { type AppleWorld, commandIn, openAppleWorld } from './apple-world.ts';
import { enrolLiving, type LivingDevice, type LivingOptions } from './living-apple-device.ts';

describe('orders to Apple devices', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  before(async () => {
    world = await openAppleWorld({
      onRegistered: (tx, deviceId, now) => beginInventory(world.deps, tx, deviceId, now),
    });
    acme = await world.newFleet('acme');
  });
  after(() => world.close());
  // Each test may wipe as much as an organization may in an hour.
  beforeEach(() => world.query('delete from destructive_spending'));

  const deps = () => ({ ...world.deps, support: supportOf([appleSupport, agentSupport]) });
  const living = async (options: LivingOptions = {}) => {
    const device = await enrolLiving(world, acme, options);
    await device.talk();
    return device;
  };
  /** The operator on the machine: whoever orders a wipe must exist when it is handed over. */
  const principal = () => ({ ...world.principal(acme), kind: 'local' as const, empoweredAt: null });
  const order = async ({ deviceId }: { readonly deviceId: string }, name: string, params: object = {}) =>
    (await queueCommand(deps(), principal(), { deviceId, name, params })).id;
  /** Orders, lets the device carry it out, and shows what came of it. */
  const ask = async (device: LivingDevice, name: string, params: object = {}) => {
    const id = await order(device, name, params);
    const asked = await device.talk();
    const command = await getCommand(deps(), world.principal(acme), id);
    return { ...command, asked };
  };
  const refused = async (device: { readonly deviceId: string }, name: string, params: object, why: RegExp) =>
    assert.rejects(order(device, name, params), (error) => {
      assert.ok(isDomainError(error, 'unprocessable'), String(error));
      assert.equal(error.reason, 'unsupported-by-device');
      assert.match(error.message, why);
      return true;
    });
  const reveal = async ({ deviceId }: LivingDevice, kind: Parameters<typeof revealEscrow>[2]['kind']) =>
    (await revealEscrow(world.deps, world.principal(acme), { deviceId, kind, reason: 'test' })).values;

  test('LST-02, LST-03, ACT-16 a lost phone is locked with a message, found, rung, and found again', async () => {
    const phone = await living({ supervised: true });
    assert.equal(
      (await ask(phone, 'enable-lost-mode', { message: 'Please call', phoneNumber: '+41 44' })).state,
      'acknowledged',
    );
    assert.deepEqual(phone.state.lostMode, { message: 'Please call', phoneNumber: '+41 44', footnote: '' });
    const { id, result } = await ask(phone, 'locate-device');
    assert.ok(Math.abs((result?.['latitude'] as number) - phone.state.place.latitude) < 0.001);
    assert.equal(result?.['accuracyMetres'], 12);
    const [row] = await world.query('select result, sealed_result from commands where command_id = $1', [id]);
    assert.equal(row?.['result'], null, 'a place lies sealed');
    await ask(phone, 'play-lost-mode-sound');
    assert.ok(phone.state.diary.includes('sounded'));
    await ask(phone, 'disable-lost-mode');
    assert.equal(phone.state.lostMode, null);
    const late = await ask(phone, 'locate-device');
    assert.equal(late.state, 'failed');
    assert.match(late.reason ?? '', /lost mode/);
  });

  test('PWD-11, ACT-21 the passcode is removed with the token that the device gave', async () => {
    const phone = await living();
    const { state, asked } = await ask(phone, 'clear-passcode');
    assert.equal(state, 'acknowledged');
    assert.equal(asked.length, 1);
    assert.equal(phone.state.passcode, null);
  });

  test('ACT-12 a Mac is locked with six digits that are in escrow before it has them', async () => {
    const mac = await living({ family: 'mac' });
    const { asked } = await ask(mac, 'lock-device', { message: 'Call us' });
    const pin = asked[0]?.payload['PIN'] as string;
    assert.match(pin, /^\d{6}$/);
    assert.deepEqual(
      (await reveal(mac, 'lock-pin')).map(({ value }) => value),
      [pin],
    );
    const given = await ask(mac, 'lock-device', { pin: '135790' });
    assert.equal(given.asked[0]?.payload['PIN'], '135790');
    assert.equal((await reveal(mac, 'lock-pin'))[0]?.value, '135790', 'the newest first');
    await refused(mac, 'lock-device', { pin: '1234' }, /six digits/);
  });

  test('the digits are in escrow though the answer never comes, and the same when it is asked again', async () => {
    const mac = await living({ family: 'mac' });
    const id = await order(mac, 'lock-device');
    const first = commandIn(await mac.device.poll());
    const again = commandIn(await mac.device.poll());
    assert.deepEqual([first.commandUuid, first.payload], [id, again.payload]);
    assert.equal((await reveal(mac, 'lock-pin'))[0]?.value, first.payload['PIN']);
  });

  test('ACT-06, WIP a Mac is erased with a PIN that is in escrow; a phone with what was chosen', async () => {
    const mac = await living({ family: 'mac' });
    const { asked, state } = await ask(mac, 'full-wipe', { obliteration: 'with-warning' });
    assert.equal(state, 'acknowledged');
    assert.equal(asked[0]?.payload['ObliterationBehavior'], 'ObliterateWithWarning');
    assert.equal((await reveal(mac, 'erase-pin'))[0]?.value, asked[0]?.payload['PIN']);
    assert.ok(mac.state.erased);
    assert.equal(await world.state(mac.deviceId), 'unmanaged');
    const phone = await living();
    const wiped = await ask(phone, 'full-wipe', { keepDataPlan: true });
    assert.deepEqual({ ...wiped.asked[0]?.payload }, { PreserveDataPlan: true });
    assert.ok(phone.state.erased);
  });

  test('return to service is for devices that come back under management by themselves', async () => {
    const phone = await living();
    await refused(phone, 'full-wipe', { returnToService: true }, /automated enrolment/);
    const old = await living({ enrollmentKind: 'automated', systemVersion: '16.4' });
    await refused(old, 'full-wipe', { returnToService: true }, /version 17/);
    const own = await living({ enrollmentKind: 'automated' });
    const { asked } = await ask(own, 'full-wipe', { returnToService: true });
    assert.deepEqual(JSON.parse(JSON.stringify(asked[0]?.payload)), { ReturnToService: { Enabled: true } });
  });

  test('a device returns to service through a network that it is to have anyhow, and through no other', async () => {
    const phone = await living({ enrollmentKind: 'automated', systemVersion: '18.1' });
    const resources = {
      ...world.deps,
      resourceAssignments: resourceAssignments(world.deps.events),
      checkContent: checkAppleContent,
    };
    const create = (name: string) =>
      createResource(resources, world.principal(acme), {
        kind: 'wifi',
        name,
        fields: { ssid: name, security: 'personal', password: 'let me in please' },
      });
    const [ours, other] = [await create('Acme'), await create('Elsewhere')];
    await createAssignment(world.deps, world.principal(acme), {
      item: { kind: 'resource', id: ours.id },
      target: { kind: 'device', id: phone.deviceId },
    });
    await world.database.withTenant(acme.organizationId, (tx) =>
      reconcileDevices({ ...world.deps, assetUrl: (name) => `https://x/${name}` }, tx, [phone.deviceId]),
    );
    await phone.talk();
    const lost = await ask(phone, 'full-wipe', { returnToService: true, returnThroughWifi: other.id });
    assert.equal(lost.state, 'failed');
    assert.match(lost.reason ?? '', /none of those/);
    assert.equal(await world.state(phone.deviceId), 'registered', 'and nothing was erased');
    const { asked } = await ask(phone, 'full-wipe', { returnToService: true, returnThroughWifi: ours.id });
    const { WiFiProfileData: profile } = asked[0]?.payload['ReturnToService'] as Record<string, Uint8Array>;
    assert.match(Buffer.from(profile ?? []).toString(), /<string>Acme<\/string>/);
  });

  test('TEN-14, ACT-17 a private phone whose profile asked for no right to erase is not even asked', async () => {
    const phone = await living({ ownership: 'personal', accessRights: 8191 - 8 - 256 });
    await refused(phone, 'full-wipe', {}, /right to erase/);
    assert.equal((await ask(phone, 'lock-device')).state, 'acknowledged');
  });

  test('WIP-02, WIP-04, WIP-09 managed apps go first, one that is gone holds nothing up, then management; what others installed stays', async () => {
    const phone = await living();
    for (const [identifier, managed] of [
      ['com.example.crm', true],
      ['com.example.gone', true],
      ['org.private.game', false],
    ] as const) {
      phone.state.apps.set(identifier, { identifier, name: identifier, version: '1', bytes: 1, managed });
    }
    await ask(phone, 'refresh-device', { scans: ['apps'] });
    phone.state.apps.delete('com.example.gone');
    phone.state.profiles.set('com.cisco.ise', {
      ...firstProfile(phone),
      identifier: 'com.cisco.ise',
      managed: false,
    });
    const { asked, state } = await ask(phone, 'selective-wipe');
    assert.deepEqual(
      asked.map(({ requestType, payload }) => [requestType, payload['Identifier']]),
      [
        ['RemoveApplication', 'com.example.crm'],
        ['RemoveApplication', 'com.example.gone'],
        ['RemoveProfile', 'net.gatehouse.enrollment'],
      ],
    );
    assert.equal(state, 'acknowledged');
    assert.deepEqual([...phone.state.apps.keys()], ['org.private.game']);
    assert.ok(phone.state.profiles.has('com.cisco.ise'));
    assert.equal(await world.state(phone.deviceId), 'unmanaged');
  });
  const firstProfile = ({ state }: LivingDevice) => {
    const [profile] = state.profiles.values();
    assert.ok(profile);
    return profile;
  };

  test('restart and shut-down: only of supervised phones, of any Mac', async () => {
    const phone = await living();
    await refused(phone, 'restart-device', {}, /supervised/);
    const mac = await living({ family: 'mac' });
    const { asked } = await ask(mac, 'restart-device', { askUser: true });
    assert.deepEqual({ ...asked[0]?.payload }, { NotifyUser: true });
    await ask(mac, 'shut-down-device');
    assert.deepEqual(mac.state.diary, ['restarted', 'shut down']);
  });

  test('settings: each with a result of its own', async () => {
    const phone = await living({ supervised: true });
    const { result, asked } = await ask(phone, 'change-settings', {
      deviceName: 'Reception',
      dataRoaming: false,
      timeZone: 'Europe/Zurich',
    });
    assert.equal(phone.state.name, 'Reception');
    assert.deepEqual(
      (asked[0]?.payload['Settings'] as unknown as { Item: string }[]).map(({ Item }) => Item),
      ['DeviceName', 'TimeZone', 'DataRoaming'],
    );
    assert.deepEqual(result, {
      settings: [
        { setting: 'deviceName', status: 'done' },
        { setting: 'timeZone', status: 'done' },
        { setting: 'dataRoaming', status: 'done' },
      ],
    });
    const free = await living();
    await refused(free, 'change-settings', { deviceName: 'x' }, /deviceName needs a supervised device/);
    await refused(phone, 'change-settings', { hostName: 'x' }, /hostName .*iOS/);
  });

  test('a setting that the device refuses is told beside those that it took', async () => {
    const phone = await living({ supervised: true });
    const id = await order(phone, 'change-settings', { deviceName: 'A', dataRoaming: true });
    await phone.device.poll();
    await phone.device.report({
      status: 'Acknowledged',
      commandUuid: id,
      response: {
        Settings: [
          { Item: 'DeviceName', Status: 'Error', ErrorChain: [{ USEnglishDescription: 'Not today' }] },
          { Item: 'DataRoaming', Status: 'Acknowledged' },
        ],
      },
    });
    const { state, result } = await getCommand(deps(), world.principal(acme), id);
    assert.equal(state, 'acknowledged');
    assert.deepEqual(result, {
      settings: [
        { setting: 'deviceName', status: 'failed', reason: 'Not today' },
        { setting: 'dataRoaming', status: 'done' },
      ],
    });
  });

  test('apps: from the store, from a manifest, away again', async () => {
    const phone = await living();
    const installed = await ask(phone, 'install-app', { bundleId: 'com.example.crm', preventBackup: true });
    assert.deepEqual(
      { ...installed.asked[0]?.payload },
      { Identifier: 'com.example.crm', ManagementFlags: 5 },
    );
    assert.deepEqual(installed.result, { bundleId: 'com.example.crm', state: 'Installing' });
    assert.equal((await ask(phone, 'remove-app', { bundleId: 'com.example.crm' })).state, 'acknowledged');
    assert.equal((await ask(phone, 'remove-app', { bundleId: 'com.example.crm' })).state, 'failed');
    const mac = await living({ family: 'mac' });
    const { asked } = await ask(mac, 'install-app', { manifestUrl: 'https://apps.example/crm.plist' });
    assert.equal(asked[0]?.requestType, 'InstallEnterpriseApplication');
    await order(mac, 'install-app', { manifestUrl: 'https://apps.example/secret.plist' });
    const [command] = await world.query<{ params: object; sealed: boolean }>(
      `select params, sealed_params is not null as sealed from commands where device_id = $1 and finished_at is null`,
      [mac.deviceId],
    );
    assert.deepEqual(command, { params: {}, sealed: true }, 'an address may hold a secret');
  });

  test('an app that the device does not take fails with its reason', async () => {
    const phone = await living();
    const id = await order(phone, 'install-app', { storeId: 361_309_726 });
    await phone.device.poll();
    await phone.device.report({
      status: 'Acknowledged',
      commandUuid: id,
      response: { RejectionReason: 'AppStoreDisabled', State: 'Failed' },
    });
    const { state, reason } = await getCommand(deps(), world.principal(acme), id);
    assert.deepEqual([state, reason], ['failed', 'The device does not take the app: AppStoreDisabled.']);
  });

  test('provisioning profiles come and go', async () => {
    const phone = await living();
    const profile = Buffer.from('a provisioning profile').toString('base64');
    await ask(phone, 'install-provisioning-profile', { profile });
    const [uuid] = phone.state.provisioningProfiles.keys();
    await ask(phone, 'refresh-device', { scans: ['profiles'] });
    assert.equal((await ask(phone, 'remove-provisioning-profile', { uuid })).state, 'acknowledged');
    assert.equal(phone.state.provisioningProfiles.size, 0);
  });

  test('POL-17 the recovery key of a disk is replaced, handed over enveloped, and read by right with a reason', async () => {
    const mac = await living({ family: 'mac' });
    const before = mac.state.fileVault.recoveryKey ?? '';
    const unknown = await ask(mac, 'rotate-disk-recovery-key');
    assert.equal(unknown.state, 'failed');
    assert.match(unknown.reason ?? '', /give the one in force/);
    const first = await ask(mac, 'rotate-disk-recovery-key', { currentKey: before });
    assert.equal(first.state, 'acknowledged', first.reason ?? '');
    assert.deepEqual(first.result, { inEscrow: true });
    const key = mac.state.fileVault.recoveryKey ?? '';
    assert.notEqual(key, before);
    const values = await reveal(mac, 'disk-recovery-key');
    assert.deepEqual(
      values.map(({ value, confirmed }) => [value, confirmed]),
      [[key, true]],
    );
    const second = await ask(mac, 'rotate-disk-recovery-key');
    assert.deepEqual(
      second.asked[0]?.payload['FileVaultUnlock'],
      Object.assign(Object.create(null), { Password: key }),
    );
    const entries = (await world.audited(mac.deviceId)).filter(
      ({ action }) => action === 'devices.reveal-escrow',
    );
    assert.deepEqual(
      entries.map(({ outcome, reason }) => [outcome, reason]),
      [['done', 'test']],
    );
    const all = await world.query<{ text: string }>(`select content::text as text from audit_entries`);
    assert.ok(
      all.every(({ text }) => !text.includes(key)),
      'never in the record',
    );
  });

  test('the password of the recovery system is in escrow first, verified, and replaced by showing the old one', async () => {
    const mac = await living({ family: 'mac' });
    const first = await ask(mac, 'rotate-recovery-lock');
    assert.deepEqual(
      first.asked.map(({ requestType }) => requestType),
      ['SetRecoveryLock', 'VerifyRecoveryLock'],
    );
    const one = mac.state.recoveryLock;
    assert.deepEqual(
      (await reveal(mac, 'recovery-lock')).map(({ value, confirmed }) => [value, confirmed]),
      [[one, true]],
    );
    await ask(mac, 'rotate-recovery-lock');
    assert.notEqual(mac.state.recoveryLock, one);
    // Somebody changed it at the machine: the Mac refuses, and both that might be in force are kept.
    mac.state.recoveryLock = 'changed by hand';
    assert.equal((await ask(mac, 'rotate-recovery-lock')).state, 'failed');
    assert.deepEqual(
      (await reveal(mac, 'recovery-lock')).map(({ confirmed }) => confirmed),
      [false, true],
    );
    const cleared = await ask(mac, 'clear-recovery-lock', { currentPassword: 'changed by hand' });
    assert.equal(cleared.state, 'acknowledged');
    assert.equal(mac.state.recoveryLock, null);
  });

  test('the password of the firmware is in escrow first, verified by request, and replaced by showing the old one', async () => {
    const mac = await living({ family: 'mac' });
    const none = await ask(mac, 'verify-firmware-password');
    assert.equal(none.state, 'failed');
    assert.match(none.reason ?? '', /in escrow/);
    const first = await ask(mac, 'rotate-firmware-password');
    assert.deepEqual(first.result, { inEscrow: true, effective: 'after-restart' });
    const one = mac.state.firmwarePassword;
    assert.deepEqual(
      (await reveal(mac, 'firmware-password')).map(({ value, confirmed }) => [value, confirmed]),
      [[one, true]],
    );
    assert.deepEqual((await ask(mac, 'verify-firmware-password')).result, { verified: true });
    await ask(mac, 'rotate-firmware-password');
    assert.notEqual(mac.state.firmwarePassword, one);
    mac.state.firmwarePassword = 'changed by hand';
    const refusedByMac = await ask(mac, 'rotate-firmware-password');
    assert.deepEqual(
      [refusedByMac.state, refusedByMac.reason],
      ['failed', 'The Mac has not changed the password.'],
    );
    assert.deepEqual((await ask(mac, 'verify-firmware-password')).result, { verified: false });
    const cleared = await ask(mac, 'clear-firmware-password', { currentPassword: 'changed by hand' });
    assert.equal(cleared.state, 'acknowledged');
    assert.equal(mac.state.firmwarePassword, null);
    await refused(await living(), 'rotate-firmware-password', {}, /macOS|iOS/);
    await refused(
      mac,
      'platform-command',
      { requestType: 'SetFirmwarePassword' },
      /use rotate-firmware-password/,
    );
  });

  test('ADM-06, ACT-17: a user’s account goes under the guard of wipes, and the Mac stays under management', async () => {
    const mac = await living({ family: 'mac' });
    mac.state.accounts.add('anna').add('ben');
    const { asked, state } = await ask(mac, 'delete-user', { userName: 'anna' });
    assert.equal(state, 'acknowledged');
    assert.deepEqual({ ...asked[0]?.payload }, { UserName: 'anna' });
    assert.deepEqual([...mac.state.accounts], ['ben']);
    assert.equal(await world.state(mac.deviceId), 'registered');
    const unknown = await ask(mac, 'delete-user', { userName: 'nobody' });
    assert.equal(unknown.state, 'failed');
    assert.equal(await world.state(mac.deviceId), 'registered');
    await refused(mac, 'delete-user', { allUsers: true }, /DeleteAllUsers/);
    await refused(await living(), 'delete-user', { userName: 'anna' }, /Shared iPad/i);
    await refused(mac, 'platform-command', { requestType: 'DeleteUser' }, /use delete-user/);
    const all = await world.query<{ text: string }>(`select content::text as text from audit_entries`);
    assert.ok(
      all.every(({ text }) => !text.includes('anna')),
      'a name is nothing for the record',
    );
  });

  test('the administrator account gets a password of which the Mac sees the hash alone', async () => {
    const mac = await living({ family: 'mac', enrollmentKind: 'automated' });
    const accountId = '6F1AC4E0-7B1D-4F6C-9E4E-0F5B6C1D2E3F';
    const { asked, state } = await ask(mac, 'rotate-administrator-password', { accountId });
    assert.equal(state, 'acknowledged');
    const [password] = await reveal(mac, 'administrator-password');
    assert.equal(password?.confirmed, true);
    const hash = readPlist(asked[0]?.payload['passwordHash'] as Uint8Array) as never;
    const { entropy, salt, iterations } = hash['SALTED-SHA512-PBKDF2'] as {
      entropy: Uint8Array;
      salt: Uint8Array;
      iterations: number;
    };
    assert.deepEqual(
      Buffer.from(entropy),
      pbkdf2Sync(password?.value ?? '', salt, iterations, 128, 'sha512'),
    );
    const own = await living({ family: 'mac' });
    await refused(own, 'rotate-administrator-password', { accountId }, /automated/);
  });

  test('the bypass code of the activation lock is kept; an empty answer changes nothing', async () => {
    const phone = await living({ supervised: true });
    const code = phone.state.activationLockBypassCode;
    const kept = await reveal(phone, 'activation-lock-bypass-code');
    assert.deepEqual(
      kept.map(({ value }) => value),
      [code],
      'as soon as the device said that it is supervised',
    );
    assert.deepEqual((await ask(phone, 'fetch-activation-lock-bypass-code')).result, { inEscrow: true });
    await ask(phone, 'clear-activation-lock-bypass-code');
    assert.deepEqual((await ask(phone, 'fetch-activation-lock-bypass-code')).result, { inEscrow: false });
    assert.deepEqual(
      (await reveal(phone, 'activation-lock-bypass-code')).map(({ value }) => value),
      [code],
    );
  });

  test('CMP-06 updates: by declaration where the device speaks it, as an order where it does not', async () => {
    const old = await living({ supervised: true, systemVersion: '16.4' });
    const id = await order(old, 'update-os', { version: '16.7' });
    const command = commandIn(await old.device.poll());
    assert.equal(command.requestType, 'ScheduleOSUpdate');
    await old.device.report({
      status: 'Acknowledged',
      commandUuid: id,
      response: {
        UpdateResults: [{ ProductKey: 'iOS167', InstallAction: 'InstallASAP', Status: 'Downloading' }],
      },
    });
    assert.deepEqual((await getCommand(deps(), world.principal(acme), id)).result, {
      updates: [{ product: 'iOS167', action: 'InstallASAP', status: 'Downloading' }],
    });
    await refused(old, 'update-os', { version: '16.7', deferrals: 2 }, /Only a Mac/);
    await refused(old, 'update-os', { version: '16.4' }, /already/);
    const phone = await living({ systemVersion: '18.1' });
    const declared = await ask(phone, 'update-os', { version: '18.2', withinHours: 48 });
    assert.deepEqual(
      [declared.state, declared.asked.length],
      ['acknowledged', 0],
      'nothing is sent as a command',
    );
    const desired = await world.database.withTenant(acme.organizationId, async (tx) => {
      await escrowRecipient(world.deps, acme.organizationId);
      await reconcileDevices({ ...world.deps, assetUrl: (name) => `https://x/${name}` }, tx, [
        phone.deviceId,
      ]);
      return selectItems(tx, [phone.deviceId]);
    });
    const update = desired.find(({ identifier }) => identifier.includes('system-update.18.2'));
    assert.equal(update?.form, 'declaration');
    await ask(phone, 'refresh-device', { scans: ['device-information'] });
    const newer = await living({ supervised: true, systemVersion: '26.0' });
    await refused(newer, 'update-os', { version: '26.1', action: 'download' }, /nothing else/);
    assert.equal((await ask(newer, 'update-os', { version: '26.1' })).state, 'acknowledged');
  });

  test('any other command of Apple’s, checked against the schema; what has a guard is not sent raw', async () => {
    const phone = await living();
    const { asked, result, state } = await ask(phone, 'platform-command', { requestType: 'Restrictions' });
    assert.deepEqual([asked[0]?.requestType, state], ['Restrictions', 'acknowledged']);
    assert.ok(result?.['GlobalRestrictions']);
    const raw = (requestType: string, payload: object, why: RegExp) =>
      refused(phone, 'platform-command', { requestType, payload }, why);
    await raw('NoSuchCommand', {}, /no command NoSuchCommand/);
    await raw('InviteToProgram', {}, /InvitationURL|ProgramID|channel/);
    await raw('ManagedApplicationList', { Identifiers: 7 }, /Identifiers/);
    await raw('LogOutUser', { Surprise: true }, /Surprise|Shared iPad/);
    await raw('ManagedApplicationList', { Identifiers: [null] }, /property list cannot hold/);
    for (const type of [
      'EraseDevice',
      'DeviceLock',
      'ClearPasscode',
      'DeviceLocation',
      'RemoveProfile',
      'InstallProfile',
    ])
      await raw(type, {}, /not sent raw/);
    const helpDesk = {
      ...world.principal(acme),
      permissions: new Set(roleCatalogue['help-desk'].permissions),
    };
    await assert.rejects(
      queueCommand(deps(), helpDesk, {
        deviceId: phone.deviceId,
        name: 'platform-command',
        params: { requestType: 'Restrictions' },
      }),
      (error) => isDomainError(error, 'forbidden'),
    );
  });

  test('in bulk, what one device cannot do concerns that one alone', async () => {
    const [phone, supervised] = [await living(), await living({ supervised: true })];
    const { items } = await queueCommands(deps(), world.principal(acme), {
      deviceIds: [phone.deviceId, supervised.deviceId],
      name: 'restart-device',
    });
    assert.equal(items[0]?.refusal?.reason, 'unsupported-by-device');
    assert.equal(items[1]?.command?.state, 'queued');
  });

  test('APL-06 escrow: kinds are listed without values; nobody else, no lesser role and no other tenant reads one', async () => {
    const mac = await living({ family: 'mac' });
    await ask(mac, 'rotate-recovery-lock');
    const { items } = await listEscrow(world.deps, world.principal(acme), mac.deviceId);
    assert.deepEqual(
      items.map(({ kind, count, confirmedAt }) => [kind, count, confirmedAt !== null]),
      [['recovery-lock', 1, true]],
    );
    assert.ok(!JSON.stringify(items).includes(mac.state.recoveryLock ?? '?'));
    const other = await world.newFleet('other');
    const request = { deviceId: mac.deviceId, kind: 'recovery-lock', reason: 'r' } as const;
    const rejects = (work: Promise<unknown>, code: DomainError['code']) =>
      assert.rejects(work, (error) => isDomainError(error, code));
    await rejects(revealEscrow(world.deps, world.principal(other), request), 'not-found');
    await rejects(listEscrow(world.deps, world.principal(other), mac.deviceId), 'not-found');
    await rejects(
      revealEscrow(world.deps, world.principal(acme), { ...request, kind: 'lock-pin' }),
      'not-found',
    );
    const helpDesk = {
      ...world.principal(acme),
      permissions: new Set(roleCatalogue['help-desk'].permissions),
    };
    await rejects(revealEscrow(world.deps, helpDesk, request), 'forbidden');
    const [row] = await world.query<{ sealed: Buffer }>(
      'select sealed from device_escrow where device_id = $1',
      [mac.deviceId],
    );
    assert.ok(!row?.sealed.includes(mac.state.recoveryLock ?? '?'), 'sealed at rest');
  });
});
