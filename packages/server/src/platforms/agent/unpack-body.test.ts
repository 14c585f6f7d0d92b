import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { agentLimits } from '@gatehouse/contracts/agent.ts';
import { explainUnpacking, unpackBody } from './unpack-body.ts';

const mebibyte = 1024 * 1024;

/** In pieces as a socket would bring them. */
function stream(bytes: Uint8Array): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
    bytes.subarray(index * 65_536, (index + 1) * 65_536),
  );
  return Readable.from(pieces, { objectMode: false });
}

const unpack = (bytes: Uint8Array, encoding?: string) =>
  buffer(unpackBody(stream(bytes), encoding, undefined));
const tooLarge = { code: 'too-large', reason: 'report-too-large' };

test('a body passes unchanged, packed or not, and what was received is counted', async () => {
  const bytes = randomBytes(300_000);
  assert.deepEqual(await unpack(bytes), bytes);
  assert.deepEqual(await unpack(bytes, 'identity'), bytes);
  const packed = gzipSync(bytes);
  const out = unpackBody(stream(packed), 'gzip', String(packed.length));
  assert.deepEqual(await buffer(out), bytes);
  assert.equal(out.receivedEncodedLength, packed.length);
});

test('HTTP-12 size as sent: at the limit taken, one above refused, by announcement or by count', async () => {
  const limit = agentLimits.checkInBytes;
  assert.equal((await unpack(Buffer.alloc(limit))).length, limit);
  await assert.rejects(unpack(Buffer.alloc(limit + 1)), tooLarge);
  assert.throws(() => unpackBody(stream(Buffer.alloc(1)), undefined, String(limit + 1)), tooLarge);
});

test('HTTP-12 size as unpacked: at the limit taken, one above refused', async () => {
  // Half of it random, so that the ratio does not speak first.
  const half = randomBytes(agentLimits.unpackedBytes / 2 - mebibyte);
  const content = (bytes: number) => Buffer.concat([half, Buffer.alloc(bytes - half.length)]);
  assert.equal(
    (await unpack(gzipSync(content(agentLimits.unpackedBytes)), 'gzip')).length,
    agentLimits.unpackedBytes,
  );
  await assert.rejects(unpack(gzipSync(content(agentLimits.unpackedBytes + 1)), 'gzip'), tooLarge);
});

test('HTTP-12 proportion: a little over twenty to one is refused, small bodies are not', async () => {
  const packed = (zeros: number) => gzipSync(Buffer.concat([randomBytes(50_000), Buffer.alloc(zeros)]));
  const good = packed(50_000 * 18);
  assert.ok(good.length * agentLimits.unpackedRatio > 50_000 * 19);
  await unpack(good, 'gzip');
  await assert.rejects(unpack(packed(50_000 * 22), 'gzip'), tooLarge);
  await unpack(gzipSync(Buffer.alloc(200_000)), 'gzip');
});

test('what is no gzip is the sender’s fault, other encodings are not spoken', async () => {
  for (const bytes of [randomBytes(100), gzipSync('x'.repeat(1_000)).subarray(0, 20)]) {
    const error = await unpack(bytes, 'gzip').then(
      () => assert.fail('unpacked'),
      (failure: unknown) => explainUnpacking(failure),
    );
    assert.equal((error as { code?: string }).code, 'invalid-input');
  }
  for (const encoding of ['br', 'GZIP ', 'deflate', 'gzip, gzip', '']) {
    assert.throws(() => unpackBody(stream(Buffer.alloc(1)), encoding, undefined), {
      code: 'unsupported-media-type',
    });
  }
});
