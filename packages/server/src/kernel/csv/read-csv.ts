// CSV from people: streamed, bounded, known columns only, and one report line per line of the file. A file that cannot be
// read at all is an error; a line that cannot be used is a line of the report (CSV-02).
import type { Readable } from 'node:stream';
import { DomainError } from '@gatehouse/core/errors.ts';
import { limits } from '@gatehouse/core/limits.ts';
import { parse } from 'csv-parse';

export interface CsvLine<Column extends string> {
  /** Of the file, from 1; data begins below the header. */
  readonly line: number;
  readonly values: Readonly<Partial<Record<Column, string>>>;
  /** Why the line cannot be used as it is. */
  readonly problem?: string;
}

export interface CsvShape<Column extends string> {
  readonly columns: readonly Column[];
  readonly required: readonly Column[];
}

/** @throws DomainError `invalid-input` or `too-large` for what makes the whole file unusable. */
export async function* readCsv<Column extends string>(
  content: Readable,
  shape: CsvShape<Column>,
): AsyncGenerator<CsvLine<Column>> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    info: true,
    max_record_size: limits.csv.columns * limits.csv.cellBytes,
  });
  let bytes = 0;
  content.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.csv.bytes) {
      parser.destroy(new DomainError('too-large', `A file may have at most ${limits.csv.bytes} bytes`));
    }
  });
  content.on('error', (error) => parser.destroy(error));
  content.pipe(parser);
  let header: readonly string[] | undefined;
  let count = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (header === undefined) {
        header = checkHeader(record, shape);
        continue;
      }
      count += 1;
      if (count > limits.csv.lines) {
        throw new DomainError('too-large', `A file may have at most ${limits.csv.lines} lines`);
      }
      yield readLine(record, header as readonly Column[], shape, info.lines);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('invalid-input', 'The file is not CSV in UTF-8 with commas between', {
      cause: error,
    });
  }
  if (header === undefined) throw new DomainError('invalid-input', 'The file is empty');
}

function checkHeader(record: readonly string[], shape: CsvShape<string>): readonly string[] {
  const header = record.map((name) => name.toLowerCase());
  // UTF-16 read as UTF-8 is full of NULs and replacement characters.
  if (record.some((name) => /[\u0000\ufffd]/.test(name))) {
    throw new DomainError('invalid-input', 'The file must be encoded in UTF-8');
  }
  const unknown = header.filter((name) => !shape.columns.includes(name));
  if (unknown.length > 0) {
    throw new DomainError(
      'invalid-input',
      `The column "${unknown[0]?.slice(0, 50)}" is not known; the columns are ${shape.columns.join(', ')}`,
      { reason: 'unknown-column' },
    );
  }
  if (new Set(header).size !== header.length)
    throw new DomainError('invalid-input', 'A column appears twice');
  const missing = shape.required.find((name) => !header.includes(name));
  if (missing !== undefined) throw new DomainError('invalid-input', `The column "${missing}" is missing`);
  return header;
}

function readLine<Column extends string>(
  record: readonly string[],
  header: readonly Column[],
  shape: CsvShape<Column>,
  line: number,
): CsvLine<Column> {
  const values: Partial<Record<Column, string>> = {};
  header.forEach((name, index) => {
    const value = unguard(record[index] ?? '');
    if (value !== '') values[name] = value;
  });
  if (record.length > header.length) return { line, values, problem: 'has more cells than the header' };
  const long = header.find((name) => Buffer.byteLength(values[name] ?? '') > limits.csv.cellBytes);
  if (long !== undefined) return { line, values, problem: `${long} is too long` };
  const odd = header.find((name) => /[\u0000-\u001f\u007f]/.test(values[name] ?? ''));
  if (odd !== undefined) return { line, values, problem: `${odd} has control characters` };
  const missing = shape.required.find((name) => values[name] === undefined);
  if (missing !== undefined) return { line, values, problem: `${missing} is empty` };
  return { line, values };
}

/** Takes back the quote that our own export puts before what a spreadsheet would run as a formula. */
function unguard(value: string): string {
  return /^'[=+\-@\t\r]/.test(value) ? value.slice(1) : value;
}
