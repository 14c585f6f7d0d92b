import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApprovalQuestion, whyNotApprove } from './decide-approval.ts';

const now = 1_800_000_000_000;
const hours = (count: number) => count * 3_600_000;

function ask(
  approval: Partial<ApprovalQuestion['approval']> = {},
  approver: Partial<ApprovalQuestion['approver']> = {},
  seenHash = 'h',
) {
  return whyNotApprove({
    approval: {
      state: 'pending',
      hash: 'h',
      computedHash: 'h',
      askedBy: 'administrator:a',
      expiresAt: now + 1,
      ...approval,
    },
    approver: { kind: 'administrator', person: 'administrator:b', empoweredAt: now - hours(25), ...approver },
    seenHash,
    now,
  });
}

test('ADM-07 another person, whose power is old enough, may approve what that person was shown', () => {
  assert.equal(ask(), undefined);
  assert.equal(ask({}, { kind: 'local', person: 'local:0', empoweredAt: null }), undefined);
});

test('ADM-07 the tricks: own request, an account just made, a changed target, a second use, an old request', () => {
  assert.equal(ask({}, { person: 'administrator:a' }), 'own-request');
  assert.equal(ask({}, { kind: 'token', person: 'administrator:a' }), 'own-request');
  assert.equal(
    ask({ askedBy: 'local:0' }, { kind: 'local', person: 'local:1000', empoweredAt: null }),
    'own-request',
  );
  assert.equal(ask({}, { kind: 'token', person: null }), 'nobody-behind');
  assert.equal(ask({ askedBy: 'system:x', authors: ['administrator:a', 'administrator:b'] }), 'own-rule');
  assert.equal(ask({ askedBy: 'system:x', authors: ['administrator:a'] }), undefined);
  assert.equal(ask({}, { empoweredAt: now - hours(23) }), 'approver-empowered-too-recently');
  assert.equal(ask({}, { empoweredAt: null }), 'approver-empowered-too-recently');
  assert.equal(ask({}, {}, 'other'), 'request-changed');
  assert.equal(ask({ computedHash: 'other' }), 'request-changed');
  for (const state of ['canary', 'done', 'rejected', 'withdrawn', 'expired'] as const) {
    assert.equal(ask({ state }), 'already-decided');
  }
  assert.equal(ask({ expiresAt: now }), 'approval-expired');
  assert.equal(ask({ expiresAt: Number.NaN }), 'approval-expired');
});
