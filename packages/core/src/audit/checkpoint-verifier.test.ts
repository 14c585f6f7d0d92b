import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { checkpointOf, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { checkpointVerifier, keyThumbprint } from './checkpoint-verifier.ts';
import { emptyChain } from './chain.ts';
import { type CheckpointKey, exportHeader } from './export.ts';
import { readExportLine } from './read-export.ts';

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key: CheckpointKey = { kid: keyThumbprint({ kty, crv, x, y }), kty, crv, x, y };
  const signWith = (input: Uint8Array) =>
    sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return { key, token: (kid: string) => signCheckpoint(checkpoint, kid, signWith) };
}

const checkpoint = checkpointOf('acme', { seq: 1, hash: new Uint8Array(32) }, 1, '2026-11-21T12:00:00Z');
const ann = newKey();
const bob = newKey();

test('RFC 7638 section 3: the thumbprint hashes the required members in order', () => {
  const { kty, crv, x, y } = ann.key;
  const json = `{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`;
  assert.equal(ann.key.kid, createHash('sha256').update(json).digest('base64url'));
});

test('a checkpoint holds with the key it names and with no other', async () => {
  const verify = checkpointVerifier([ann.key, bob.key]);
  assert.deepEqual(await openCheckpoint(await ann.token(ann.key.kid), verify), checkpoint);
  assert.equal(await openCheckpoint(await ann.token(bob.key.kid), verify), undefined);
  assert.equal(await openCheckpoint(await ann.token(ann.key.kid), checkpointVerifier([bob.key])), undefined);
});

test('a key is known by itself, not by the name it claims', async () => {
  const impostor = { ...bob.key, kid: ann.key.kid };
  assert.equal(await openCheckpoint(await bob.token(ann.key.kid), checkpointVerifier([impostor])), undefined);
});

test('what is no key of the curve is ignored', async () => {
  const broken: CheckpointKey[] = [
    { ...ann.key, x: ann.key.y },
    { ...ann.key, x: '' },
    { ...ann.key, crv: 'P-384' },
    { ...ann.key, kty: 'RSA' },
  ];
  assert.equal(await openCheckpoint(await ann.token(ann.key.kid), checkpointVerifier(broken)), undefined);
  assert.ok(await openCheckpoint(await ann.token(ann.key.kid), checkpointVerifier([...broken, ann.key])));
});

test('a header with malformed keys is unreadable', () => {
  const header = JSON.parse(exportHeader('acme', emptyChain, null)) as Record<string, unknown>;
  const withKeys = (keys: unknown) =>
    readExportLine(JSON.stringify(Object.fromEntries(Object.entries({ ...header, keys }).sort()))).type;
  assert.equal(withKeys([]), 'header');
  assert.equal(withKeys({}), 'unreadable');
  assert.equal(withKeys([{ kid: 'k' }]), 'unreadable');
});
