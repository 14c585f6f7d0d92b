import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedGates, deviceOf } from './feed.ts';

const news = (type: string, data: object) => ({ type, timestamp: '', data: data as never });

test('news of a decision say which gates opened and which closed', () => {
  const event = news('device.posture-changed', {
    before: { network: 'deny', mail: 'allow', vpn: 'allow' },
    after: { network: 'allow', mail: 'quarantine', vpn: 'allow' },
  });
  assert.deepEqual(changedGates(event), { gained: ['network'], lost: ['mail'] });
  assert.deepEqual(changedGates(news('device.changed', {})), { gained: [], lost: [] });
});

test('news of a command are of its device', () => {
  assert.equal(deviceOf(news('command.finished', { subjectId: 'c', deviceId: 'd' })), 'd');
  assert.equal(deviceOf(news('device.changed', { subjectId: 'd' })), 'd');
  assert.equal(deviceOf(news('command.finished', { subjectId: 'c' })), undefined);
});
