/** What a sub-command of the agent is: its options, its help, and a function that gives what `--json` prints. */
import { resolve } from 'node:path';
import type { ParseArgsOptionDescriptor } from 'node:util';

export type CommandOptions = Readonly<Record<string, ParseArgsOptionDescriptor & { readonly help: string }>>;

export interface Values {
  readonly text: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
}

export interface Terminal {
  /** A line for people, on standard error. */
  note(line: string): void;
  /** Undefined when nobody can be asked. */
  ask: ((question: string) => Promise<string>) | undefined;
  readStandardInput(): Promise<string>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface AgentCommandLine {
  readonly name: string;
  readonly summary: string;
  readonly options: CommandOptions;
  run(values: Values, terminal: Terminal): Promise<unknown>;
}

/** Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const defaultStateDirectory = '/var/lib/gatehouse-agent';
const defaultSocket = '/run/gatehouse/agent.sock';
/** Readable by everybody; nothing secret is in it. */
export const publicStatusPath = '/run/gatehouse/status.json';

export const stateOptions = {
  'state-dir': {
    type: 'string',
    help: `where the agent keeps its identity and queue (default ${defaultStateDirectory})`,
  },
} as const satisfies CommandOptions;

export const rootOption = {
  root: { type: 'string', help: 'treat this folder as the machine (for trying things out)' },
} as const satisfies CommandOptions;

export function stateDirectoryOf(values: Values): string {
  // Relative to where the person stands; the agent itself works with absolute paths only.
  return resolve(values.text('state-dir') ?? defaultStateDirectory);
}

/** The daemon of a state directory of its own has a socket of its own. */
export function socketOf(values: Values): string {
  const directory = stateDirectoryOf(values);
  return directory === defaultStateDirectory ? defaultSocket : `${directory}/agent.sock`;
}
