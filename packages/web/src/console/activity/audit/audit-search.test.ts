import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditQuery, isFiltered, readAuditSearch } from './audit-search.ts';

test('an address that makes no sense filters nothing', () => {
  const search = readAuditSearch({ outcome: 'perhaps', since: '2026-13-45', until: 'x' });
  assert.equal(isFiltered(search), false);
  assert.deepEqual(Object.values(auditQuery(search)).filter(Boolean), [100]);
});

test('until a day means to its end, where the reader is', () => {
  const query = auditQuery(readAuditSearch({ since: '2026-03-01', until: '2026-03-01' }));
  assert.equal(Date.parse(query.until ?? '') - Date.parse(query.since ?? ''), 24 * 3_600_000);
});

test('what can be no action is not asked for, because the server would refuse the whole question', () => {
  assert.equal(auditQuery(readAuditSearch({ action: 'Devices Lock' })).action, undefined);
  assert.equal(auditQuery(readAuditSearch({ action: 'devices.lock' })).action, 'devices.lock');
});
