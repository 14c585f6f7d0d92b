import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hour, noon, verdictOf } from '../device-arbitrary.ts';
import { render } from '../wording/render.ts';

const settings = { 'check-in.maximum-age-hours': 24 };
const after = (ms: number) => verdictOf(settings, {}, { lastCheckInAt: noon - ms });

test('CMP-05: a device may be out of contact for as long as is allowed, and not longer', () => {
  assert.equal(after(24 * hour - 1).status, 'compliant');
  const late = after(24 * hour);
  assert.equal(late.status, 'not-compliant');
  assert.equal(render(late.says), 'The device has not checked in for more than 1 day.');
});

test('CMP-05: the verdict says when silence will break the rule', () => {
  assert.equal(after(hour).changesAt, noon + 23 * hour);
});

test('a device that has never checked in is unknown', () => {
  assert.equal(verdictOf(settings, {}, { lastCheckInAt: null }).status, 'unknown');
});

test("the evidence is the server's own memory", () => {
  assert.deepEqual(after(hour).evidence[0], {
    fact: 'last-check-in',
    value: '2026-11-21T11:00:00.000Z',
    source: 'server',
    observedAt: noon - hour,
    ageMs: hour,
    stale: false,
  });
});
