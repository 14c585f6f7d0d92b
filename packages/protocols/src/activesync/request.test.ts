import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import type { CommandQuery } from './command-query.ts';
import { commandNames, commands } from './commands.ts';
import { formatBase64Query, formatPlainQuery, formatQuery } from './format-query.ts';
import { type CommandRequest, readRequest, statusOfRequestError } from './request.ts';
import { protocolVersions } from './versions.ts';
import { deviceIdText } from './query-values.ts';

const basic = (user: string, password = 'pa:ss') =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const rawHeaders = (headers: Readonly<Record<string, string>>) => Object.entries(headers).flat();

function command(query: string, headers: Readonly<Record<string, string>> = {}): CommandRequest {
  const request = readRequest({ method: 'POST', query, rawHeaders: rawHeaders(headers) });
  assert.ok(request.kind === 'command');
  return request;
}

function refused(
  query: string,
  headers: Readonly<Record<string, string>> | readonly string[],
  reason: string,
  status: number,
): void {
  const lines = Array.isArray(headers)
    ? (headers as string[])
    : rawHeaders(headers as Record<string, string>);
  assert.throws(
    () => readRequest({ method: 'POST', query, rawHeaders: lines }),
    (error) => {
      assert.ok(error instanceof DecodeError);
      assert.equal(error.reason, reason, `${query}: ${error.message}`);
      assert.equal(statusOfRequestError(error), status);
      return true;
    },
  );
}

const device = 'DeviceId=6F24CAD599A5BF1A690246B8C68FAE8D&DeviceType=SP';
const plain = `Cmd=FolderSync&User=ann&${device}`;
const v141 = { 'MS-ASProtocolVersion': '14.1' };

/** The specification's own example (MS-ASHTTP section 4.1). */
const example = 'jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l';

test('the base64 query of the specification', () => {
  assert.deepEqual(command(example), {
    kind: 'command',
    form: 'base64',
    version: '14.0',
    command: 'Sync',
    locale: 0x0409,
    deviceId: new Uint8Array(Buffer.from('v140Device')),
    deviceType: 'SmartPhone',
    acceptMultiPart: false,
    body: 'wbxml',
    parameters: {},
  });
});

test('the plain query of the specification, in any order, any case and any percent-encoding', () => {
  const headers = {
    ...v141,
    'X-MS-PolicyKey': '3942919513',
    'User-Agent': 'ASOM',
    Authorization: basic('ann'),
  };
  const expected = command(plain, headers);
  assert.deepEqual(expected, {
    kind: 'command',
    form: 'plain',
    version: '14.1',
    command: 'FolderSync',
    user: 'ann',
    deviceId: new Uint8Array(Buffer.from('6F24CAD599A5BF1A690246B8C68FAE8D')),
    deviceType: 'SP',
    policyKey: 3942919513,
    acceptMultiPart: false,
    userAgent: 'ASOM',
    credentials: { scheme: 'basic', user: 'ann', password: 'pa:ss' },
    body: 'wbxml',
    parameters: {},
  });
  const others = [
    `${device}&user=ann&cMD=foldersync`,
    `&&USER=%61nn&C%6dd=Folder%53ync&${device}&`,
    `${plain}&Unknown=dropped`,
  ];
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), ` ${value} `]),
  );
  for (const query of others) assert.deepEqual(command(query, lower), expected, query);
});

test('parameters of single commands, decoded', () => {
  const query = `Cmd=SmartReply&User=ann&${device}&CollectionId=5%3A1&ItemId=a+b&LongId=%C3%A9&Occurrence=2&SaveInSent=t`;
  assert.deepEqual(command(query, { 'MS-ASProtocolVersion': '12.1' }).parameters, {
    collectionId: '5:1',
    itemId: 'a b',
    longId: 'é',
    occurrence: '2',
    saveInSent: true,
  });
  assert.equal(
    command(`Cmd=GetAttachment&User=ann@acme.example&${device}&AttachmentName=x%2By%20z`, {
      'MS-ASProtocolVersion': '12.0',
    }).parameters.attachmentName,
    'x+y z',
  );
});

