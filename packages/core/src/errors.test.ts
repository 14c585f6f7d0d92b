import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError, errorCodes, isDomainError } from './errors.ts';

test('every error code has a client or server status and a title', () => {
  for (const [code, { status, title }] of Object.entries(errorCodes)) {
    assert.ok(status >= 400 && status < 600, code);
    assert.match(title, /^[A-Z]/, code);
  }
});

test('only errors that time can mend are retryable', () => {
  const retryable = Object.entries(errorCodes).flatMap(([code, traits]) => (traits.retryable ? [code] : []));
  assert.deepEqual(retryable, ['too-many-requests', 'unavailable', 'storage-full']);
});

test('a domain error carries its status, reason and detail, and keeps its cause apart from the message', () => {
  const cause = new Error('password hunter2');
  const error = new DomainError('conflict', 'There is one already.', {
    reason: 'slug-taken',
    detail: { slug: 'acme' },
    cause,
  });
  assert.equal(error.status, 409);
  assert.equal(error.reason, 'slug-taken');
  assert.deepEqual(error.detail, { slug: 'acme' });
  assert.equal(error.cause, cause);
  assert.doesNotMatch(error.message, /hunter2/);
  assert.ok(isDomainError(error));
  assert.ok(isDomainError(error, 'conflict'));
  assert.ok(!isDomainError(error, 'gone'));
  assert.ok(!isDomainError(new Error('other')));
});
