import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.ts';

type Vector = { input: string; canonical: string } | { double: string; canonical: string };
const vectors: Record<string, Vector[]> = JSON.parse(
  readFileSync(new URL('testdata/rfc8785.json', import.meta.url), 'utf8'),
);

describe('RFC 8785', () => {
  for (const [section, rows] of Object.entries(vectors)) {
    test(section, () => {
      for (const row of rows) {
        const value: Json =
          'double' in row ? Buffer.from(row.double, 'hex').readDoubleBE() : (JSON.parse(row.input) as Json);
        assert.equal(canonicalJson(value), row.canonical);
      }
    });
  }
});

const json = fc.jsonValue() as fc.Arbitrary<Json>;

test('the canonical form is the same value, and canonical again', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      assert.equal(canonicalJson(JSON.parse(text) as Json), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('the order in which members were written does not matter', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      assert.equal(canonicalJson(reversed), canonicalJson(value));
    }),
  );
});

test('what has no canonical form is refused', () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '\ud800',
    { '\udfff': 1 },
    1n,
    Symbol('s'),
    [undefined],
  ]) {
    assert.throws(() => canonicalJson(value as unknown as Json), TypeError);
  }
  let nested: Json = 0;
  for (let depth = 0; depth < 64; depth += 1) nested = [nested];
  assert.ok(canonicalJson(nested));
  assert.throws(() => canonicalJson([nested]), TypeError);
});

test('an undefined member is absent', () => {
  assert.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
});
