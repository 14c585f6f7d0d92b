// Tells gates what waits to be told: takes what is due, sends, and notes what came of it. What waits are rows of the database, so a
// crash loses nothing; whoever adds some wakes the loop after the commit, and a task looks once a second for all servers.
import type { Log } from '../../kernel/log.ts';

export interface TellingLoopOptions<Item, Outcome> {
  readonly log: Log;
  /** Takes what is due, so that no other server sends it too. */
  claim(organizationId: string, most: number): Promise<readonly Item[]>;
  /** Never rejects for what the other side does. */
  tell(organizationId: string, item: Item): Promise<Outcome>;
  settle(organizationId: string, told: readonly (readonly [Item, Outcome])[]): Promise<void>;
  organizationsWithDue(): Promise<readonly string[]>;
  /** Exchanges under way in this process. */
  readonly most: number;
}

export interface TellingLoop {
  wake(organizationId: string): void;
  /** For the task that runs by the clock. */
  tellDue(): Promise<void>;
  /** Resolves when what is under way is noted. */
  close(): Promise<void>;
}

const claimMost = 100;
const settleMs = 20;

export function createTellingLoop<Item, Outcome>(options: TellingLoopOptions<Item, Outcome>): TellingLoop {
  const running = new Map<string, { again: boolean }>();
  const told = new Map<string, (readonly [Item, Outcome])[]>();
  const work = new Set<Promise<unknown>>();
  let underWay = 0;
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function track<T>(promise: Promise<T>): void {
    const quiet = promise
      .catch((error: unknown) =>
        options.log.warn({ err: error }, 'a gate could not be told; it is tried again'),
      )
      .finally(() => work.delete(quiet));
    work.add(quiet);
  }

  function flush(): void {
    timer = undefined;
    for (const [organizationId, some] of told) track(options.settle(organizationId, some));
    told.clear();
  }

  async function one(organizationId: string, item: Item): Promise<void> {
    try {
      const outcome = await options.tell(organizationId, item);
      const some = told.get(organizationId) ?? [];
      some.push([item, outcome]);
      told.set(organizationId, some);
      timer ??= setTimeout(flush, settleMs);
    } finally {
      underWay -= 1;
      if (underWay === options.most - claimMost) for (const waiting of running.keys()) run(waiting);
    }
  }

  async function drain(organizationId: string): Promise<void> {
    while (!stop.signal.aborted && underWay + claimMost <= options.most) {
      const items = await options.claim(organizationId, claimMost);
      underWay += items.length;
      for (const item of items) track(one(organizationId, item));
      if (items.length < claimMost) return;
    }
  }

  function run(organizationId: string): void {
    if (stop.signal.aborted) return;
    const state = running.get(organizationId);
    if (state) {
      state.again = true;
      return;
    }
    const mine = { again: false };
    running.set(organizationId, mine);
    track(
      drain(organizationId).finally(() => {
        running.delete(organizationId);
        if (mine.again) run(organizationId);
      }),
    );
  }

  return {
    wake: run,
    async tellDue() {
      for (const organizationId of await options.organizationsWithDue()) run(organizationId);
    },
    async close() {
      stop.abort();
      while (work.size > 0 || told.size > 0) {
        clearTimeout(timer);
        flush();
        await Promise.all(work);
      }
    },
  };
}
