import assert from 'node:assert/strict';
import http, { type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainLimits, readPlainRequest } from './plain-request.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

const phone = [
  'POST /Microsoft-Server-ActiveSync?Cmd=Sync&User=ann&DeviceId=a1&DeviceType=iPhone HTTP/1.1',
  'Host: mail.example',
  'Authorization: Basic YW5uOnB3',
  'User-Agent:  Apple-iPhone16C1/2207.100 \t',
  'X-Empty:',
  'Content-Length: 4',
  '',
  '\x03\x01j\0',
].join('\r\n');

const headed = (...lines: string[]) => [`POST /a HTTP/1.1`, 'Host: h', ...lines, '', ''].join('\r\n');

test('a request is read as it stands', () => {
  const bytes = bytesOf(`${phone}POST /next`);
  assert.deepEqual(readPlainRequest(bytes), {
    method: 'POST',
    target: '/Microsoft-Server-ActiveSync?Cmd=Sync&User=ann&DeviceId=a1&DeviceType=iPhone',
    rawHeaders: [
      ...['Host', 'mail.example', 'Authorization', 'Basic YW5uOnB3'],
      ...['User-Agent', 'Apple-iPhone16C1/2207.100', 'X-Empty', '', 'Content-Length', '4'],
    ],
    bodyAt: phone.length - 4,
    end: phone.length,
    keepAlive: true,
  });
  const closing = readPlainRequest(bytesOf(headed('Connection: Close')));
  assert.equal(typeof closing === 'object' && closing.keepAlive, false);
});

test('every beginning of a request is unfinished', () => {
  const bytes = bytesOf(phone);
  for (let length = 0; length < bytes.length; length += 1)
    assert.equal(readPlainRequest(bytes.subarray(0, length)), 'unfinished', `${length} bytes`);
});

test('HTTP-03 whatever could be read in two ways is not read here', () => {
  const odd: Readonly<Record<string, string>> = {
    'two lengths': headed('Content-Length: 1', 'Content-Length: 1'),
    'a list of lengths': headed('Content-Length: 1, 1'),
    'a length with a sign': headed('Content-Length: +1'),
    'a length in hexadecimal': headed('Content-Length: 0x1'),
    'an empty length': headed('Content-Length:'),
    'a length that is too large': headed(`Content-Length: ${plainLimits.bodyBytes + 1}`),
    chunks: headed('Transfer-Encoding: chunked'),
    'chunks in disguise': headed('Transfer-Encoding : chunked'),
    'chunks beside a length': headed('Content-Length: 1', 'Transfer-Encoding: chunked'),
    'chunks behind a tab': headed('Transfer-Encoding:\tchunked'),
    'a folded line': headed('X-A: b', ' c: d'),
    'a bare LF': headed('X-A: b\nContent-Length: 5'),
    'a bare CR': headed('X-A: b\rContent-Length: 5'),
    'a zero byte': headed('X-A: b\0'),
    'a name with a space': headed('X A: b'),
    'a name that ends in a space': headed('X-A : b'),
    'no name': headed(': b'),
    'no colon': headed('X-A'),
    'two hosts': headed('Host: i'),
    'no host': 'POST /a HTTP/1.1\r\nX-A: b\r\n\r\n',
    'no headers': 'POST /a HTTP/1.1\r\n\r\n',
    'another method': 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n',
    'an older version': 'POST /a HTTP/1.0\r\nHost: h\r\n\r\n',
    'no version': 'POST /a\r\nHost: h\r\n\r\n',
    'two spaces': 'POST  /a HTTP/1.1\r\nHost: h\r\n\r\n',
    'a tab in the first line': 'POST\t/a HTTP/1.1\r\nHost: h\r\n\r\n',
    'a space in the address': 'POST /a b HTTP/1.1\r\nHost: h\r\n\r\n',
    'an address beyond ASCII': 'POST /\xe4 HTTP/1.1\r\nHost: h\r\n\r\n',
    'an empty line before it': '\r\nPOST /a HTTP/1.1\r\nHost: h\r\n\r\n',
    'a wish to be asked on': headed('Expect: 100-continue'),
    'another protocol': headed('Upgrade: h2c', 'Connection: keep-alive'),
    'headers for us alone': headed('Connection: keep-alive, X-A'),
    'two connections': headed('Connection: close', 'Connection: close'),
    trailers: headed('Trailer: X-A'),
    'too many headers': headed(...Array.from({ length: plainLimits.headers }, (_, n) => `X-${n}: 1`)),
    'a head without end': `POST /a HTTP/1.1\r\nHost: ${'h'.repeat(plainLimits.headBytes)}`,
    'a head that is too long': headed(`X-A: ${'b'.repeat(plainLimits.headBytes)}`),
  };
  for (const [name, text] of Object.entries(odd))
    assert.equal(readPlainRequest(bytesOf(text)), 'other', name);
});

interface Reading {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** What Node's parser makes of the same bytes. */
function readByNode(bytes: Buffer): Promise<Reading | 'refused'> {
  return new Promise((resolve) => {
    const server = http.createServer((request: IncomingMessage) => {
      let body = '';
      request.setEncoding('latin1').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        const { method, url: target, rawHeaders } = request;
        resolve({ method, target, rawHeaders, body });
      });
    });
    server.on('clientError', () => resolve('refused'));
    const line = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
    server.emit('connection', line);
    line.push(bytes);
    line.push(null);
  });
}

test('HTTP-03 what is read here Node reads the same', async () => {
  const piece = fc.constantFrom(
    ...['\r\n', '\n', '\r', ' ', '\t', ':', ',', '\0', '\xa0', '\xff', '0', '9', 'x', '/', '#', '\x7f'],
    ...[
      'Content-Length: 2\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Host: i\r\n',
      'Connection: close\r\n',
      'HTTP/1.1',
    ],
  );
  const change = fc.tuple(fc.nat(phone.length), fc.nat(2), piece);
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
      let text = phone;
      for (const [at, removed, added] of changes) text = text.slice(0, at) + added + text.slice(at + removed);
      const bytes = bytesOf(text);
      const ours = readPlainRequest(bytes);
      if (typeof ours === 'string') return;
      read += 1;
      assert.deepEqual(await readByNode(bytes.subarray(0, ours.end)), {
        method: ours.method,
        target: ours.target,
        rawHeaders: ours.rawHeaders,
        body: bytes.toString('latin1', ours.bodyAt, ours.end),
      } satisfies Reading);
    }),
    { numRuns: 2_000 },
  );
  assert.ok(read > 100, `${read} were read`);
});

test('arbitrary bytes are never more than a reading', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(phone.length), (noise, at) => {
      readPlainRequest(Buffer.concat([bytesOf(phone.slice(0, at)), noise]));
    }),
    { numRuns: 2_000 },
  );
});
