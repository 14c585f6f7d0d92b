/**
 * What the scans may ask of the machine: read a file, list a directory, look at a file's status, run a program. A scan
 * sees the machine only through this port, so a test gives it a prepared tree, and no scan can reach a shell.
 *
 * Nothing here throws for what the machine does: a file that is absent and a file that cannot be read are different
 * answers, because the first is a fact and the second is not.
 */
export type Reading<T> =
  | { readonly state: 'present'; readonly value: T /** more was there than was read */; readonly cut?: true }
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly why: string };

export interface ReadOptions {
  /** Default 1 MiB. */
  readonly maximumBytes?: number;
  /** Give the first `maximumBytes` of a longer file, marked `cut`, instead of calling it unreadable. */
  readonly cut?: boolean;
}

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'other';
  /** Permission bits with set-uid, set-gid and sticky: `mode & 0o7777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

export interface RunOptions {
  /** Default 10 000 ms. */
  readonly timeoutMs?: number;
  /** Default 16 MiB of standard output; more ends the program. */
  readonly maximumBytes?: number;
  /** Run as this account, with its home, instead of as the agent (AGT-T06). */
  readonly account?: {
    readonly uid: number;
    readonly gid: number;
    readonly name: string;
    readonly home: string;
  };
  /** Exit statuses that are answers; default only 0. */
  readonly accept?: readonly number[];
}

export interface System {
  readText(path: string, options?: ReadOptions): Promise<Reading<string>>;
  readBytes(path: string, options?: ReadOptions): Promise<Reading<Buffer>>;
  /** Entry names in order of code points; at most 100 000. */
  list(path: string): Promise<Reading<readonly string[]>>;
  /** Follows links, inside the root. */
  status(path: string): Promise<Reading<FileStatus>>;
  /** Like `status`, of the link itself. */
  linkStatus(path: string): Promise<Reading<FileStatus>>;
  /** The path with all links resolved, as seen from the root; undefined when it does not exist. */
  realPath(path: string): Promise<string | undefined>;
  /** Standard output of a program named by absolute path; 'absent' when there is no such program. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Reading<string>>;
}

/** The value, or undefined both for absent and unreadable: for facts where either means "not known". */
export function valueOf<T>(reading: Reading<T>): T | undefined {
  return reading.state === 'present' ? reading.value : undefined;
}

/** First line of a small file without white space around it; undefined when empty or not readable. */
export async function readLine(system: System, path: string): Promise<string | undefined> {
  const text = valueOf(await system.readText(path, { maximumBytes: 4096, cut: true }));
  const line = text?.split('\n', 1)[0]?.trim();
  return line === undefined || line === '' ? undefined : line;
}

export async function exists(system: System, path: string): Promise<boolean> {
  return (await system.status(path)).state === 'present';
}
