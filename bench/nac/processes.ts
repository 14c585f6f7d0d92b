// The parts run in processes of their own, started from this benchmark's own file and spoken to by messages.
import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Part {
  readonly pid: number;
  /** Sends a message and waits for the answer to it. */
  ask<T>(message: unknown): Promise<T>;
  stop(): void;
}

type Reply = { readonly result: unknown } | { readonly error: string };

export function startPart(file: URL, role: string): Part {
  const child: ChildProcess = fork(file, [role], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    pid: child.pid ?? 0,
    ask: (message) =>
      new Promise((resolve, reject) => {
        const settle = (reply: Reply): void => {
          child.off('exit', gone);
          if ('error' in reply) reject(new Error(`${role}: ${reply.error}`));
          else resolve(reply.result as never);
        };
        const gone = (): void => reject(new Error(`${role} ended`));
        child.once('message', settle as (message: unknown) => void);
        child.once('exit', gone);
        child.send(message as object);
      }),
    stop: () => void child.kill(),
  };
}

/** In the child: answers each message with what `work` makes of it. */
export function servePart(work: (message: never) => Promise<unknown>): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    work(message as never).then(
      (result) => process.send?.({ result } satisfies Reply),
      (error: unknown) => process.send?.({ error: String(error) } satisfies Reply),
    );
  });
}

/** Hundredths of a second on the CPU, of a process and of those it started. */
export function cpuTicks(pid: number): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
      const [, parent, , , , , , , , , , user, system] = fields;
      if (Number(name) === pid || Number(parent) === pid) sum += Number(user) + Number(system);
    } catch {
      // It has ended since.
    }
  }
  return sum;
}
