import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { type AttributeFilter, type AttributeName, attributeVersions } from './attributes.ts';
import {
  type DeviceQuery,
  encodeDeviceQuery,
  encodeDeviceQueryPath,
  parseBatchQuery,
  parseDeviceQuery,
  parseDeviceQueryPath,
  parseFilter,
} from './query.ts';
import { negotiateVersion } from './versions.ts';

interface Vector {
  readonly raw: string;
  readonly paging: string;
  readonly kind: string;
  readonly value?: string | boolean;
  readonly filter: 'all' | readonly AttributeName[];
  readonly deviceIdentifier?: 'guid' | 'macaddress';
}

interface Vectors {
  readonly queries: readonly Vector[];
  readonly paths: readonly Vector[];
  readonly refusedQueries: readonly string[];
  readonly refusedPaths: readonly string[];
}

const file = new URL('testdata/section-5-queries.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

function check(query: DeviceQuery, expected: Vector): void {
  assert.equal(query.paging, expected.paging);
  assert.deepEqual(
    { ...query.selection },
    expected.value === undefined ? { kind: expected.kind } : { kind: expected.kind, value: expected.value },
  );
  assert.deepEqual(query.filter === 'all' ? 'all' : [...query.filter], expected.filter);
  assert.equal(query.deviceIdentifier, expected.deviceIdentifier);
}

suite('section 5: query strings of versions 2 and 3', () => {
  for (const vector of vectors.queries) test(vector.raw, () => check(parseDeviceQuery(vector.raw), vector));
});

suite('section 5: paths of version 1', () => {
  for (const vector of vectors.paths) test(vector.raw, () => check(parseDeviceQueryPath(vector.raw), vector));
});

suite('section 5: what is refused', () => {
  for (const raw of vectors.refusedQueries)
    test(raw, () => assert.throws(() => parseDeviceQuery(raw), DecodeError));
  for (const raw of vectors.refusedPaths) {
    test(`path ${raw}`, () => assert.throws(() => parseDeviceQueryPath(raw), DecodeError));
  }
  test('a query string of more than 4,096 characters or 64 parameters', () => {
    assert.equal(parseDeviceQuery(`paging=0&filter=${'x'.repeat(4080)}`).filter, 'all');
    assert.throws(() => parseDeviceQuery(`paging=0&filter=${'x'.repeat(4081)}`), DecodeError);
    const parameters = (count: number) =>
      Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');
    assert.equal(parseDeviceQuery(parameters(64)).selection.kind, 'all');
    assert.throws(() => parseDeviceQuery(parameters(65)), DecodeError);
  });
});

test('section 1: the version answered is the lower of what both know; no parameter means 1', () => {
  const cases: readonly [string | undefined, number][] = [
    [undefined, 1],
    ['', 1],
    ['1', 1],
    ['2', 2],
    ['3', 3],
    ['4', 3],
    ['99', 3],
  ];
  for (const [asked, answered] of cases) assert.equal(negotiateVersion(asked), answered);
  for (const bad of ['abc', '0', '-1', '2.5', ' 2', '10000', '3 '])
    assert.throws(() => negotiateVersion(bad), DecodeError, bad);
});

test('every attribute can be asked for alone, in any case, and joined with any other', () => {
  const names = [...attributeVersions.keys()];
  const asSet = (filter: AttributeFilter) => (filter === 'all' ? 'all' : [...filter]);
  for (const name of names) {
    assert.deepEqual(asSet(parseFilter(name)), [name]);
    assert.deepEqual(asSet(parseFilter(name.toUpperCase())), [name]);
    for (const other of names) {
      const expected = [...new Set([name, other])];
      for (const separator of ['+', '%2B', '%20', ',', '+,']) {
        assert.deepEqual(
          asSet(parseFilter(`${name}${separator}${other}`)),
          expected,
          `${name}${separator}${other}`,
        );
      }
    }
  }
});

test('section 7: a batch query names the kind of its values and nothing else', () => {
  assert.deepEqual(parseBatchQuery('paging=0&querycriteria=imei&filter=all'), {
    paging: '0',
    criteria: 'imei',
    filter: 'all',
  });
  assert.equal(parseBatchQuery('').criteria, 'macaddress');
  assert.throws(() => parseBatchQuery('querycriteria=compliance'), DecodeError);
  assert.throws(() => parseBatchQuery('paging=x'), DecodeError);
});

test('what the client direction writes, the server direction reads', () => {
  const identifier = fc.oneof(
    fc.stringMatching(/^[0-9A-F]{12}$/).map((value) => ({ kind: 'macaddress' as const, value })),
    fc.stringMatching(/^[0-9]{15}$/).map((value) => ({ kind: 'imei' as const, value })),
    fc.uuid().map((value) => ({ kind: 'guid' as const, value })),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .map((value) => ({ kind: 'username' as const, value })),
    fc.boolean().map((value) => ({ kind: 'compliance' as const, value })),
    fc.constant({ kind: 'all' as const }),
  );
  const filter = fc.oneof(
    fc.constant('all' as const),
    fc
      .uniqueArray(fc.constantFrom(...attributeVersions.keys()), { minLength: 1 })
      .map((names) => new Set(names)),
  );
  const query = fc.record(
    { paging: fc.nat().map(String), selection: identifier, filter },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(query, (asked) => {
      assert.deepEqual(parseDeviceQuery(encodeDeviceQuery(asked).slice(1)), asked);
      assert.deepEqual(parseDeviceQueryPath(encodeDeviceQueryPath(asked)), asked);
      const withIdentifier = { ...asked, deviceIdentifier: 'guid' as const };
      assert.deepEqual(parseDeviceQuery(encodeDeviceQuery(withIdentifier).slice(1)), withIdentifier);
    }),
  );
});
