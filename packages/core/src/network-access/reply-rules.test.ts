import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseReply, networkDecisions, type ReplyRule, worstSubject } from './reply-rules.ts';

const vlan = (value: string) => ({
  kind: 'accept' as const,
  attributes: [{ name: 'Tunnel-Private-Group-Id', value }],
});
const staff = '11111111-1111-4111-8111-111111111111';

test('NAC-38, POL-16: private and corporate devices get the access of their row, by ownership and group of the user', () => {
  const rules: ReplyRule[] = [
    { name: 'quarantine', decisions: ['quarantine', 'deny'], reply: vlan('99') },
    { name: 'enrol', decisions: ['unknown'], reply: vlan('98') },
    { name: 'corporate', ownerships: ['corporate'], reply: vlan('10') },
    { name: 'personal full', ownerships: ['personal'], groupIds: [staff], reply: vlan('20') },
    { name: 'personal internet only', ownerships: ['personal', 'unspecified'], reply: vlan('30') },
  ];
  const choose = (subject: Parameters<typeof chooseReply>[1]) => chooseReply(rules, subject).rule;
  assert.equal(choose({ decision: 'allow', ownership: 'corporate' }), 'corporate');
  assert.equal(choose({ decision: 'allow', ownership: 'personal', groupIds: [staff] }), 'personal full');
  assert.equal(choose({ decision: 'allow', ownership: 'personal', groupIds: [] }), 'personal internet only');
  assert.equal(choose({ decision: 'quarantine', ownership: 'corporate' }), 'quarantine');
  assert.equal(choose({ decision: 'unknown' }), 'enrol');
});

test('without a rule nobody whose decision is not allow comes in, and strangers are left to the RADIUS server', () => {
  const kinds = networkDecisions.map((decision) => chooseReply([], { decision }).reply.kind);
  assert.deepEqual(kinds, ['accept', 'reject', 'reject', 'not-found']);
  const forPhones: ReplyRule[] = [{ name: 'phones', platforms: ['ios'], reply: vlan('1') }];
  assert.equal(chooseReply(forPhones, { decision: 'unknown' }).reply.kind, 'not-found');
});

test('DEV-11 of several that claim one address the worst decision counts', () => {
  const decision = (...all: (typeof networkDecisions)[number][]) =>
    worstSubject(all.map((one) => ({ decision: one }))).decision;
  assert.equal(decision('allow', 'deny', 'quarantine'), 'deny');
  assert.equal(decision('allow', 'unknown'), 'allow');
  assert.equal(decision(), 'unknown');
});
