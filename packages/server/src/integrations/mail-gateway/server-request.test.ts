import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBase64Query, readRequest } from '@gatehouse/protocols/activesync/index.ts';
import { queryFor } from './server-request.ts';

const read = (query: string) => {
  const request = readRequest({ method: 'POST', query, rawHeaders: [] });
  assert.ok(request.kind === 'command');
  return request;
};

const asked = (user: string) =>
  read(
    formatBase64Query({
      form: 'base64',
      version: '14.1',
      command: 'Sync',
      deviceId: Buffer.from('ANDROID123456'),
      deviceType: 'Android',
      parameters: {},
      user,
    }),
  );

test('a name at the mail server that a base64 query cannot hold is left out of it; the credentials say it', () => {
  const at = (user: string) => read(queryFor(asked('ann'), { user, policyKey: 7 }));
  assert.equal(at('ann@acme.example').user, 'ann@acme.example');
  assert.equal(at('a'.repeat(255)).user, 'a'.repeat(255));
  for (const user of ['a'.repeat(256), 'ü'.repeat(128)]) {
    const query = at(user);
    assert.deepEqual([query.user, query.policyKey, query.command], [undefined, 7, 'Sync']);
  }
  // Nobody is named where the client has named nobody.
  const { user: _none, ...unnamed } = asked('ann');
  assert.equal(read(queryFor(unnamed, { user: 'ann', policyKey: 7 })).user, undefined);
});
