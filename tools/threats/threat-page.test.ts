import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSourceFile } from '../architecture/source-files.ts';
import { testTitles } from '../test-titles.ts';
import { idsOf, renderPage, unknownIds } from './threat-page.ts';
import { threats } from './threats.ts';

test('ids stand at the beginning of a name', () => {
  assert.deepEqual(idsOf('ENR-T04 second use is refused'), ['ENR-T04']);
  assert.deepEqual(idsOf('ENR-T04, DEV-07: a replay is refused'), ['ENR-T04', 'DEV-07']);
  assert.deepEqual(idsOf('SCEP-01 and HTTP-12 hold'), ['SCEP-01', 'HTTP-12']);
  assert.deepEqual(idsOf('as ENR-T04 demands'), []);
});

test('names of tests are found in the sources, strings inside tests are not', () => {
  const source = `
    test('HTTP-01 one', () => { check("test('HTTP-02 two')"); });
    describe("outer", () => { it(\`HTTP-03 \${name} three\`, () => {}); });
    await t.test('HTTP-04 it\\'s four', async () => {});
    assert.match('HTTP-05 five', /x/);
  `;
  assert.deepEqual(
    testTitles([readSourceFile('packages/core/src/a.test.ts', source)]).map(({ title }) => title),
    ['HTTP-01 one', 'outer', 'HTTP-03 ${} three', "HTTP-04 it's four"],
  );
});

test('the page counts and lists what is answered and what is not', () => {
  const list = [
    { id: 'HTTP-01', priority: 'P0', title: 'twins' },
    { id: 'HTTP-02', priority: 'P0', title: 'types' },
    { id: 'JOB-01', priority: 'P1', title: 'crossing' },
  ] as const;
  const page = renderPage(list, [{ path: 'a.test.ts', title: 'HTTP-02, JOB-01: a|b is refused' }]);
  assert.match(page, /\| P0 \| 1 \| 2 \|\n\| P1 \| 1 \| 1 \|\n\| P2 \| 0 \| 0 \|/);
  assert.match(page, /\| HTTP-02 \| P0 \| types \| `a\.test\.ts` › a\\\|b is refused \|/);
  assert.match(page, /## Not answered yet[^#]*\| HTTP-01 \| P0 \| twins \|/);
});

test('an id that looks like a threat and is none is reported; one of the inventory is not', () => {
  const titles = ['HTTP-99 x', 'ENR-04 x', 'ENR-T99 x', 'TEN-05 x'].map((title) => ({
    path: 'a.test.ts',
    title,
  }));
  assert.equal(unknownIds(threats, titles).length, 2);
});
