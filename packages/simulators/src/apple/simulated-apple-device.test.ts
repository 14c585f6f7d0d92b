import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { selfSignedCertificate } from '@gatehouse/protocols/scep/index.ts';
import { newSerial } from '@gatehouse/protocols/x509/index.ts';
import { type DeviceOptions, newAppleDevice } from './device-state.ts';
import { ProfileRefused } from './carry-out.ts';
import { type AppleDeviceEvent, SimulatedAppleDevice } from './simulated-apple-device.ts';
import { profileBytes, startTestServer, type TestServer } from './test-server.ts';

const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const certificate = selfSignedCertificate(key, { commonName: 'device' }, newSerial(randomBytes), {
  notBefore: Date.now() - 1_000,
  notAfter: Date.now() + 86_400_000,
});

function newDevice(options: DeviceOptions = {}) {
  const events: AppleDeviceEvent[] = [];
  const device = new SimulatedAppleDevice({
    device: newAppleDevice('test', options),
    anchors: [],
    obtainCertificate: async () => ({ certificate, key }),
    onEvent: (event) => void events.push(event),
  });
  return { device, events };
}

const enrolmentProfile = (server: TestServer, mdm: Record<string, string | boolean> = {}) =>
  profileBytes('org.example.mdm', [
    { PayloadType: 'com.apple.security.scep', PayloadContent: { URL: `${server.url}/scep` } },
    {
      PayloadType: 'com.apple.mdm',
      IdentityCertificateUUID: 'org.example.mdm 0',
      Topic: 'com.apple.mgmt.External.test',
      ServerURL: server.url,
      AccessRights: 8191,
      CheckOutWhenRemoved: true,
      ...mdm,
    },
  ]);

