import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factValue, type ValueWords } from './fact-value.ts';

const words: ValueWords = { yes: 'yes', no: 'no', none: 'none', entries: (count) => `${count} entries` };

test('values read as people say them, whatever a device has stated', () => {
  assert.equal(factValue(true, null, words).line, 'yes');
  assert.equal(factValue(0, 'seconds', words).line, '0 s');
  assert.match(factValue(64_000_000_000, 'bytes', words).line, /64 GB/);
  assert.deepEqual(factValue([], null, words), { line: 'none' });
  const list = factValue([{ name: 'eth0', mac: '00:11', up: false, other: '' }], null, words);
  assert.deepEqual([list.line, list.entries], ['1 entries', ['eth0 · 00:11 · no']]);
  assert.equal(
    factValue(
      Array.from({ length: 900 }, () => 'x'),
      null,
      words,
    ).entries?.length,
    50,
  );
  assert.equal(factValue('<b>', null, words).line, '<b>');
});
