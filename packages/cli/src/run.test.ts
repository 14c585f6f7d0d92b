import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type CliCommand, CommandError } from './command.ts';
import { commands } from './commands/index.ts';
import { run } from './run.ts';

async function invoke(table: readonly CliCommand[], ...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(table, argv, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStandardInput: async () => 'from standard input\n',
    env: { GATEHOUSE_DATA_DIR: mkdtempSync(join(tmpdir(), 'gatehouse-cli-')) },
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

const sample: CliCommand[] = [
  {
    words: ['thing', 'make'],
    summary: 'Make a thing.',
    positionals: [{ name: 'NAME', description: 'its name' }],
    options: { colour: { required: true, description: 'its colour', choices: ['red', 'blue'] } },
    run: async ({ positionals, options }) => ({ name: positionals[0], colour: options['colour'] }),
  },
  {
    words: ['thing', 'break'],
    summary: 'Break a thing.',
    run: async () => {
      throw new CommandError('It will not break', { status: 409 });
    },
  },
];

describe('the command line', () => {
  test('prints one JSON document with --json and a column for people', async () => {
    const json = await invoke(sample, 'thing', 'make', 'x', '--colour', 'red', '--json');
    assert.deepEqual([json.status, JSON.parse(json.out), json.err], [0, { name: 'x', colour: 'red' }, '']);
    const plain = await invoke(sample, 'thing', 'make', 'x', '--colour=blue');
    assert.match(plain.out, /^name {4}x\ncolour {2}blue$/);
  });

  test('wrong usage is status 2, on standard error, with the usage', async () => {
    for (const argv of [
      ['thing', 'make', '--colour', 'red'],
      ['thing', 'make', 'x'],
      ['thing', 'make', 'x', '--colour', 'green'],
      ['thing', 'make', 'x', 'y', '--colour', 'red'],
      ['thing', 'make', 'x', '--colour', 'red', '--speed', '9'],
      ['thing'],
      ['nothing'],
    ]) {
      const { status, out, err } = await invoke(sample, ...argv);
      assert.deepEqual([status, out], [2, ''], argv.join(' '));
      assert.match(err, /usage: gatehouse/, argv.join(' '));
    }
  });

  test('failure is status 1 and says why, also as JSON', async () => {
    const { status, out, err } = await invoke(sample, 'thing', 'break', '--json');
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(out), { error: 'It will not break', problem: { status: 409 } });
    assert.match(err, /It will not break/);
  });

  test('without a server it says how to start one', async () => {
    const { status, err } = await invoke(commands, 'org', 'list');
    assert.equal(status, 1);
    assert.match(err, /npm start/);
  });

  test('every command has help and its own words', async () => {
    const seen = new Set<string>();
    for (const command of commands) {
      const words = command.words.join(' ');
      assert.ok(!seen.has(words), words);
      seen.add(words);
      if (command.passThrough) continue;
      const { status, out } = await invoke(commands, ...command.words, '--help');
      assert.equal(status, 0, words);
      assert.ok(out.includes(command.summary), words);
    }
  });
});
