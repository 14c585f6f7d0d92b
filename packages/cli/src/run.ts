// Finds the command, parses its options, runs it, prints its result, and gives the exit status: 0, 1 failed, 2 wrong usage.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ApiClient, connectApi } from './api-client.ts';
import { type CliCommand, CommandError, type OptionSpecs, UsageError } from './command.ts';
import { printable } from './output.ts';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readStandardInput(): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const everywhere: OptionSpecs = {
  json: { flag: true, description: 'print one JSON document' },
  help: { flag: true, description: 'show this help' },
};

const connecting: OptionSpecs = {
  org: { description: 'the organization to act in', placeholder: 'SLUG' },
  server: {
    description: 'a server elsewhere, instead of this machine’s (GATEHOUSE_SERVER)',
    placeholder: 'URL',
  },
  token: { description: 'API token for it (GATEHOUSE_TOKEN)', placeholder: 'TOKEN' },
  ca: { description: 'certificate authority to trust for it (GATEHOUSE_CA)', placeholder: 'FILE' },
  'data-dir': {
    description: 'this machine’s data directory (GATEHOUSE_DATA_DIR, ./data)',
    placeholder: 'DIR',
  },
};

export async function run(
  commands: readonly CliCommand[],
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const command = find(commands, argv);
  if (!command) {
    const asked =
      argv.length === 0 || argv.some((word) => word === '--help' || word === '-h' || word === 'help');
    (asked ? terminal.out : terminal.err)(overview(commands, argv));
    return asked ? 0 : 2;
  }
  const rest = argv.slice(command.words.length);
  if (command.passThrough) {
    return passThrough(command, rest, terminal);
  }
  let json = rest.includes('--json');
  let client: ApiClient | undefined;
  try {
    const parsed = parse(command, rest);
    json = parsed.flags.has('json');
    if (parsed.flags.has('help')) {
      terminal.out(usage(command));
      return 0;
    }
    checkUsage(command, parsed);
    const option = (name: string, variable: string) =>
      parsed.options[name] ?? (terminal.env[variable] || undefined);
    const dataDirectory = resolve(option('data-dir', 'GATEHOUSE_DATA_DIR') ?? './data');
    const context = {
      ...parsed,
      json,
      dataDirectory,
      api() {
        client ??= connectApi({
          dataDirectory,
          server: option('server', 'GATEHOUSE_SERVER'),
          token: option('token', 'GATEHOUSE_TOKEN'),
          certificateAuthority: option('ca', 'GATEHOUSE_CA'),
          organization: parsed.options['org'],
        });
        return client;
      },
      progress(line: string) {
        if (!json) terminal.err(line);
      },
      readStandardInput: terminal.readStandardInput,
    };
    const result = await command.run(context);
    if (result !== undefined) {
      const text = json
        ? JSON.stringify(result)
        : command.print
          ? command.print(result as never, context)
          : printable(result);
      if (text !== '') terminal.out(text);
    }
    return 0;
  } catch (error) {
    return fail(error, command, json, terminal);
  } finally {
    await client?.close();
  }
}

async function passThrough(
  command: CliCommand,
  rest: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const status = await command.run({
    options: {},
    flags: new Set(),
    positionals: rest,
    json: rest.includes('--json'),
    api: () => {
      throw new CommandError('this command has no server connection');
    },
    dataDirectory: resolve(terminal.env['GATEHOUSE_DATA_DIR'] || './data'),
    progress: terminal.err,
    readStandardInput: terminal.readStandardInput,
  });
  return typeof status === 'number' ? status : 0;
}

function fail(error: unknown, command: CliCommand, json: boolean, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.err(`gatehouse ${command.words.join(' ')}: ${error.message}\n\n${usage(command)}`);
    return 2;
  }
  const message =
    error instanceof CommandError ? error.message : `Unexpected: ${(error as Error).stack ?? String(error)}`;
  if (json)
    terminal.out(
      JSON.stringify({ error: message, ...(error instanceof CommandError ? { problem: error.detail } : {}) }),
    );
  terminal.err(`gatehouse: ${message}`);
  return 1;
}

function find(commands: readonly CliCommand[], argv: readonly string[]): CliCommand | undefined {
  return commands
    .filter((command) => command.words.every((word, index) => argv[index] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
}

interface Parsed {
  readonly options: Record<string, string | undefined>;
  readonly flags: Set<string>;
  readonly positionals: string[];
}

function parse(command: CliCommand, argv: readonly string[]): Parsed {
  const specs = { ...connecting, ...everywhere, ...command.options };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [
          name,
          { type: spec.flag ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    });
    const options: Record<string, string | undefined> = {};
    const flags = new Set<string>();
    for (const [name, value] of Object.entries(values)) {
      if (value === true) flags.add(name);
      else if (typeof value === 'string') options[name] = value;
    }
    return { options, flags, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function checkUsage(command: CliCommand, parsed: Parsed): void {
  const wanted = command.positionals ?? [];
  const missing = wanted.filter(
    (positional, index) => !positional.optional && parsed.positionals[index] === undefined,
  );
  if (missing[0]) throw new UsageError(`${missing[0].name} is missing`);
  if (parsed.positionals.length > wanted.length && wanted.at(-1)?.repeated !== true)
    throw new UsageError(`unexpected: ${parsed.positionals[wanted.length]}`);
  for (const [name, spec] of Object.entries(command.options ?? {})) {
    const value = parsed.options[name];
    if (spec.required && value === undefined) throw new UsageError(`--${name} is missing`);
    if (spec.choices && value !== undefined && !spec.choices.includes(value)) {
      throw new UsageError(`--${name} must be one of ${spec.choices.join(', ')}`);
    }
  }
}

function usage(command: CliCommand): string {
  const positionals = (command.positionals ?? [])
    .map((p) => `${p.optional ? ` [${p.name}]` : ` ${p.name}`}${p.repeated ? ' …' : ''}`)
    .join('');
  const lines = (specs: OptionSpecs) =>
    Object.entries(specs).map(([name, spec]) => {
      const value = spec.flag ? '' : ` ${spec.placeholder ?? spec.choices?.join('|') ?? 'VALUE'}`;
      return `  ${`--${name}${value}`.padEnd(34)} ${spec.description}${spec.required ? ' (required)' : ''}`;
    });
  return [
    `usage: gatehouse ${command.words.join(' ')}${positionals} [options]`,
    '',
    command.summary,
    ...(command.positionals ?? []).map((p) => `  ${p.name.padEnd(34)} ${p.description}`),
    ...lines(command.options ?? {}),
    '',
    ...lines({ ...connecting, ...everywhere }),
  ].join('\n');
}

function overview(commands: readonly CliCommand[], argv: readonly string[]): string {
  const area = commands.filter((command) => command.words[0] === argv[0]);
  const shown = area.length > 0 ? area : commands;
  const width = Math.max(...shown.map((command) => command.words.join(' ').length));
  return [
    'usage: gatehouse COMMAND [options]',
    '',
    ...shown.map((command) => `  ${command.words.join(' ').padEnd(width)}  ${command.summary}`),
    '',
    'Every command has --help and --json. Exit status: 0 done, 1 failed, 2 wrong usage.',
  ].join('\n');
}
