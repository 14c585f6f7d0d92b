import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { commitmentOf, newSalt, opensCommitment, saltBytes } from './commitment.ts';

test('a commitment is SHA-256 of salt and value', () => {
  const salt = new Uint8Array(saltBytes).fill(7);
  const expected = createHash('sha256')
    .update(Buffer.concat([salt, Buffer.from('Zoë')]))
    .digest('hex');
  assert.equal(commitmentOf(salt, 'Zoë'), expected);
});

test('only the same salt and value open it', () => {
  const salt = newSalt();
  const commitment = commitmentOf(salt, 'ann@acme.example');
  assert.ok(opensCommitment(commitment, salt, 'ann@acme.example'));
  assert.ok(!opensCommitment(commitment, salt, 'bob@acme.example'));
  assert.ok(!opensCommitment(commitment, newSalt(), 'ann@acme.example'));
  assert.ok(!opensCommitment('', salt, 'ann@acme.example'));
});

test('bytes cannot move between salt and value', () => {
  assert.throws(() => commitmentOf(new Uint8Array(saltBytes - 1), 'x'), RangeError);
  assert.ok(!opensCommitment('0'.repeat(64), new Uint8Array(saltBytes + 1), 'x'));
});
