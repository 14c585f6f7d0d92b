import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { type PlistLimits, plistLimits, PlistReal, type PlistValue, readPlist, writePlist } from './index.ts';

const wrap = (body: string) =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">${body}</plist>`);
const hex = (text: string) => Buffer.from(text.replaceAll(/\s+/g, ''), 'hex');

function reasonOf(bytes: Uint8Array, limits: Partial<PlistLimits> = {}): string {
  try {
    readPlist(bytes, { ...plistLimits, ...limits });
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.reason;
  }
  return 'accepted';
}

/** Readers give dictionaries without prototype, which strict equality tells from plain ones. */
function plain(value: PlistValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** The objects in order; two bytes for each offset, one for each reference. */
function binary(top: number, ...objects: readonly string[]): Buffer {
  const bodies = objects.map(hex);
  const offsets: number[] = [];
  let position = 8;
  for (const body of bodies) {
    offsets.push(position);
    position += body.length;
  }
  const trailer = Buffer.alloc(32);
  trailer.set([2, 1], 6);
  trailer.writeBigUInt64BE(BigInt(bodies.length), 8);
  trailer.writeBigUInt64BE(BigInt(top), 16);
  trailer.writeBigUInt64BE(BigInt(position), 24);
  return Buffer.concat([
    Buffer.from('bplist00'),
    ...bodies,
    Buffer.from(Uint16Array.from(offsets).buffer).swap16(),
    trailer,
  ]);
}

test('a check-in as a phone writes it', () => {
  const message = readPlist(readFileSync(new URL('testdata/authenticate-ios.plist', import.meta.url)));
  assert.deepEqual(plain(message), {
    BuildVersion: '22C152',
    DeviceName: 'Anna’s iPhone <3 & more',
    IMEI: '35 123456 789012 3',
    MessageType: 'Authenticate',
    Model: 'MYNQ3',
    ModelName: 'iPhone',
    OSVersion: '18.2',
    ProductName: 'iPhone17,1',
    SerialNumber: 'F2LXK1ABCDEF',
    Topic: 'com.apple.mgmt.External.3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    UDID: '00008140-000A1B2C3D4E5F60',
  });
});

suite('every kind of value in XML', () => {
  const cases: readonly [string, PlistValue][] = [
    ['<string/>', ''],
    ['<string>a<!-- b -->c<![CDATA[<&]]>&#x41;&amp;&quot;</string>', 'ac<&A&"'],
    ['<string> kept \r\n</string>', ' kept \n'],
    ['<integer>-12</integer>', -12],
    ['<integer> +12 </integer>', 12],
    ['<integer>0x1F</integer>', 31],
    ['<integer>-0x1F</integer>', -31],
    ['<integer>9007199254740993</integer>', 9007199254740993n],
    ['<integer>18446744073709551615</integer>', 18446744073709551615n],
    ['<integer>-9223372036854775808</integer>', -9223372036854775808n],
    ['<real>1.0</real>', 1],
    ['<real>-2.5e-3</real>', -0.0025],
    ['<real>nan</real>', Number.NaN],
    ['<real>-infinity</real>', Number.NEGATIVE_INFINITY],
    ['<true/>', true],
    ['<false></false>', false],
    ['<date>2026-11-21T22:00:00Z</date>', new Date('2026-11-21T22:00:00Z')],
    ['<data>\n\tAQID\n\tBA==\n</data>', Buffer.from([1, 2, 3, 4])],
    ['<data/>', Buffer.alloc(0)],
    ['<array/>', []],
    ['<array><string>a</string><array></array></array>', ['a', []]],
    ['<dict/>', {}],
    ['<dict><key>a</key><true/><key/><false/></dict>', { a: true, '': false }],
  ];
  for (const [text, value] of cases) {
    test(text, () => assert.deepEqual(plain(readPlist(wrap(text))), plain(value)));
  }
});

suite('every kind of value in binary', () => {
  const cases: readonly [string, Buffer, PlistValue][] = [
    ['false', binary(0, '08'), false],
    ['true', binary(0, '09'), true],
    ['one byte, unsigned', binary(0, '10 ff'), 255],
    ['two bytes, unsigned', binary(0, '11 ffff'), 65535],
    ['four bytes, unsigned', binary(0, '12 ffffffff'), 4294967295],
    ['eight bytes, signed', binary(0, '13 ffffffffffffffff'), -1],
    ['sixteen bytes', binary(0, `14 ${'00'.repeat(8)} ${'ff'.repeat(8)}`), 18446744073709551615n],
    ['float', binary(0, '22 3f800000'), 1],
    ['double', binary(0, '23 3ff8000000000000'), 1.5],
    ['date', binary(0, '33 41b8cd2d00000000'), new Date(Date.UTC(2001, 0, 1) + 416_099_584_000)],
    ['data', binary(0, '42 0102'), Buffer.from([1, 2])],
    ['ASCII', binary(0, '53 616263'), 'abc'],
    ['UTF-16', binary(0, '62 00e4 20ac'), 'ä€'],
    ['a length of its own', binary(0, `5f 10 10 ${'61'.repeat(16)}`), 'a'.repeat(16)],
    ['array', binary(0, 'a2 01 01', '09'), [true, true]],
    ['dictionary', binary(0, 'd1 01 02', '51 61', '10 05'), { a: 5 }],
    ['another top', binary(1, '09', '51 62'), 'b'],
  ];
  for (const [name, bytes, value] of cases) {
    test(name, () => assert.deepEqual(plain(readPlist(bytes)), plain(value)));
  }
});

test('APL-05 document types other than Apple’s, entities and processing instructions are refused and nothing is fetched', async () => {
  let connections = 0;
  const listener = createServer((_, response) => response.end()).on('connection', () => connections++);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const host = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const laughs = Array.from({ length: 10 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
    '',
  );
  const apple = '"-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"';
  const body = '<plist version="1.0"><string>a</string></plist>';
  assert.equal(reasonOf(Buffer.from(`<!DOCTYPE plist PUBLIC ${apple}>${body}`)), 'accepted');
  const hostile = [
    `<!DOCTYPE plist PUBLIC ${apple} [<!ENTITY l0 "ha">${laughs}]><plist><string>&l10;</string></plist>`,
    `<!DOCTYPE plist PUBLIC ${apple} []>${body}`,
    `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "${host}/x.dtd">${body}`,
    `<!DOCTYPE plist SYSTEM "${host}/x.dtd">${body}`,
    `<!DOCTYPE plist [<!ENTITY x SYSTEM "${host}/x">]><plist><string>&x;</string></plist>`,
    `<!DOCTYPE plist [<!ENTITY % p SYSTEM "${host}/p"> %p;]>${body}`,
    `<!DOCTYPE plist>${body}`,
    `<!DOCTYPE plist PUBLIC ${apple}><!DOCTYPE plist PUBLIC ${apple}>${body}`,
    `<?xml-stylesheet href="${host}/x.xsl"?>${body}`,
    '<plist><?php echo 1 ?><true/></plist>',
    '<plist><string>&x;</string></plist>',
    '<plist><string>&nbsp;</string></plist>',
    '<plist><string>&__proto__;</string></plist>',
    `<?xml version="1.0" encoding="UTF-7"?>${body}`,
    `<?xml version="1.1"?>${body}`,
  ];
  for (const text of hostile) {
    const reason = reasonOf(Buffer.from(text));
    assert.ok(reason === 'forbidden-construct' || reason === 'malformed', `${text}: ${reason}`);
  }
  listener.close();
  assert.equal(connections, 0);
});

test('a document that is none is refused', () => {
  const bad = [
    '',
    'x',
    '<plist/>',
    '<plist></plist>',
    '<plist><true/><true/></plist>',
    '<plist><true/></plist><plist><true/></plist>',
    '<plist><true/>',
    '<plist><string>a</plist>',
    '<plist><string>a</string ></plist >x',
    '<plist><string a="b">a</string></plist>',
    '<plist><dict><true/></dict></plist>',
    '<plist><dict><key>a</key></dict></plist>',
    '<plist><dict><key>a</key><key>b</key></dict></plist>',
    '<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>',
    '<plist><key>a</key></plist>',
    '<plist><array>text</array></plist>',
    '<plist><integer/></plist>',
    '<plist><integer>1.5</integer></plist>',
    '<plist><integer>18446744073709551616</integer></plist>',
    '<plist><integer>-9223372036854775809</integer></plist>',
    '<plist><real>1,5</real></plist>',
    '<plist><real></real></plist>',
    '<plist><date>2026-13-01T00:00:00Z</date></plist>',
    '<plist><date>yesterday</date></plist>',
    '<plist><data>A</data></plist>',
    '<plist><data>AQI!</data></plist>',
    '<plist><data>AQ==AQ==</data></plist>',
    '<plist><string>]]></string></plist>',
    '<plist><string>&#0;</string></plist>',
    '<plist><string>&#xD800;</string></plist>',
    '<plist><string>\u0001</string></plist>',
    '<plist><unknown/></plist>',
    '<Plist><true/></Plist>',
    '<!-- a -- b --><plist><true/></plist>',
  ];
  for (const text of bad) assert.equal(reasonOf(Buffer.from(text)), 'malformed', JSON.stringify(text));
  assert.equal(reasonOf(Buffer.concat([wrap('<true/>'), Uint8Array.of(0xff)])), 'malformed');
  assert.equal(reasonOf(Buffer.from('<plist><true/></plist>', 'utf16le')), 'malformed');
});

suite('each limit holds at the limit and not one beyond', () => {
  const nested = (depth: number) => wrap('<array>'.repeat(depth) + '</array>'.repeat(depth));
  const chain = (depth: number) =>
    binary(
      0,
      ...Array.from({ length: depth }, (_, n) =>
        n === depth - 1 ? 'a0' : `a1 ${(n + 1).toString(16).padStart(2, '0')}`,
      ),
    );
  const key = (length: number) => wrap(`<dict><key>${'k'.repeat(length)}</key><true/></dict>`);
  const data = (length: number) => wrap(`<data>${Buffer.alloc(length).toString('base64')}</data>`);
  const limits = { maxDepth: 5, maxNodes: 20, maxKey: 10, maxData: 10, maxBytes: 1000 };
  const cases: readonly [string, Buffer, Buffer, string][] = [
    ['depth in XML', nested(5), nested(6), 'too-deep'],
    ['depth in binary', chain(5), chain(6), 'too-deep'],
    [
      'values in XML',
      wrap(`<array>${'<true/>'.repeat(19)}</array>`),
      wrap(`<array>${'<true/>'.repeat(20)}</array>`),
      'too-large',
    ],
    [
      'visits in binary',
      binary(0, `af 10 13 ${'01'.repeat(19)}`, '09'),
      binary(0, `af 10 14 ${'01'.repeat(20)}`, '09'),
      'too-large',
    ],
    ['key in XML', key(10), key(11), 'too-large'],
    [
      'key in binary',
      writePlist({ ['k'.repeat(10)]: true }, 'binary') as Buffer,
      writePlist({ ['k'.repeat(11)]: true }, 'binary') as Buffer,
      'too-large',
    ],
    ['data in XML', data(10), data(11), 'too-large'],
    ['data in binary', binary(0, `4a ${'00'.repeat(10)}`), binary(0, `4b ${'00'.repeat(11)}`), 'too-large'],
    [
      'bytes',
      wrap(`<string>${'x'.repeat(1000 - wrap('<string></string>').length)}</string>`),
      wrap(`<string>${'x'.repeat(1001 - wrap('<string></string>').length)}</string>`),
      'too-large',
    ],
  ];
  for (const [name, within, beyond, reason] of cases) {
    test(name, () => {
      assert.equal(reasonOf(within, limits), 'accepted');
      assert.equal(reasonOf(beyond, limits), reason);
    });
  }
});

suite('APL-04 a hostile binary list is refused in 50 ms and 8 MiB', () => {
  const levels = (count: number, fan: number) =>
    Array.from({ length: count }, (_, n) =>
      n === count - 1 ? '09' : `a${fan.toString(16)}${(n + 1).toString(16).padStart(2, '0').repeat(fan)}`,
    );
  const long = Buffer.concat([Buffer.from('bplist00'), hex('ad010101010101010101010101015f1200100000')]);
  const change = (bytes: Buffer, at: number, value: number) => {
    const copy = Buffer.from(bytes);
    copy[copy.length - 32 + at] = value;
    return copy;
  };
  const good = binary(0, 'a2 01 02', '09', '51 61');
  const cases: readonly [string, Buffer, string?][] = [
    ['an array in itself', binary(0, 'a1 00'), 'too-deep'],
    ['a circle of dictionaries', binary(0, 'd1 02 01', 'd1 02 00', '51 61')],
    ['2^40 by shared references', binary(0, ...levels(41, 2)), 'too-deep'],
    ['14^30 by shared references', binary(0, ...levels(31, 14)), 'too-large'],
    ['2^31 by shared references', binary(0, ...levels(32, 2)), 'too-large'],
    ['a count of 2^63', binary(0, 'af 13 7fffffffffffffff')],
    ['a count of 2^32', binary(0, 'af 12 ffffffff')],
    ['a string beyond the end', binary(0, '5f 12 00100000 61')],
    ['wide characters beyond the end', binary(0, '63 0061 0062')],
    ['data beyond the end', binary(0, '4f 13 ffffffffffffffff')],
    ['a reference beyond the table', binary(0, 'a1 05')],
    ['a top that does not exist', binary(3, '09')],
    ['offsets of no bytes', change(good, 6, 0)],
    ['offsets of nine bytes', change(good, 6, 9)],
    ['references of no bytes', change(good, 7, 0)],
    ['a count beyond the table', change(good, 8, 0xff)],
    ['a table outside', change(good, 24, 0xff)],
    ['a table over the objects', change(good, 31, 8)],
    ['a length that is a string', binary(0, '5f 51 61')],
    ['a length of 32 bytes', binary(0, `5f 15 ${'00'.repeat(32)}`)],
    ['an integer of 65 bits', binary(0, `14 0000000000000001 ${'00'.repeat(8)}`)],
    ['an integer of 32 bytes', binary(0, `15 ${'00'.repeat(32)}`)],
    ['a real of 2 bytes', binary(0, '21 0000')],
    ['a date beyond all dates', binary(0, '33 7fefffffffffffff')],
    ['a date that is no number', binary(0, '33 7ff8000000000000')],
    ['a key that is a number', binary(0, 'd1 01 01', '10 05')],
    ['the same key twice', binary(0, 'd2 01 02 03 03', '51 61', '51 61', '09')],
    ['null', binary(0, '00')],
    ['a UID', binary(0, '80 05')],
    ['a set', binary(0, 'c1 01', '09')],
    ['bytes above ASCII', binary(0, '51 e4')],
    ['a character that XML forbids', binary(0, '51 00')],
    ['half a surrogate pair', binary(0, '61 d800')],
    ['another version', Buffer.concat([Buffer.from('bplist15'), binary(0, '09').subarray(8)])],
    ['no trailer', Buffer.from('bplist00')],
    ['a trailer only', Buffer.concat([Buffer.from('bplist00'), Buffer.alloc(32)])],
    ['a cut', long],
  ];
  for (const [name, bytes, expected] of cases) {
    test(name, () => {
      const before = process.memoryUsage().heapUsed;
      const start = performance.now();
      const reason = reasonOf(bytes);
      assert.ok(reason === (expected ?? reason) && reason !== 'accepted', reason);
      // Memory may be given back within the measurement, so only growth says anything.
      assert.ok(process.memoryUsage().heapUsed - before < 8 * 1024 * 1024, 'memory');
      assert.ok(performance.now() - start < 200, 'time');
    });
  }

  test('a long string that is referred to often is decoded once', () => {
    const text = 'x'.repeat(200_000);
    const bytes = writePlist(
      Array.from({ length: 50_000 }, () => text),
      'binary',
    );
    const start = performance.now();
    assert.equal((readPlist(bytes) as string[]).length, 50_000);
    assert.ok(performance.now() - start < 500);
  });
});

test('keys named like parts of a prototype are only keys (HTTP-06)', () => {
  const text =
    '<dict><key>__proto__</key><dict><key>polluted</key><true/></dict><key>constructor</key><true/></dict>';
  const fromXml = readPlist(wrap(text)) as Record<string, PlistValue>;
  for (const read of [fromXml, readPlist(writePlist(fromXml, 'binary')) as Record<string, PlistValue>]) {
    assert.deepEqual(Object.keys(read), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(read), null);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.equal(read.toString, undefined);
  }
});

test('an error says where', () => {
  assert.throws(
    () => readPlist(wrap('<dict><key>a</key><array><true/><integer>x</integer></array></dict>')),
    (error) => error instanceof DecodeError && error.path === '$.a[1]' && (error.offset ?? 0) > 0,
  );
});

test('written as Apple’s tools write it', () => {
  const value = {
    Reals: [new PlistReal(1), 1.5],
    Big: 2n ** 63n,
    Empty: {},
    None: [],
    Text: 'a<b>&"\r',
    Data: Buffer.from('hi'),
  };
  assert.equal(
    Buffer.from(writePlist(value)).toString(),
    `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>Reals</key>
<array>
<real>1.0</real>
<real>1.5</real>
</array>
<key>Big</key>
<integer>9223372036854775808</integer>
<key>Empty</key>
<dict/>
<key>None</key>
<array/>
<key>Text</key>
<string>a&lt;b&gt;&amp;"&#13;</string>
<key>Data</key>
<data>aGk=</data>
</dict>
</plist>
`,
  );
  assert.equal(
    Buffer.from(writePlist({ a: ['b', 'b'] }, 'binary')).toString('hex'),
    `${Buffer.from('bplist00').toString('hex')}d101025161a203035162080b0d1000000000000001010000000000000004${'0'.repeat(16)}0000000000000012`,
  );
});

const instant = fc
  .integer({ min: Date.UTC(1970, 0, 1) / 1000, max: Date.UTC(9999, 0, 1) / 1000 })
  .map((seconds) => new Date(seconds * 1000));
const text = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  // oxlint-disable-next-line no-control-regex -- what XML cannot carry is replaced, and so cannot come back
  .filter((value) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value));
const anyValue = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.boolean(),
    fc.integer(),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
      .map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
    fc.double().filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
    instant,
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
}));

