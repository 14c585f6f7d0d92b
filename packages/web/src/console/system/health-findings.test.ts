import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemHealth } from '@gatehouse/contracts/admin/system.ts';
import { healthFindings } from './health-findings.ts';

const well: SystemHealth = {
  version: '0.1.0',
  node: 'v24',
  startedAt: '2026-03-01T00:00:00Z',
  memoryBytes: 1,
  database: { answersInMs: 1, bytes: 1, version: '18' },
  jobs: { waiting: 3, running: 1, dead: 0, oldestDueSeconds: 2 },
  freeBytes: 100 * 1024 ** 3,
};

test('a healthy instance needs nothing; what is wrong is named, a full disk first', () => {
  assert.deepEqual(healthFindings(well), []);
  const ill = {
    ...well,
    freeBytes: 2 * 1024 ** 3,
    database: { ...well.database, answersInMs: 900 },
    jobs: { ...well.jobs, dead: 2, oldestDueSeconds: 600 },
  };
  assert.deepEqual(
    healthFindings(ill).map((finding) => finding.kind),
    ['diskLow', 'databaseSlow', 'jobsLate', 'jobsDead'],
  );
});
