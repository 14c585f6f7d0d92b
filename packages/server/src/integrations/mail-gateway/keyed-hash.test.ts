import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createKeyedHash } from './keyed-hash.ts';

test('it is HMAC-SHA-256, for every length of key and text', () => {
  for (const size of [0, 1, 20, 32, 63, 64]) {
    const key = randomBytes(size);
    const hashOf = createKeyedHash(key);
    for (const text of ['', 'a', 'grün', 'x'.repeat(55), 'x'.repeat(64), 'x'.repeat(10_000)])
      assert.equal(hashOf(text), createHmac('sha256', key).update(text).digest('base64'));
  }
  assert.throws(() => createKeyedHash(randomBytes(65)), RangeError);
});
