import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FactShape } from './catalogue.ts';
import { conforms } from './shape.ts';

const list: FactShape = {
  type: 'list',
  maximumCount: 2,
  item: { name: { type: 'string', maximumLength: 3 }, note: { type: 'boolean', optional: true } },
};

test('a scalar conforms within its bounds', () => {
  const table: [FactShape, good: unknown[], bad: unknown[]][] = [
    [{ type: 'boolean' }, [true, false], [0, 'true', null, undefined]],
    [{ type: 'integer', minimum: 1, maximum: 5 }, [1, 5], [0, 6, 1.5, Number.NaN, '1', 2 ** 60]],
    [{ type: 'decimal', minimum: -1, maximum: 1 }, [-1, 0.5, 1], [1.1, Number.NaN, Infinity, '0', null]],
    [{ type: 'string', maximumLength: 3 }, ['', 'abc'], ['abcd', 1, null]],
    [{ type: 'choice', choices: ['a', 'b'] }, ['a', 'b'], ['c', '', 1]],
  ];
  for (const [shape, good, bad] of table) {
    for (const value of good) assert.ok(conforms(shape, value), `${shape.type} ${String(value)}`);
    for (const value of bad) assert.ok(!conforms(shape, value), `${shape.type} ${String(value)}`);
  }
});

test('a list conforms up to its count, each item with its fields and no others', () => {
  assert.ok(conforms(list, []));
  assert.ok(conforms(list, [{ name: 'a' }, { name: 'b', note: true }]));
  assert.ok(!conforms(list, [{ name: 'a' }, { name: 'b' }, { name: 'c' }]));
  for (const item of [
    {},
    { note: true },
    { name: 'abcd' },
    { name: 'a', note: 1 },
    { name: 'a', x: 1 },
    null,
    'a',
    [],
  ]) {
    assert.ok(!conforms(list, [item]), JSON.stringify(item));
  }
  assert.ok(!conforms(list, { 0: { name: 'a' } }));
});
