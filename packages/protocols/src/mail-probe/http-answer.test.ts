import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { decodeHttpAnswer, mostAnswerBytes } from './http-answer.ts';
import { answerIsThere, parseTarget } from './probe-host.ts';
import { encodeQuestion, webQuestions } from './ways.ts';

const decode = (text: string) => decodeHttpAnswer(Buffer.from(text, 'latin1'));
const reasonOf = (text: string) => {
  try {
    decode(text);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return error.reason;
  }
  return 'decoded';
};

test('an answer is read as far as it was heard', () => {
  const whole = decode('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: 1\r\nx-a: 2\r\n\r\nabcdef');
  assert.deepEqual(
    [whole.status, whole.header('x-a'), whole.body.toString(), whole.complete],
    [200, '1', 'abc', true],
  );
  assert.equal(decode('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc').complete, false);
  assert.equal(decode('HTTP/1.0 204\n\n').complete, true);
  const chunked = decode(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n',
  );
  assert.deepEqual([chunked.body.toString(), chunked.complete], ['abcde', true]);
  assert.equal(decode('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc').body.length, 0);
});

test('what is no answer is told from one that has only begun', () => {
  assert.equal(reasonOf('HTTP/1.1 200 OK\r\nContent-'), 'incomplete');
  assert.equal(reasonOf('HTT'), 'incomplete');
  for (const text of [
    '220 mail.example ESMTP\r\n',
    '\u0015\u0003\u0001',
    'HTTP/2 200 \r\n\r\n',
    'HTTP/1.1 999 X\r\n\r\n',
  ])
    assert.equal(reasonOf(text), 'malformed', text);
  assert.equal(reasonOf(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(17_000)}`), 'too-large');
  assert.equal(reasonOf('x'.repeat(mostAnswerBytes + 1)), 'too-large');
});

test('any bytes are an answer or a DecodeError, and a listener always knows when to stop', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 ',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '\n\n',
      'ffffffff\r\n',
      '0\r\n\r\n',
      'Content-Length: 5\r\n',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      assert.equal(typeof answerIsThere(bytes), 'boolean');
      try {
        const { status, body } = decodeHttpAnswer(bytes);
        assert.ok(status >= 100 && status < 600 && body.length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof DecodeError);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a question carries no credential and cannot be made two', () => {
  for (const { method, path } of webQuestions) {
    const text = Buffer.from(encodeQuestion({ method, path }, 'mail.example')).toString();
    assert.match(
      text,
      new RegExp(`^${method} ${path.replaceAll('.', '\\.')} HTTP/1\\.1\r\nHost: mail\\.example\r\n`),
    );
    assert.doesNotMatch(text, /authorization|cookie/i);
  }
  for (const host of ['a\r\nX: y', 'a b', '', 'a/b'])
    assert.throws(() => encodeQuestion({ method: 'GET', path: '/' }, host), TypeError);
  assert.throws(() => encodeQuestion({ method: 'GET', path: '/a b' }, 'a'), TypeError);
});

test('a target is a host with or without a port, and nothing else', () => {
  assert.deepEqual(parseTarget('Mail.Example'), { host: 'mail.example', port: 443 });
  assert.deepEqual(parseTarget('[2001:db8::1]:8443'), { host: '2001:db8::1', port: 8443 });
  for (const text of [
    '',
    'https://x',
    'a:0',
    'a:70000',
    'a/b',
    'a b',
    '2001:db8::1',
    '-a',
    'a:',
    'a@b',
    'a'.repeat(260),
  ])
    assert.equal(parseTarget(text), undefined, text);
});
