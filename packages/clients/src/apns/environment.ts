/** Clock, chance and timers, handed in so that tests decide them. */
import { randomInt } from 'node:crypto';

export interface ApnsEnvironment {
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 up to but not including 1. */
  random(): number;
  /** @returns what cancels it */
  after(milliseconds: number, run: () => void): () => void;
}

const steps = 2 ** 32;

export const realEnvironment: ApnsEnvironment = {
  now: () => Date.now(),
  random: () => randomInt(steps) / steps,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
