/** Waiting that ends early when somebody calls, or when the agent stops. */
import { randomInt } from 'node:crypto';

/** The clock is looked at this often: timers stand still while a machine sleeps, the clock on the wall does not. */
const lookMs = 60_000;

export class Pause {
  #wake: (() => void) | undefined;
  #called = false;

  /** Ends the wait that is going on, or the next one before it begins. */
  wake(): void {
    this.#called = true;
    this.#wake?.();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const end = Date.now() + ms;
    for (let left = ms; left > 0 && !this.#called && !signal.aborted; left = end - Date.now()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const stop = () => resolve();
      const timer = setTimeout(resolve, Math.min(left, lookMs));
      signal.addEventListener('abort', stop, { once: true });
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      this.#wake = undefined;
    }
    this.#called = false;
  }
}

/**
 * Exponential back-off with jitter, so that ten thousand agents do not come back in the same second.
 * `failures` counts from 1; the result is between half and all of the doubled pause.
 */
export function backOffMs(
  failures: number,
  { firstMs, mostMs }: { firstMs: number; mostMs: number },
  chance: () => number = oneOfMany,
): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + chance() / 2));
}

/** From 0 to below 1. */
function oneOfMany(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
