import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { type PlistDictionary, readPlist, writePlist } from '../plist/index.ts';
import { findCheckIn } from './catalogue/index.ts';
import {
  type CheckInMessage,
  checkInShapes,
  checkInTypes,
  decodeCheckIn,
  decodeCheckInAnswer,
  decodeCommand,
  decodeErrorBody,
  decodeReport,
  encodeCheckIn,
  encodeCheckInAnswer,
  encodeCommand,
  encodeErrorBody,
  encodeReport,
  isCheckInType,
  sharedIpadUserId,
  writeErrorChain,
} from './index.ts';

interface Golden {
  readonly name: string;
  /** The plist in XML, without its head. */
  readonly plist: string;
  readonly expect: unknown;
}

const goldens = JSON.parse(readFileSync(new URL('testdata/messages.json', import.meta.url), 'utf8')) as {
  readonly checkIns: Golden[];
  readonly reports: Golden[];
  readonly refused: Omit<Golden, 'expect'>[];
};

const bytesOf = (plist: string) =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">${plist}</plist>`);

/** Data as `data:` and base64, so that a golden vector can be JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) => {
      const buffer = member as { type?: unknown; data?: number[] };
      return buffer?.type === 'Buffer' ? `data:${Buffer.from(buffer.data ?? []).toString('base64')}` : member;
    }),
  );
}

suite('check-in messages by the documentation', () => {
  for (const { name, plist, expect } of goldens.checkIns) {
    test(name, () => {
      const message = decodeCheckIn(bytesOf(plist));
      assert.deepEqual(plain(message), expect);
      for (const format of ['xml', 'binary'] as const) {
        assert.deepEqual(decodeCheckIn(encodeCheckIn(message, format)), message);
      }
    });
  }

  test('every message of the table has a vector', () => {
    const seen = new Set(goldens.checkIns.map(({ expect }) => (expect as { type: string }).type));
    assert.deepEqual(
      [...checkInTypes].filter((type) => !seen.has(type)),
      [],
    );
  });
});

suite('results by the documentation', () => {
  for (const { name, plist, expect } of goldens.reports) {
    test(name, () => {
      const report = decodeReport(bytesOf(plist));
      assert.deepEqual(plain(report), expect);
      for (const format of ['xml', 'binary'] as const) {
        assert.deepEqual(decodeReport(encodeReport(report, format)), report);
      }
    });
  }
});

suite('what is no message is refused', () => {
  for (const { name, plist } of goldens.refused) {
    test(name, () => {
      assert.throws(() => decodeCheckIn(bytesOf(plist)), DecodeError);
      assert.throws(() => decodeReport(bytesOf(plist)), DecodeError);
    });
  }

  test('a message type that is not known says so', () => {
    assert.throws(
      () =>
        decodeCheckIn(
          bytesOf(
            '<dict><key>MessageType</key><string>__proto__</string><key>UDID</key><string>U</string></dict>',
          ),
        ),
      (error) => error instanceof DecodeError && error.reason === 'unknown-message',
    );
  });
});

test('the table knows every key that Apple’s schema gives a check-in message', () => {
  const identity = [
    'MessageType',
    'UDID',
    'EnrollmentID',
    'EnrollmentUserID',
    'UserID',
    'UserShortName',
    'UserLongName',
  ];
  for (const type of checkInTypes) {
    const known = new Set([...identity, ...Object.keys(checkInShapes[type])]);
    const schema = findCheckIn(type);
    // Younger than the schema that the catalogue was made from.
    if (type === 'ReturnToService' && schema === undefined) continue;
    assert.ok(schema, type);
    // What the server answers stands among the keys of two of them.
    const answers = new Set(['TokenData']);
    const missing = schema.keys
      .map(({ name }) => name)
      .filter((name) => !known.has(name) && !answers.has(name));
    assert.deepEqual(missing, [], type);
  }
});

test('unknown keys are kept and sent on', () => {
  const message = decodeCheckIn(
    bytesOf(
      '<dict><key>MessageType</key><string>CheckOut</string><key>UDID</key><string>U</string><key>New</key><integer>1</integer></dict>',
    ),
  );
  assert.deepEqual({ ...message.other }, { New: 1 });
  assert.deepEqual((readPlist(encodeCheckIn(message)) as PlistDictionary)['New'], 1);
});

test('a command travels from the server to the device', () => {
  const command = {
    commandUuid: 'A-1',
    requestType: 'InstallProfile',
    payload: { Payload: Buffer.from('profile') },
  };
  const read = decodeCommand(encodeCommand(command));
  assert.deepEqual({ ...read, payload: { ...read.payload } }, command);
  for (const bad of [
    {},
    { CommandUUID: 'A' },
    { CommandUUID: 'A', Command: 'x' },
    { Command: { RequestType: 'x' } },
    { CommandUUID: 'A', Command: {} },
  ]) {
    assert.throws(() => decodeCommand(writePlist(bad)), DecodeError);
  }
});

test('answers to check-ins travel both ways', () => {
  const token = Buffer.from('token');
  assert.deepEqual(
    {
      ...decodeCheckInAnswer(
        'GetBootstrapToken',
        encodeCheckInAnswer('GetBootstrapToken', { BootstrapToken: token }),
      ),
    },
    { BootstrapToken: token },
  );
  assert.deepEqual(
    { ...decodeCheckInAnswer('GetBootstrapToken', encodeCheckInAnswer('GetBootstrapToken', {})) },
    {},
  );
  assert.deepEqual(
    { ...decodeCheckInAnswer('GetToken', encodeCheckInAnswer('GetToken', { TokenData: token })) },
    { TokenData: token },
  );
  assert.deepEqual(
    {
      ...decodeCheckInAnswer(
        'UserAuthenticate',
        encodeCheckInAnswer('UserAuthenticate', { DigestChallenge: '' }),
      ),
    },
    { DigestChallenge: '' },
  );
  assert.throws(() => decodeCheckInAnswer('GetToken', writePlist({})), DecodeError);
  assert.throws(() => decodeCheckInAnswer('GetToken', writePlist('x')), DecodeError);
});

test('error bodies come as property list or JSON, and strangers’ are not taken for one', () => {
  const body = {
    code: 'com.apple.unrecognized.device',
    description: 'gone',
    message: 'Gone',
    details: { a: 1 },
  } as const;
  for (const format of ['json', 'xml'] as const) {
    const encoded = encodeErrorBody(body, format);
    assert.equal(encoded.contentType.startsWith('application/'), true);
    const { details, ...rest } = decodeErrorBody(encoded) ?? { code: undefined };
    assert.deepEqual({ ...rest, details: { ...details } }, body);
  }
  for (const text of ['', '{', '[]', '{"code":1}', '{"code":"x"}', 'null']) {
    assert.equal(
      decodeErrorBody({ contentType: 'application/json', body: Buffer.from(text) }),
      undefined,
      text,
    );
  }
  assert.equal(decodeErrorBody({ contentType: 'application/xml', body: Buffer.from('<html/>') }), undefined);
});

test('check-ins are told from results by the beginning of their type', () => {
  for (const type of [
    'application/x-apple-aspen-mdm-checkin',
    'Application/X-Apple-Aspen-MDM-CheckIn; charset=UTF-8',
    ' application/x-apple-aspen-mdm-checkin;v=2',
  ])
    assert.equal(isCheckInType(type), true, type);
  for (const type of [
    undefined,
    '',
    'application/x-apple-aspen-mdm',
    'application/x-apple-aspen-mdm; charset=UTF-8',
    'text/plain',
  ])
    assert.equal(isCheckInType(type), false, String(type));
});

test('an error chain is kept as far as it can be understood, and no further than is useful', () => {
  const chain = [{ code: 1, domain: 'D', description: 'deutsch', englishDescription: 'english' }];
  const report = (value: unknown) =>
    decodeReport(writePlist({ UDID: 'U', Status: 'Error', CommandUUID: 'C', ErrorChain: value as never }));
  assert.deepEqual(report(writeErrorChain(chain)).errorChain, chain);
  assert.deepEqual(report('no list').errorChain, []);
  assert.deepEqual(report(['x', { ErrorCode: 'y', ErrorDomain: 3 }]).errorChain, [
    { code: 0, domain: '', description: '', englishDescription: undefined },
  ]);
  assert.equal(report(Array.from({ length: 500 }, () => ({}))).errorChain.length, 32);
  assert.equal(report([{ ErrorDomain: 'x'.repeat(5000) }]).errorChain[0]?.domain.length, 1000);
});

test('who speaks, in five forms', () => {
  const read = (keys: PlistDictionary) => {
    const { kind, deviceKey, channel } = decodeReport(writePlist({ Status: 'Idle', ...keys })).identity;
    return [kind, deviceKey, channel];
  };
  assert.deepEqual(read({ UDID: 'U' }), ['device', 'U', '']);
  assert.deepEqual(read({ UDID: 'U', UserID: '' }), ['device', 'U', '']);
  assert.deepEqual(read({ UDID: 'U', UserID: 'X', UserShortName: 'anna' }), ['user', 'U', 'X']);
  assert.deepEqual(read({ UDID: 'U', UserID: sharedIpadUserId.toLowerCase(), UserShortName: 'anna@x' }), [
    'shared-ipad-user',
    'U',
    'anna@x',
  ]);
  assert.deepEqual(read({ EnrollmentID: 'E' }), ['user-enrolment', 'E', '']);
  assert.deepEqual(read({ EnrollmentID: 'E', EnrollmentUserID: 'EU' }), ['user-enrolment-user', 'E', 'EU']);
  const bad: PlistDictionary[] = [
    {},
    { UDID: '' },
    { UDID: 7 },
    { UDID: 'a b' },
    { UDID: 'U\n' },
    { UDID: 'x'.repeat(129) },
    { UserID: 'X' },
    { UDID: 'U', UserID: sharedIpadUserId },
    { UDID: 'U', UserID: sharedIpadUserId, UserShortName: '' },
  ];
  for (const keys of bad) assert.throws(() => read(keys), DecodeError, JSON.stringify(keys));
});

test('APL-04 a check-in has few values, and is refused when it has many', () => {
  const message = (count: number): CheckInMessage => ({
    type: 'CheckOut',
    identity: { kind: 'device', deviceKey: 'U', channel: '' },
    fields: {},
    other: { many: Array.from({ length: count }, () => true) },
  });
  assert.doesNotThrow(() => decodeCheckIn(encodeCheckIn(message(1000))));
  assert.throws(
    () => decodeCheckIn(encodeCheckIn(message(3000))),
    (error) => error instanceof DecodeError && error.reason === 'too-large',
  );
});
