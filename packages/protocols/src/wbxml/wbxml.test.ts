import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import {
  decodeWbxml,
  decodeWbxmlBeginning,
  element,
  encodeWbxml,
  inspectedLimits,
  relayedLimits,
  textOf,
  type WbxmlElement,
  WbxmlPeek,
  WbxmlStreamReader,
} from './index.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
const header = '03 01 6a 00';
const refused = (input: Uint8Array, reason: string) =>
  assert.throws(
    () => decodeWbxml(input),
    (error) => error instanceof DecodeError && error.reason === reason,
    reason,
  );

const anyText = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\u0000', '.'));
const anyBytes = fc.uint8Array({ maxLength: 20 });
const anyTag = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 5, max: 0x3f }))
  .map(([page, token]) => page * 256 + token);
const tree = fc.letrec<{ node: WbxmlElement }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    anyTag.map((tag) => element(tag)),
    fc
      .tuple(anyTag, fc.array(fc.oneof(anyText, anyBytes, tie('node')), { maxLength: 4 }))
      .map(([tag, children]) => element(tag, ...children)),
  ),
})).node;

test('a document of the specification, with its page switch, reads and writes byte for byte', () => {
  const sample = bytes(`${header} 45 5c 4f 4b 03 32 00 01 00 11 45 46 03 31 00 01 01 00 00 13 01 01 01`);
  const root = decodeWbxml(sample);
  assert.deepEqual(
    root,
    element(
      0x0005,
      element(
        0x001c,
        element(0x000f, element(0x000b, '2'), element(0x1105, element(0x1106, '1')), element(0x0013)),
      ),
    ),
  );
  assert.deepEqual(new Uint8Array(encodeWbxml(root)), sample);
});

test('every tree, of pages and tokens that nobody knows too, is written and reads the same', () => {
  fc.assert(fc.property(tree, (root) => assert.deepEqual(decodeWbxml(encodeWbxml(root)), root)));
});

test('what is written canonically is written again byte for byte', () => {
  fc.assert(
    fc.property(tree, (root) => {
      const written = encodeWbxml(root);
      assert.deepEqual(encodeWbxml(decodeWbxml(written)), written);
    }),
  );
});

test('an empty element may have the content bit and END, and a page may be switched to twice', () => {
  assert.deepEqual(decodeWbxml(bytes(`${header} 00 07 56 4c 01 01`)), element(0x0716, element(0x070c)));
  assert.deepEqual(
    decodeWbxml(bytes(`${header} 00 01 00 07 56 00 07 0c 01`)),
    element(0x0716, element(0x070c)),
  );
});

test('the page stays selected across END', () => {
  const root = decodeWbxml(bytes(`${header} 45 00 0e 46 01 07 01`));
  assert.deepEqual(root, element(0x0005, element(0x0e06), element(0x0e07)));
});

test('string tables and entities are read; they are written as inline strings', () => {
  const root = decodeWbxml(bytes('03 01 6a 08 61 62 00 c3 a9 63 64 00 45 83 00 83 03 02 83 74 02 e0 00 01'));
  assert.deepEqual(root, element(0x05, 'ab', 'écd', '\u01f4', '\u3000'));
  assert.deepEqual(encodeWbxml(element(0x05, 'ab')), Buffer.from(bytes(`${header} 45 03 61 62 00 01`)));
  // A public id by name, version 1.1, and version 1.0, which names no character set.
  assert.deepEqual(decodeWbxml(bytes('01 00 00 6a 02 41 00 45 83 00 01')), element(0x05, 'A'));
  assert.deepEqual(decodeWbxml(bytes('00 01 00 05')), element(0x05));
});

suite('what is refused, and as what', () => {
  const cases: readonly (readonly [what: string, hex: string, reason: string])[] = [
    ['nothing', '', 'truncated'],
    ['XML', '3c 3f 78 6d 6c', 'bad-version'],
    ['another character set', '03 01 04 00 05', 'bad-charset'],
    ['a LITERAL tag', '03 01 6a 02 41 00 04 00', 'forbidden-construct'],
    ['a LITERAL_AC tag', '03 01 6a 02 41 00 c4 00', 'forbidden-construct'],
    ['a processing instruction', `${header} 43`, 'forbidden-construct'],
    ['an extension', `${header} 45 40 41 00`, 'forbidden-construct'],
    ['an extension by number', `${header} 45 81 00`, 'forbidden-construct'],
    ['an extension of one byte', `${header} 45 c2`, 'forbidden-construct'],
    ['attributes', `${header} c5 05 01 01`, 'forbidden-construct'],
    ['a string that is not in the table', `${header} 45 83 00 01`, 'bad-value'],
    ['a string of the table without end', '03 01 6a 01 41 45 83 00 01', 'bad-value'],
    ['a string of the table that is not UTF-8', '03 01 6a 02 ff 00 45 83 00 01', 'bad-value'],
    ['a string that is not UTF-8', `${header} 45 03 ff 00 01`, 'bad-value'],
    ['a string that ends within a character', `${header} 45 03 c3 00 01`, 'bad-value'],
    ['the character 0', `${header} 45 02 00 01`, 'bad-value'],
    ['half a surrogate pair', `${header} 45 02 83 b0 00 01`, 'bad-value'],
    ['a character beyond Unicode', `${header} 45 02 84 80 80 80 00 01`, 'bad-value'],
    ['text outside of the root', `${header} 03 41 00 05`, 'malformed'],
    ['opaque data outside of the root', `${header} c3 01 41 05`, 'malformed'],
    ['END before the root', `${header} 01`, 'malformed'],
    ['a second root', `${header} 05 05`, 'trailing-bytes'],
    ['bytes behind the document', `${header} 05 00`, 'trailing-bytes'],
  ];
  for (const [what, hex, reason] of cases) test(what, () => refused(bytes(hex), reason));
});

