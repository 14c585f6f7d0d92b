import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRings } from './rings.ts';

test('rings are a rising row of shares that ends with everybody', () => {
  assert.deepEqual(readRings('5, 25 100 %'), [5, 25, 100]);
  assert.deepEqual(readRings('100'), [100]);
  for (const text of ['', '5, 25', '25, 5, 100', '0, 100', '5, 5, 100', 'x, 100', '1.5, 100', '5, 101'])
    assert.equal(readRings(text), undefined, text);
});
