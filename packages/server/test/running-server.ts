// The real server as its own process on a data directory of its own, and the real command line against it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.ts';

const serverProgram = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const cliProgram = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

export interface Invocation {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface RunningServer extends AsyncDisposable {
  readonly dataDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly publicUrl: string;
  readonly deviceUrl: string;
  readonly operationsUrl: string;
  /** What the server has said so far. */
  output(): string;
  /** The command line; rejects when it fails. Gives what `--json` printed. */
  cli<T = Record<string, unknown>>(...argv: string[]): Promise<T>;
  tryCli(argv: readonly string[], input?: string): Promise<Invocation>;
  process(): ChildProcess;
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

export async function startServer(
  options: { dataDirectory?: string; env?: Record<string, string> } = {},
): Promise<RunningServer> {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-server-'));
  // so that the database's unprivileged user can pass when we are root
  chmodSync(root, 0o711);
  const dataDirectory = options.dataDirectory ?? join(root, 'data');
  const [main, device, operations] = await freePorts(3);
  const env = {
    ...(process.env as Record<string, string>),
    GATEHOUSE_DATA_DIR: dataDirectory,
    GATEHOUSE_LISTEN: `127.0.0.1:${main}`,
    GATEHOUSE_DEVICE_LISTEN: `127.0.0.1:${device}`,
    GATEHOUSE_OPERATIONS_LISTEN: `127.0.0.1:${operations}`,
    GATEHOUSE_LOG_LEVEL: 'warn',
    ...options.env,
  };
  let child: ChildProcess | undefined;
  let output = '';

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [serverProgram, 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      output += chunk.toString();
    };
    started.stdout.on('data', listen);
    started.stderr.on('data', listen);
    const deadline = Date.now() + 30_000;
    while (!said.includes('Gatehouse is ready')) {
      if (started.exitCode !== null || Date.now() > deadline) {
        // Left alone it would keep the test from ending.
        await kill('SIGKILL');
        throw new Error(`the server did not start: ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  function tryCli(argv: readonly string[], input = ''): Promise<Invocation> {
    return new Promise((resolve) => {
      const run = execFile(
        process.execPath,
        [cliProgram, ...argv],
        { env, timeout: 60_000 },
        (error, out, err) => {
          const code = (error as { code?: unknown } | null)?.code;
          resolve({ status: error === null ? 0 : typeof code === 'number' ? code : 1, out, err });
        },
      );
      run.stdin?.end(input);
    });
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  await start();
  return {
    dataDirectory,
    env,
    publicUrl: `https://localhost:${main}`,
    deviceUrl: `https://localhost:${device}`,
    operationsUrl: `http://127.0.0.1:${operations}`,
    output: () => output,
    tryCli,
    async cli<T>(...argv: string[]) {
      const { status, out, err } = await tryCli([...argv, '--json']);
      if (status !== 0) throw new Error(`gatehouse ${argv.join(' ')} ended with ${status}: ${err}${out}`);
      return (out === '' ? undefined : JSON.parse(out)) as T;
    },
    process() {
      if (!child) throw new Error('the server is not running');
      return child;
    },
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill('SIGTERM');
      rmSync(root, { recursive: true, force: true });
    },
  };
}
