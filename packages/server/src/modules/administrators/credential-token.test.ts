import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatCredential,
  hashSecret,
  newCredential,
  parseCredential,
  sameHash,
} from './credential-token.ts';

test('ADM-14 a token has a recognisable prefix and a checksum', () => {
  const made = newCredential('api');
  const text = formatCredential(made);
  assert.match(text, /^gth_api_[0-9a-z]{10}_[\w-]{43}_[0-9A-Za-z]{6}$/);
  assert.deepEqual(parseCredential(text, 'api'), made);
});

test('ADM-14 any changed character, another kind and other forms are no token', () => {
  const text = formatCredential(newCredential('api'));
  for (let index = 0; index < text.length; index += 1) {
    const other = text.charAt(index) === 'x' ? 'y' : 'x';
    assert.equal(
      parseCredential(text.slice(0, index) + other + text.slice(index + 1), 'api'),
      undefined,
      `${index}`,
    );
  }
  assert.equal(parseCredential(text, 'ses'), undefined);
  assert.equal(parseCredential(`${text}\n`, 'api'), undefined);
  assert.equal(parseCredential(` ${text}`, 'api'), undefined);
  assert.equal(parseCredential('', 'api'), undefined);
});

test('only the hash of the secret is compared', () => {
  const { secret } = newCredential('ses');
  assert.ok(sameHash(hashSecret(secret), hashSecret(Buffer.from(secret))));
  assert.ok(!sameHash(hashSecret(secret), hashSecret(newCredential('ses').secret)));
  assert.ok(!sameHash(hashSecret(secret), Buffer.alloc(0)));
});