test('EAS-T07 a document that ends early is refused at every byte, whole or in pieces', () => {
  const whole = encodeWbxml(
    element(0x0716, element(0x070c, 'é1'), element(0x1105, Buffer.from([1, 2, 3])), element(0xfe3f)),
  );
  for (let length = 0; length < whole.length; length += 1) refused(whole.subarray(0, length), 'truncated');
});

test('EAS-T07 nesting stops at 32', () => {
  const nested = (depth: number) => bytes(`${header} ${'45'.repeat(depth)} ${'01'.repeat(depth)}`);
  assert.doesNotThrow(() => decodeWbxml(nested(inspectedLimits.maxDepth)));
  refused(nested(inspectedLimits.maxDepth + 1), 'too-deep');
  assert.equal(inspectedLimits.maxDepth, 32);
});

test('EAS-T07 tokens stop at 50,000', () => {
  const many = (tokens: number) => bytes(`${header} 45 ${'06'.repeat(tokens - 2)} 01`);
  assert.equal(inspectedLimits.maxTokens, 50_000);
  assert.doesNotThrow(() => decodeWbxml(many(inspectedLimits.maxTokens)));
  refused(many(inspectedLimits.maxTokens + 1), 'too-large');
  // Switching pages back and forth is work too.
  refused(bytes(`${header} ${'0001'.repeat(50_001)} 05`), 'too-large');
});

test('EAS-T07 a document stops at 1 MiB, opaque data too, and what is only announced takes no memory', () => {
  assert.deepEqual([inspectedLimits.maxBytes, inspectedLimits.maxOpaque], [1024 * 1024, 1024 * 1024]);
  const text = (length: number) => encodeWbxml(element(5, 'x'.repeat(length - 8)));
  assert.doesNotThrow(() => decodeWbxml(text(inspectedLimits.maxBytes)));
  refused(text(inspectedLimits.maxBytes + 1), 'too-large');
  // mb_u_int32 of 1 MiB is c0 80 00; one more is c0 80 01.
  refused(bytes(`${header} 45 c3 c0 80 00`), 'truncated');
  refused(bytes(`${header} 45 c3 c0 80 01`), 'too-large');
  refused(bytes(`${header} 45 c3 8f ff ff ff 7f`), 'too-large');
});

test('EAS-T07 string tables stop at 4 KiB', () => {
  const table = (length: number, announced: string) =>
    Buffer.concat([bytes(`03 01 6a ${announced}`), Buffer.alloc(length, 0x41), bytes('05')]);
  assert.equal(inspectedLimits.maxStringTable, 4096);
  assert.doesNotThrow(() => decodeWbxml(table(4096, 'a0 00')));
  refused(table(4097, 'a0 01'), 'too-large');
});

test('EAS-T07 a number has at most five bytes and 32 bits', () => {
  assert.deepEqual(decodeWbxml(bytes(`${header} 45 c3 80 80 80 80 01 41 01`)), element(5, bytes('41')));
  refused(bytes(`${header} 45 c3 80 80 80 80 80 01 41 01`), 'overflow');
  refused(bytes(`${header} 45 c3 90 80 80 80 00 01`), 'overflow');
  refused(bytes(`03 01 6a ff ff ff ff 7f 05`), 'overflow');
});

test('an error says where: the offset, and the path in hex or in the names that it is given', () => {
  const broken = bytes(`${header} 00 07 56 4c 03 ff 00 01 01`);
  assert.throws(() => decodeWbxml(broken), { path: '07:16/07:0c', offset: 9 });
  const nameOf = (tag: number) => (tag === 0x0716 ? 'FolderSync' : undefined);
  assert.throws(() => decodeWbxml(broken, { nameOf }), { path: 'FolderSync/07:0c' });
});

