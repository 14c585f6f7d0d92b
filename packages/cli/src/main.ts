#!/usr/bin/env node
// `gatehouse`, the operator's command line.
import { text } from 'node:stream/consumers';
import { commands } from './commands/index.ts';
import { run } from './run.ts';

process.exitCode = await run(commands, process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  readStandardInput: () => text(process.stdin),
  env: process.env,
});
