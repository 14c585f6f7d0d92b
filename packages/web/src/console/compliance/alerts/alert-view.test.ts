import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertPage, alertsQuery, readAlertsSearch } from './alert-view.ts';

const id = '0198c0de-0000-7000-8000-000000000001';

test('an alert leads to where something can be done about it', () => {
  assert.equal(
    alertPage({ kind: 'rollout-halted', subject: null, detail: { rolloutId: id } }),
    `/compliance/rollouts/${id}`,
  );
  assert.equal(
    alertPage({ kind: 'rollout-halted', subject: null, detail: { rolloutId: 'javascript:' } }),
    '/compliance/rollouts',
  );
  assert.equal(
    alertPage({ kind: 'mail-device-unknown', subject: null, detail: {} }),
    '/gates/mail?tab=approve',
  );
  assert.equal(
    alertPage({ kind: 'rule-broken', subject: { kind: 'device', id }, detail: {} }),
    `/devices/${id}`,
  );
  assert.equal(alertPage({ kind: 'watch-list', subject: null, detail: {} }), undefined);
});

test('open ones are shown first, whatever the address says', () => {
  assert.deepEqual(readAlertsSearch({ show: '<script>' }), { show: 'open' });
  assert.deepEqual(
    [alertsQuery('open'), alertsQuery('seen'), alertsQuery('all')],
    [{ open: true }, { open: false }, {}],
  );
});
