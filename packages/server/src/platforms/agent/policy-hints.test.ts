import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyHints } from './policy-hints.ts';

const device = (
  policyVersion: string,
  acknowledgedPolicyVersion: string | null,
  lastCheckInAt: number | null = 1,
) => ({
  deviceId: 'd',
  posture: {
    policyVersion,
    compliant: true,
    network: 'allow' as const,
    reason: null,
    remedy: null,
    language: null,
  },
  contact: { lastCheckInAt, bootId: null, reportCounter: 1, acknowledgedPolicyVersion },
});

test('POL-15: a device with another policy than the one that applies is told once for each policy', () => {
  const hints = new PolicyHints();
  assert.equal(hints.take(device('a', 'a')), false);
  assert.equal(hints.take(device('b', 'a')), true);
  assert.equal(hints.take(device('b', 'a')), false);
  assert.equal(hints.take(device('c', 'a')), true);
  assert.equal(hints.take(device('b', 'c')), true);
});

test('a device that has never checked in is not told: its first check-in is due anyway', () => {
  assert.equal(new PolicyHints().take(device('a', null, null)), false);
});