test('in the base64 form parameters, options and the user have tags', () => {
  const query: CommandQuery & { version: '12.1' } = {
    form: 'base64',
    version: '12.1',
    command: 'SmartForward',
    locale: 0x0407,
    user: 'ACME\\ann',
    deviceId: Uint8Array.from({ length: 16 }, (_, index) => 255 - index),
    deviceType: '',
    policyKey: 0xfffffffe,
    acceptMultiPart: true,
    parameters: {
      attachmentName: 'a',
      collectionId: 'c',
      itemId: 'i',
      longId: 'l',
      occurrence: 'o',
      saveInSent: true,
    },
  };
  const read = command(formatBase64Query(query));
  assert.deepEqual(read, { ...query, kind: 'command', body: 'mime' });
  assert.equal(deviceIdText(read.deviceId), 'FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0');
});

test('the base64 form may use the alphabet of addresses, lack its padding, and be percent-encoded', () => {
  const deviceId = Buffer.from('fbffbf00ff', 'hex');
  const bare = formatBase64Query({ ...command(example), deviceId });
  const text = encodeURIComponent(bare);
  assert.match(text, /%2B|%2F|%3D/);
  const forms = [
    text,
    bare,
    bare.replaceAll('=', ''),
    bare.replaceAll('+', '-').replaceAll('/', '_'),
    text.toLowerCase() === text ? text : text.replaceAll(/%(..)/g, (hex) => hex.toLowerCase()),
    bare.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`),
  ];
  for (const form of forms) assert.deepEqual(command(form), command(text), form);
});

test('user names: with domain, as address with a plus, in the encoding of Windows Mobile', () => {
  const user = (value: string) => command(`Cmd=Ping&User=${value}&${device}`, v141).user;
  assert.equal(user('ACME%5Cann'), 'ACME\\ann');
  assert.equal(user('ann+test@acme.example'), 'ann+test@acme.example');
  assert.equal(user('ann%2Btest%40acme.example'), 'ann+test@acme.example');
  assert.equal(user('m%FCller'), 'müller');
  assert.equal(user('m%C3%BCller'), 'müller');
  assert.equal(command(`Cmd=Ping&${device}`, v141).user, undefined);
});

test('device ids of any bytes, 2 to 200 of them, in both forms', () => {
  const anyId = fc.uint8Array({ minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(anyId, (deviceId) => {
      const base: CommandRequest = { ...command(plain, v141), deviceId };
      assert.deepEqual(command(formatPlainQuery(base), v141).deviceId, deviceId);
      assert.deepEqual(command(formatBase64Query(base)).deviceId, deviceId);
    }),
  );
  for (const length of [0, 1, 201, 255]) {
    const base: CommandRequest = { ...command(plain, v141), deviceId: new Uint8Array(length).fill(0x41) };
    refused(formatPlainQuery(base), v141, 'bad-device-id', 400);
    refused(formatBase64Query(base), {}, 'bad-device-id', 400);
  }
  assert.equal(deviceIdText(Buffer.from('ApplDNPX1')), 'ApplDNPX1');
  assert.equal(deviceIdText(Buffer.from([0x41, 0x20])), '4120');
});

test('what is read is written in our own words and reads the same, in both forms', () => {
  const printable = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !/\p{Cc}|[@\ud800-\udfff]/u.test(text));
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const queries = fc.record({
    version: fc.constantFrom('12.1', '14.0', '14.1', '16.0', '16.1' as const),
    command: fc.constantFrom(...commandNames.filter((name) => name !== 'Find')),
    locale: fc.integer({ min: 0, max: 0xffff }),
    user: maybe(printable.filter((text) => text !== '')),
    deviceId: fc.uint8Array({ minLength: 2, maxLength: 200 }),
    deviceType: printable,
    policyKey: maybe(fc.integer({ min: 0, max: 0xffffffff })),
    parameters: fc.record(
      { collectionId: printable, itemId: printable, longId: printable, saveInSent: fc.boolean() },
      { requiredKeys: [], noNullPrototype: true },
    ),
  });
  fc.assert(
    fc.property(queries, fc.constantFrom('plain', 'base64' as const), (query, form) => {
      const present = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
      const request = { form, ...present } as unknown as CommandRequest;
      const { query: text, headers } = formatQuery(request);
      const { kind, body, acceptMultiPart, locale, ...read } = command(text, headers);
      const { locale: sent, ...rest } = request;
      assert.deepEqual(
        [kind, acceptMultiPart, locale],
        ['command', false, form === 'base64' ? sent : undefined],
      );
      assert.deepEqual({ ...read }, rest);
      assert.ok(body);
    }),
  );
});

test('the body of a mail is MIME up to 12.1 and WBXML from 14.0 on', () => {
  const send = `Cmd=SendMail&User=ann&${device}`;
  const body = (version: string, type?: string) =>
    command(send, {
      'MS-ASProtocolVersion': version,
      'Content-Length': '7',
      ...(type === undefined ? {} : { 'Content-Type': type }),
    }).body;
  for (const version of protocolVersions) {
    const isOld = ['2.5', '12.0', '12.1'].includes(version);
    assert.equal(body(version), isOld ? 'mime' : 'wbxml');
    assert.equal(
      body(version, isOld ? 'message/rfc822' : 'application/vnd.ms-sync; charset=utf-8'),
      body(version),
    );
  }
});

test('OPTIONS needs no query; one that can be read says which device asks, another is let be', () => {
  const options = (query: string) =>
    readRequest({ method: 'OPTIONS', query, rawHeaders: ['Authorization', 'Bearer a.b.c'] });
  const credentials = { scheme: 'bearer', token: 'a.b.c' };
  assert.deepEqual(options(''), { kind: 'options', credentials });
  assert.deepEqual(options(`User=ann&${device}`), {
    kind: 'options',
    credentials,
    device: {
      user: 'ann',
      deviceId: new Uint8Array(Buffer.from('6F24CAD599A5BF1A690246B8C68FAE8D')),
      deviceType: 'SP',
    },
  });
  assert.deepEqual(options('Cmd=%zz'), { kind: 'options', credentials });
});

test('credentials: the password may hold colons and any language; what is no Basic or Bearer is none', () => {
  const credentials = (authorization: string) =>
    command(`Cmd=Ping&${device}`, { ...v141, Authorization: authorization }).credentials;
  assert.deepEqual(credentials(basic('müller', 'ä:ö')), { scheme: 'basic', user: 'müller', password: 'ä:ö' });
  const old = `basic ${Buffer.from('m\xfcller:x', 'latin1').toString('base64')}`;
  assert.deepEqual(credentials(old), { scheme: 'basic', user: 'müller', password: 'x' });
  assert.equal(credentials('NTLM TlRMTVNTUAAB'), undefined);
  assert.equal(credentials('Basic'), undefined);
  refused(plain, { ...v141, Authorization: 'Basic !!' }, 'bad-credentials', 400);
  refused(plain, { ...v141, Authorization: basic('') }, 'bad-credentials', 400);
  refused(plain, { ...v141, Authorization: basic('a\r\nX-Evil: 1') }, 'bad-credentials', 400);
});

suite('what cannot be read is refused, each with its reason', () => {
  const cases: readonly (readonly [
    what: string,
    query: string,
    headers: Record<string, string>,
    reason: string,
    status: number,
  ])[] = [
    ['no query', '', v141, 'missing-parameter', 400],
    ['no command', `User=ann&${device}`, v141, 'missing-parameter', 400],
    ['no device', 'Cmd=Sync&User=ann', v141, 'missing-parameter', 400],
    ['an unknown command', `Cmd=Notify&User=ann&${device}`, v141, 'unknown-command', 501],
    ['a command by a name of every object', `Cmd=__proto__&User=ann&${device}`, v141, 'unknown-command', 501],
    ['a command younger than the version', `Cmd=Find&User=ann&${device}`, v141, 'command-not-supported', 501],
    ['no version', plain, {}, 'missing-version', 400],
    ['version 1.0', plain, { 'MS-ASProtocolVersion': '1.0' }, 'version-too-old', 505],
    ['a version of the future', plain, { 'MS-ASProtocolVersion': '17.0' }, 'unsupported-version', 400],
    [
      'two versions in one header',
      plain,
      { 'MS-ASProtocolVersion': '14.1,12.1' },
      'unsupported-version',
      400,
    ],
    [
      'a policy key beyond 32 bits',
      plain,
      { ...v141, 'X-MS-PolicyKey': '4294967296' },
      'bad-policy-key',
      400,
    ],
    ['a policy key in words', plain, { ...v141, 'X-MS-PolicyKey': '1e3' }, 'bad-policy-key', 400],
    ['broken percent-encoding', 'Cmd=Sy%nc', v141, 'bad-encoding', 400],
    [
      'a type of device that breaks lines',
      'Cmd=Sync&DeviceId=ab&DeviceType=a%0D%0Ab',
      v141,
      'bad-value',
      400,
    ],
    ['a parameter that is not UTF-8', `${plain}&ItemId=%ff`, v141, 'bad-encoding', 400],
    ['SaveInSent of another word', `${plain}&SaveInSent=yes`, v141, 'bad-value', 400],
    ['a query of 5,000 characters', `${plain}&ItemId=${'x'.repeat(5000)}`, v141, 'too-large', 400],
    ['65 parameters', `${plain}${'&a=b'.repeat(65)}`, v141, 'too-large', 400],
    [
      'a body of another world',
      plain,
      { ...v141, 'Content-Type': 'application/json', 'Content-Length': '2' },
      'bad-content-type',
      400,
    ],
    [
      'base64 of a version without it',
      'GQAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l',
      {},
      'unsupported-version',
      400,
    ],
    ['base64 of an unknown command', 'jP8JBAp2MTQwRGV2aWNlAApTbWFydFBob25l', {}, 'unknown-command', 501],
    ['base64 that ends early', 'jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob24', {}, 'truncated', 400],
    ['base64 of one byte', 'jA==', {}, 'truncated', 400],
    ['base64 of no length', 'jAAJB', {}, 'bad-encoding', 400],
    ['base64 with a policy key of three bytes', 'jAAJBAJ2MQMBAgMCU1A', {}, 'bad-policy-key', 400],
    ['base64 with options of two bytes', 'jAAJBAJ2MQACU1AHAgAA', {}, 'bad-value', 400],
    ['base64 with a parameter that is not UTF-8', 'jAAJBAJ2MQACU1AAAf8', {}, 'bad-encoding', 400],
  ];
  for (const [what, query, headers, reason, status] of cases)
    test(what, () => refused(query, headers, reason, status));
  test('another method', () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'post', 'TRACE'])
      assert.throws(
        () => readRequest({ method, query: plain, rawHeaders: rawHeaders(v141) }),
        (error) => error instanceof DecodeError && statusOfRequestError(error) === 501,
      );
  });
});

test('EAS-T04 a header that decides something is there once, however it is written', () => {
  const headers = ['MS-ASProtocolVersion', '14.1', 'X-Other', '1', 'X-Other', '2'];
  const twice = [
    ['ms-asprotocolversion', '14.1'],
    ['X-MS-PolicyKey', '1', 'x-ms-policykey', '1'],
    ['Authorization', basic('ann'), 'AUTHORIZATION', basic('bob')],
    ['Content-Type', 'message/rfc822', 'content-type', 'message/rfc822'],
    ['Content-Length', '3', 'Content-Length', '3'],
    ['Transfer-Encoding', 'chunked', 'transfer-encoding', 'identity'],
    ['Host', 'a', 'host', 'b'],
    ['User-Agent', 'a', 'User-Agent', 'b'],
    ['MS-ASAcceptMultiPart', 'T', 'MS-ASAcceptMultiPart', 'F'],
    ['Content-Encoding', 'gzip', 'Content-Encoding', 'gzip'],
  ];
  assert.equal(readRequest({ method: 'POST', query: plain, rawHeaders: headers }).kind, 'command');
  for (const more of twice) refused(plain, [...headers, ...more], 'duplicate-header', 400);
});

suite('EAS-T05 a request that can be read two ways is refused', () => {
  const withKey = formatBase64Query({ ...command(example), policyKey: 7 });
  const multi = formatBase64Query({ ...command(example), acceptMultiPart: true });
  const named = formatBase64Query({ ...command(example), user: 'ACME\\ann' });
  const mail = { 'Content-Type': 'message/rfc822', 'Content-Length': '9' };
  const cases: readonly (readonly [
    what: string,
    query: string,
    headers: Record<string, string>,
    reason?: string,
  ])[] = [
    ['a command twice', `${plain}&Cmd=Ping`, v141, 'duplicate-parameter'],
    ['a command twice in two spellings', `${plain}&c%4Dd=FolderSync`, v141, 'duplicate-parameter'],
    ['a device twice', `${plain}&deviceid=other`, v141, 'duplicate-parameter'],
    ['a user twice', `${plain}&USER=bob`, v141, 'duplicate-parameter'],
    ['a type twice', `${plain}&DeviceType=PPC`, v141, 'duplicate-parameter'],
    ['a collection twice', `${plain}&CollectionId=1&CollectionId=2`, v141, 'duplicate-parameter'],
    ['base64 behind a plain query', `${plain}&${example}`, v141],
    ['base64 before a plain query', `${example}&${plain}`, v141],
    ['base64 as a name without value', `${plain}&jAAJBAp2MTQw`, v141],
    ['another version in the header than in base64', example, v141],
    ['another policy key in the header than in base64', withKey, { 'X-MS-PolicyKey': '8' }],
    ['a policy key in the header and none in base64', example, { 'X-MS-PolicyKey': '8' }],
    ['a policy key in base64 and 0 in the header', withKey, { 'X-MS-PolicyKey': '0' }],
    ['multipart wished for in base64 and not in the header', multi, { 'MS-ASAcceptMultiPart': 'F' }],
    ['another user in the query than in the credentials', plain, { ...v141, Authorization: basic('bob') }],
    ['another user in base64 than in the credentials', named, { Authorization: basic('ACME\\bob') }],
    ['another Windows domain', named, { Authorization: basic('OTHER\\ann') }],
    [
      'another mail domain',
      `Cmd=Ping&User=ann@acme.example&${device}`,
      { ...v141, Authorization: basic('ann@other.example') },
    ],
    ['a MIME body for a command of WBXML', plain, { ...v141, ...mail }],
    ['a MIME body for SendMail of 14.1', `Cmd=SendMail&User=ann&${device}`, { ...v141, ...mail }],
    [
      'a WBXML body for SendMail of 12.1',
      `Cmd=SendMail&User=ann&${device}`,
      {
        'MS-ASProtocolVersion': '12.1',
        'Content-Type': 'application/vnd.ms-sync.wbxml',
        'Transfer-Encoding': 'chunked',
      },
    ],
    ['one parameter twice in base64', withTwoCollections(), {}, 'duplicate-parameter'],
  ];
  assert.ok(cases.length >= 20);
  for (const [what, query, headers, reason = 'contradiction'] of cases)
    test(what, () => refused(query, headers, reason, 400));

  test('what says the same twice in different words is no contradiction', () => {
    const same = [
      ['ACME\\ann', 'ann'],
      ['ann', 'ann@acme.example'],
      ['Ann@ACME.example', 'ann@acme.example'],
      ['ACME\\ann', 'acme\\ANN'],
      ['ACME\\ann', 'ann@acme.example'],
    ] as const;
    for (const [user, login] of same)
      command(`Cmd=Ping&User=${encodeURIComponent(user)}&${device}`, {
        ...v141,
        Authorization: basic(login),
      });
    command(example, { 'MS-ASProtocolVersion': '14.0', 'X-MS-PolicyKey': '0', 'MS-ASAcceptMultiPart': 'T' });
    assert.equal(command(withKey, { 'X-MS-PolicyKey': '7' }).policyKey, 7);
    assert.equal(command(plain, { ...v141, 'X-MS-PolicyKey': '-1' }).policyKey, 0xffffffff);
  });
});

function withTwoCollections(): string {
  const bytes = Buffer.from(example, 'base64');
  return Buffer.concat([bytes, Buffer.from([1, 1, 0x31, 1, 1, 0x32])]).toString('base64');
}

test('what is not assigned in either form is read over and never written', () => {
  const bytes = Buffer.concat([Buffer.from(example, 'base64'), Buffer.from([2, 1, 0x31, 9, 0])]);
  const read = command(bytes.toString('base64'));
  assert.equal(formatBase64Query(read), example);
  assert.equal(formatPlainQuery(command(`${plain}&Evil=1`, v141)), plain);
});

test('a query that one byte of length cannot hold is a fault of the caller', () => {
  const request = command(example);
  assert.throws(() => formatBase64Query({ ...request, deviceType: 'x'.repeat(256) }), RangeError);
  assert.throws(() => formatBase64Query({ ...request, version: '12.0' }), RangeError);
});

test('the numbers of the commands are those of the specification', () => {
  const names = commandNames.toSorted((first, second) => commands[first].code - commands[second].code);
  assert.deepEqual(names, commandNames);
  assert.deepEqual(
    commandNames.map((name) => commands[name].code),
    Array.from({ length: 24 }, (_, code) => code),
  );
});
