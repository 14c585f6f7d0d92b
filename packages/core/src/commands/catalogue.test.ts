import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDomainError } from '../errors.ts';
import {
  auditedParams,
  type Command,
  commandDefinition,
  commandNames,
  parseCommand,
  splitParams,
} from './catalogue.ts';
import { defineCommand } from './define-command.ts';

const refuses = (name: string, params: unknown) =>
  assert.throws(
    () => parseCommand(name, params),
    (error) => isDomainError(error, 'invalid-input'),
  );

test('each command declares a deadline and audits only parameters it has', () => {
  for (const name of commandNames) {
    const { expiresAfterMs, audit, params } = commandDefinition(name);
    assert.ok(expiresAfterMs > 0);
    for (const shown of [...audit.show, ...audit.redact])
      assert.ok(Object.hasOwn(params, shown), `${name}.${shown}`);
  }
});

test('exactly the wipes and the end of an account are destructive, the wipes alone end management, and whatever wipes all or tracks asks more for private devices', () => {
  const those = (pick: (name: (typeof commandNames)[number]) => boolean) => commandNames.filter(pick);
  assert.deepEqual(
    those((name) => commandDefinition(name).destructive),
    ['selective-wipe', 'full-wipe', 'delete-user'],
  );
  assert.deepEqual(
    those((name) => commandDefinition(name).endsManagement),
    ['selective-wipe', 'full-wipe'],
  );
  assert.deepEqual(
    those((name) => commandDefinition(name).personalPermission !== undefined),
    ['locate-device', 'full-wipe', 'enable-lost-mode', 'delete-user'],
  );
});

test('parameters are read: messages, pins, scans', () => {
  assert.deepEqual(parseCommand('lock-device', {}), { name: 'lock-device', params: {} });
  assert.deepEqual(parseCommand('lock-device', { message: 'Call us', pin: '1234' }).params, {
    message: 'Call us',
    pin: '1234',
  });
  assert.deepEqual(parseCommand('send-message', { text: 'Zwei\nZeilen – ok 👍' }).params, {
    text: 'Zwei\nZeilen – ok 👍',
  });
  assert.deepEqual(parseCommand('refresh-device', { scans: ['apps', 'security'] }).params, {
    scans: ['apps', 'security'],
  });
});

test('a message has at most 500 characters', () => {
  assert.ok(parseCommand('send-message', { text: '👍'.repeat(500) }));
  refuses('send-message', { text: 'x'.repeat(501) });
  refuses('send-message', { text: ' ' });
  refuses('send-message', {});
});

test('DEV-12: a message holds no control characters and nothing that turns the direction of text', () => {
  for (const bad of [
    '\0',
    '\u001b[31m',
    '\r',
    '\t',
    '\u007f',
    '\u0085',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\ud800',
  ]) {
    refuses('send-message', { text: `a${bad}b` });
  }
});

test('a pin is 4 to 16 digits', () => {
  for (const pin of ['1234', '1234567890123456']) assert.ok(parseCommand('lock-device', { pin }));
  for (const pin of ['123', '12345678901234567', '12a4', '١٢٣٤', 1234]) refuses('lock-device', { pin });
});

test('scans are a list of different scans', () => {
  for (const scans of [[], ['apps', 'apps'], ['photos'], 'apps', { 0: 'apps' }])
    refuses('refresh-device', { scans });
});

test('an app is named by exactly one of store, identifier and manifest', () => {
  assert.ok(parseCommand('install-app', { storeId: 361_309_726 }));
  assert.ok(parseCommand('install-app', { bundleId: 'com.example.crm', keepAfterManagement: true }));
  refuses('install-app', {});
  refuses('install-app', { storeId: 1, bundleId: 'com.example.crm' });
  for (const storeId of [0, -1, 1.5, '1', 2 ** 60]) refuses('install-app', { storeId });
  for (const bundleId of ['', ' ', '../x', 'a b', '-x', 'x'.repeat(256)])
    refuses('install-app', { bundleId });
  for (const manifestUrl of [
    'http://a.example/x',
    'https://u:p@a.example/',
    'file:///etc/passwd',
    'x',
    'https://a .example',
  ])
    refuses('install-app', { manifestUrl });
  refuses('install-app', { bundleId: 'a', takeOver: 'yes' });
});

