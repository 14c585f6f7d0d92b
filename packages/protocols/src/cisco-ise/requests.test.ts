import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { decodeBatch, encodeBatch } from './batch.ts';
import { mostIdentifiers, requestLimits } from './documents.ts';
import {
  decodeActionBody,
  decodeMessageBody,
  encodeActionBody,
  encodeMessageBody,
  type MessageOrder,
  parseActionType,
} from './orders.ts';

const guid = '6f0c2c1e-6b3b-4a52-9f0e-0d6b7b7f1a01';
const xml = 'application/xml';

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.reason;
  }
  return 'accepted';
}

suite('section 8.1: the action type', () => {
  const accepted: readonly [string, string, string][] = [
    ['actionType=pin_lock', '', 'pin_lock'],
    ['actionType=full_wipe', '', 'full_wipe'],
    ['actionType=corporate_wipe', '', 'corporate_wipe'],
    ['actionType%3Dpin_lock', '', 'pin_lock'],
    ['ActionType=PIN_LOCK', '', 'pin_lock'],
    ['pin_lock', '', 'pin_lock'],
    ['', 'actionType=pin_lock', 'pin_lock'],
    ['pin_lock', 'actionType=pin_lock', 'pin_lock'],
  ];
  for (const [segment, query, type] of accepted) {
    test(`${segment}?${query}`, () => assert.equal(parseActionType(segment, query), type));
  }
  test('anything else is unknown, and two that differ are not guessed between', () => {
    for (const [segment, query] of [
      ['', ''],
      ['actionType=', ''],
      ['clear_passcode', ''],
      ['pin_lock', 'actionType=full_wipe'],
      ['__proto__', ''],
    ] as const) {
      assert.equal(
        reasonOf(() => parseActionType(segment, query)),
        'unknown-action',
      );
    }
  });
});

suite('section 8.1: the body of an action', () => {
  const one = `<ise_api><identifier><guid>${guid.toUpperCase()}</guid></identifier></ise_api>`;
  const multipart = (...parts: string[]) =>
    Buffer.from([...parts.map((part) => `--XyZ\r\n${part}\r\n`), '--XyZ--\r\n'].join(''));
  const form = 'multipart/form-data; boundary=XyZ';

  test('XML under each of its types', () => {
    for (const type of [xml, 'text/xml', 'application/xml; charset=utf-8', 'Application/XML', undefined]) {
      assert.deepEqual(decodeActionBody(type, Buffer.from(one)), [{ kind: 'guid', value: guid }]);
    }
  });
  test('XML uploaded as a part of a form', () => {
    const upload = `Content-Disposition: form-data; name="file"; filename="a.xml"\r\nContent-Type: text/xml\r\n\r\n${one}`;
    const other = 'Content-Disposition: form-data; name="note"\r\n\r\nplain text';
    assert.deepEqual(decodeActionBody(form, multipart(other, upload)), [{ kind: 'guid', value: guid }]);
    assert.deepEqual(decodeActionBody('multipart/form-data; boundary="XyZ"', multipart(upload)), [
      { kind: 'guid', value: guid },
    ]);
    assert.throws(() => decodeActionBody(form, multipart(other)), DecodeError);
    assert.throws(() => decodeActionBody(form, Buffer.from('--XyZ\r\nA: b\r\n\r\n<ise_api/>')), DecodeError);
    assert.throws(() => decodeActionBody('multipart/form-data', multipart(upload)), DecodeError);
  });
  test('several devices of several kinds, each once', () => {
    const body = `<ise_api><identifier><macaddress>a1:b2:c3:d4:e5:f6</macaddress><guid>${guid}</guid></identifier>
      <identifier><macaddress>A1B2C3D4E5F6</macaddress><guidhn>Laptop</guidhn></identifier></ise_api>`;
    assert.deepEqual(decodeActionBody(xml, Buffer.from(body)), [
      { kind: 'macaddress', value: 'A1B2C3D4E5F6' },
      { kind: 'guid', value: guid },
      { kind: 'guidhn', value: 'laptop' },
    ]);
  });
  test('no device, a bad identifier, another root or another type are refused', () => {
    assert.equal(
      reasonOf(() => decodeActionBody(xml, Buffer.from('<ise_api/>'))),
      'malformed',
    );
    assert.equal(
      reasonOf(() => decodeActionBody(xml, Buffer.from(`<ise_api><guid>${guid}</guid></ise_api>`))),
      'malformed',
    );
    const bad = '<ise_api><identifier><macaddress>xyz</macaddress></identifier></ise_api>';
    assert.equal(
      reasonOf(() => decodeActionBody(xml, Buffer.from(bad))),
      'bad-value',
    );
    assert.equal(
      reasonOf(() => decodeActionBody(xml, Buffer.from(one.replaceAll('ise_api', 'other')))),
      'malformed',
    );
    for (const type of [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'constructor',
    ]) {
      assert.equal(
        reasonOf(() => decodeActionBody(type, Buffer.from(one))),
        'unsupported-media-type',
        type,
      );
    }
  });
  test('what the client direction writes is read', () => {
    const identifiers = [
      { kind: 'guid', value: guid },
      { kind: 'imei', value: '356938035643809' },
    ] as const;
    assert.deepEqual(decodeActionBody(xml, encodeActionBody(identifiers)), identifiers);
  });
});

