// A program of another make that a test starts and ends. As root it runs as the user its package has made for it.
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
  readonly #group: boolean;
  #said = '';

  private constructor(name: string, child: ChildProcess, group: boolean) {
    this.#name = name;
    this.#child = child;
    this.#group = group;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-100_000);
      });
  }

  /** @param group whether its children are ended with it, without being asked */
  static start(
    command: readonly [string, ...string[]],
    { env = {}, as, group = false }: { env?: Record<string, string>; as?: RunAs; group?: boolean } = {},
  ): PeerProcess {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // where Debian keeps servers
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, ...env },
      detached: group,
      ...as,
    });
    return new PeerProcess(program, child, group);
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
    if (this.#group) process.kill(-pid, 'SIGKILL');
    else this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
