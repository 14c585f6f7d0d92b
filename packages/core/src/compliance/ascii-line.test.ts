import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asciiLine } from './ascii-line.ts';

test('what people write is told to peers that know one alphabet', () => {
  assert.equal(
    asciiLine('Das Gerät ist außerhalb von „Zürich – Höngg“ …', 100),
    'Das Gerat ist ausserhalb von "Zurich - Hongg" ...',
  );
  assert.equal(asciiLine('工場 (plant)', 100), '?? (plant)');
  assert.equal(asciiLine('a\nb\u202ec', 100), 'a?b?c');
});

test('any text becomes printable ASCII of at most the length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const line = asciiLine(text, 255);
      assert.match(line, /^[ -~]*$/);
      assert.ok(line.length <= 255);
    }),
  );
});
