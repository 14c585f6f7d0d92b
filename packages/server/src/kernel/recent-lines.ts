// The last lines of this server's log, for the people who operate it (LOG-02): a ring in memory, so that looking takes no file
// and no disk. What may be in a line was decided when it was logged; here only what is told of a line is chosen.

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  readonly at: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly requestId?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly route?: string;
  readonly error?: string;
}

export interface LineFilter {
  /** This level and graver ones. */
  readonly level?: LogLevel | undefined;
  readonly requestId?: string | undefined;
  /** Somewhere in message, route, code or error, whatever the case. */
  readonly search?: string | undefined;
  readonly limit: number;
}

const kept = 2_000;
const longest = 4_000;

export class RecentLines {
  readonly #lines: string[] = [];
  #next = 0;

  /** @param line JSON, as it goes to the file. */
  add(line: string): void {
    this.#lines[this.#next] = line.slice(0, longest);
    this.#next = (this.#next + 1) % kept;
  }

  /** Newest first. */
  read(filter: LineFilter): readonly LogLine[] {
    const found: LogLine[] = [];
    const count = this.#lines.length;
    for (let back = 1; back <= count && found.length < filter.limit; back += 1) {
      const line = readLine(this.#lines[(this.#next - back + count) % count] ?? '');
      if (line !== undefined && matches(line, filter)) found.push(line);
    }
    return found;
  }
}

function readLine(text: string): LogLine | undefined {
  let given: Readonly<Record<string, unknown>>;
  try {
    given = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    // It was cut.
    return undefined;
  }
  const level = logLevels.find((each) => each === given['level']);
  const { time, msg } = given;
  if (level === undefined || typeof time !== 'string') return undefined;
  const error = given['err'] as { readonly name?: unknown; readonly message?: unknown } | undefined;
  const told = ['requestId', 'code', 'reason', 'route'].flatMap((name) => {
    const value = given[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    at: time,
    level,
    message: typeof msg === 'string' ? msg : '',
    ...Object.fromEntries(told),
    ...(typeof error?.message === 'string' ? { error: `${String(error.name)}: ${error.message}` } : {}),
  };
}

function matches(line: LogLine, { level, requestId, search }: LineFilter): boolean {
  if (level !== undefined && logLevels.indexOf(line.level) < logLevels.indexOf(level)) return false;
  if (requestId !== undefined && line.requestId !== requestId) return false;
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return [line.message, line.route, line.code, line.error].some(
    (text) => text?.toLowerCase().includes(wanted) === true,
  );
}
