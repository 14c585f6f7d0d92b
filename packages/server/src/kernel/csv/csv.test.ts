import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { limits } from '@gatehouse/core/limits.ts';
import { type CsvLine, readCsv } from './read-csv.ts';
import { csvLine } from './write-csv.ts';

const shape = { columns: ['name', 'mail'], required: ['name'] } as const;

async function read(content: string | Buffer | Readable): Promise<CsvLine<'name' | 'mail'>[]> {
  const stream = content instanceof Readable ? content : Readable.from([Buffer.from(content)]);
  const lines = [];
  for await (const line of readCsv(stream, shape)) lines.push(line);
  return lines;
}

describe('CSV', () => {
  test('CSV-01 no exported cell begins as a formula, and each value comes back as it was', async () => {
    const payloads = [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '"=1',
      '=cmd|" /C calc"!A0',
      '＝1+1',
      'x,=1',
      'plain',
      'a "b" c',
    ];
    for (const payload of payloads) {
      const line = csvLine([payload, 'x@example.org']);
      const cell = /^"((?:[^"]|"")*)"/.exec(line)?.[1] ?? '';
      assert.doesNotMatch(cell, /^\s*[=+\-@＝]/, payload);
      if (payload.includes('\t') || payload.startsWith('＝')) continue;
      const [back] = await read(`name,mail\r\n${line}`);
      assert.equal(back?.values.name, payload);
    }
  });

  test('CSV-02 what makes the whole file unusable is refused by name', async () => {
    await assert.rejects(read(''), /empty/);
    await assert.rejects(read('name,role\nx,org-admin'), /"role" is not known/);
    await assert.rejects(read('mail\nx'), /"name" is missing/);
    await assert.rejects(read('name,name\nx,y'), /twice/);
    await assert.rejects(read(Buffer.from('name,mail\nx,y', 'utf16le')), /UTF-8|not known/);
    await assert.rejects(read('name,mail\n"x'), /not CSV/);
    await assert.rejects(
      read(`name,mail\n${'x'.repeat(limits.csv.columns * limits.csv.cellBytes + 10)}`),
      /not CSV/,
    );
    const endless = Readable.from(
      (function* () {
        yield Buffer.from('name\n');
        for (let index = 0; index <= limits.csv.lines; index += 1) yield Buffer.from('x\n');
      })(),
    );
    await assert.rejects(read(endless), /at most/);
  });

  test('CSV-02 a line that cannot be used says so with its number and does not stop the others', async () => {
    const lines = await read('\ufeffname,mail\na,b\n,b\nc,d,e\n"x\u0001",y\nlast,\n');
    assert.deepEqual(
      lines.map(({ line, problem }) => [line, problem]),
      [
        [2, undefined],
        [3, 'name is empty'],
        [4, 'has more cells than the header'],
        [5, 'name has control characters'],
        [6, undefined],
      ],
    );
    assert.deepEqual(lines[4]?.values, { name: 'last' });
  });
});
