import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apnsReasons, readAnswer } from './answers.ts';

const now = Date.UTC(2026, 5, 1);
const body = (reason: string, more = {}) => JSON.stringify({ reason, ...more });

test('every reason that Apple documents has a class', () => {
  for (const [reason, expected] of Object.entries(apnsReasons))
    assert.equal(readAnswer(400, undefined, body(reason), now).class, expected, reason);
});

test('the classes are those of the statuses that Apple sends the reasons with', () => {
  const classes = [
    [200, '', 'accepted'],
    [410, body('Unregistered', { timestamp: 1_700_000_000_000 }), 'dead-token'],
    [410, body('ExpiredToken'), 'dead-token'],
    [400, body('BadDeviceToken'), 'token-mismatch'],
    [400, body('IdleTimeout'), 'idle'],
    [403, body('BadCertificate'), 'certificate-refused'],
    [403, body('MissingProviderToken'), 'certificate-refused'],
    [413, body('PayloadTooLarge'), 'request-refused'],
    [429, body('TooManyRequests'), 'throttled'],
    [503, body('ServiceUnavailable'), 'apple-trouble'],
    [503, body('Shutdown'), 'apple-trouble'],
  ] as const;
  for (const [status, text, expected] of classes)
    assert.equal(readAnswer(status, undefined, text, now).class, expected, `${status} ${text}`);
  assert.equal(readAnswer(410, undefined, classes[1][1], now).since, 1_700_000_000_000);
});

test('a reason newer than the table is judged by its status', () => {
  const classOf = (status: number) => readAnswer(status, undefined, body('SomethingNew'), now).class;
  assert.deepEqual([400, 403, 410, 418, 429, 500, 502].map(classOf), [
    'request-refused',
    'certificate-refused',
    'dead-token',
    'request-refused',
    'throttled',
    'apple-trouble',
    'apple-trouble',
  ]);
});

test('Retry-After is read as seconds and as a date, and never for longer than a day', () => {
  const wait = (text: string) => readAnswer(429, text, '', now).retryAfterMs;
  assert.equal(wait('120'), 120_000);
  assert.equal(wait(new Date(now + 30_000).toUTCString()), 30_000);
  assert.equal(wait('999999999'), 86_400_000);
  assert.equal(wait(new Date(now - 30_000).toUTCString()), 0);
  assert.equal(wait('soon'), undefined);
});

test('whatever comes as an answer is read without a fault', () => {
  const someJson = fc.json().map((text) => text);
  fc.assert(
    fc.property(
      fc.integer({ min: 201, max: 599 }),
      fc.oneof(fc.string(), someJson),
      fc.string(),
      (s, b, r) => {
        const answer = readAnswer(s, r, b, now);
        assert.match(answer.reason, /^(?:[A-Za-z]{1,64}|status \d+)$/);
        assert.notEqual(answer.class, 'accepted');
      },
    ),
  );
  assert.equal(readAnswer(400, undefined, '{"reason":"__proto__"}', now).reason, 'status 400');
  assert.equal(readAnswer(400, undefined, '{"reason":"constructor"}', now).class, 'request-refused');
});
