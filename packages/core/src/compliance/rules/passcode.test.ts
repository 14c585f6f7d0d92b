import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FactName } from '../../facts/catalogue.ts';
import type { FactValue } from '../../facts/types.ts';
import type { Settings } from '../../settings/catalogue.ts';
import { evaluateAt, minute, noon, verdictOf } from '../device-arbitrary.ts';
import { render } from '../wording/render.ts';

const noGrace: Settings = { 'passcode.grace-minutes': 0 };

describe('PWD-01, PWD-02, PWD-08, PWD-09: each demand at its limit and one beyond', () => {
  const table: [Settings, FactName, meets: FactValue, breaks: FactValue][] = [
    [{ 'passcode.required': true }, 'passcode.set', true, false],
    [{ 'passcode.minimum-length': 8 }, 'passcode.minimum-length', 8, 7],
    [{ 'passcode.minimum-classes': 3 }, 'passcode.minimum-classes', 3, 2],
    [{ 'passcode.maximum-age-days': 90 }, 'passcode.maximum-age-days', 90, 91],
    [{ 'passcode.maximum-age-days': 90 }, 'passcode.maximum-age-days', 1, 0],
    [{ 'passcode.history': 10 }, 'passcode.history', 10, 9],
  ];
  for (const [settings, fact, meets, breaks] of table) {
    test(`${JSON.stringify(settings)}: ${String(meets)} meets, ${String(breaks)} breaks`, () => {
      const of = { ...noGrace, ...settings };
      assert.equal(verdictOf(of, { values: { [fact]: meets } }).status, 'compliant');
      assert.equal(verdictOf(of, { values: { [fact]: breaks } }).status, 'not-compliant');
      assert.equal(verdictOf(of, { without: [fact] }).status, 'unknown');
    });
  }
});

test('PWD-04, PWD-05: a device without a passcode is in grace for 60 minutes, then not compliant', () => {
  const settings = { 'passcode.required': true };
  const none = { values: { 'passcode.set': false } };
  const first = evaluateAt(settings, none);
  assert.equal(first.verdicts[0]?.status, 'in-grace');
  assert.equal(first.compliant, false, 'in grace is not compliant for the network');
  assert.equal(first.nextChangeAt, noon + 60 * minute);
  const last = evaluateAt(settings, none, { now: noon + 60 * minute - 1, previous: first });
  assert.equal(last.verdicts[0]?.status, 'in-grace');
  const after = evaluateAt(settings, none, { now: noon + 60 * minute, previous: last });
  assert.equal(after.verdicts[0]?.status, 'not-compliant');
});

test('a broken demand decides whatever else is unknown, and only what is broken is told', () => {
  const verdict = verdictOf(
    { ...noGrace, 'passcode.required': true, 'passcode.minimum-length': 8, 'passcode.history': 5 },
    { values: { 'passcode.minimum-length': 4 }, without: ['passcode.history'] },
  );
  assert.equal(verdict.status, 'not-compliant');
  assert.equal(render(verdict.says), 'Passcodes may be as short as 4 characters; 8 are demanded.');
});

test('a length may be demanded without demanding that there is a passcode', () => {
  const settings: Settings = { 'passcode.required': false, 'passcode.minimum-length': 8 };
  assert.equal(verdictOf(settings, { values: { 'passcode.set': false } }).status, 'compliant');
});

test('the accounts without a password are shown', () => {
  const { evidence } = verdictOf(
    { 'passcode.required': true },
    { values: { 'passcode.set': false, 'passcode.accounts-without-password': 2 } },
  );
  assert.deepEqual(
    evidence.map(({ value }) => value),
    [false, 2],
  );
});

test('grace minutes alone demand nothing', () => {
  assert.deepEqual(evaluateAt({ 'passcode.grace-minutes': 5 }, {}).verdicts, []);
});

test('a system that says its passcode breaks the rules is believed; one that says nothing is not asked', () => {
  const settings: Settings = { ...noGrace, 'passcode.required': true };
  const broken = verdictOf(settings, { values: { 'passcode.compliant-with-profiles': false } });
  assert.equal(broken.status, 'not-compliant');
  assert.match(render(broken.says), /does not meet the rules/);
  assert.equal(
    verdictOf(settings, { values: { 'passcode.compliant-with-profiles': true } }).status,
    'compliant',
  );
  assert.equal(
    verdictOf(settings, { without: ['passcode.compliant-with-profiles'] }).status,
    'compliant',
    'computers do not judge it',
  );
});
