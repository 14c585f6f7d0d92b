import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PlistReal, type PlistValue } from '../../plist/index.ts';
import {
  compareVersions,
  findCheckIn,
  findCommand,
  findCredential,
  findPayloadType,
  findProtocolMessage,
  findStatusItem,
  listTypes,
  type SchemaType,
  type Target,
  validate,
  validateAnswer,
  validateCommand,
  validateDeclaration,
  validatePayload,
  validateProfile,
} from './index.ts';

const phone: Target = { platform: 'iOS', osVersion: '18.1', enrollmentKind: 'device', channel: 'device' };
const mac: Target = { platform: 'macOS', osVersion: '15.1', enrollmentKind: 'device', channel: 'device' };

const wifi = {
  PayloadType: 'com.apple.wifi.managed',
  PayloadVersion: 1,
  PayloadIdentifier: 'org.example.wifi',
  PayloadUUID: '2B0A7C5E-0F6C-4BB3-9F0E-0C1BD9A0A001',
  SSID_STR: 'Office',
  EncryptionType: 'WPA2',
  Password: 'correct horse',
};

/** `path: problem`, and a `?` after what is only a warning. */
function told(problems: ReturnType<typeof validate>): string[] {
  return problems.map(
    ({ path, problem, severity }) => `${path}: ${problem}${severity === 'warning' ? '?' : ''}`,
  );
}

function schemaOf(found: SchemaType | undefined): SchemaType {
  assert.ok(found);
  return found;
}

test('a good payload has no problems, and each kind of mistake is told with its place', () => {
  assert.deepEqual(told(validatePayload(wifi, phone)), []);
  const wrong = {
    ...wifi,
    PayloadUUID: 7,
    AutoJoin: 1,
    EncryptionType: 'ROT13',
    ssid_str: 'x',
    PayloadCertificateUUID: 'none',
    EAPClientConfiguration: { AcceptEAPTypes: [13, 14, 'TLS'], TLSMinimumVersion: '1.2' },
  };
  assert.deepEqual(told(validatePayload(wrong, phone)), [
    '$.PayloadUUID: must be a string',
    '$.EncryptionType: must be one of WEP, WPA, WPA2, WPA3, Any, None',
    '$.AutoJoin: must be a boolean',
    '$.ssid_str: is no key here; SSID_STR is?',
    '$.PayloadCertificateUUID: must have the form ^[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}$',
    '$.EAPClientConfiguration.AcceptEAPTypes[1]: must be one of 13, 17, 18, 21, 23, 25, 43',
    '$.EAPClientConfiguration.AcceptEAPTypes[2]: must be a whole number',
  ]);
  const { PayloadUUID, ...without } = wifi;
  assert.ok(PayloadUUID);
  assert.deepEqual(told(validatePayload(without)), ['$.PayloadUUID: is required']);
  for (const type of ['com.apple.nothing', 'nothing', '']) {
    assert.deepEqual(told(validatePayload({ PayloadType: type }, mac)), [
      '$.PayloadType: names no payload that the schema knows',
    ]);
  }
});

test('on a Mac a type of another maker is the preferences of its app', () => {
  const chrome = { PayloadType: 'com.google.Chrome', HomepageLocation: 'https://example.org/' };
  assert.deepEqual(told(validatePayload(chrome, mac)), [
    '$.PayloadType: names no type of Apple’s: preferences of an app?',
  ]);
  assert.equal(validatePayload(chrome, phone)[0]?.severity, 'error');
});

test('a problem never repeats the value: it may be a secret', () => {
  const problems = validatePayload({ ...wifi, EncryptionType: 'hunter2', Password: 7 }, phone);
  assert.equal(problems.length, 2);
  assert.ok(!JSON.stringify(problems).includes('hunter2'));
});