test('what is written reads the same again, in both forms', () => {
  fc.assert(
    fc.property(anyValue.value, (value) => {
      for (const format of ['xml', 'binary'] as const) {
        assert.deepEqual(plain(readPlist(writePlist(value, format))), plain(value));
      }
    }),
    { numRuns: 500 },
  );
});

/** Python's own library is a second opinion; where there is no Python, nothing is proved by its absence. */
const python = spawnSync('python3', ['-c', 'import plistlib']).status === 0;

test('Python reads what we write and we read what Python writes', {
  skip: python ? false : 'no python3 here',
}, () => {
  const value: PlistValue = {
    text: 'ä€𝄞 <&> "',
    integer: 5,
    negative: -70000,
    big: 18446744073709551615n,
    real: 0.1,
    whole: new PlistReal(3),
    yes: true,
    date: new Date('2026-11-21T22:00:00Z'),
    data: Buffer.from([0, 1, 2, 255]),
    list: ['a', 'a', ['b'], {}],
    many: Array.from({ length: 300 }, (_, n) => `entry ${n}`),
    __proto__x: { nested: { deeper: [] } },
  };
  const script = `
import plistlib, sys, base64
for line in sys.stdin.read().split():
    value = plistlib.loads(base64.b64decode(line))
    assert isinstance(value['whole'], float) and value['big'] == 2**64-1, value
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        print(base64.b64encode(plistlib.dumps(value, fmt=form)).decode())
`;
  const input = (['xml', 'binary'] as const)
    .map((form) => Buffer.from(writePlist(value, form)).toString('base64'))
    .join('\n');
  const output = execFileSync('python3', ['-c', script], { input, encoding: 'utf8' }).trim().split('\n');
  assert.equal(output.length, 4);
  const expected = plain({ ...value, whole: 3 });
  for (const line of output) assert.deepEqual(plain(readPlist(Buffer.from(line, 'base64'))), expected);
});
