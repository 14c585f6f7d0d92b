import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dateFieldValue,
  day,
  endOfDay,
  endsSoon,
  exceptionsQuery,
  readExceptionsSearch,
} from './exception-list.ts';

const now = new Date('2026-11-22T10:00:00').getTime();

test('an exception ends on a day ahead, within a year, at the end of that day', () => {
  assert.equal(endOfDay('2026-11-22', now)?.getHours(), 23);
  assert.equal(endOfDay('2026-11-21', now), undefined);
  assert.equal(endOfDay('2028-01-01', now), undefined);
  for (const wrong of ['', 'tomorrow', '2026-13-45', '2026-11-22T10:00'])
    assert.equal(endOfDay(wrong, now), undefined);
  assert.equal(dateFieldValue(now + 7 * day), '2026-11-29');
});

test('those that end within seven days are pointed out, and can be asked for alone', () => {
  assert.equal(endsSoon(new Date(now + 6 * day).toISOString(), now), true);
  assert.equal(endsSoon(new Date(now + 8 * day).toISOString(), now), false);
  assert.equal(endsSoon(new Date(now - day).toISOString(), now), false);
  assert.equal(endsSoon(null, now), false);
  assert.deepEqual(exceptionsQuery('ended', now), { ended: true });
  assert.deepEqual(exceptionsQuery('inForce', now), {});
  assert.ok('endsBefore' in exceptionsQuery('ending', now));
  assert.deepEqual(readExceptionsSearch({ show: 'nonsense' }), { show: 'inForce' });
});
