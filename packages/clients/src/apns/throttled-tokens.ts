/** Which devices Apple wants left alone for a while (429), and for how long. */
import { backOffMs } from './back-off.ts';
import type { ApnsEnvironment } from './environment.ts';

interface Hold {
  readonly until: number;
  readonly strikes: number;
}

const limits = { tokens: 50_000, firstMs: 5_000 } as const;

export class ThrottledTokens {
  readonly #holds = new Map<string, Hold>();
  readonly #environment: ApnsEnvironment;

  constructor(environment: ApnsEnvironment) {
    this.#environment = environment;
  }

  /** Milliseconds for which nothing is sent to this device. */
  remaining(token: Uint8Array): number {
    if (this.#holds.size === 0) return 0;
    return Math.max(0, (this.#holds.get(keyOf(token))?.until ?? 0) - this.#environment.now());
  }

  /** @returns for how long: what Apple asks for, else longer each time. */
  hold(token: Uint8Array, retryAfterMs: number | undefined): number {
    const key = keyOf(token);
    const strikes = (this.#holds.get(key)?.strikes ?? 0) + 1;
    const pause = retryAfterMs ?? limits.firstMs + backOffMs(strikes, this.#environment.random);
    this.#holds.delete(key);
    this.#holds.set(key, { until: this.#environment.now() + pause, strikes });
    for (const oldest of this.#holds.keys()) {
      if (this.#holds.size <= limits.tokens) break;
      this.#holds.delete(oldest);
    }
    return pause;
  }

  release(token: Uint8Array): void {
    if (this.#holds.size > 0) this.#holds.delete(keyOf(token));
  }
}

const keyOf = (token: Uint8Array): string => Buffer.from(token).toString('hex');
