import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { ipv6Bytes, ipv6Text } from './addresses.ts';
import {
  attributeTable,
  attributeText,
  decodePacket,
  encodeAttribute,
  encodePacket,
  nameAttributes,
  packetName,
  parseAttribute,
  radiusLimits,
  readErrorCause,
  signRequest,
  signResponse,
  verifyRequest,
  verifyResponse,
} from './index.ts';
import { goldenPackets } from './testdata/packets.ts';

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const secret = Buffer.from('a secret that both know');

suite('packets that others made', () => {
  for (const golden of goldenPackets) {
    const bytes = bytesOf(golden.hex);
    const key = Buffer.from(golden.secret);
    test(`${golden.from}: reads, writes the same bytes again, and its proofs hold`, () => {
      const packet = decodePacket(bytes);
      assert.equal(packetName(packet.code), golden.name);
      const attributes = nameAttributes(packet.attributes);
      assert.deepEqual(
        attributes.map((attribute) => [attribute.name, attributeText(attribute)]),
        golden.attributes,
      );
      assert.deepEqual(encodePacket({ ...packet, attributes: attributes.map(encodeAttribute) }), bytes);
      if (golden.answers !== undefined) {
        const request = decodePacket(bytesOf(golden.answers));
        assert.ok(verifyResponse(bytes, request.authenticator, key));
        assert.ok(!verifyResponse(bytes, request.authenticator, secret));
      } else if (golden.name !== 'Access-Request') {
        assert.ok(verifyRequest(bytes, key));
        assert.ok(!verifyRequest(bytes, secret));
      }
    });
  }

  test('a request of ours is, byte for byte, the one that radclient signs', () => {
    for (const golden of goldenPackets.filter(({ from }) => from.startsWith('radclient'))) {
      const bytes = bytesOf(golden.hex);
      const { identifier, attributes } = decodePacket(bytes);
      const name = golden.name as 'CoA-Request';
      const key = Buffer.from(golden.secret);
      const own = attributes.filter(({ type }) => type !== 80);
      if (own.length === attributes.length) {
        assert.deepEqual(
          signRequest(name, identifier, own, { secret: key, messageAuthenticator: false }),
          bytes,
        );
      } else {
        // Ours has Message-Authenticator in front; it verifies by the very rule that accepts theirs.
        const signed = signRequest(name, identifier, own, { secret: key, messageAuthenticator: true });
        assert.equal(signed.length, bytes.length);
        assert.ok(verifyRequest(signed, key));
      }
    }
  });
});

test('RAD-01 an answer proves itself by its authenticator and by Message-Authenticator: any changed bit is noticed', () => {
  const attributes = [encodeAttribute({ name: 'Calling-Station-Id', value: 'AA-BB-CC-DD-EE-FF' })];
  for (const messageAuthenticator of [true, false]) {
    const request = signRequest('CoA-Request', 7, attributes, { secret, messageAuthenticator });
    const { authenticator } = decodePacket(request);
    const answer = signResponse(
      'CoA-NAK',
      { identifier: 7, authenticator },
      [encodeAttribute({ name: 'Error-Cause', value: 503 })],
      { secret, messageAuthenticator },
    );
    assert.ok(verifyResponse(answer, authenticator, secret));
    assert.ok(
      verifyResponse(Buffer.concat([answer, Buffer.from([1, 2, 3])]), authenticator, secret),
      'padding is not looked at',
    );
    for (let bit = 0; bit < answer.length * 8; bit += 1) {
      const forged = Buffer.from(answer);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let accepted: boolean;
      try {
        accepted = verifyResponse(forged, authenticator, secret);
      } catch (error) {
        assert.ok(error instanceof DecodeError);
        accepted = false;
      }
      assert.equal(accepted, false, `bit ${bit}`);
    }
  }
});

test('a Message-Authenticator is right with the authenticator field zero in requests: what a common library gets wrong', () => {
  const request = signRequest('Disconnect-Request', 1, [], { secret, messageAuthenticator: true });
  assert.ok(verifyRequest(request, secret));
  const [mine] = decodePacket(request).attributes;
  assert.equal(mine?.type, 80, 'it stands first');
  const twice = decodePacket(request);
  const doubled = encodePacket({ ...twice, attributes: [...twice.attributes, ...twice.attributes] });
  assert.ok(!verifyRequest(doubled, secret));
});

