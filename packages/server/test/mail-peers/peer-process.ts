// A program of another make that a test starts and ends. As root it runs as the user its package has made for it. Should the test
// itself be ended before, the kernel ends the program: sogod would go on for ever, and fill memory with what it cannot log.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** `undefined` means us: who is not root cannot be somebody else. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined;

export function accountOf(name: string): RunAs {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #end: 'TERM' | 'KILL';
  #said = '';

  private constructor(name: string, child: ChildProcess, end: 'TERM' | 'KILL') {
    this.#name = name;
    this.#child = child;
    this.#end = end;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-100_000);
      });
  }

  /** @param end the signal that ends it, and all its children with it */
  static start(
    command: readonly [string, ...string[]],
    {
      env = {},
      as,
      end = 'TERM',
    }: { env?: Record<string, string>; as?: RunAs | undefined; end?: 'TERM' | 'KILL' } = {},
  ): PeerProcess {
    const change =
      as === undefined ? [] : [`--reuid=${as.uid}`, `--regid=${as.gid}`, '--clear-groups', '--no-new-privs'];
    const child = spawn('setpriv', [...change, '--pdeathsig', end, '--', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // where Debian keeps servers
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, ...env },
    });
    return new PeerProcess(command[0], child, end);
  }

  output(): string {
    return this.#said;
  }

  /** Resolves when something listens there. */
  async listensOn(port: number): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      const connected = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(() => false),
      ]).catch(() => false);
      socket.destroy();
      if (connected) return;
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${this.#name} did not start: ${this.#said}`);
      await wait(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#child.kill(`SIG${this.#end}`);
    await once(this.#child, 'exit');
  }
}
