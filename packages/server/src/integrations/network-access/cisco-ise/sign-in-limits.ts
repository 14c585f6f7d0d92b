// What guessing costs, and whom: only its source (ISE-01). No account is ever locked; a source with right credentials is
// never slowed, because proven ones are remembered and do not come here; checks of one source run one after the other,
// so that a flood from one address takes one place in the queue for the slow check and not all of them.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { createRateLimit, sourceOf } from '../../../kernel/http/rate-limit.ts';

export interface SignInLimits {
  /**
   * Runs the check unless too many of this source have failed.
   * @param check is told whether this source has been right about this account before; answers undefined when it is wrong
   * @throws DomainError `too-many-requests`
   */
  attempt<T>(
    account: string,
    address: string,
    check: (wasRight: boolean) => Promise<T | undefined>,
  ): Promise<T | undefined>;
}

/** Wrong ones of one source about one account, and about any. */
const perAccount = { burst: 5, perMinute: 12 };
const perSource = { burst: 20, perMinute: 30 };
const mostWaiting = 8;
const mostKnownSources = 10_000;

export function createSignInLimits(clock: Clock): SignInLimits {
  const pairs = createRateLimit({ clock, ...perAccount });
  const sources = createRateLimit({ clock, ...perSource });
  const queues = new Map<string, { waiting: number; last: Promise<unknown> }>();
  const rightBefore = new Set<string>();

  function requirePatience(pair: string, source: string): void {
    const seconds = Math.max(pairs.peek(pair), sources.peek(source));
    if (seconds > 0) throw slowDown(seconds);
  }

  /** Runs the works of one source one after the other. */
  function inTurn<T>(source: string, work: () => Promise<T>): Promise<T> {
    const queue = queues.get(source) ?? { waiting: 0, last: Promise.resolve() };
    if (queue.waiting >= mostWaiting) throw slowDown(1);
    queue.waiting += 1;
    queues.set(source, queue);
    const turn = queue.last.then(work);
    queue.last = turn
      .catch(() => undefined)
      .finally(() => {
        queue.waiting -= 1;
        if (queue.waiting === 0) queues.delete(source);
      });
    return turn;
  }

  return {
    async attempt(account, address, check) {
      const source = sourceOf(address);
      const pair = `${source} ${account.toLowerCase()}`;
      requirePatience(pair, source);
      return inTurn(source, async () => {
        requirePatience(pair, source);
        const result = await check(rightBefore.has(pair));
        if (result === undefined) {
          pairs.spend(pair);
          sources.spend(source);
        } else {
          if (rightBefore.size >= mostKnownSources) rightBefore.clear();
          rightBefore.add(pair);
        }
        return result;
      });
    },
  };
}

function slowDown(seconds: number): DomainError {
  return new DomainError('too-many-requests', 'Too many wrong passwords from this address; wait a little', {
    retryAfterSeconds: seconds,
  });
}
