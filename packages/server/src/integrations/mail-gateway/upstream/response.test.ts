import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { BodyReader } from './body-reader.ts';
import { readResponseHead, responseHeadLimits } from './response-head.ts';
import { UpstreamError } from './upstream-error.ts';

const malformed = (error: unknown) => error instanceof UpstreamError && error.reason === 'malformed';

/** What a body is when it comes in pieces of these sizes, and how many bytes were not of it. */
function read(framing: 'chunked' | number, bytes: Buffer, sizes: readonly number[]) {
  const reader = new BodyReader(framing);
  const parts: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length && !reader.done; turn += 1) {
    const piece = bytes.subarray(at, at + Math.max(1, sizes[turn % sizes.length] ?? 1));
    at += reader.read(piece, (part) => parts.push(Buffer.from(part)));
  }
  return { body: Buffer.concat(parts).toString('latin1'), done: reader.done, left: bytes.length - at };
}

describe('where an answer ends', () => {
  test('RFC 9112 section 7.1: chunks, extensions and trailers, however they are cut', () => {
    const bytes = Buffer.from(
      '4\r\nWiki\r\n6;name=value\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n000\r\nTrailer: yes\r\nOther: no\r\n\r\nNEXT',
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        assert.deepEqual(read('chunked', bytes, sizes), {
          body: 'Wikipedia in \r\n\r\nchunks.',
          done: true,
          left: 4,
        });
      }),
    );
  });

  test('EAS-T04 chunks that two readers could read differently are read by nobody', () => {
    for (const text of [
      '\r\n',
      'x\r\n',
      '-1\r\n',
      '0x4\r\nWiki\r\n',
      ' 4\r\nWiki\r\n',
      '4\nWiki\r\n',
      '4\r\nWikiX\r\n0\r\n\r\n',
      '4\r\nWiki\n0\r\n\r\n',
      '4;a\nb\r\nWiki\r\n',
      'fffffffff\r\n',
      `4;${'x'.repeat(5_000)}\r\nWiki\r\n`,
      `0\r\n${'x: y\r\n'.repeat(1_000)}\r\n`,
    ])
      assert.throws(() => read('chunked', Buffer.from(text), [7]), malformed, text.slice(0, 20));
  });

  test('so many bytes and not one more', () => {
    assert.deepEqual(read(4, Buffer.from('mailNEXT'), [3]), { body: 'mail', done: true, left: 4 });
    assert.equal(new BodyReader(0).done, true);
    assert.equal(new BodyReader('until-close').done, false);
  });

  test('heads: what is plain is read, anything else ends the connection', () => {
    const head = readResponseHead(
      'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nKeep-Alive: timeout=5, max=100\r\nX: a\tb',
    );
    assert.deepEqual(
      [head.status, head.body, head.keepAlive, head.keepAliveSeconds, head.headers.slice(4)],
      [200, 12, true, 5, ['x', 'a\tb']],
    );
    assert.equal(readResponseHead('HTTP/1.1 200\r\n').body, 'until-close');
    assert.equal(readResponseHead('HTTP/1.0 200 OK\r\nContent-Length: 1').keepAlive, false);
    assert.equal(readResponseHead('HTTP/1.1 204 x\r\nContent-Length: 5').body, 0);
    for (const text of [
      '',
      'HTTP/2 200 OK',
      'HTTP/1.1 20 OK',
      'HTTP/1.1 200 OK\nA: b',
      'HTTP/1.1 200 OK\r\nA',
      'HTTP/1.1 200 OK\r\n: b',
      'HTTP/1.1 200 OK\r\nA : b',
      'HTTP/1.1 200 OK\r\n A: b',
      'HTTP/1.1 200 OK\r\nA: b\rc',
      'HTTP/1.1 200 OK\r\nA: b\0c',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1',
      'HTTP/1.1 200 OK\r\nContent-Length: 1, 1',
      'HTTP/1.1 200 OK\r\nContent-Length: +1',
      'HTTP/1.1 200 OK\r\nContent-Length: 0x10',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1',
      'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked',
      `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(responseHeadLimits.headers + 1)}`,
    ])
      assert.throws(() => readResponseHead(text), malformed, text.slice(0, 60));
  });

  test('any bytes are a head or an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (text) => {
        try {
          readResponseHead(`HTTP/1.1 200 OK\r\n${text}`);
        } catch (error) {
          assert.ok(malformed(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
