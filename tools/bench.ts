/**
 * `npm run bench [-- NAME…] [--json FILE]`: runs benchmarks, prints a table and, if asked, writes
 * `{ name, machine, results }` for machines to read. With several names, FILE gets a list of such documents.
 */
import { globSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem } from 'node:os';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Benchmark, Result } from './benchmark.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const available = globSync('bench/*.ts', { cwd: root })
  .map((file) => basename(file, '.ts'))
  .filter((name) => !name.endsWith('.test'))
  .sort();

const usage = `usage: npm run bench -- [NAME…] [--json FILE]\n\nbenchmarks: ${available.join(', ') || 'none'}`;

const { values, positionals } = readArguments();
if (values.help === true) {
  console.log(usage);
  process.exit(0);
}
const names = positionals.length === 0 ? available : positionals;
const unknown = names.find((name) => !available.includes(name));
if (unknown !== undefined) wrongUsage(`There is no benchmark ${unknown}.`);

const machine = {
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryMiB: Math.round(totalmem() / 2 ** 20),
  kernel: release(),
  architecture: arch(),
  node: process.version,
};

const documents: { name: string; machine: typeof machine; results: Result[] }[] = [];
for (const name of names) {
  const { run } = (await import(pathToFileURL(`${root}/bench/${name}.ts`).href)) as Benchmark;
  const results = await run();
  console.log(`\n${name}`);
  for (const line of table(results)) console.log(line);
  documents.push({ name, machine, results });
}
if (values.json !== undefined) {
  const document = documents.length === 1 ? documents[0] : documents;
  // npm runs scripts in the package's root; a relative path is meant from where the user stands
  const file = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.json);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
if (documents.some(({ results }) => results.some(({ ok }) => !ok))) process.exitCode = 1;
// Whatever a benchmark left open must not keep it running.
process.exit();

function readArguments() {
  try {
    return parseArgs({
      options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    return wrongUsage((error as Error).message);
  }
}

function wrongUsage(message: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}

function table(results: readonly Result[]): string[] {
  const rows = [
    ['', 'metric', 'value', 'unit', 'target', 'baseline'],
    ...results.map((result) => [
      result.ok ? '✔' : '✖',
      result.metric,
      short(result.value),
      result.unit,
      result.target,
      result.baseline === undefined ? '' : short(result.baseline),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function short(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(4)));
}
