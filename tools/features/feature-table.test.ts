import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable, summaryFaults, tableFaults } from './feature-table.ts';
import { inventory } from './inventory.ts';

const areas = [{ area: 'Tenancy', capabilities: { 'TEN-01': 'organizations', 'TEN-02': 'administrators' } }];
const titles = [
  { path: 'packages/core/src/a.test.ts', title: 'TEN-01 an organization has a page | of settings' },
];

function check(...rows: string[]): string[] {
  return tableFaults(
    readTable(['| Id | Capability | State | Shown by |', ...rows].join('\n')),
    areas,
    titles,
  );
}

const good = '| TEN-02 | administrators | not yet | |';

test('the inventory has all its capabilities', () => {
  const ids = inventory.flatMap(({ capabilities }) => Object.keys(capabilities));
  assert.equal(ids.filter((id) => !id.startsWith('GAP')).length, 507);
  assert.equal(new Set(ids).size, ids.length);
});

test('a row that works names a test that exists', () => {
  const row = '| TEN-01 | organizations | works | `packages/core/src/a.test.ts` › has a page |';
  assert.deepEqual(check(row, good), []);
  assert.match(
    check(row.replace('a page', 'two pages'), good)[0] ?? '',
    /:2: TEN-01 names a test that does not exist/,
  );
  assert.match(
    check(row.replace('a.test', 'b.test'), good)[0] ?? '',
    /does not exist: packages\/core\/src\/b\.test\.ts/,
  );
  assert.match(check('| TEN-01 | organizations | works | surely |', good)[0] ?? '', /"works" without a test/);
});

test('every one of several tests must exist', () => {
  const row =
    '| TEN-01 | o | works | `packages/core/src/a.test.ts` › has a page<br>`packages/core/src/a.test.ts` › nothing |';
  assert.equal(check(row, good).length, 1);
});

test('a row is there once, with a known id and a known state', () => {
  assert.deepEqual(check(good), ['docs/FEATURES.md has no row for TEN-01']);
  assert.match(check(good, good, '| TEN-01 | o | not yet | |')[0] ?? '', /stands there twice/);
  assert.match(
    check(good, '| TEN-01 | o | not yet | |', '| TEN-09 | o | not yet | |')[0] ?? '',
    /no capability/,
  );
  assert.match(check(good, '| TEN-01 | o | done | |')[0] ?? '', /state "done"/);
});

test('what does not apply or lacks something says why', () => {
  assert.match(check(good, '| TEN-01 | o | n/a | |')[0] ?? '', /without a reason/);
  assert.match(check(good, '| TEN-01 | o | partly | |')[0] ?? '', /without saying/);
  assert.deepEqual(check(good, '| TEN-01 | o | n/a | a matter of the data centre |'), []);
});

test('the counts at the top are those of the table', () => {
  const table = ['| TEN-01 | organizations | works | |', good].join('\n');
  const faultsOf = (summary: string) => summaryFaults(`${summary}\n${table}`, readTable(table), areas);
  const right = '| Tenancy | 1 | 0 | 1 | 0 |\n| **All 2** | **1** | **0** | **1** | **0** |';
  assert.deepEqual(faultsOf(right), []);
  assert.match(faultsOf(right.replace('y | 1', 'y | 2'))[0] ?? '', /\| Tenancy \| 1 \| 0 \| 1 \| 0 \|/);
  assert.equal(faultsOf('').length, 2);
});
