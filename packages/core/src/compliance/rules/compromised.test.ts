import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hour, noon, verdictOf } from '../device-arbitrary.ts';

const settings = { 'compromise.forbidden': true };
const rooted = { values: { 'integrity.compromised': true } };

test('CMP-08: a compromised device is not compliant at once', () => {
  assert.equal(verdictOf(settings).status, 'compliant');
  const verdict = verdictOf(settings, rooted);
  assert.equal(verdict.status, 'not-compliant');
  assert.equal(verdict.severity, 'critical');
  assert.equal(verdict.graceEndsAt, noon);
});

test('GAP-08: a device whose agent has not scanned yet is unknown, not fine', () => {
  assert.equal(verdictOf(settings, { without: ['integrity.compromised'] }).status, 'unknown');
});

test('AGT-13, GAP-08: silence does not wash a rooted device clean, and a clean scan ages into unknown', () => {
  assert.equal(verdictOf(settings, { ...rooted, ageMs: 1_000 * hour }).status, 'not-compliant');
  assert.equal(verdictOf(settings, { ageMs: 72 * hour - 1 }).status, 'compliant');
  assert.equal(verdictOf(settings, { ageMs: 72 * hour }).status, 'unknown');
});

test('the signs are shown', () => {
  const { evidence } = verdictOf(settings, {
    values: {
      'integrity.compromised': true,
      'integrity.signs': [{ sign: 'module-loaded', detail: 'rootkit.ko' }],
    },
  });
  assert.deepEqual(evidence[1]?.value, ['module-loaded']);
});