test('numbers are held to their range, in integers, reals and bigints', () => {
  const passcode = schemaOf(findPayloadType('com.apple.mobiledevice.passwordpolicy'));
  const kinds = (value: PlistValue) =>
    validate(passcode, { minLength: value })
      .filter(({ path }) => path === '$.minLength')
      .map(({ kind }) => kind);
  assert.deepEqual(kinds(0), []);
  assert.deepEqual(kinds(16), []);
  assert.deepEqual(kinds(16n), []);
  assert.deepEqual(kinds(17), ['range']);
  assert.deepEqual(kinds(-1n), ['range']);
  assert.deepEqual(kinds(1.5), ['type']);
  assert.deepEqual(kinds(new PlistReal(1)), ['type']);
});

suite('where a thing may be used', () => {
  const kinds = (command: Record<string, PlistValue>, target: Target) =>
    validateCommand(command, target).map(({ path, kind }) => `${path} ${kind}`);

  test('platform and version', () => {
    const lock = { RequestType: 'DeviceLock' };
    assert.deepEqual(kinds(lock, phone), []);
    assert.deepEqual(kinds(lock, { platform: 'tvOS' }), ['$ not-supported']);
    assert.deepEqual(kinds(lock, { platform: 'iOS', osVersion: '3.1.3' }), ['$ not-supported']);
    assert.deepEqual(kinds({ ...lock, PIN: '123456' }, phone), ['$.PIN not-supported']);
    assert.deepEqual(kinds({ ...lock, PIN: '123456' }, mac), []);
    assert.deepEqual(kinds({ ...lock, PhoneNumber: '1' }, { ...mac, osVersion: '11.4' }), [
      '$.PhoneNumber not-supported',
    ]);
  });

  test('supervision, automated enrolment, user enrolment, channel, rights, Shared iPad', () => {
    const lost = { RequestType: 'EnableLostMode', Message: 'lost' };
    assert.deepEqual(kinds(lost, { ...phone, supervised: true }), []);
    assert.deepEqual(kinds(lost, { ...phone, supervised: false }), ['$ needs-supervision']);
    const configured = { RequestType: 'DeviceConfigured' };
    assert.deepEqual(kinds(configured, { ...mac, enrollmentKind: 'automated' }), []);
    assert.deepEqual(kinds(configured, mac), ['$ needs-automated-enrollment']);
    const erase = { RequestType: 'EraseDevice' };
    assert.deepEqual(kinds(erase, { platform: 'iOS', enrollmentKind: 'user' }), ['$ user-enrollment']);
    assert.deepEqual(kinds({ RequestType: 'NSExtensionMappings' }, mac), ['$ channel']);
    assert.deepEqual(kinds({ RequestType: 'NSExtensionMappings' }, { ...mac, channel: 'user' }), []);
    assert.deepEqual(kinds(erase, { ...phone, accessRights: 8191 - 8 }), ['$ access-right']);
    assert.deepEqual(kinds(erase, { ...phone, accessRights: 8 }), []);
    const clear = { RequestType: 'ClearPasscode', UnlockToken: new Uint8Array(4) };
    assert.deepEqual(kinds(clear, { ...phone, sharedIPad: true }), ['$ shared-ipad']);
    assert.deepEqual(kinds(clear, { ...phone, sharedIPad: false }), []);
  });

  test('deprecation is a warning, removal an error', () => {
    const unlock = schemaOf(findCommand('RequestUnlockToken'));
    const [problem] = validate(unlock, {}, { platform: 'iOS', osVersion: '12.0', supervised: true });
    assert.deepEqual(problem, {
      path: '$',
      problem: 'is deprecated since iOS 6.1.6',
      kind: 'deprecated',
      severity: 'warning',
    });
    const removed = listTypes().find(({ os }) => os?.macOS?.removed !== undefined);
    const target: Target = { platform: 'macOS', osVersion: '26.0' };
    assert.equal(validate(schemaOf(removed), {}, target)[0]?.kind, 'removed');
  });

  test('what is known of the device is all that is held against it', () => {
    assert.deepEqual(kinds({ RequestType: 'EnableLostMode', Message: 'lost' }, { platform: 'iOS' }), []);
  });
});

