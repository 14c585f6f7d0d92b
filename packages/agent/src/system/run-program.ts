/**
 * Runs a program: absolute path, argument vector, no shell, an environment of our own, a deadline and a cap on the
 * output (AGT-T01, AGT-T07). Everything the agent starts goes through here.
 */
import { execFile } from 'node:child_process';
import { isAbsolute } from 'node:path';
import type { Reading, RunOptions } from './system.ts';

/** What a child gets; nothing of ours is handed on, so LD_*, NODE_* and PATH of the caller have no effect. */
export function childEnvironment(account?: RunOptions['account']): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
  if (account !== undefined) {
    environment['HOME'] = account.home;
    environment['USER'] = account.name;
    environment['LOGNAME'] = account.name;
    environment['XDG_RUNTIME_DIR'] = `/run/user/${account.uid}`;
    environment['DBUS_SESSION_BUS_ADDRESS'] = `unix:path=/run/user/${account.uid}/bus`;
  }
  return environment;
}

export type RunProgram = (
  program: string,
  args: readonly string[],
  options?: RunOptions & { readonly input?: string },
) => Promise<Reading<string>>;

export const runProgram: RunProgram = (program, args, options = {}) => {
  if (!isAbsolute(program)) throw new TypeError(`a program is named by its absolute path, not "${program}"`);
  if (args.some((argument) => argument.includes('\0'))) {
    return Promise.resolve({ state: 'unreadable', why: 'an argument holds a NUL' });
  }
  const timeoutMs = options.timeoutMs ?? 10_000;
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      {
        cwd: '/',
        env: childEnvironment(options.account),
        shell: false,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: options.maximumBytes ?? 16 * 1024 * 1024,
        encoding: 'utf8',
        windowsHide: true,
        ...(options.account === undefined ? {} : { uid: options.account.uid, gid: options.account.gid }),
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ state: 'present', value: stdout });
        if (error.code === 'ENOENT') return resolve({ state: 'absent' });
        if (typeof error.code === 'number' && options.accept?.includes(error.code) === true) {
          return resolve({ state: 'present', value: stdout });
        }
        resolve({ state: 'unreadable', why: reasonOf(program, error, stderr, timeoutMs) });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
};

function reasonOf(
  program: string,
  error: { code?: string | number | null; killed?: boolean },
  stderr: string,
  timeoutMs: number,
): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `${program} wrote too much`;
  if (error.killed === true) return `${program} took longer than ${timeoutMs} ms`;
  const said = stderr.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
  return `${program} ended with ${error.code ?? 'a signal'}${said === '' ? '' : `: ${said}`}`;
}
