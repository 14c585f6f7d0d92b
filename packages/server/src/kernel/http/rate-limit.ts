// An in-memory rate limit (GCRA): each key may do `burst` things at once and then one per interval. Bounded in memory;
// when full, the stalest keys go first.
import type { Clock } from '../clock.ts';

export interface RateLimit {
  /** Spends one. Returns 0 when allowed, else the seconds to wait. */
  spend(key: string): number;
  /** The seconds to wait, spending nothing. */
  peek(key: string): number;
}

export function createRateLimit(options: {
  readonly clock: Clock;
  readonly burst: number;
  readonly perMinute: number;
  readonly maxKeys?: number;
}): RateLimit {
  const interval = 60_000 / options.perMinute;
  const tolerance = interval * (options.burst - 1);
  const maxKeys = options.maxKeys ?? 100_000;
  const arrivals = new Map<string, number>();
  function known(key: string, now: number): number {
    const at = arrivals.get(key) ?? now;
    if (at <= now + tolerance + interval) return at;
    // The clock was set back: nobody waits until it has caught up.
    arrivals.set(key, now + tolerance);
    return now + tolerance;
  }
  const wait = (key: string, now: number) => Math.max(0, known(key, now) - tolerance - now);
  return {
    spend(key) {
      const now = options.clock.now();
      const delay = wait(key, now);
      if (delay > 0) return Math.ceil(delay / 1000);
      const next = Math.max(known(key, now), now) + interval;
      // Re-inserted, so that iteration order is the order of last use.
      arrivals.delete(key);
      arrivals.set(key, next);
      if (arrivals.size > maxKeys) {
        for (const stalest of arrivals.keys()) {
          arrivals.delete(stalest);
          break;
        }
      }
      return 0;
    },
    peek: (key) => Math.ceil(wait(key, options.clock.now()) / 1000),
  };
}

/** The part of an address that one source owns: an IPv4 address, or an IPv6 /64. */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = address.includes('::') ? tail.split(':').filter(Boolean) : [];
  const middle = address.includes('::')
    ? Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
    : [];
  return [...left, ...middle, ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}
