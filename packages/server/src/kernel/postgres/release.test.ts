import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releaseOf } from './release.ts';

test('UPD-04 a build that lags behind the minor releases of its line is named', () => {
  assert.deepEqual(releaseOf({ version: '18.4.0-beta.17', major: 18 }), { version: '18.4', behind: '18.6' });
  assert.deepEqual(releaseOf({ version: '18.6.0', major: 18 }), { version: '18.6', behind: undefined });
  assert.deepEqual(releaseOf({ version: '19.1.0', major: 19 }), { version: '19.1', behind: undefined });
});
