import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthOf, worstOf } from '../access-marks.ts';
import { draftOf, isAddress, moved, readAttributes, readNetworkSearch, toRule } from './reply-drafts.ts';

test('an answer is written as lines and read back as it was', () => {
  const rule = {
    name: 'quarantine',
    decisions: ['quarantine' as const],
    reply: {
      kind: 'accept' as const,
      attributes: [
        { name: 'Tunnel-Type:1', value: 'VLAN' },
        { name: 'Cisco-AVPair', value: 'url-redirect=https://x/?a=b' },
      ],
    },
  };
  assert.deepEqual(toRule(draftOf(rule, 'a')), rule);
  assert.deepEqual(readAttributes('A = 1\n\nno value'), { wrongLine: 3 });
  assert.deepEqual(readAttributes('= 1'), { wrongLine: 1 });
  assert.equal(toRule({ ...draftOf(rule, 'a'), attributes: 'x' }), undefined);
  assert.equal(toRule({ ...draftOf(rule, 'a'), name: ' ' }), undefined);
  assert.deepEqual(toRule({ ...draftOf(rule, 'a'), kind: 'not-found', decisions: [] }), {
    name: 'quarantine',
    reply: { kind: 'not-found' },
  });
});

test('the order of answers is changed by moving one', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 2, -1), ['a', 'c', 'b']);
  assert.deepEqual(moved(['a', 'b'], 0, -1), ['a', 'b']);
});

test('DEV-11 of several devices behind one address the worst decision is shown', () => {
  assert.equal(worstOf([{ access: 'allow' }, { access: 'deny' }, { access: 'quarantine' }]), 'deny');
  assert.equal(worstOf([]), undefined);
});

test('what is off is never shown as working, and trouble goes before an earlier answer', () => {
  const health = { enabled: true, answeredAt: 'a', problem: null, problemAt: null };
  assert.equal(healthOf(health).kind, 'ok');
  assert.deepEqual(healthOf({ ...health, problem: 'no', problemAt: 'b' }), {
    kind: 'bad',
    word: 'trouble',
    since: 'b',
  });
  assert.equal(healthOf({ ...health, enabled: false }).word, 'off');
  assert.equal(healthOf({ ...health, answeredAt: null }).kind, 'unknown');
});

test('addresses are told from names, and unknown tabs lead to the first', () => {
  for (const good of ['192.0.2.1', '2001:db8::1', '::1']) assert.ok(isAddress(good), good);
  for (const bad of ['switch', '300.1.1.1', 'a:b', '']) assert.ok(!isAddress(bad), bad);
  assert.deepEqual(readNetworkSearch({ tab: 'x' }), { tab: 'sessions' });
});
