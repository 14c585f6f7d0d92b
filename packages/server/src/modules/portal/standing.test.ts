import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleStatus } from '@gatehouse/core/compliance/verdict.ts';
import { type JudgedRule, standOf } from './standing.ts';

const open = { network: 'allow', mail: 'allow', vpn: 'allow', apps: 'allow', content: 'allow' } as const;
const none = { failureReason: null, remediation: null };

function rule(status: RuleStatus, change: Partial<JudgedRule> = {}): JudgedRule {
  return {
    rule: 'passcode',
    status,
    summary: `It is ${status}.`,
    remedy: 'Mend it.',
    exception: null,
    graceEndsAt: status === 'in-grace' ? 1_800_000_000_000 : null,
    effects: status === 'compliant' ? open : { ...open, mail: 'deny' },
    evidence: [],
    ...change,
  };
}
const stale = [{ stale: true }] as never;
const stand = (...rules: JudgedRule[]) => standOf('registered', false, none, rules, 'en');

test('the worst of the rules is the word for the device, and no rule at all is never fine', () => {
  assert.equal(stand().standing, 'unchecked');
  assert.equal(stand(rule('compliant')).standing, 'ok');
  assert.equal(stand(rule('compliant'), rule('in-grace')).standing, 'grace');
  assert.equal(stand(rule('in-grace'), rule('unknown')).standing, 'unknown');
  assert.equal(stand(rule('unknown'), rule('unknown', { evidence: stale })).standing, 'stale');
  assert.equal(stand(rule('unknown', { evidence: stale }), rule('not-compliant')).standing, 'bad');
});

test('what shuts a gate comes first; what has time says until when', () => {
  const quiet = rule('not-compliant', { rule: 'data-plan', effects: open });
  const { problems } = stand(quiet, rule('in-grace'), rule('not-compliant'));
  assert.deepEqual(
    problems.map(({ kind, gates, until }) => [kind, gates, until]),
    [
      ['passcode', ['mail'], null],
      ['passcode', ['mail'], '2027-01-15T08:00:00.000Z'],
      ['data-plan', [], null],
    ],
  );
});

test('an exception takes a problem away and says how long', () => {
  const exception = { exceptionId: 'x', until: 1_800_000_000_000, reason: 'spare part' };
  const excepted = stand(rule('compliant'), rule('not-compliant', { exception }));
  assert.deepEqual(excepted, { standing: 'exempt', problems: [], exemptUntil: '2027-01-15T08:00:00.000Z' });
  assert.equal(stand(rule('not-compliant', { exception: { ...exception, until: null } })).exemptUntil, null);
});

test('of a device that is not managed only that is told; what an expression could not tell is told in plain words', () => {
  const whole = { failureReason: 'It is shut out.', remediation: 'Ask.' };
  const blocked = standOf('blocked', true, whole, [rule('not-compliant')], 'en');
  assert.deepEqual(
    [blocked.standing, blocked.problems.length, blocked.problems[0]?.says, blocked.problems[0]?.mends],
    ['bad', 1, 'It is shut out.', 'Ask.'],
  );
  assert.equal(standOf('pending', false, whole, [], 'en').standing, 'pending');
  assert.equal(standOf('unmanaged', false, whole, [], 'en').standing, 'away');
  const custom = rule('unknown', {
    rule: 'custom',
    summary: 'This cannot be told: `x` is no fact (column 3)',
  });
  assert.match(stand(custom).problems[0]?.says ?? '', /cannot be checked at the moment/);
});
