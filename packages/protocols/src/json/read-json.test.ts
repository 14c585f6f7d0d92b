import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { costOf } from '../../../../tools/processor-time.ts';
import { DecodeError } from '../decode-error.ts';
import { type JsonLimits, type JsonValue, readJson } from './read-json.ts';

const limits: JsonLimits = { maxBytes: 1000, maxDepth: 4, maxArray: 10, maxString: 20, maxProperties: 5 };

function read(text: string, change: Partial<JsonLimits> = {}): JsonValue {
  return readJson(Buffer.from(text), { ...limits, ...change });
}

function reasonOf(text: string, change: Partial<JsonLimits> = {}): string {
  try {
    read(text, change);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.reason;
  }
  return 'accepted';
}

test('HTTP-06 keys that reach a prototype are refused at any depth, however they are spelled', () => {
  const hostile = [
    '{"__proto__":{"x":1}}',
    '{"a":[{"__proto__":null}]}',
    '{"\\u005f_proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"a":{"constructor":{"prototype":null}}}',
  ];
  for (const text of hostile) assert.equal(reasonOf(text), 'forbidden-key', text);
  assert.equal(({} as Record<string, unknown>).x, undefined);
  assert.deepEqual(read('{"constructor":"Bosch","prototype":1}'), { constructor: 'Bosch', prototype: 1 });
});

suite('each limit holds at the limit and not one beyond', () => {
  const cases: readonly [string, string, string, string][] = [
    ['bytes', `${' '.repeat(999)}1`, `${' '.repeat(1000)}1`, 'too-large'],
    ['depth', '[[[[1]]]]', '[[[[[1]]]]]', 'too-deep'],
    ['depth of objects', '{"a":{"a":{"a":{}}}}', '{"a":{"a":{"a":{"a":{}}}}}', 'too-deep'],
    ['array', `[${Array(10).fill(1).join()}]`, `[${Array(11).fill(1).join()}]`, 'too-large'],
    ['string', `"${'x'.repeat(20)}"`, `"${'x'.repeat(21)}"`, 'too-large'],
    ['key', `{"${'x'.repeat(20)}":1}`, `{"${'x'.repeat(21)}":1}`, 'too-large'],
    ['properties', '{"a":1,"b":1,"c":1,"d":1,"e":1}', '{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}', 'too-large'],
  ];
  for (const [name, within, beyond, reason] of cases) {
    test(name, () => {
      assert.equal(reasonOf(within), 'accepted');
      assert.equal(reasonOf(beyond), reason);
    });
  }
});

test('brackets inside strings do not count as depth, escaped quotes do not end a string', () => {
  assert.equal(read('"[[[[[[\\"[[[["'), '[[[[[["[[[[');
  assert.equal(reasonOf('"\\\\"[[[[['), 'too-deep');
});

test('a million brackets are refused at once', () => {
  const brackets = '['.repeat(1_000_000);
  const ms = costOf(() => assert.equal(reasonOf(brackets, { maxBytes: 2_000_000 }), 'too-deep'));
  assert.ok(ms < 50, `${ms} ms`);
});

test('text that is not JSON or not UTF-8 is malformed, and the message does not quote it', () => {
  for (const text of ['', '{', 'nul', '{"a":1,}', "{'a':1}", '\ufeff{}', '[1]x', 'NaN']) {
    assert.equal(reasonOf(text), 'malformed', text);
  }
  assert.throws(() => readJson(Uint8Array.of(0x22, 0xff, 0x22), limits), DecodeError);
  assert.throws(
    () => read('{"password": hunter2}'),
    (error: Error) => !error.message.includes('hunter2'),
  );
});

test('an error names the place', () => {
  assert.throws(
    () => read('{"a":[1,{"b":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]}'),
    (error) => error instanceof DecodeError && error.path === '$.a[1].b',
  );
});

test('what JSON.parse reads within the limits is read alike', () => {
  const wide: JsonLimits = { maxBytes: 1e6, maxDepth: 50, maxArray: 1e4, maxString: 1e5 };
  fc.assert(
    fc.property(fc.json(), (text) => {
      if (/__proto__|constructor/.test(text)) return;
      assert.deepEqual(readJson(Buffer.from(text), wide), JSON.parse(text));
    }),
  );
});
