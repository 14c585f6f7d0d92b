import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pastedParts } from './pasted.ts';
import {
  columnKeys,
  devicesAddress,
  exportColumns,
  fileName,
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
  });
  assert.deepEqual(readDevicesSearch({ q: 7, sort: 'id;select', cols: '<b>', list: '../x' }), {
    q: '',
    sort: '',
    cols: '',
    list: '',
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

test('a file is called by its view, in plain letters', () => {
  assert.equal(fileName('Größe: ../x'), 'devices-gro-e-x');
  assert.equal(fileName('💥'), 'devices');
});

test('a pasted list is read line by line, however a spreadsheet writes it', () => {
  assert.deepEqual(pastedParts(' C02X \r\n"A B",\n\nC02X;de:ad'), ['C02X', 'A B', 'de:ad']);
});