suite('what the schema says in its own way', () => {
  test('items that may be several things are known by their fixed key', () => {
    const item = { Item: 'DeviceName', DeviceName: 'Kiosk 7' };
    assert.deepEqual(told(validateCommand({ RequestType: 'Settings', Settings: [item] }, mac)), []);
    const wrong = [
      { Item: 'DeviceName' },
      { Item: 'Volume' },
      'DeviceName',
      { Item: 'Bluetooth', Enabled: 1 },
    ];
    assert.deepEqual(
      validateCommand({ RequestType: 'Settings', Settings: wrong }).map(({ path, kind }) => [path, kind]),
      [
        ['$.Settings[0].DeviceName', 'missing'],
        ['$.Settings[1]', 'value'],
        ['$.Settings[2]', 'value'],
        ['$.Settings[3].Enabled', 'type'],
      ],
    );
  });

  test('values with a support of their own: the queries of DeviceInformation', () => {
    const ask = (...queries: string[]) => ({ RequestType: 'DeviceInformation', Queries: queries });
    assert.deepEqual(validateCommand(ask('UDID', 'OSVersion', 'BatteryLevel'), phone), []);
    assert.deepEqual(
      validateCommand(ask('UDID', 'HairColour'), phone).map(({ path, kind }) => [path, kind]),
      [['$.Queries[1]', 'value']],
    );
    const [noRight] = validateCommand(ask('SerialNumber'), { ...phone, accessRights: 8191 - 16 });
    assert.equal(noRight?.kind, 'access-right');
  });

  test('a recursive structure is followed as far as it goes, and not for ever', () => {
    const app = { bundleID: 'a', appID: new Uint8Array(1) };
    const type = schemaOf(findPayloadType('com.apple.applicationaccess.new'));
    const nested = (depth: number): PlistValue =>
      depth === 0 ? { ...app, disabled: 'no' } : { ...app, subApps: [nested(depth - 1)] };
    const payload = (depth: number) => ({ familyControlsEnabled: true, whiteList: [nested(depth)] });
    const about = (depth: number) =>
      validate(type, payload(depth)).filter(({ path }) => path.startsWith('$.whiteList'));
    assert.deepEqual(
      about(3).map(({ path, kind }) => [path, kind]),
      [['$.whiteList[0].subApps[0].subApps[0].subApps[0].disabled', 'type']],
    );
    assert.deepEqual(
      about(100).map(({ kind }) => kind),
      ['too-deep'],
    );
  });

  test('any key where the schema says any, of the type that it says', () => {
    const extension = schemaOf(findPayloadType('com.apple.system-extension-policy'));
    const about = (teams: PlistValue) =>
      validate(extension, { AllowedSystemExtensions: teams })
        .filter(({ path }) => path.startsWith('$.Allowed'))
        .map(({ path, kind }) => [path, kind]);
    assert.deepEqual(about({ ABCDEF1234: ['org.example.filter'] }), []);
    assert.deepEqual(about({ ABCDEF1234: 'org.example.filter' }), [
      ['$.AllowedSystemExtensions.ABCDEF1234', 'type'],
    ]);
  });

  test('an array with a fixed number of items', () => {
    const scep = schemaOf(findCredential('com.apple.credential.scep'));
    const subject = (...pair: string[]) =>
      validate(scep, { URL: 'https://scep.example.org', Subject: [[pair]] })
        .filter(({ path }) => path.startsWith('$.Subject'))
        .map(({ path, kind }) => [path, kind]);
    assert.deepEqual(subject('CN', 'device'), []);
    assert.deepEqual(subject('CN'), [['$.Subject[0][0]', 'range']]);
  });

  test('strings that are addresses', () => {
    const clip = schemaOf(findPayloadType('com.apple.webClip.managed'));
    const proxy = schemaOf(findPayloadType('com.apple.proxy.http.global'));
    const fits = (type: SchemaType, key: string, value: string) =>
      validate(type, { [key]: value }).every(({ path }) => path !== `$.${key}`);
    for (const url of ['https://example.org/', 'tel:+4930123']) assert.ok(fits(clip, 'URL', url), url);
    for (const url of ['', 'example', '/path']) assert.ok(!fits(clip, 'URL', url), url);
    for (const host of ['proxy', 'proxy.example.org.', '192.0.2.1', '2001:db8::1']) {
      assert.ok(fits(proxy, 'ProxyServer', host), host);
    }
    for (const host of ['', 'http://proxy', 'a b', '-x', 'x'.repeat(300), 'a..b']) {
      assert.ok(!fits(proxy, 'ProxyServer', host), host);
    }
  });

  test('payloads of one type with several schemas', () => {
    const common = { PayloadVersion: 1, PayloadIdentifier: 'a', PayloadUUID: 'b' };
    const mixed = {
      ...common,
      PayloadType: 'com.apple.MCX',
      DisableGuestAccount: true,
      RequireAdminForIBSS: true,
    };
    assert.deepEqual(told(validatePayload(mixed, mac)), []);
    const sso = {
      ...common,
      PayloadType: 'com.apple.extensiblesso',
      ExtensionIdentifier: 'org.example.sso',
      Type: 'Redirect',
      URLs: ['https://idp.example.org/'],
      ExtensionData: { anything: [1, 2] },
    };
    assert.deepEqual(told(validatePayload(sso, mac)), []);
  });
});

