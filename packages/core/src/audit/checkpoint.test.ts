import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { checkpointOf, openCheckpoint, signCheckpoint } from './checkpoint.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signWith = (input: Uint8Array) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
const verifyWith = (input: Uint8Array, signature: Uint8Array) =>
  verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);

const checkpoint = checkpointOf(
  'acme',
  { seq: 3, hash: new Uint8Array(32).fill(9) },
  3,
  '2026-11-21T12:00:00.000Z',
);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed by the right key whose header or payload we choose. */
function forge(header: unknown, payload: unknown): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${signWith(Buffer.from(input)).toString('base64url')}`;
}

test('a checkpoint survives being signed and opened, and names its key', async () => {
  const token = await signCheckpoint(checkpoint, 'key-1', signWith);
  let seen: string | undefined;
  const opened = await openCheckpoint(token, (input, signature, keyId) => {
    seen = keyId;
    return verifyWith(input, signature);
  });
  assert.deepEqual(opened, checkpoint);
  assert.equal(seen, 'key-1');
});

test('a signed token of another type or algorithm is no checkpoint', async () => {
  const good = { alg: 'ES256', typ: 'gh-checkpoint+jwt', kid: 'key-1' };
  assert.deepEqual(await openCheckpoint(forge(good, checkpoint), verifyWith), checkpoint);
  for (const header of [
    { ...good, alg: 'none' },
    { ...good, alg: 'HS256' },
    { ...good, typ: 'JWT' },
    { ...good, typ: undefined },
    { ...good, crit: ['exp'] },
    null,
    [],
  ]) {
    assert.equal(
      await openCheckpoint(forge(header, checkpoint), verifyWith),
      undefined,
      JSON.stringify(header),
    );
  }
});

test('a signed payload that is no checkpoint is none', async () => {
  const header = { alg: 'ES256', typ: 'gh-checkpoint+jwt' };
  for (const payload of [
    { ...checkpoint, seq: -1 },
    { ...checkpoint, seq: '3' },
    { ...checkpoint, headHash: 'ff' },
    { ...checkpoint, org: 7 },
    { ...checkpoint, count: 1.5 },
    { ...checkpoint, time: null },
    'text',
  ]) {
    assert.equal(await openCheckpoint(forge(header, payload), verifyWith), undefined);
  }
});

test('any flipped character makes the token worthless', async () => {
  const token = await signCheckpoint(checkpoint, 'key-1', signWith);
  for (let index = 0; index < token.length - 1; index += 7) {
    const flipped = `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`;
    assert.equal(await openCheckpoint(flipped, verifyWith), undefined, `at ${index}`);
  }
});

test('malformed and oversized tokens are refused before any signature is checked', async () => {
  const never = () => assert.fail('must not be asked');
  const token = await signCheckpoint(checkpoint, 'key-1', signWith);
  const long = `${'A'.repeat(limits.jws.bytes)}${token}`;
  for (const bad of ['', 'a.b', 'a.b.c.d', `${token}.`, `${token}=`, ` ${token}`, long]) {
    assert.equal(await openCheckpoint(bad, never), undefined);
  }
});
