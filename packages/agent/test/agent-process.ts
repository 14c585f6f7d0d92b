/** The real agent as a child process, with a state directory and a prepared machine of its own; it may be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FakeServer } from './fake-server.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** What an earlier start made of the sources, if the tests keep that: there are hundreds of starts. */
const cache = process.env['NODE_COMPILE_CACHE'];
const compiled = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: Record<string, unknown>;
}

export class AgentHome {
  readonly stateDirectory: string;
  readonly #root: string | undefined;
  readonly #children = new Set<ChildProcess>();

  constructor(t: Pick<TestContext, 'after'>, root?: string) {
    this.stateDirectory = mkdtempSync(join(tmpdir(), 'gatehouse-agent-'));
    this.#root = root;
    t.after(() => {
      for (const child of this.#children) child.kill('SIGKILL');
      rmSync(this.stateDirectory, { recursive: true, force: true });
    });
  }

  /** Runs a sub-command to its end. */
  async run(
    words: readonly string[],
    environment: Record<string, string> = {},
    input = '',
  ): Promise<Finished> {
    const child = this.#spawn([...words, '--json'], environment);
    child.stdin?.end(input);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const json = stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
    return { status, stdout, stderr, json };
  }

  async enroll(server: FakeServer, words: readonly string[] = ['--no-check-in']): Promise<Finished> {
    const finished = await this.run([
      'enroll',
      '--url',
      server.url,
      '--password',
      server.codeText,
      '--state-dir',
      this.stateDirectory,
      ...this.#rootWords(),
      ...words,
    ]);
    if (finished.status !== 0) throw new Error(finished.stdout + finished.stderr);
    return finished;
  }

  start(words: readonly string[] = [], environment: Record<string, string> = {}): RunningAgent {
    const child = this.#spawn(
      ['run', '--state-dir', this.stateDirectory, ...this.#rootWords(), ...words],
      environment,
    );
    return new RunningAgent(child);
  }

  /** Everything that is on the disk, for looking for what must not be there. */
  files(): Map<string, string> {
    const files = new Map<string, string>();
    for (const entry of readdirSync(this.stateDirectory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(this.stateDirectory.length + 1), readFileSync(path, 'utf8'));
    }
    return files;
  }

  #rootWords(): readonly string[] {
    return this.#root === undefined ? [] : ['--root', this.#root];
  }

  #spawn(words: readonly string[], environment: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [main, ...words], {
      env: { PATH: '/usr/bin:/bin', ...compiled, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }
}

export class RunningAgent {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  log = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => child.once('close', (status) => resolve(status)));
    child.stderr?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }
}

/** Waits until something holds; fails by name when it does not in time. */
export async function until(what: string, holds: () => unknown, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`timed out waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
