import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressList } from './address-list.ts';

test('CRY-10: an address list holds addresses and ranges of both families', () => {
  const list = createAddressList(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:1::1'])
    assert.ok(list.includes(address), address);
  for (const address of [
    '11.0.0.1',
    '192.0.2.8',
    '2001:db9::1',
    '::ffff:11.0.0.1',
    '',
    'localhost',
    '10.1.2',
  ])
    assert.ok(!list.includes(address), address);
});

test('an empty list holds nobody, and what is no address is named', () => {
  assert.ok(!createAddressList([]).includes('127.0.0.1'));
  for (const entry of [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0',
    'example.org',
    '10.0.0.0/8/8',
    '::/129',
    '1.2.3.4/-1',
  ])
    assert.throws(() => createAddressList([entry]), new RegExp(entry.replaceAll(/[./]/g, '\\$&')), entry);
});
