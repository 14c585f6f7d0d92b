/** The agent's command line: reads the arguments, runs the sub-command, prints its result, sets the exit status. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import {
  type AgentCommandLine,
  type CommandOptions,
  type Terminal,
  UsageError,
  type Values,
} from './command-line/command.ts';
import { enrollCommand } from './command-line/enroll.ts';
import { installCommand } from './command-line/install.ts';
import {
  diagnosticsCommand,
  refreshCommand,
  scanCommand,
  statusCommand,
  unenrollCommand,
} from './command-line/local-commands.ts';
import { runCommand } from './command-line/run.ts';

const commands: readonly AgentCommandLine[] = [
  enrollCommand,
  runCommand,
  refreshCommand,
  statusCommand,
  scanCommand,
  diagnosticsCommand,
  unenrollCommand,
  installCommand,
];

const general = {
  json: { type: 'boolean', help: 'print one JSON document' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
} as const;

// What the caller's environment says about Node and the loader is not for us nor for what we start (AGT-T07).
for (const name of Object.keys(process.env)) {
  if (/^(NODE_|LD_)/.test(name)) delete process.env[name];
}

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const asked = name === undefined || name === '--help' || name === '-h' || name === 'help';
    process[asked && name !== undefined ? 'stdout' : 'stderr'].write(overview());
    if (!asked) process.stderr.write(`\nThere is no command "${name}".\n`);
    return asked && name !== undefined ? 0 : 2;
  }
  let json = words.includes('--json');
  try {
    const { values } = parseArgs({ args: rest, options: { ...command.options, ...general }, strict: true });
    json = values['json'] === true;
    if (values['help'] === true) {
      process.stdout.write(helpOf(command));
      return 0;
    }
    const result = await command.run(reader(values), terminal());
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${printable(result)}\n`);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const usage = error instanceof UsageError || isArgumentError(error);
    if (json) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
    else process.stderr.write(`${message}\n${usage ? `\n${helpOf(command)}` : ''}`);
    return usage ? 2 : 1;
  }
}

function reader(values: Readonly<Record<string, unknown>>): Values {
  return {
    text: (option) => (typeof values[option] === 'string' ? values[option] : undefined),
    flag: (option) => values[option] === true,
  };
}

function terminal(): Terminal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return {
    note: (line) => process.stderr.write(`${line}\n`),
    ask: process.stdin.isTTY ? ask : undefined,
    async readStandardInput() {
      let text = '';
      for await (const chunk of process.stdin.setEncoding('utf8')) {
        text += String(chunk);
        if (text.length > 4096) throw new Error('standard input is longer than a password can be');
      }
      return text;
    },
    signal: stop.signal,
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

function isArgumentError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_');
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: gatehouse agent COMMAND [options]\n\n${lines.join('\n')}\n\nEach command has --help and --json.\n`;
}

function helpOf({ name, summary, options }: AgentCommandLine): string {
  const all: CommandOptions = { ...options, ...general };
  const rows = Object.entries(all).map(
    ([option, { type, help }]) => [`--${option}${type === 'string' ? ' VALUE' : ''}`, help] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  return `Usage: gatehouse agent ${name} [options]\n\n${summary}.\n\n${rows
    .map(([option, help]) => `  ${option.padEnd(width)}  ${help}\n`)
    .join('')}`;
}

/** For people: one `name: value` a line. Messages of administrators are plain text already; nothing else is free text. */
function printable(result: unknown): string {
  if (typeof result !== 'object' || result === null) return String(result);
  return Object.entries(result)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)}`,
    )
    .join('\n');
}
