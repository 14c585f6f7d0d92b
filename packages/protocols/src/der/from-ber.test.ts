import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { berLimits, derFromBer } from './from-ber.ts';
import { derLimits } from './read-der.ts';
import { octetString, sequence, unsignedInteger } from './write-der.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const convert = (hex: string, limit = 4096) =>
  Buffer.from(derFromBer(bytes(hex), 'value', limit)).toString('hex');
const refused = (input: Uint8Array, limit = 1 << 20): DecodeError => {
  try {
    derFromBer(input, 'value', limit);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'accepted' });
};

test('indefinite lengths become definite, octet strings in pieces become whole (X.690, sections 8.1.3.6, 8.7.3)', () => {
  assert.equal(convert('30 80 02 01 05 00 00'), '3003020105');
  assert.equal(convert('30 80 30 80 02 01 05 00 00 00 00'), '30053003020105');
  assert.equal(convert('24 80 04 02 0102 04 01 03 00 00'), '0403010203');
  assert.equal(convert('24 08 24 03 04 01 01 04 01 02'), '04020102', 'pieces of pieces');
  assert.equal(convert('24 80 00 00'), '0400');
  assert.equal(convert('a0 80 24 80 04 01 ff 00 00 00 00'), 'a0030401ff');
});

test('lengths that are longer than they must be become minimal (X.690, section 10.1)', () => {
  assert.equal(convert('30 81 03 02 01 05'), '3003020105');
  assert.equal(convert('30 84 00 00 00 04 02 81 01 05'), '3003020105');
});

test('what is DER already is handed back as it is, without a copy', () => {
  const der = sequence(unsignedInteger(5), octetString(Buffer.alloc(300)));
  assert.equal(derFromBer(der, 'value', 4096), der);
});

test('an error says where in the input it lies', () => {
  assert.equal(refused(bytes('30 80 02 01 05')).offset, 5, 'no end');
  assert.equal(refused(bytes('30 80 04 80 00 00 00 00')).offset, 2, 'a primitive value has a length');
  assert.equal(refused(bytes('30 80 02 05 05 00 00')).offset, 2, 'past the container');
  assert.equal(refused(bytes('30 80 00 00 00')).offset, 4, 'behind the end');
  assert.equal(refused(bytes('24 80 02 01 05 00 00')).reason, 'malformed', 'a piece that is no octet string');
  assert.equal(refused(bytes('30 85 00 00 00 00 00')).offset, 1, 'a length of five bytes');
  assert.equal(refused(bytes('3f 80 00 00')).reason, 'malformed', 'a high tag number');
  assert.equal(refused(bytes('00 00')).reason, 'malformed', 'an end without a beginning');
  assert.equal(refused(new Uint8Array()).reason, 'malformed');
});

test('SCEP-06 BER bombs: nesting without end, lengths of 2^31, values without number are refused at their limits, at once', () => {
  const nested = (depth: number) =>
    Buffer.concat([Buffer.from('3080'.repeat(depth), 'hex'), Buffer.from('0000'.repeat(depth), 'hex')]);
  assert.doesNotThrow(() => derFromBer(nested(derLimits.depth), 'value', 4096));
  assert.equal(refused(nested(derLimits.depth + 2)).reason, 'too-large');
  const began = performance.now();
  assert.equal(refused(nested(100_000)).reason, 'too-large');
  assert.ok(refused(bytes('30 84 80000000 02 01 05')) instanceof DecodeError);
  assert.ok(refused(bytes('30 80 04 84 7fffffff 00')) instanceof DecodeError);
  const many = (count: number) =>
    Buffer.concat([bytes('30 80'), Buffer.alloc(count * 2, Buffer.of(5, 0)), bytes('00 00')]);
  assert.doesNotThrow(() => derFromBer(many(berLimits.values - 1), 'value', 1 << 20));
  assert.equal(refused(many(berLimits.values)).reason, 'too-large');
  assert.equal(refused(Buffer.alloc(65_537), 65_536).reason, 'too-large');
  const pieces = Buffer.concat([
    bytes('24 80'),
    Buffer.alloc(60_000, Buffer.from('0400', 'hex')),
    bytes('00 00'),
  ]);
  assert.equal(refused(pieces).reason, 'too-large');
  assert.ok(performance.now() - began < 500, 'in bounded time');
});

test('any DER written in BER comes back, whatever the sender’s style', () => {
  interface Node {
    readonly children?: readonly Node[];
    readonly content?: Uint8Array;
  }
  const tree = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.uint8Array({ maxLength: 40 }).map((content): Node => ({ content })),
      fc.array(tie('node'), { maxLength: 4 }).map((children): Node => ({ children })),
    ),
  })).node;
  const der = (node: Node): Uint8Array =>
    node.children ? sequence(...node.children.map(der)) : octetString(node.content ?? new Uint8Array());
  const ber = (node: Node): Buffer => {
    const end = Buffer.of(0, 0);
    if (node.children) return Buffer.concat([Buffer.of(0x30, 0x80), ...node.children.map(ber), end]);
    const content = Buffer.from(node.content ?? []);
    const half = content.length >> 1;
    return Buffer.concat([
      Buffer.of(0x24, 0x80),
      octetString(content.subarray(0, half)),
      octetString(content.subarray(half)),
      end,
    ]);
  };
  fc.assert(
    fc.property(tree, (node) => {
      assert.deepEqual(Buffer.from(derFromBer(ber(node), 'value', 1 << 20)), Buffer.from(der(node)));
    }),
    { numRuns: 200 },
  );
});
