import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { beginningOf } from './list-beginning.ts';

test('a list begins at the first whose name begins so, from whichever end one comes', () => {
  assert.deepEqual(beginningOf('name', ' An'), ['an', '0']);
  assert.deepEqual(beginningOf('-name', 'An'), ['an\u{10ffff}', '9223372036854775807']);
  assert.deepEqual(beginningOf('owner', 'Zoë'), ['zoe', '0']);
  assert.deepEqual(beginningOf('-seen', '2026-11-20T10:00:00Z'), ['2026-11-20T10:00:00.000Z', '0']);
});

test('other orders have no place to begin at', () => {
  for (const [sort, from] of [
    ['seen', 'yesterday'],
    ['standing', 'bad'],
  ] as const)
    assert.throws(
      () => beginningOf(sort, from),
      (error) => isDomainError(error, 'invalid-input'),
    );
});