suite('section 8.2: a message', () => {
  const order: MessageOrder = {
    identifiers: [{ kind: 'macaddress', value: 'A1B2C3D4E5F6' }],
    type: 'Alert',
    header: 'Update',
    body: 'Please update <now> & restart',
  };
  test('goes there and back', () =>
    assert.deepEqual(decodeMessageBody(xml, encodeMessageBody(order)), order));
  test('without a type it is an alert', () => {
    const body = Buffer.from(
      Buffer.from(encodeMessageBody(order)).toString().replace('<message_type>Alert</message_type>', ''),
    );
    assert.deepEqual(decodeMessageBody(xml, body), order);
  });
  test('without message, without text or with too much of it, it is refused', () => {
    assert.throws(() => decodeMessageBody(xml, encodeActionBody(order.identifiers)), DecodeError);
    assert.throws(
      () => decodeMessageBody(xml, encodeMessageBody({ ...order, header: '', body: '' })),
      DecodeError,
    );
    assert.equal(
      decodeMessageBody(xml, encodeMessageBody({ ...order, body: 'x'.repeat(4096) })).body.length,
      4096,
    );
    assert.equal(
      reasonOf(() => decodeMessageBody(xml, encodeMessageBody({ ...order, body: 'x'.repeat(4097) }))),
      'too-large',
    );
  });
});

suite('section 7: batch bodies', () => {
  const two = [
    { kind: 'macaddress', value: 'A1B2C3D4E5F6' },
    { kind: 'macaddress', value: 'A1B2C3D4E5F7' },
  ];
  const accepted: readonly [string, string, string][] = [
    [
      'values in the usual root',
      xml,
      '<ise_api><value>A1B2C3D4E5F6</value><value>a1b2c3d4e5f7</value></ise_api>',
    ],
    [
      'values in any root, nested',
      xml,
      '<x><list><value>A1B2C3D4E5F6</value></list><value>A1B2C3D4E5F7</value></x>',
    ],
    ['values separated by commas', xml, '<x><value>A1B2C3D4E5F6, A1B2C3D4E5F7</value></x>'],
    [
      'identifier elements',
      xml,
      '<x><macaddress>A1B2C3D4E5F6</macaddress><MacAddress>A1B2C3D4E5F7</MacAddress></x>',
    ],
    [
      'a form with repeated value',
      'application/x-www-form-urlencoded',
      'value=A1B2C3D4E5F6&value=A1:B2:C3:D4:E5:F7',
    ],
    ['a form with one value', 'application/x-www-form-urlencoded', 'value=A1B2C3D4E5F6%2CA1B2C3D4E5F7&x=1'],
    [
      'repetitions and misspellings are left out',
      xml,
      '<x><value>A1B2C3D4E5F6,A1B2C3D4E5F6,nonsense,A1B2C3D4E5F7</value></x>',
    ],
  ];
  for (const [name, type, body] of accepted) {
    test(name, () => assert.deepEqual(decodeBatch(type, Buffer.from(body), 'macaddress'), two));
  }
  test('plain values are of the kind asked for, named ones of their own', () => {
    const body = `<x><value>356938035643809</value><guid>${guid}</guid></x>`;
    assert.deepEqual(decodeBatch(xml, Buffer.from(body), 'imei'), [
      { kind: 'imei', value: '356938035643809' },
      { kind: 'guid', value: guid },
    ]);
  });
  test('what the client direction writes is read', () => {
    assert.deepEqual(decodeBatch(xml, encodeBatch(['A1B2C3D4E5F6', 'A1B2C3D4E5F7']), 'macaddress'), two);
  });
  test('ISE-05 at most 5,000 identifiers in at most 64 KiB', () => {
    // Short host names, because 5,000 addresses do not fit into 64 KiB.
    const names = (count: number) =>
      Buffer.from(`value=${Array.from({ length: count }, (_, index) => index.toString(36)).join(',')}`);
    const form = 'application/x-www-form-urlencoded';
    assert.equal(decodeBatch(form, names(mostIdentifiers), 'guidhn').length, mostIdentifiers);
    assert.equal(
      reasonOf(() => decodeBatch(form, names(mostIdentifiers + 1), 'guidhn')),
      'too-large',
    );
    const padded = (size: number) => Buffer.from(`<x><!--${' '.repeat(size - 14)}--></x>`);
    assert.equal(padded(requestLimits.maxBytes).length, requestLimits.maxBytes);
    assert.deepEqual(decodeBatch(xml, padded(requestLimits.maxBytes), 'macaddress'), []);
    assert.equal(
      reasonOf(() => decodeBatch(xml, padded(requestLimits.maxBytes + 1), 'macaddress')),
      'too-large',
    );
  });
  test('ISE-05 deep, expanding or endless XML is refused in no time', () => {
    const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(9)}">`).join(
      '',
    );
    const hostile = [
      `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]><x><value>&l9;</value></x>`,
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x><value>&e;</value></x>`,
      '<a>'.repeat(20_000),
      `<x>${'<value/>'.repeat(8000)}<y`,
      `<x ${Array.from({ length: 5000 }, (_, index) => `a${index}=""`).join(' ')}/>`,
    ];
    const startedAt = performance.now();
    for (const body of hostile)
      assert.notEqual(
        reasonOf(() => decodeBatch(xml, Buffer.from(body), 'macaddress')),
        'accepted',
        body.slice(0, 40),
      );
    assert.ok(performance.now() - startedAt < 500);
  });
});
