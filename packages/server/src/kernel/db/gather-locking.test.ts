import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@gatehouse/core/errors.ts';
import { gatherLocking } from './gather-locking.ts';

interface Question {
  readonly deviceId: string;
}

/** Asks for devices `c`, `a`, `b` and `a` again in one moment; `fails` says what a statement with these devices ends with. */
async function asking(fails: (deviceIds: readonly string[]) => unknown) {
  const statements: string[] = [];
  const ask = gatherLocking<Question, string>(async (_organizationId, questions) => {
    const ids = questions.map(({ deviceId }) => deviceId);
    statements.push(ids.join(''));
    const error = fails(ids);
    if (error !== undefined) throw error;
    return ids.map((id) => `to ${id}`);
  });
  const settled = await Promise.allSettled(['c', 'a', 'b', 'a'].map((deviceId) => ask('acme', { deviceId })));
  const outcomes = settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)));
  return { statements, outcomes };
}

test('a statement locks in the order of devices, and a device that comes twice is served in one after the other', async () => {
  const { statements, outcomes } = await asking(() => undefined);
  assert.deepEqual(statements, ['abc', 'a']);
  assert.deepEqual(outcomes, ['to c', 'to a', 'to b', 'to a']);
});

test('what goes wrong for one device is not the others’ trouble, nor is a lock that one of them waits for', async () => {
  for (const error of [
    new Error('b'),
    new DomainError('unavailable', 'b', { cause: Object.assign(new Error('canceled'), { code: '57014' }) }),
  ]) {
    const { statements, outcomes } = await asking((ids) => (ids.includes('b') ? error : undefined));
    assert.deepEqual(statements, ['abc', 'a', 'b', 'c', 'a']);
    assert.deepEqual(outcomes, ['to c', 'to a', String(error), 'to a']);
  }
});

test('a database that is away or full is not asked again for each device', async () => {
  for (const code of ['unavailable', 'storage-full'] as const) {
    const { statements, outcomes } = await asking(() => new DomainError(code, 'away'));
    assert.deepEqual(statements, ['abc', 'a']);
    assert.deepEqual(new Set(outcomes), new Set(['DomainError: away']));
  }
});
