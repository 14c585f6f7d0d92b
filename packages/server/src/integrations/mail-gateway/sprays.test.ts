import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attempt, createSprays } from './sprays.ts';

function world() {
  let now = Date.UTC(2026, 10, 22);
  const sprays = createSprays({ now: () => now });
  return {
    sprays,
    pass(ms: number) {
      now += ms;
    },
  };
}

const attempt: Attempt = {
  organizationId: 'o',
  login: 'ann@acme.example',
  address: '198.51.100.7',
  deviceKey: 'd',
  isKnownPair: false,
  lockoutAttempts: 20,
  lockoutMs: 900_000,
};
const minute = 60_000;

test('EAS-T09 wrong passwords are delayed from the third on and not passed on from the fifth, for a quarter of an hour', () => {
  const { sprays, pass } = world();
  const delays = Array.from({ length: 5 }, () => {
    const ruling = sprays.begin(attempt);
    return ruling.goes ? ruling.afterMs : -1;
  });
  assert.deepEqual(delays, [0, 0, 0, 1_000, 2_000]);
  const stopped = sprays.begin(attempt);
  assert.deepEqual(stopped, { goes: false, retryAfterSeconds: 900 });
  pass(15 * minute - 1);
  assert.equal(sprays.begin(attempt).goes, false);
  pass(1);
  assert.equal(sprays.begin(attempt).goes, true);
});

test('EAS-T09 sources and device ids that change do not help: strangers share the budget of an account', () => {
  const { sprays } = world();
  const outcomes = Array.from({ length: 100 }, (_, n) =>
    sprays.begin({ ...attempt, address: `198.51.${n}.7`, deviceKey: `d${n}` }),
  );
  assert.equal(outcomes.filter(({ goes }) => goes).length, 5);
});

test('EAS-T09 the device that the account is known to have is not slowed by strangers', () => {
  const { sprays } = world();
  for (let n = 0; n < 50; n += 1) sprays.begin(attempt);
  assert.deepEqual(sprays.begin({ ...attempt, isKnownPair: true }), { goes: true, afterMs: 0 });
});

test('EAS-T09 all that is passed on stays below what the directory bears', () => {
  const { sprays } = world();
  const narrow = { ...attempt, lockoutAttempts: 5 };
  let passed = 0;
  for (let n = 0; n < 50; n += 1) {
    if (sprays.begin({ ...narrow, address: `198.51.${n}.7` }).goes) passed += 1;
    if (sprays.begin({ ...narrow, address: `198.51.${n}.7`, isKnownPair: true }).goes) passed += 1;
  }
  assert.equal(passed, 4);
});

test('EAS-T09 one source that tries many accounts is stopped, and others are not', () => {
  const { sprays } = world();
  const outcomes = Array.from({ length: 1_000 }, (_, n) => sprays.begin({ ...attempt, login: `u${n}` }).goes);
  assert.equal(outcomes.filter(Boolean).length, 30);
  assert.deepEqual(sprays.begin({ ...attempt, login: 'u7', address: '203.0.113.9' }), {
    goes: true,
    afterMs: 0,
  });
});

test('EAS-T09 right ones cost nothing', () => {
  const { sprays } = world();
  for (let n = 0; n < 100; n += 1) {
    assert.deepEqual(sprays.begin(attempt), { goes: true, afterMs: 0 });
    sprays.takeBack(attempt);
  }
});
