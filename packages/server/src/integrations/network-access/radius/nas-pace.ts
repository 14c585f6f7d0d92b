// How fast one network device is told, and that one which does not answer is left alone for a while: a change of a whole fleet
// must not become a storm (RAD-06), and a dead device must not hold up what others are told.
import type { Clock } from '../../../kernel/clock.ts';

export interface NasPace {
  /**
   * Waits in line while as many are under way as may be, up to {@link patienceMs}: answers come within milliseconds, and whoever is
   * put back comes seconds later. @returns whether a place was kept, which `turn` must be told
   */
  room(nasId: string): Promise<boolean>;
  /** Milliseconds until the next one may be told; up to {@link patienceMs} it has taken its turn, and ends with `over`. */
  turn(nasId: string, perSecond: number, hasPlace?: boolean): number;
  /** What had its turn is over. */
  over(nasId: string): void;
  /** It does not answer. */
  leaveAlone(nasId: string): void;
  answered(nasId: string): void;
}

const aloneMs = 30_000;
/** More than so many wait until it has answered some: one that is dead would hold them all. */
const mostUnderWay = 64;
/** Whose turn comes later than this is put back. */
export const patienceMs = 1_000;
const laterMs = patienceMs + 500;
const mostKnown = 20_000;

export function createNasPace(clock: Clock): NasPace {
  const nextAt = new Map<string, number>();
  const aloneUntil = new Map<string, number>();
  const underWay = new Map<string, number>();
  const lines = new Map<string, Set<(kept: boolean) => void>>();

  function leave(nasId: string): void {
    const open = (underWay.get(nasId) ?? 1) - 1;
    if (open > 0) underWay.set(nasId, open);
    else underWay.delete(nasId);
  }

  function turn(nasId: string, perSecond: number): number {
    const now = clock.now();
    const alone = aloneUntil.get(nasId);
    // A clock that was set back must not make everybody wait.
    if (alone !== undefined && alone > now && alone <= now + aloneMs) return alone - now;
    if (alone !== undefined) {
      // One may try; the others wait for what becomes of it.
      aloneUntil.set(nasId, now + aloneMs);
      underWay.set(nasId, (underWay.get(nasId) ?? 0) + 1);
      return 0;
    }
    const open = underWay.get(nasId) ?? 0;
    if (open >= mostUnderWay) return laterMs;
    if (nextAt.size > mostKnown) nextAt.clear();
    const before = nextAt.get(nasId) ?? now;
    const from = before > now + 60_000 ? now : Math.max(before, now);
    const at = from + 1_000 / perSecond;
    // A quarter of a second's worth may go at once.
    const wait = Math.max(0, Math.ceil(from - now - 250));
    if (wait > patienceMs) return wait;
    nextAt.set(nasId, at);
    underWay.set(nasId, open + 1);
    return wait;
  }

  return {
    room(nasId) {
      if ((underWay.get(nasId) ?? 0) < mostUnderWay) return Promise.resolve(false);
      return new Promise((resolve) => {
        const line = lines.get(nasId) ?? new Set();
        lines.set(nasId, line);
        const end = (kept: boolean) => {
          clearTimeout(timer);
          line.delete(end);
          if (line.size === 0) lines.delete(nasId);
          resolve(kept);
        };
        const timer = setTimeout(end, patienceMs, false);
        line.add(end);
      });
    },
    turn(nasId, perSecond, hasPlace = false) {
      if (hasPlace) leave(nasId);
      const wait = turn(nasId, perSecond);
      // Whoever goes away without using the place leaves it to the next.
      if (hasPlace && wait > patienceMs) {
        const [next] = lines.get(nasId) ?? [];
        if (next !== undefined) {
          underWay.set(nasId, (underWay.get(nasId) ?? 0) + 1);
          next(true);
        }
      }
      return wait;
    },
    over(nasId) {
      const [next] = lines.get(nasId) ?? [];
      // The place passes to the first in line.
      if (next === undefined) leave(nasId);
      else next(true);
    },
    leaveAlone(nasId) {
      if (aloneUntil.size > mostKnown) aloneUntil.clear();
      aloneUntil.set(nasId, clock.now() + aloneMs);
    },
    answered(nasId) {
      aloneUntil.delete(nasId);
    },
  };
}