suite('whole things', () => {
  const frame = {
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: 'org.example',
    PayloadUUID: 'A0A7C5E0-0F6C-4BB3-9F0E-0C1BD9A0A002',
  };

  test('a profile: its own keys, each payload, and what stands twice', () => {
    assert.deepEqual(told(validateProfile({ ...frame, PayloadContent: [wifi] }, phone)), []);
    const clock = { ...wifi, PayloadType: 'com.apple.proxy.http.global', ProxyType: 'Auto' };
    const { SSID_STR, EncryptionType, Password, ...proxy } = clock;
    assert.ok(SSID_STR && EncryptionType && Password);
    assert.deepEqual(
      told(
        validateProfile(
          {
            ...frame,
            PayloadScope: 'Everyone',
            PayloadContent: [proxy, { ...proxy, PayloadUUID: 'other' }, 7, proxy],
          },
          { ...phone, supervised: true },
        ),
      ),
      [
        '$.PayloadScope: must be one of System, User',
        '$.PayloadContent[2]: must be a dictionary',
        '$.PayloadContent[2].PayloadType: names no payload that the schema knows',
        '$.PayloadContent[3].PayloadUUID: stands twice in the profile',
        '$.PayloadContent[1]: is a second payload of a type that a device takes once',
        '$.PayloadContent[3]: is a second payload of a type that a device takes once',
      ],
    );
  });

  test('a declaration: the frame and the payload, in JSON', () => {
    const declaration = {
      Type: 'com.apple.configuration.passcode.settings',
      Identifier: 'a',
      ServerToken: 'b',
      Payload: { RequirePasscode: true, MinimumLength: 8 },
    };
    assert.deepEqual(told(validateDeclaration(declaration, phone)), []);
    assert.deepEqual(told(validateDeclaration({ ...declaration, Payload: { MinimumLength: 99 } })), [
      '$.Payload.MinimumLength: must be between 0 and 16',
    ]);
    assert.deepEqual(told(validateDeclaration({ ...declaration, Type: 'x' })), [
      '$.Type: names no declaration that the schema knows',
    ]);
    assert.deepEqual(told(validateDeclaration(declaration, { platform: 'tvOS' })), [
      '$.Payload: is not available on tvOS',
    ]);
    assert.deepEqual(told(validateDeclaration({ Type: declaration.Type })), [
      '$.Identifier: is required',
      '$.ServerToken: is required',
      '$.Payload: is required',
    ]);
  });

  test('a declaration says who may have it: enrolment and scope', () => {
    const update = {
      Type: 'com.apple.configuration.softwareupdate.enforcement.specific',
      Identifier: 'a',
      ServerToken: 'b',
      Payload: { TargetOSVersion: '18.2', TargetLocalDateTime: '2026-12-01T12:00:00' },
    };
    const kinds = (target: Target) => validateDeclaration(update, target).map(({ kind }) => kind);
    assert.deepEqual(kinds({ ...phone, supervised: true }), []);
    assert.deepEqual(kinds({ ...phone, enrollmentKind: 'user' }), ['user-enrollment']);
    assert.deepEqual(kinds({ ...phone, supervised: true, channel: 'user' }), ['channel']);
  });

  test('a check-in message may come from any kind of enrolment', () => {
    const checkOut = schemaOf(findCheckIn('CheckOut'));
    assert.deepEqual(validate(checkOut, { MessageType: 'CheckOut', Topic: 'a', UDID: 'b' }, phone), []);
    const user: Target = { platform: 'iOS', osVersion: '18.0', enrollmentKind: 'user' };
    assert.deepEqual(
      validate(checkOut, { MessageType: 'CheckOut', Topic: 'a', EnrollmentID: 'b' }, user),
      [],
    );
    assert.deepEqual(told(validate(checkOut, { MessageType: 'CheckOut', Topic: 'a', UDID: 'b' }, user)), [
      '$.UDID: is not allowed in user enrolment?',
      '$.EnrollmentID: is required',
    ]);
  });

  test('a message of a newer device may say more', () => {
    const checkOut = schemaOf(findCheckIn('CheckOut'));
    const message = { MessageType: 'CheckOut', Topic: 'a', UDID: 'b', Mood: 'good' };
    const sent = { MessageType: 'Authenticate', Topic: 'a', UDID: 'b', Model: 'iPhone' };
    assert.deepEqual(told(validate(schemaOf(findCheckIn('Authenticate')), sent, phone)), [
      '$.Model: is not available on iOS?',
    ]);
    assert.deepEqual(told(validate(checkOut, message, phone)), ['$.Mood: is no key here?']);
    assert.deepEqual(told(validate(checkOut, { ...message, Topic: 7 }, phone)), [
      '$.Topic: must be a string',
      '$.Mood: is no key here?',
    ]);
  });

  test('an answer may say what the schema does not know yet', () => {
    const lock = schemaOf(findCommand('DeviceLock'));
    const envelope = { UDID: 'a', Status: 'Acknowledged', CommandUUID: 'b' };
    assert.deepEqual(validateAnswer(lock, { ...envelope, MessageResult: 'Success' }), []);
    assert.deepEqual(told(validateAnswer(lock, { ...envelope, MessageResult: 7, New: true })), [
      '$.MessageResult: must be a string?',
      '$.New: is no key here?',
    ]);
  });

  test('status items are their value; a status report is JSON', () => {
    assert.deepEqual(validate(schemaOf(findStatusItem('passcode.is-present')), true), []);
    assert.equal(validate(schemaOf(findStatusItem('passcode.is-present')), 'yes')[0]?.kind, 'type');
    const report = schemaOf(findProtocolMessage('StatusReport'));
    assert.deepEqual(validate(report, { StatusItems: { passcode: {} }, Errors: [] }), []);
  });
});

test('versions are compared by their numbers, a supplement is later', () => {
  const ordered = ['', '9.3.1', '10.0', '10.13.4', '16.1', '16.1 (a)', '16.1 (b)', '16.1.1', '26'];
  for (const [index, version] of ordered.entries()) {
    assert.equal(compareVersions(version, version), 0);
    const next = ordered[index + 1];
    if (next !== undefined) assert.ok(compareVersions(version, next) < 0, `${version} < ${next}`);
  }
  assert.equal(compareVersions('17', '17.0.0'), 0);
});