async function enrolled(options: DeviceOptions = {}) {
  const server = await startTestServer();
  const { device, events } = newDevice(options);
  await device.installProfile(enrolmentProfile(server));
  const give = (
    requestType: string,
    payload = {},
    commandUuid = `${requestType} ${server.commands.length}`,
  ) => void server.commands.push({ commandUuid, requestType, payload });
  const said = () =>
    server.reports.map(({ status, commandUuid }) =>
      commandUuid === undefined ? status : `${commandUuid} ${status}`,
    );
  return {
    server,
    device,
    events,
    give,
    said,
    async [Symbol.asyncDispose]() {
      await device.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('a simulated Apple device', () => {
  test('enrols as the profile says: Authenticate, then TokenUpdate, and nothing secret before', async () => {
    await using world = await enrolled();
    assert.deepEqual(
      world.server.checkIns.map(({ type }) => type),
      ['Authenticate', 'TokenUpdate'],
    );
    const update = world.server.checkIns[1];
    assert.ok(update?.type === 'TokenUpdate');
    assert.equal(update.fields.PushMagic, world.device.device.push.magic);
    assert.deepEqual(world.events, [{ kind: 'token', push: world.device.device.push }, { kind: 'enrolled' }]);
  });

  test('signs its messages when the profile asks for it', async () => {
    await using server = await startTestServer();
    const { device } = newDevice();
    await device.installProfile(enrolmentProfile(server, { SignMessage: true }));
    assert.equal(server.signers.size, 1);
    await device.close();
  });

  test('carries out commands in one conversation, and polls for the right magic only', async () => {
    await using world = await enrolled({ family: 'iphone', supervised: true });
    world.give('DeviceInformation', { Queries: ['SerialNumber', 'Nonsense'] });
    world.give('EnableLostMode', { Message: 'Lost' });
    world.give('Sing');
    await world.device.pushed('another magic');
    assert.deepEqual(world.said(), []);
    await world.device.pushed(world.device.device.push.magic);
    assert.deepEqual(world.said(), [
      'Idle',
      'DeviceInformation 0 Acknowledged',
      'EnableLostMode 1 Acknowledged',
      'Sing 2 Error',
    ]);
    assert.deepEqual(world.server.reports[1]?.response.QueryResponses, {
      __proto__: null,
      SerialNumber: world.device.device.serialNumber,
    });
    assert.equal(world.device.device.lostMode?.message, 'Lost');
  });

  test('says NotNow while it is locked, and does what it was told after it was unlocked', async () => {
    await using world = await enrolled();
    world.device.device.locked = true;
    world.give('SecurityInfo');
    await world.device.poll();
    world.device.device.locked = false;
    await world.device.poll();
    assert.deepEqual(world.said(), ['Idle', 'SecurityInfo 0 NotNow', 'Idle', 'SecurityInfo 0 Acknowledged']);
  });

  test('misbehaves on request: errors, repeated results', async () => {
    await using world = await enrolled();
    world.device.misbehave({ errors: { DeviceLock: 'No.' }, duplicates: 1 });
    world.give('DeviceLock');
    await world.device.poll();
    assert.deepEqual(world.said(), ['Idle', 'DeviceLock 0 Error', 'DeviceLock 0 Error']);
    assert.equal(world.server.reports[1]?.errorChain[0]?.description, 'No.');
  });

  test('leaves when its MDM profile is removed, with what management brought and without what people did', async () => {
    await using world = await enrolled();
    const { device } = world.device;
    await world.device.installProfile(
      profileBytes('by.hand', [{ PayloadType: 'com.apple.webClip.managed' }]),
    );
    world.give('InstallProfile', {
      Payload: profileBytes('managed', [{ PayloadType: 'com.apple.wifi.managed' }]),
    });
    world.give('InstallApplication', { Identifier: 'com.example.app', ManagementFlags: 1 });
    await world.device.poll();
    assert.deepEqual([...device.profiles.keys()].toSorted(), ['by.hand', 'managed', 'org.example.mdm']);
    world.give('RemoveProfile', { Identifier: 'by.hand' });
    world.give('RemoveProfile', { Identifier: 'org.example.mdm' });
    await world.device.poll();
    assert.ok(world.said().includes('RemoveProfile 0 Error'));
    assert.deepEqual([...device.profiles.keys()], ['by.hand']);
    assert.equal(device.apps.size, 0);
    assert.equal(world.device.isEnrolled, false);
  });

  test('checks out when a person removes the profile', async () => {
    await using world = await enrolled();
    await world.device.removeByHand('org.example.mdm');
    assert.equal(world.server.checkIns.at(-1)?.type, 'CheckOut');
  });

  test('does not take profiles that a real device would not take', async () => {
    await using server = await startTestServer();
    const { device } = newDevice();
    const refuse = (bytes: Uint8Array, why: RegExp) =>
      assert.rejects(
        device.installProfile(bytes),
        (error) => error instanceof ProfileRefused && why.test(error.message),
      );
    await refuse(Buffer.from('<plist>'), /cannot be read/);
    await refuse(profileBytes('x', [{ PayloadType: '' }]), /no PayloadType/);
    await refuse(profileBytes('x', [{ PayloadType: 'a', PayloadVersion: 2 }]), /PayloadVersion/);
    await refuse(
      profileBytes('x', [
        { PayloadType: 'a', PayloadUUID: 'same' },
        { PayloadType: 'b', PayloadUUID: 'same' },
      ]),
      /same PayloadUUID/,
    );
    await refuse(enrolmentProfile(server, { IdentityCertificateUUID: 'none' }), /names no identity/);
    assert.equal(device.device.profiles.size, 0);
  });

  test('follows declarations: fetches what changed, drops what is gone, reports each with its token', async () => {
    await using world = await enrolled();
    const { declarative } = world.server;
    const serve = (token: string, configurations: Record<string, string>) => {
      declarative.clear();
      declarative.set('tokens', {
        SyncTokens: { DeclarationsToken: token, Timestamp: '2026-11-21T00:00:00Z' },
      });
      const items = Object.entries(configurations).map(([Identifier, ServerToken]) => ({
        Identifier,
        ServerToken,
      }));
      declarative.set('declaration-items', {
        Declarations: {
          Activations: [{ Identifier: 'all', ServerToken: token }],
          Assets: [],
          Configurations: items,
          Management: [],
        },
        DeclarationsToken: token,
      });
      declarative.set('declaration/activation/all', {
        Type: 'com.apple.activation.simple',
        Identifier: 'all',
        ServerToken: token,
        Payload: { StandardConfigurations: Object.keys(configurations) },
      });
      for (const { Identifier, ServerToken } of items) {
        declarative.set(`declaration/configuration/${Identifier}`, {
          Type: 'com.apple.configuration.passcode.settings',
          Identifier,
          ServerToken,
          Payload: { RequirePasscode: true },
        });
      }
    };
    serve('t1', { a: '1', b: '1' });
    world.give('DeclarativeManagement');
    await world.device.poll();
    assert.deepEqual([...world.device.declarative.declarations.keys()].toSorted(), ['a', 'all', 'b']);
    serve('t2', { b: '2' });
    world.give('DeclarativeManagement');
    await world.device.poll();
    assert.deepEqual([...world.device.declarative.declarations.keys()].toSorted(), ['all', 'b']);
    const { StatusItems } = declarative.get('status') as {
      StatusItems: { management: { declarations: { configurations: unknown } } };
    };
    assert.deepEqual(StatusItems.management.declarations.configurations, [
      { identifier: 'b', 'server-token': '2', active: true, valid: 'valid' },
    ]);
    const asked = world.server.checkIns.filter(({ type }) => type === 'DeclarativeManagement').length;
    world.give('DeclarativeManagement');
    await world.device.poll();
    // Nothing changed: it asks for the tokens and no more.
    assert.equal(
      world.server.checkIns.filter(({ type }) => type === 'DeclarativeManagement').length,
      asked + 1,
    );
  });
});
