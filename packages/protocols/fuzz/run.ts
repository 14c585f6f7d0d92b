/**
 * Fuzzes decoders from the command line: `node fuzz/run.ts [--target NAME] [--runs N] [--seconds N] [--seed N]`.
 * Crashes are minimised and kept under testdata/crashes, where the test replays them from then on.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Crash, fuzz } from './engine.ts';
import { targets } from './targets.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    runs: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
  },
});

const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
const chosen = targets.filter((target) => values.target === undefined || target.name === values.target);
if (chosen.length === 0) {
  console.error(`No target ${values.target}. There are: ${targets.map((target) => target.name).join(', ')}`);
  process.exit(2);
}

console.log(`seed ${seed}`);
let crashed = false;
for (const target of chosen) {
  const report = fuzz(target, {
    runs: Number(values.runs),
    milliseconds: Number(values.seconds) * 1000,
    seed,
  });
  const summary = `${report.runs} runs, ${report.accepted} accepted, slowest ${report.slowest.toFixed(1)} ms`;
  console.log(`${target.name}: ${summary}, ${report.crashes.length} crashes`);
  for (const crash of report.crashes)
    console.log(`  ${crash.problem}\n  kept as ${keep(target.name, crash)}`);
  crashed ||= report.crashes.length > 0;
}
process.exitCode = crashed ? 1 : 0;

function keep(target: string, crash: Crash): string {
  const directory = new URL(`../testdata/crashes/${target}/`, import.meta.url);
  mkdirSync(directory, { recursive: true });
  const day = new Date().toISOString().slice(0, 10);
  const name = `${day}-${createHash('sha256').update(crash.bytes).digest('hex').slice(0, 12)}.bin`;
  writeFileSync(new URL(name, directory), crash.bytes);
  return `testdata/crashes/${target}/${name}`;
}
