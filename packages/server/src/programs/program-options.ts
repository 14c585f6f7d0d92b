// Options of the programs that the operator runs by hand: parsed, or refused with the usage.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { text } from 'node:stream/consumers';

/** The command line does not fit; exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ProgramOptions {
  readonly file: string;
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Options that may be given several times. */
  readonly lists: Readonly<Record<string, readonly string[] | undefined>>;
}

/** One FILE and options. @throws UsageError */
export function parseProgramOptions(
  args: readonly string[],
  options: ParseArgsOptionsConfig,
): ProgramOptions {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const [file, ...more] = parsed.positionals;
  if (file === undefined || file === '') throw new UsageError('FILE is missing');
  if (more.length > 0) throw new UsageError(`unexpected: ${more[0]}`);
  const values: Record<string, string | undefined> = {};
  const lists: Record<string, readonly string[]> = {};
  const flags = new Set<string>();
  for (const [name, value] of Object.entries(parsed.values)) {
    if (value === true) flags.add(name);
    else if (typeof value === 'string') values[name] = value;
    else if (Array.isArray(value)) lists[name] = value.map(String);
  }
  return { file, flags, values, lists };
}

/** Help, wrong usage, or the work itself. @returns the exit status */
export async function runProgram(
  usage: string,
  args: readonly string[],
  work: () => Promise<void>,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`gatehouse: ${error.message}\n\n${usage}`);
    return 2;
  }
}

/** A secret from standard input: its first line, so that `echo` and files with a last newline both work. */
export async function readSecret(): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (line === '') throw new UsageError('standard input is empty; the passphrase is expected there');
  return line;
}

/** Progress on standard error, at most four lines a second, none with --json. */
export function progressLine(silent: boolean): (line: string) => void {
  let last = 0;
  return (line) => {
    const now = Date.now();
    if (silent || now - last < 250) return;
    last = now;
    process.stderr.write(`${line}\n`);
  };
}
