import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifeChoices, tokenStanding } from './token-standing.ts';

test('a token is valid until it expires or is revoked', () => {
  const expiresAt = '2026-01-02T00:00:00Z';
  assert.equal(tokenStanding({ expiresAt }, Date.parse('2026-01-01')), 'valid');
  assert.equal(tokenStanding({ expiresAt }, Date.parse('2026-01-03')), 'expired');
  assert.equal(tokenStanding({ expiresAt, revokedAt: expiresAt }, 0), 'revoked');
});

test('no life is offered that the organization does not allow', () => {
  assert.deepEqual(lifeChoices(30), [86_400, 7 * 86_400, 30 * 86_400]);
  assert.equal(lifeChoices(366).at(-1), 366 * 86_400);
});
