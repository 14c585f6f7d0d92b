import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { agentLimits, type CheckInRequest } from '@gatehouse/contracts/agent.ts';
import { packBody } from './pack-body.ts';

function report(apps: readonly unknown[]): CheckInRequest {
  const scans = [{ scan: 'apps' as const, observedAt: 1, facts: { 'apps.installed': apps } }];
  return { counter: 1, bootId: 'b', sentAt: 1, scans };
}

const unpack = (packed: ReturnType<typeof packBody>) =>
  JSON.parse(
    (packed.encoding === 'gzip' ? gunzipSync(packed.bytes) : Buffer.from(packed.bytes)).toString(),
  ) as CheckInRequest;

test('a small check-in travels as it is', () => {
  const small = report([]);
  const packed = packBody(small);
  assert.equal(packed.encoding, undefined);
  assert.deepEqual(unpack(packed), small);
});

test('a package list is gzipped and comes out unchanged', () => {
  const list = report(
    Array.from({ length: 3_000 }, () => ({ id: randomBytes(6).toString('hex'), version: '1.2.3' })),
  );
  const packed = packBody(list);
  assert.equal(packed.encoding, 'gzip');
  assert.ok(packed.bytes.length < 200_000);
  assert.deepEqual(unpack(packed), list);
});

test('HTTP-12 what compresses better than the server allows is sent plain', () => {
  const packed = packBody(report(Array.from({ length: 50_000 }, () => 'same')));
  assert.equal(packed.encoding, undefined);
});

test('DEV-10 a report past every limit is cut until it fits, and says so', () => {
  const apps = Array.from({ length: 60_000 }, (_, index) => ({ id: `${index}-${'x'.repeat(400)}` }));
  const packed = packBody(report(apps));
  assert.ok(packed.bytes.length <= agentLimits.checkInBytes);
  const sent = unpack(packed);
  assert.equal(sent.scans[0]?.truncated, true);
  assert.ok(JSON.stringify(sent).length <= agentLimits.unpackedBytes);
  const kept = sent.scans[0]?.facts['apps.installed'];
  assert.ok(Array.isArray(kept) && kept.length >= 10_000);
});
