import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupJobs } from './job-groups.ts';

const job = (id: string, kind: string, lastError: string, createdAt = '2026-03-01T10:00:00Z') => ({
  id,
  kind,
  lastError,
  createdAt,
  attempts: 5,
});

test('what failed alike but for numbers and ids is one group, the largest first, since its earliest', () => {
  const groups = groupJobs([
    job('1', 'send-mail', 'refused'),
    job('2', 'tell-nas', 'no answer from 10.0.0.1 after 3 tries'),
    job('3', 'tell-nas', 'no answer from 10.0.0.2 after 5 tries', '2026-02-01T10:00:00Z'),
    job('4', 'send-mail', 'timeout'),
  ]);
  assert.deepEqual(
    groups.map((group) => [group.kind, group.jobs.length]),
    [
      ['tell-nas', 2],
      ['send-mail', 1],
      ['send-mail', 1],
    ],
  );
  assert.equal(groups[0]?.since, '2026-02-01T10:00:00Z');
});
