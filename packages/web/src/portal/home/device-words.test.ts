import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MyDevice } from '@gatehouse/contracts/my/devices.ts';
import { firstEnd, inHand, inOrder, sentenceOf, shutLine, statusOf } from './device-words.ts';
import { homeTexts } from './texts.ts';

const t = homeTexts.say;
const device = (change: Partial<MyDevice> = {}): MyDevice => ({
  id: 'a',
  name: 'Phone',
  platform: 'ios',
  model: null,
  osVersion: null,
  ownership: 'personal',
  state: 'registered',
  standing: 'ok',
  access: { network: 'allow', mail: 'allow', vpn: 'allow' },
  problems: [],
  exemptUntil: null,
  lastContactAt: null,
  ...change,
});
const problem = (change: Partial<MyDevice['problems'][number]> = {}) => ({
  kind: 'passcode' as const,
  says: 'No screen lock is set.',
  mends: 'Set one.',
  until: null,
  gates: [],
  stale: false,
  ...change,
});

test('one sentence says what does not work and why', () => {
  assert.match(sentenceOf(device(), t), /Nothing to do/);
  const shut = device({ standing: 'bad', problems: [problem({ gates: ['mail', 'network'] }), problem()] });
  assert.equal(shutLine(shut, t), 'Network and Mail are off.');
  assert.equal(sentenceOf(shut, t), 'Network and Mail are off. No screen lock is set. (and one thing more)');
  const soon = device({
    standing: 'grace',
    problems: [problem({ until: '2026-03-01T09:00:00Z' }), problem({ until: '2026-02-01T09:00:00Z' })],
  });
  assert.equal(firstEnd(soon), '2026-02-01T09:00:00Z');
  assert.match(sentenceOf(soon, t), /^Everything works until .*Feb/);
  assert.match(statusOf(soon, t).word, /until .*Feb/);
});

test('the device in the hand comes first, and is called so only when there is no doubt', () => {
  const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148 Safari/604.1';
  const phone = device({ id: 'phone' });
  const mac = device({ id: 'mac', platform: 'macos', problems: [problem()] });
  const old = device({ id: 'old', standing: 'away' });
  assert.deepEqual(
    inOrder([old, mac, phone], iphone).map(({ id }) => id),
    ['phone', 'mac', 'old'],
  );
  assert.equal(inHand([old, mac, phone], iphone), 'phone');
  assert.equal(inHand([phone, device({ id: 'second' })], iphone), undefined);
});
