import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belongsTo, budgetAfter, countToDecide, readApprovalsSearch, tabOf } from './approvals-search.ts';

test('the address of approvals is read whatever somebody wrote into it', () => {
  const request = '01930000-0000-7000-8000-000000000000';
  assert.deepEqual(readApprovalsSearch({ tab: 'requested', request }), { tab: 'requested', request });
  assert.deepEqual(readApprovalsSearch({ tab: 'constructor', request: '<img>' }), {});
});

test('one’s own requests are never among those to decide', () => {
  const own = { own: true, mayApprove: false };
  const others = { own: false, mayApprove: true };
  assert.deepEqual([belongsTo('mine', own), belongsTo('requested', own)], [false, true]);
  assert.deepEqual([belongsTo('mine', others), belongsTo('requested', others)], [true, false]);
  assert.equal(countToDecide([own, others]), 1);
});

test('the budget after a request counts its devices, and a change of the budget spends nothing', () => {
  assert.equal(budgetAfter({ action: 'command', deviceIds: ['a', 'b'] }, { spent: 3 }), 5);
  assert.equal(budgetAfter({ action: 'change-budget', deviceIds: [] }, { spent: 3 }), 3);
});

test('a link to a request leads to where it is, also when that changes', () => {
  const open = [
    { id: 'a', own: true },
    { id: 'b', own: false },
  ];
  assert.equal(tabOf('a', open, []), 'requested');
  assert.equal(tabOf('b', open, []), 'mine');
  assert.equal(tabOf('a', [], [{ id: 'a' }]), 'decided');
  assert.equal(tabOf(undefined, open, []), undefined);
});
