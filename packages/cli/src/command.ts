// What a command of the CLI is: data. Help, parsing, output and exit status follow from the table.
import type { ApiClient } from './api-client.ts';

export interface OptionSpec {
  readonly description: string;
  /** A flag takes no value; everything else takes one. */
  readonly flag?: true;
  readonly required?: true;
  readonly choices?: readonly string[];
  /** Shown in help: `--expires 30d`. */
  readonly placeholder?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface CommandContext {
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
  readonly positionals: readonly string[];
  readonly json: boolean;
  /** Connects on first use, so that commands without a server need none. */
  api(): ApiClient;
  readonly dataDirectory: string;
  /** A line on standard error: progress of long work, hints. Silent with --json. */
  progress(line: string): void;
  readStandardInput(): Promise<string>;
}

export interface CliCommand {
  /** `['user', 'create']` */
  readonly words: readonly string[];
  readonly summary: string;
  readonly positionals?: readonly {
    readonly name: string;
    readonly description: string;
    readonly optional?: true;
    /** Of the last one: more of the kind may follow. */
    readonly repeated?: true;
  }[];
  readonly options?: OptionSpecs;
  /** Gives what `--json` prints. `undefined` prints nothing. */
  run(context: CommandContext): Promise<unknown>;
  /** The same for people; default: an aligned table or list of the result. */
  print?(result: never, context: CommandContext): string;
  /** Takes all words after its own and handles them itself (sub-programs). */
  readonly passThrough?: true;
}

export { CommandError, UsageError } from './command-error.ts';
