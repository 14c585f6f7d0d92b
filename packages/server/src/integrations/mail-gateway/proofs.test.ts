import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProofs, proofLifeMs } from './proofs.ts';

const now = Date.UTC(2026, 10, 22);

test('EAS-T08 what was right is remembered for five minutes, under a key of this process alone', () => {
  const proofs = createProofs();
  const key = proofs.keyOf('ann', 'secret word');
  assert.doesNotMatch(key, /secret/);
  assert.notEqual(key, createProofs().keyOf('ann', 'secret word'));
  assert.notEqual(key, proofs.keyOf('anns', 'ecret word'));
  const proof = proofs.remember(key, 's 1', now);
  assert.ok(proofs.isLive(proofs.find(key), 's 1', now, null));
  assert.ok(proofs.isLive(proof, 's 1', now + proofLifeMs - 1, null));
  assert.ok(!proofs.isLive(proof, 's 1', now + proofLifeMs, null));
  assert.ok(!proofs.isLive(proof, 's 2', now, null), 'the mail server is another');
  assert.ok(!proofs.isLive(proof, 's 1', now - 1, null), 'the clock was set back');
});

test('EAS-T08 a refusal of the mail server and another password end it at once', () => {
  const proofs = createProofs();
  const key = proofs.keyOf('ann', 'secret word');
  const proof = proofs.remember(key, 's 1', now);
  assert.ok(proofs.isLive(proof, 's 1', now + 10, now));
  assert.ok(!proofs.isLive(proof, 's 1', now + 10, now + 1));
  assert.ok(proofs.wasRight(key, now + proofLifeMs));
  proofs.forget(key);
  assert.ok(!proofs.isLive(proof, 's 1', now, null));
  assert.ok(!proofs.wasRight(key, now));
  assert.equal(proofs.size, 0);
});
