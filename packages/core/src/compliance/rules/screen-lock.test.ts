import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOf } from '../device-arbitrary.ts';
import { render } from '../wording/render.ts';

const settings = { 'screen-lock.maximum-inactivity-seconds': 300, 'passcode.grace-minutes': 0 };
const after = (seconds: number) =>
  verdictOf(settings, { values: { 'screen-lock.timeout-seconds': seconds } }).status;

test('PWD-06: the device may lock sooner than demanded, not later', () => {
  assert.equal(after(0), 'compliant');
  assert.equal(after(300), 'compliant');
  assert.equal(after(301), 'not-compliant');
});

test('PWD-06: a time without a lock locks nothing', () => {
  const off = verdictOf(settings, { values: { 'screen-lock.enabled': false } });
  assert.equal(off.status, 'not-compliant');
  assert.equal(render(off.says), 'The screen does not lock by itself.');
});

test('a lock may be demanded without a time', () => {
  const required = { 'screen-lock.required': true };
  assert.equal(
    verdictOf(required, { values: { 'screen-lock.timeout-seconds': 86_400 } }).status,
    'compliant',
  );
  assert.equal(verdictOf(required, { without: ['screen-lock.enabled'] }).status, 'unknown');
});
