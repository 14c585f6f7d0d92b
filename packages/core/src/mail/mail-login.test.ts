import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { showDeviceKey } from './mail-device.ts';
import { loginCandidates, readMailLogin } from './mail-login.ts';

const candidates = (text: string, domains: readonly string[] = ['acme.example', 'acme.test']) => {
  const login = readMailLogin(text);
  return login && loginCandidates(login, domains);
};

describe('names under which people log in', () => {
  test('an address is one name', () =>
    assert.deepEqual(candidates('Ann@ACME.example'), ['ann@acme.example']));
  test('ENR-14 a short name is the left part of an address in our own domains', () =>
    assert.deepEqual(candidates('Ann'), ['ann', 'ann@acme.example', 'ann@acme.test']));
  test('the left part of a foreign address is nobody', () =>
    assert.deepEqual(candidates('ann@elsewhere.example'), ['ann@elsewhere.example']));
  test('a domain of Windows stands before the name', () => {
    assert.deepEqual(readMailLogin('ACME\\ann'), { name: 'ann', windowsDomain: 'acme', mailDomain: null });
    assert.deepEqual(readMailLogin('acme.test\\ann@acme.example'), {
      name: 'ann@acme.example',
      windowsDomain: 'acme.test',
      mailDomain: 'acme.example',
    });
  });
  for (const text of ['', '\\ann', 'ACME\\', 'a\u0000b', 'a\nb', 'x'.repeat(321)])
    test(`no name: ${JSON.stringify(text.slice(0, 12))}`, () => assert.equal(readMailLogin(text), undefined));
  for (const text of ['@acme.example', 'ann@'])
    test(`no address: ${text}`, () => assert.equal(readMailLogin(text)?.mailDomain, null));
});

test('a device id is shown as it is, or in hexadecimal', () => {
  assert.equal(showDeviceKey(Buffer.from('ApplF17ABC')), 'ApplF17ABC');
  assert.equal(showDeviceKey(Uint8Array.of(0, 255, 16)), '00ff10');
  assert.equal(showDeviceKey(Buffer.from('a b')), '612062');
});
