import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pastedParts } from './pasted.ts';
import {
  columnKeys,
  devicesAddress,
  exportColumns,
  fileName,
  positionOf,
  questionOf,
  readDevicesSearch,
  writeColumns,
} from './list-search.ts';

test('an address says what is asked, and nonsense in it is left out', () => {
  const list = '01930000-0000-7000-8000-000000000000';
  assert.deepEqual(readDevicesSearch({ q: 'anna', sort: '-seen', cols: 'name,os', list }), {
    q: 'anna',
    sort: '-seen',
    cols: 'name,os',
    list,
    from: '',
  });
  assert.deepEqual(readDevicesSearch({ q: 7, sort: 'id;select', cols: '<b>', list: '../x' }), {
    q: '',
    sort: '',
    cols: '',
    list: '',
    from: '',
  });
  assert.equal(readDevicesSearch({ q: 'x'.repeat(9_000) }).q.length, 4_000);
  assert.equal(devicesAddress({ q: 'a b', sort: '' }), '/devices?q=a+b');
});

test('columns begin with the name, and the usual ones need no address', () => {
  assert.deepEqual(columnKeys('os,os,seen'), ['name', 'os', 'seen']);
  assert.equal(writeColumns(columnKeys('')), '');
  assert.equal(exportColumns(['name', 'os', 'gates']), 'name,platform,os,network,mail,vpn');
});

test('the question is what was understood, and no more', () => {
  const understood = { search: '', expression: 'posture.compliant', chips: [], problems: [] };
  assert.deepEqual(questionOf(readDevicesSearch({}), understood, ['storage.encrypted']), {
    expression: 'posture.compliant',
    sort: 'name',
    facts: 'storage.encrypted',
  });
});

test('a list may begin in the middle where its order has places', () => {
  const understood = { search: '', expression: '', chips: [], problems: [] };
  const from = (search: object) => questionOf(readDevicesSearch({ ...search }), understood, []).from;
  assert.equal(from({ from: 'Me' }), 'Me');
  assert.equal(from({ from: 'Me', sort: '-owner' }), 'Me');
  assert.equal(from({ from: 'Me', sort: 'standing' }), undefined);
  assert.equal(from({ from: 'Me', sort: 'seen' }), undefined);
  assert.equal(from({ from: '2026-11-20', sort: 'seen' }), new Date(2026, 10, 20).toISOString());
  assert.equal(from({ from: '2026-11-20', sort: '-seen' }), new Date(2026, 10, 21).toISOString());
});

test('the position counts what stands before, and is not made up', () => {
  assert.deepEqual(positionOf({ first: 0, last: 49 }, 1_200, 98_204), {
    from: 1_201,
    to: 1_250,
    total: 98_204,
  });
  assert.deepEqual(positionOf({ first: 0, last: 49 }, 0, 20), { from: 1, to: 20, total: 20 });
  assert.equal(positionOf({ first: 0, last: 49 }, undefined, 98_204), undefined);
  assert.equal(positionOf({ first: 0, last: 49 }, 0, undefined), undefined);
});

test('a file is called by its view, in plain letters', () => {
  assert.equal(fileName('Größe: ../x'), 'devices-gro-e-x');
  assert.equal(fileName('💥'), 'devices');
});

test('a pasted list is read line by line, however a spreadsheet writes it', () => {
  assert.deepEqual(pastedParts(' C02X \r\n"A B",\n\nC02X;de:ad'), ['C02X', 'A B', 'de:ad']);
});
