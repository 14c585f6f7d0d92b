import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readNewResourceSearch, readResourcesSearch, readSuiteSearch } from './search-params.ts';
import { sectionOf, sectionOrder } from './resources/sections.ts';
import { boundsOf, reportsByDay, reportsInWeek, summarizeWeek, wrongFields } from './schedules/week.ts';

describe('addresses of policies', () => {
  test('whatever an address says, something comes of it', () => {
    assert.deepEqual(readSuiteSearch({ tab: 'versions', version: '12', compare: '11' }), {
      tab: 'versions',
      version: 12,
      compare: 11,
    });
    assert.deepEqual(readSuiteSearch({ tab: 'nonsense', version: '-1', compare: 'x', key: 7, q: '' }), {});
    assert.equal(readSuiteSearch({ q: 'x'.repeat(1_000) }).q?.length, 100);
    assert.deepEqual(readResourcesSearch({ kind: 'wifi', q: 3 }), { kind: 'wifi' });
    assert.deepEqual(readNewResourceSearch({ kind: 'apple-payload', type: 'com.apple.dock' }), {
      kind: 'apple-payload',
      type: 'com.apple.dock',
    });
  });
});

describe('forms that are grouped by hand', () => {
  test('a field that nobody has grouped stands with the rest, of other kinds all in one', () => {
    assert.equal(sectionOf('wifi', 'proxyPort'), 'proxy');
    assert.equal(sectionOf('wifi', 'newField'), 'more');
    assert.equal(sectionOf('ldap', 'server'), 'basics');
    assert.equal(new Set(sectionOrder).size, sectionOrder.length);
  });
});

describe('a week of a schedule', () => {
  const pace = {
    checkInMinutes: 240,
    scans: { 'device-information': 1_440, security: 240, profiles: 1_440, apps: 1_440, certificates: 1_440 },
    firstSessionMinutes: 3,
    retryMinutes: 15,
    retryCount: 192,
    thenMinutes: 1_440,
  };

  test('every four hours makes six a day and forty-two a week', () => {
    assert.equal(reportsInWeek(240).length, 42);
    assert.deepEqual(
      reportsByDay(240).map((day) => day.length),
      [6, 6, 6, 6, 6, 6, 6],
    );
    assert.deepEqual(
      reportsByDay(5_000).map((day) => day.length),
      [1, 0, 0, 1, 0, 0, 1],
    );
    assert.equal(reportsInWeek(1).length, 2_000, 'no more than a picture can hold');
    assert.deepEqual(reportsInWeek(0), []);
    assert.deepEqual(summarizeWeek(pace), { reports: 42, triesFor: 2_880, reachedWithin: 240 });
  });

  test('what is beyond its bounds is named', () => {
    assert.deepEqual(wrongFields(pace), []);
    assert.deepEqual(
      wrongFields({ ...pace, checkInMinutes: 0, retryMinutes: 1.5, scans: { ...pace.scans, apps: 99_999 } }),
      ['checkInMinutes', 'retryMinutes', 'scans.apps'],
    );
    assert.deepEqual(boundsOf('retryCount'), [0, 10_000]);
  });
});
