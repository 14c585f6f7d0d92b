// Structured logs, one JSON line each. What may be logged is an allow-list: errors are reduced to name, message, code and
// stack; bodies, headers and query strings never arrive here. A second copy goes to a file that only its owner may read,
// independent of the database (LOG-04).
import { closeSync, fchmodSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { RecentLines } from './recent-lines.ts';

export type Log = pino.Logger;

const maxFileBytes = 32 * 1024 * 1024;
const keptFiles = 5;

interface LogFile {
  write(line: string): void;
}

/** A log file with rotation by size. Failing to write (a full disk) must not take the server down. */
function logFile(directory: string): LogFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'gatehouse.log');
  let file = open();
  let size = statSync(path).size;
  function open(): number {
    const opened = openSync(path, 'a', 0o600);
    fchmodSync(opened, 0o600);
    return opened;
  }
  function rotate(): void {
    closeSync(file);
    for (let index = keptFiles - 1; index >= 0; index -= 1) {
      try {
        renameSync(index === 0 ? path : `${path}.${index}`, `${path}.${index + 1}`);
      } catch {
        // This generation does not exist yet.
      }
    }
    file = open();
    size = 0;
  }
  return {
    write(line) {
      try {
        if (size > maxFileBytes) rotate();
        size += writeSync(file, line);
      } catch {
        // The standard error stream still has the line.
      }
    },
  };
}

export interface LogOptions {
  readonly level: string;
  /** Where the file log goes; without it there is none (tests). */
  readonly directory?: string;
  readonly console?: (line: string) => void;
}

/** Keeps what helps and nothing that may hold input: no `detail` of database errors, which quotes values. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, code, reason, cause } = error as Error & { code?: unknown; reason?: unknown };
  // PostgreSQL quotes the offending value in its message, and the stack begins with the message.
  const masked = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  const hide = (text: string | undefined) => (masked ? text?.replaceAll(/"[^"]*"/g, '"…"') : text);
  return {
    name,
    message: hide(message),
    code,
    reason,
    stack: hide(stack),
    ...(cause === undefined ? {} : { cause: serializeError(cause) }),
  };
}

export function createLog(options: LogOptions): Log {
  const file = options.directory === undefined ? undefined : logFile(options.directory);
  const write = options.console ?? ((line: string) => process.stderr.write(line));
  const recent = new RecentLines();
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
    },
    {
      write(line: string) {
        recent.add(line);
        file?.write(line);
        write(line);
      },
    },
  );
  recents.set(log, recent);
  return log;
}

const recents = new WeakMap<Log, RecentLines>();

/** What was logged last by this log, and by no other. */
export function recentLines(log: Log): RecentLines {
  return recents.get(log) ?? new RecentLines();
}

export const silentLog: Log = pino({ level: 'silent' });