test('read in pieces of any size, a document tells the same', () => {
  fc.assert(
    fc.property(
      tree,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
      (root, sizes) => {
        const whole = encodeWbxml(root);
        const reader = new WbxmlStreamReader();
        const told: string[] = [];
        let text = '';
        let data: number[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          for (const event of reader.push(whole.subarray(at, at + size))) {
            if (event.kind === 'text') text += event.text;
            else if (event.kind === 'opaque') data.push(...event.bytes);
            else told.push(`${event.kind} ${event.tag}`);
            if (event.kind === 'text' && event.last) told.push(`text ${JSON.stringify(text)}`);
            if (event.kind === 'opaque' && event.last) told.push(`opaque ${data.join()}`);
            if ('last' in event && event.last) [text, data] = ['', []];
          }
          at += size;
        }
        reader.finish();
        assert.deepEqual(told, [...tell(root)]);
      },
    ),
  );
});

function* tell(node: WbxmlElement): Generator<string> {
  yield `open ${node.tag}`;
  for (const child of node.children) {
    if (typeof child === 'string') yield `text ${JSON.stringify(child)}`;
    else if (child instanceof Uint8Array) yield `opaque ${child.join()}`;
    else yield* tell(child);
  }
  yield `close ${node.tag}`;
}

test('a stream that is only looked at names root and values early, and keeps nothing of 60 MiB behind them', async () => {
  const peek = new WbxmlPeek();
  peek.push(bytes(header));
  assert.equal(peek.root, undefined);
  peek.push(bytes('00 15 45'));
  assert.equal(peek.root, 0x1505);
  peek.push(bytes('51 03 31'));
  peek.push(bytes('32 00 01 08'));
  assert.deepEqual(
    [...peek.values],
    [
      [0x1511, '12'],
      [0x1508, ''],
    ],
  );
  const megabyte = Buffer.alloc(1024 * 1024, 0x41);
  // Opaque data of 60 MiB is 0x3c00000: 9e 80 80 00 in groups of seven bits.
  peek.push(bytes('50 c3 9e 80 80 00'));
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 60; count += 1) peek.push(Buffer.from(megabyte));
  // Buffers are given back behind a collection, by another thread.
  const kept = () => process.memoryUsage().arrayBuffers - before;
  for (let round = 0; round < 50 && kept() >= 4 * 1024 * 1024; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(kept() < 4 * 1024 * 1024, `${kept()} bytes`);
  assert.equal(peek.isComplete, false);
  peek.push(bytes('01 01'));
  assert.equal(peek.isComplete, true);
  assert.equal(peek.values.get(0x1510), '');
});

test('of a value in pieces the peek keeps the beginning, of a nested element nothing', () => {
  const peek = new WbxmlPeek();
  const root = element(
    0x05,
    element(0x0e, Buffer.from('1')),
    element(0x1c, element(0x0e, 'deep')),
    element(0x0b, 'k'.repeat(1000)),
    element(0x0e, 'second'),
  );
  for (const byte of encodeWbxml(root)) peek.push(Uint8Array.of(byte));
  assert.deepEqual(
    [...peek.values],
    [
      [0x0e, '1'],
      [0x1c, ''],
      [0x0b, 'k'.repeat(256)],
    ],
  );
  assert.throws(() => peek.push(bytes('00')), DecodeError);
});

test('EAS-T07 a relayed stream stops at 64 MiB', () => {
  assert.equal(relayedLimits.maxBytes, 64 * 1024 * 1024);
  const peek = new WbxmlPeek({ limits: { ...relayedLimits, maxBytes: 100 } });
  peek.push(bytes(`${header} 45 03`));
  peek.push(Buffer.alloc(94, 0x41));
  assert.throws(() => peek.push(bytes('41')), /limit of 100/);
});

test('of a document that breaks off, what came is there, without the value that is cut', () => {
  const whole = encodeWbxml(element(0x0e05, element(0x0e0b, '1'), element(0x0e0c), element(0x0e0b, '23')));
  assert.deepEqual(decodeWbxmlBeginning(whole), { root: decodeWbxml(whole), isComplete: true });
  assert.deepEqual(decodeWbxmlBeginning(whole.subarray(0, -4)), {
    root: element(0x0e05, element(0x0e0b, '1'), element(0x0e0c), element(0x0e0b)),
    isComplete: false,
  });
  assert.throws(() => decodeWbxmlBeginning(bytes(header)), { reason: 'truncated' });
});

test('what WBXML cannot say: NUL and half a surrogate pair become U+FFFD, a tag without number is a programming error', () => {
  assert.equal(textOf(decodeWbxml(encodeWbxml(element(5, 'a\u0000b\ud800')))), 'a\ufffdb\ufffd');
  for (const tag of [0, 4, 0x40, 0xff, 0x10005, -1, 5.5, Number.NaN])
    assert.throws(() => encodeWbxml(element(tag)), TypeError);
  assert.throws(() => textOf(element(5, Buffer.from([0xff]))), DecodeError);
});