test('attributes by name: words for numbers, tags, vendors, and bytes for what is not of its kind', () => {
  assert.deepEqual(parseAttribute('Acct-Status-Type', 'Stop'), { name: 'Acct-Status-Type', value: 2 });
  assert.deepEqual(parseAttribute('Session-Timeout', '60'), { name: 'Session-Timeout', value: 60 });
  assert.deepEqual(parseAttribute('Tunnel-Type', 'VLAN'), { name: 'Tunnel-Type', value: 13 });
  for (const [name, text] of [
    ['Session-Timeout', 'soon'],
    ['Session-Timeout', '4294967296'],
    ['NAS-IP-Address', '192.0.2'],
    ['NAS-IPv6-Address', 'fe80::1%eth0'],
    ['Filter-Id', 'x'.repeat(254)],
    ['No-Such-Attribute', '1'],
  ] as const) {
    assert.throws(
      () => parseAttribute(name, text),
      (error) => error instanceof DecodeError && error.path === name,
    );
  }
  const odd = [
    { name: 'NAS-IP-Address', value: Uint8Array.of(1, 2, 3) },
    { name: 'User-Name', value: Uint8Array.of(0xff, 0xfe) },
    { name: 'Vendor-4711-Attr-9', value: Uint8Array.of(1) },
    { name: 'Attr-200', value: Uint8Array.of(1) },
    { name: 'Tunnel-Private-Group-Id', value: '20' },
    { name: 'Tunnel-Private-Group-Id', value: '20', tag: 3 },
    { name: 'Vendor-Specific', value: Uint8Array.of(0, 0, 0, 9, 1, 200, 65) },
  ];
  assert.deepEqual(nameAttributes(odd.map(encodeAttribute)), odd);
});

test('IPv6 addresses read and write as RFC 5952 says', () => {
  for (const text of [
    '::',
    '::1',
    '2001:db8::a',
    '2001:db8:0:1:1:1:1:1',
    'fe80::1:0:0:1',
    '1::',
    '2001:0:0:1::1',
  ])
    assert.equal(ipv6Text(ipv6Bytes(text) ?? new Uint8Array()), text);
  assert.equal(ipv6Text(ipv6Bytes('::ffff:192.0.2.1') ?? new Uint8Array()), '::ffff:c000:201');
});

test('what an Error-Cause means for the sender', () => {
  assert.deepEqual(readErrorCause(503), { name: 'Session-Context-Not-Found', meaning: 'session-gone' });
  for (const number of [402, 403, 404, 407])
    assert.equal(readErrorCause(number).meaning, 'configuration', String(number));
  assert.equal(readErrorCause(506).meaning, 'again');
  assert.equal(readErrorCause(999).meaning, 'refused');
  assert.equal(readErrorCause(undefined).meaning, 'refused');
});

test('limits: 4,096 bytes and 200 attributes, at the limit and one more', () => {
  const filler = { type: 25, value: new Uint8Array(0) };
  const packet = { code: 43, identifier: 0, authenticator: new Uint8Array(16) };
  const many = (count: number) =>
    encodePacket({ ...packet, attributes: Array.from({ length: count }, () => filler) });
  assert.equal(decodePacket(many(radiusLimits.attributes)).attributes.length, radiusLimits.attributes);
  assert.throws(() => decodePacket(many(radiusLimits.attributes + 1)), DecodeError);
  const value = new Uint8Array(253);
  const big = Array.from({ length: 15 }, () => ({ type: 25, value }));
  const rest = radiusLimits.packetBytes - 20 - 15 * 255 - 2;
  const full = [...big, { type: 25, value: new Uint8Array(rest) }];
  assert.equal(encodePacket({ ...packet, attributes: full }).length, radiusLimits.packetBytes);
  assert.throws(
    () => encodePacket({ ...packet, attributes: [...big, { type: 25, value: new Uint8Array(rest + 1) }] }),
    RangeError,
  );
  const lying = Buffer.alloc(5_000);
  lying.writeUInt16BE(4_097, 2);
  assert.throws(() => decodePacket(lying), /at length/);
});

test('any attributes of the table survive a packet', () => {
  const attribute = fc.constantFrom(...attributeTable).chain((row) => {
    const make = (value: fc.Arbitrary<string | number | Uint8Array>) =>
      value.map((made) => ({ name: row.name, value: made }));
    switch (row.kind) {
      case 'text':
        return make(fc.string({ maxLength: 40, unit: 'binary' }));
      case 'tagged-text':
        return make(fc.string({ maxLength: 40, minLength: 1 }));
      case 'integer':
      case 'time':
        return make(fc.nat(0xffffffff));
      case 'tagged-integer':
        return make(fc.nat(0xffffff));
      case 'ipv4':
        return make(fc.ipV4());
      case 'ipv6':
        return make(fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6Text));
      default:
        return make(fc.uint8Array({ maxLength: 40 }));
    }
  });
  fc.assert(
    fc.property(fc.array(attribute, { maxLength: 40 }), fc.nat(255), (attributes, identifier) => {
      const bytes = signRequest('CoA-Request', identifier, attributes.map(encodeAttribute), {
        secret,
        messageAuthenticator: false,
      });
      assert.deepEqual(nameAttributes(decodePacket(bytes).attributes), attributes);
    }),
  );
});
