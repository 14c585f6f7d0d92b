/** Clock, chance and timers, handed in so that tests decide them. */
import { randomInt } from 'node:crypto';

export interface SenderEnvironment {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A whole number from 0 up to but not including the limit. */
  random(limit: number): number;
  /** @returns what cancels it */
  after(milliseconds: number, run: () => void): () => void;
}

export const realEnvironment: SenderEnvironment = {
  now: () => Date.now(),
  random: (limit) => randomInt(limit),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
