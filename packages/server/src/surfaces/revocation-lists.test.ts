import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpServer } from '../kernel/http/server.ts';
import { newId } from '../kernel/ids.ts';
import { silentLog } from '../kernel/log.ts';
import { registerRevocationLists } from './revocation-lists.ts';

test('a list is served under its authority’s id and nothing else is', async () => {
  const known = newId();
  const asked: string[] = [];
  const server = createHttpServer({ log: silentLog });
  registerRevocationLists(server, {
    async find(authorityId) {
      asked.push(authorityId);
      return authorityId === known ? Buffer.from('list') : undefined;
    },
  });
  const get = (url: string) => server.inject({ url });
  const answer = await get(`/crl/${known}.crl`);
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'application/pkix-crl');
  assert.equal(answer.body, 'list');
  assert.equal((await get(`/crl/${newId()}.crl`)).statusCode, 404);
  assert.equal(asked.length, 2);
  for (const url of [
    `/crl/${known}`,
    `/crl/${known}.pem`,
    '/crl/.crl',
    '/crl/x.crl',
    '/crl/',
    `/crl/${known}.crl/x`,
  ]) {
    assert.equal((await get(url)).statusCode, 404, url);
  }
  // What is no id is not even looked for.
  assert.equal(asked.length, 2);
  await server.close();
});
