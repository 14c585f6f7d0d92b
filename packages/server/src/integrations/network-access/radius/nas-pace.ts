// How fast one network device is told, and that one which does not answer is left alone for a while: a change of a whole fleet
// must not become a storm (RAD-06), and a dead device must not hold up what others are told.
import type { Clock } from '../../../kernel/clock.ts';

export interface NasPace {
  /** Milliseconds until the next one may be told; up to {@link patienceMs} it has taken its turn, and ends with `over`. */
  turn(nasId: string, perSecond: number): number;
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
  return {
    turn(nasId, perSecond) {
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
    },
    over(nasId) {
      const open = (underWay.get(nasId) ?? 1) - 1;
      if (open > 0) underWay.set(nasId, open);
      else underWay.delete(nasId);
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
