import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ArrivedRequest, knownHeadLimits, KnownHeads } from './known-heads.ts';
import { endOfHeadIn, readPlainRequest } from './plain-request.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

const phone = [
  'POST /Microsoft-Server-ActiveSync?Cmd=Sync&User=ann&DeviceId=a1&DeviceType=iPhone HTTP/1.1',
  'Host: mail.example',
  'Authorization: Basic YW5uOnB3YW5uOnB3',
  'User-Agent: Apple-iPhone16C1/2207.100',
  'Content-Length: 4',
  '',
  '\x03\x01j\0',
].join('\r\n');

const read = (heads: KnownHeads, bytes: Buffer, now = performance.now()) =>
  heads.read(bytes, endOfHeadIn(bytes), now);

function arrived(heads: KnownHeads, bytes: Buffer, now?: number): ArrivedRequest {
  const request = read(heads, bytes, now);
  assert.ok(typeof request === 'object', String(request));
  return request;
}

function knowingPhone(memo: object = {}): KnownHeads {
  const heads = new KnownHeads();
  arrived(heads, bytesOf(phone)).keep(memo);
  return heads;
}

test('what was kept comes with the next request that has the same head, whatever its body says', () => {
  const memo = { of: 'ann' };
  const heads = knowingPhone(memo);
  const bytes = bytesOf(`${phone.slice(0, -4)}abcdPOST /next`);
  const request = arrived(heads, bytes);
  assert.equal(request.memo, memo);
  assert.equal(request.body?.toString('latin1'), 'abcd');
  const { rawHeaders, ...plain } = readPlainRequest(bytes) as Exclude<
    ReturnType<typeof readPlainRequest>,
    string
  >;
  assert.deepEqual([request.read, request.rawHeaders], [plain, rawHeaders]);
  const from = request.placeOf('Basic YW5uOnB3YW5uOnB3');
  assert.equal(request.textAt(from, from + 22), 'Basic YW5uOnB3YW5uOnB3');
  assert.equal(request.placeOf('abcd'), -1, 'what stands in the body is no part of the head');
  assert.equal(read(heads, bytesOf(phone.slice(0, -1))), 'unfinished');
});

test('HTTP-03 a head that differs in one byte is read anew, and as it would be without any memory', () => {
  const heads = knowingPhone();
  const headBytes = endOfHeadIn(bytesOf(phone));
  fc.assert(
    fc.property(fc.nat(headBytes - 1), fc.nat(255), (at, byte) => {
      const bytes = bytesOf(phone);
      const isSame = bytes[at] === byte;
      bytes[at] = byte;
      const request = read(heads, bytes);
      const plain = readPlainRequest(bytes);
      if (typeof plain === 'string' || typeof request === 'string') assert.equal(request, plain);
      else {
        assert.equal(request.memo !== undefined, isSame);
        assert.deepEqual({ ...request.read, rawHeaders: request.rawHeaders }, plain);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('it is remembered for a minute, and only so many are', () => {
  const heads = knowingPhone();
  const soon = performance.now() + knownHeadLimits.lifeMs / 2;
  assert.ok(arrived(heads, bytesOf(phone), soon).memo);
  assert.equal(arrived(heads, bytesOf(phone), soon + knownHeadLimits.lifeMs).memo, undefined);
  const most = knownHeadLimits.heads;
  try {
    knownHeadLimits.heads = 3;
    for (const name of ['bob', 'cid', 'dan', 'eve'])
      arrived(heads, bytesOf(phone.replace('ann', name))).keep({});
    assert.equal(heads.size, 3);
    assert.equal(arrived(heads, bytesOf(phone)).memo, undefined, 'the oldest goes first');
    assert.ok(arrived(heads, bytesOf(phone.replace('ann', 'eve'))).memo);
    heads.forgetOld(soon + knownHeadLimits.lifeMs);
    assert.equal(heads.size, 0);
  } finally {
    knownHeadLimits.heads = most;
  }
});

test('what a request was read from goes when nobody needs it any more', () => {
  const request = arrived(new KnownHeads(), bytesOf(phone));
  request.forget();
  assert.deepEqual([request.rawHeaders, request.body, request.textAt(0, 4)], [[], undefined, '']);
});
