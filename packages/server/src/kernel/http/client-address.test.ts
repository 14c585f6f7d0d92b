import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressList } from './address-list.ts';
import { clientAddress } from './client-address.ts';

const proxies = createAddressList(['127.0.0.1', '10.0.0.0/8']);

test('HTTP-04 the right-most hop that is no proxy of ours is the client, whatever stands left of it', () => {
  assert.equal(clientAddress('127.0.0.1', '198.51.100.7', proxies), '198.51.100.7');
  assert.equal(clientAddress('127.0.0.1', '1.2.3.4, 198.51.100.7, 10.1.1.1', proxies), '198.51.100.7');
  assert.equal(clientAddress('127.0.0.1', '198.51.100.7,10.1.1.1', proxies), '198.51.100.7');
});

test('HTTP-04 a stranger is who he is, whatever he says', () => {
  assert.equal(clientAddress('198.51.100.7', '1.2.3.4', proxies), '198.51.100.7');
  assert.equal(clientAddress('198.51.100.7', '1.2.3.4', undefined), '198.51.100.7');
  assert.equal(clientAddress('127.0.0.1', ' , ,', proxies), '127.0.0.1');
  assert.equal(clientAddress('127.0.0.1', '1,'.repeat(1_000), proxies), '127.0.0.1');
  assert.equal(clientAddress('127.0.0.1', undefined, proxies), '127.0.0.1');
});
