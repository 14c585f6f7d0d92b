// Costly work for strangers, a few pieces at a time and in turns: each source waits behind its own requests and not behind
// another's, and between two pieces everybody else on this process gets a breath. What would wait too long is turned away at once.
import { DomainError } from '@gatehouse/core/errors.ts';

export interface FairQueue {
  /** @throws DomainError `unavailable` when the source, or all together, have too many waiting. */
  run<T>(source: string, work: () => Promise<T>): Promise<T>;
}

export function createFairQueue(limits: {
  readonly atOnce: number;
  readonly perSource: number;
  readonly total: number;
}): FairQueue {
  /** In the order of their turns. */
  const waiting = new Map<string, (() => void)[]>();
  let count = 0;
  let running = 0;

  function next(): void {
    for (const [source, turns] of waiting) {
      const turn = turns.shift();
      waiting.delete(source);
      // Whoever has more behind this one lines up again.
      if (turns.length > 0) waiting.set(source, turns);
      if (turn) {
        setImmediate(turn);
        return;
      }
    }
    running -= 1;
  }

  return {
    async run(source, work) {
      if (running >= limits.atOnce) {
        const turns = waiting.get(source) ?? [];
        if (turns.length >= limits.perSource || count >= limits.total)
          throw new DomainError('unavailable', 'Too many requests at once', { retryAfterSeconds: 5 });
        count += 1;
        await new Promise<void>((resolve) => {
          turns.push(resolve);
          waiting.set(source, turns);
        });
        count -= 1;
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
