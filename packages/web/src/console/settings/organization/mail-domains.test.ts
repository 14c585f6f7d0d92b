import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDomains } from './mail-domains.ts';

test('mail domains are read as people write them, and what is none is named', () => {
  assert.deepEqual(readDomains('@Example.com\n\n example.org, example.com'), {
    domains: ['example.com', 'example.org'],
  });
  assert.equal(readDomains('example.com\nlocalhost').wrong, 'localhost');
  assert.deepEqual(readDomains('').domains, []);
});
