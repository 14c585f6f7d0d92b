import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whenFirstUsed } from './when-first-used.ts';

test('a function is made by its first call and used by all; making that fails is tried again', () => {
  let attempts = 0;
  const add = whenFirstUsed(() => {
    attempts += 1;
    if (attempts === 1) throw new Error('not yet');
    return (a: number, b: number) => a + b;
  });
  assert.equal(attempts, 0);
  assert.throws(() => add(1, 2), /not yet/);
  assert.equal(add(1, 2), 3);
  assert.equal(add(3, 4), 7);
  assert.equal(attempts, 2);
});