test('files are base64 of a bounded size, objects bounded in size and depth', () => {
  assert.ok(parseCommand('install-provisioning-profile', { profile: 'AAAA' }));
  for (const profile of ['', 'A', 'A===', '!!!!', 'A'.repeat(200_000), 7])
    refuses('install-provisioning-profile', { profile });
  const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });
  const platform = (payload: unknown) => ({ requestType: 'Restrictions', payload });
  assert.ok(parseCommand('platform-command', platform(nested(15))));
  for (const payload of [nested(40), { a: 'x'.repeat(140_000) }, [], 'x', null, { a: 1n }])
    refuses('platform-command', platform(payload));
  refuses('platform-command', { requestType: 'Restrictions; drop' });
});

test('what belongs together is asked for together', () => {
  refuses('enable-lost-mode', { footnote: 'alone' });
  assert.ok(parseCommand('enable-lost-mode', { phoneNumber: '+41 44 000 00 00' }));
  refuses('change-settings', {});
  refuses('change-settings', { wallpaper: 'AAAA' });
  refuses('change-settings', { wallpaperPlace: 'both' });
  refuses('full-wipe', { returnThroughWifi: '01930000-0000-7000-8000-000000000000' });
  assert.ok(
    parseCommand('full-wipe', {
      returnToService: true,
      returnThroughWifi: '01930000-0000-7000-8000-000000000000',
    }),
  );
});

test('LOG no key, password, file or address is stored in the open or shown in the record', () => {
  const secret = 'S3CRET';
  const given: readonly (readonly [string, object])[] = [
    ['rotate-disk-recovery-key', { currentKey: secret }],
    ['rotate-recovery-lock', { currentPassword: secret }],
    ['clear-recovery-lock', { currentPassword: secret }],
    ['install-app', { manifestUrl: `https://apps.example/${secret}` }],
    ['install-app', { bundleId: 'com.example.crm', configuration: { token: secret } }],
    ['platform-command', { requestType: 'Restrictions', payload: { x: secret } }],
    ['enable-lost-mode', { message: secret, phoneNumber: secret, footnote: secret }],
    ['full-wipe', { pin: '135790' }],
  ];
  for (const [name, params] of given) {
    const command = parseCommand(name, params);
    for (const open of [auditedParams(command), splitParams(command).plain])
      assert.doesNotMatch(JSON.stringify(open), /S3CRET|135790/, name);
  }
});

test('unknown commands and unknown parameters are refused', () => {
  refuses('explode', {});
  refuses('toString', {});
  refuses('full-wipe', { keepESim: true });
  refuses('locate-device', null);
  refuses('locate-device', []);
});

test('any input gives a command or an invalid-input error', () => {
  fc.assert(
    fc.property(fc.constantFrom(...commandNames), fc.anything(), (name, input) => {
      try {
        parseCommand(name, input);
      } catch (error) {
        assert.ok(isDomainError(error, 'invalid-input'));
      }
    }),
  );
});

test('the audit record shows neither message nor pin, only that they were given', () => {
  const lock = parseCommand('lock-device', { message: 'Call 555-0199', pin: '4711' });
  assert.deepEqual(auditedParams(lock), { message: '[given]', pin: '[given]' });
  assert.deepEqual(auditedParams(parseCommand('refresh-device', { scans: ['apps'] })), { scans: ['apps'] });
});

test('a parameter that a command forgot to declare for the audit record is omitted, and sealed', () => {
  const forgetful = defineCommand({
    name: 'x',
    title: 'X',
    permission: 'devices.lock',
    params: { shown: { type: 'text', maximumLength: 9 }, forgotten: { type: 'text', maximumLength: 9 } },
    audit: { show: ['shown'], redact: [] },
    expiresAfterMs: 1,
  });
  assert.deepEqual(forgetful.parse({ shown: 'a', forgotten: 'b' }), { shown: 'a', forgotten: 'b' });
  // The catalogue's own functions, on a command as it would come from a caller that bypassed the parser.
  const smuggled = { name: 'lock-device', params: { pin: '1234', extra: 'secret' } } as unknown as Command;
  assert.deepEqual(auditedParams(smuggled), { pin: '[given]' });
  assert.deepEqual(splitParams(smuggled), { plain: {}, sealed: { pin: '1234', extra: 'secret' } });
});

test('whose account goes is said, and only once', () => {
  assert.deepEqual(parseCommand('delete-user', { userName: 'anna' }).params, { userName: 'anna' });
  assert.deepEqual(parseCommand('delete-user', { allUsers: true, force: true }).params, {
    allUsers: true,
    force: true,
  });
  for (const params of [{}, { allUsers: false }, { userName: 'anna', allUsers: true }, { force: true }])
    refuses('delete-user', params);
  assert.deepEqual(auditedParams(parseCommand('delete-user', { userName: 'anna' })), { userName: '[given]' });
});
