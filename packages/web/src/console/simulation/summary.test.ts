import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Counts, isWithoutEffect, mostConcerned, shareOf, summaryLines } from './summary.ts';

const nothing: Counts = {
  examined: 10,
  judged: 10,
  changed: 0,
  becomeNotCompliant: 0,
  becomeCompliant: 0,
  newlyDenied: 0,
  gates: { mail: { allowed: 0, quarantined: 0, denied: 0 } },
  escalating: {},
  byPlatform: [],
  byGroup: [],
  byReason: [],
  later: [],
};

describe('what a simulation says', () => {
  test('two numbers are always said, others only when there are devices behind them', () => {
    assert.deepEqual(
      summaryLines(nothing).map(({ key, count }) => [key, count]),
      [
        ['becomeNotCompliant', 0],
        ['becomeCompliant', 0],
      ],
    );
    assert.equal(isWithoutEffect(nothing), true);
  });

  test('gates, actions and what comes later are lines of their own, with the devices behind them', () => {
    const lines = summaryLines({
      ...nothing,
      changed: 4,
      becomeNotCompliant: 3,
      gates: {
        mail: { allowed: 1, quarantined: 1, denied: 2 },
        vpn: { allowed: 0, quarantined: 0, denied: 0 },
      },
      escalating: { 'selective-wipe': 2, notify: 0 },
      later: [
        { at: '2026-11-22T10:00:00Z', notCompliant: 1, denied: 0 },
        { at: '2026-11-23T10:00:00Z', notCompliant: 5, denied: 1 },
      ],
    });
    assert.deepEqual(
      lines.map(({ key, count, of, effect }) => [key, count, of, effect]),
      [
        ['becomeNotCompliant', 3, undefined, 'becomes-not-compliant'],
        ['becomeCompliant', 0, undefined, 'becomes-compliant'],
        ['loseGate', 3, 'mail', 'loses-access'],
        ['gainGate', 1, 'mail', 'gains-access'],
        ['escalate', 2, 'selective-wipe', 'escalates'],
        ['later', 6, undefined, 'later'],
      ],
    );
  });

  test('shares have a base, and groups that lose most come first', () => {
    assert.equal(shareOf(1, 0), 0);
    assert.equal(shareOf(1, 4), 0.25);
    const share = (key: string, notCompliant: number, losing: number) => ({ key, notCompliant, losing });
    assert.deepEqual(
      mostConcerned([share('a', 1, 0), share('b', 0, 0), share('c', 0, 4)]).map(({ key }) => key),
      ['c', 'a'],
    );
  });
});
