import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnrolmentSearch, readPeople } from './enrolment-search.ts';

test('an address that makes no sense leads to the first tab', () => {
  assert.deepEqual(readEnrolmentSearch({}), { tab: 'invitations', state: undefined });
  assert.deepEqual(readEnrolmentSearch({ tab: '__proto__', state: 'nonsense' }), {
    tab: 'invitations',
    state: undefined,
  });
  assert.deepEqual(readEnrolmentSearch({ tab: 'codes', state: 'open' }), { tab: 'codes', state: 'open' });
});

test('people are read from lines, commas and semicolons, each once', () => {
  assert.deepEqual(readPeople(' ann@acme.example,\nbob@acme.example; ann@acme.example\t'), [
    'ann@acme.example',
    'bob@acme.example',
  ]);
  assert.deepEqual(readPeople('  \n '), []);
});
