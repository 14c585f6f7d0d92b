import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { revertedOf, ringColumns } from './rollout-rings.ts';

const rollout: Rollout = {
  id: 'r',
  item: { kind: 'rule', id: 'x' },
  fromVersion: 3,
  state: 'halted',
  rings: [{ percent: 1 }, { percent: 10 }, { percent: 100 }],
  ring: 2,
  expected: [1, 5, 40],
  actual: [1, 20],
  tolerance: 10,
  soakMinutes: 60,
  notCompliant: 20,
  nextAt: '2026-11-22T10:00:00Z',
  startedAt: '2026-11-22T09:00:00Z',
  createdBy: 'someone',
};

test('rings stand beside one another with what was predicted and what came, and the one that went too far is marked', () => {
  assert.deepEqual(
    ringColumns(rollout).map(({ standing, predicted, actual, tooMany }) => [
      standing,
      predicted,
      actual,
      tooMany,
    ]),
    [
      ['reached', 1, 1, false],
      ['current', 5, 20, true],
      ['waiting', 40, undefined, false],
    ],
  );
  const { actual: _actual, ...listed } = rollout;
  assert.deepEqual(
    ringColumns(listed).map((column) => column.actual),
    [undefined, 20, undefined],
  );
});

test('after rolling back it is told how many comply again', () => {
  assert.equal(revertedOf(rollout), undefined);
  assert.deepEqual(revertedOf({ ...rollout, state: 'aborted', actual: [0, 3] }), { back: 17, notBack: 3 });
});
