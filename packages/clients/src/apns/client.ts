/**
 * Sends the pushes of one push certificate: few connections that live long, as many requests at once as Apple allows, everything
 * unanswered sent again elsewhere, growing pauses while Apple or the network is in trouble, silence once the certificate is
 * refused. It never throws and never holds more than it was told to: each push ends in an outcome.
 */
import type { ApnsAnswer } from './answers.ts';
import { backOffMs } from './back-off.ts';
import { ApnsConnection, type ConnectionOptions } from './connection.ts';
import { type ApnsEnvironment, realEnvironment } from './environment.ts';
import { type Push, pushBody, pushHeaders, type PushOutcome } from './push.ts';
import { ThrottledTokens } from './throttled-tokens.ts';
import { isCertificateRefusal } from './tls-errors.ts';
import { type Entry, Waiting } from './waiting.ts';

export interface ApnsClientOptions extends ConnectionOptions {
  readonly topic: string;
  /** How long Apple keeps a push for a device that is away. */
  readonly expiresAfterMs?: number;
  readonly connections?: number;
  /** How many unanswered pushes it holds; more are refused. */
  readonly queueLimit?: number;
  /** A push that found no way for so long is given up. */
  readonly patienceMs?: number;
  /** For so long nothing is sent after the certificate was refused. */
  readonly refusalMs?: number;
  readonly environment?: ApnsEnvironment;
}

export interface ApnsClient {
  push(push: Push): Promise<PushOutcome>;
  /** Unanswered pushes. */
  readonly waiting: number;
  readonly connections: number;
  /** Ends what waits with `closed`; what is under way may still be answered for a moment. */
  close(): Promise<void>;
}

const defaults = {
  expiresAfterMs: 24 * 3_600_000,
  connections: 2,
  queueLimit: 50_000,
  patienceMs: 60_000,
  refusalMs: 15 * 60_000,
} as const;
const mostAttempts = 5;
const closingMs = 3_000;
const sweepMs = 1_000;

export function createApnsClient(options: ApnsClientOptions): ApnsClient {
  return new Client(options);
}

class Client implements ApnsClient {
  readonly #options: ApnsClientOptions & typeof defaults;
  readonly #environment: ApnsEnvironment;
  readonly #waiting: Waiting;
  readonly #throttled: ThrottledTokens;
  readonly #connections = new Set<ApnsConnection>();
  /** Connections that went wrong since the last good answer. */
  #strikes = 0;
  #lastTrouble = '';
  #pausedUntil = 0;
  #refused: { readonly reason: string; readonly until: number } | undefined;
  #closed = false;
  #lastSweep = 0;
  #cancelTimer: (() => void) | undefined;
  readonly #disconnected = Promise.withResolvers<void>();

  constructor(options: ApnsClientOptions) {
    this.#options = { ...defaults, ...options } as ApnsClientOptions & typeof defaults;
    this.#environment = options.environment ?? realEnvironment;
    this.#waiting = new Waiting(this.#options.queueLimit);
    this.#throttled = new ThrottledTokens(this.#environment);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async push(push: Push): Promise<PushOutcome> {
    if (this.#closed) return { outcome: 'closed' };
    const now = this.#environment.now();
    if (this.#refused !== undefined) {
      if (now < this.#refused.until) return { outcome: 'certificate-refused', reason: this.#refused.reason };
      this.#refused = undefined;
    }
    const held = this.#throttled.remaining(push.token);
    if (held > 0) return { outcome: 'throttled', reason: 'TooManyRequests', retryAfterMs: held };
    const outcome = this.#waiting.add(push, now);
    if (outcome === undefined) return { outcome: 'queue-full' };
    this.#pump();
    return outcome;
  }

  /** Hands what is ready to connections with room, and opens one more where that is not enough. */
  #pump(): void {
    if (this.#closed) return;
    for (const connection of this.#connections) {
      for (let room = connection.room; room > 0; room -= 1) {
        const entry = this.#waiting.take();
        if (entry === undefined) break;
        void this.#send(connection, entry);
      }
    }
    if (this.#waiting.ready === 0) return;
    this.#giveUpOld();
    const wait = this.#pausedUntil - this.#environment.now();
    if (wait > 0) return this.#lookAgain(Math.min(wait, this.#options.patienceMs));
    const living = [...this.#connections].filter(({ state }) => state === 'open' || state === 'opening');
    // One that opens comes back here when it is open, or not.
    if (living.some(({ state }) => state === 'opening')) return;
    if (living.length < this.#options.connections && this.#waiting.ready > 0) this.#open();
  }

  #giveUpOld(): void {
    const now = this.#environment.now();
    if (now - this.#lastSweep < sweepMs) return; // it walks over all that waits
    this.#lastSweep = now;
    const oldest = now - this.#options.patienceMs;
    const reason = this.#lastTrouble || 'no connection';
    this.#waiting.drop({ outcome: 'unreachable', reason }, ({ since }) => since <= oldest);
  }

  /** One timer at most. */
  #lookAgain(milliseconds: number): void {
    if (this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#environment.after(Math.max(milliseconds, 1), () => {
      this.#cancelTimer = undefined;
      this.#pump();
    });
  }

  #open(): void {
    let connection: ApnsConnection;
    try {
      connection = new ApnsConnection(this.#options, this.#environment, {
        changed: () => {
          if (connection.state === 'closed') this.#connections.delete(connection);
          if (this.#closed && this.#connections.size === 0) this.#disconnected.resolve();
          this.#pump();
        },
        draining: (cause) => {
          if (cause !== undefined) this.#failed(cause);
        },
      });
    } catch (error) {
      // A certificate or key that OpenSSL does not take.
      this.#refuse(`certificate not usable: ${(error as Error).message}`);
      return;
    }
    this.#connections.add(connection);
  }

  #failed(cause: Error): void {
    const code = (cause as NodeJS.ErrnoException).code ?? cause.message;
    if (isCertificateRefusal(code)) this.#refuse(code);
    else this.#trouble(code);
  }

  #trouble(reason: string, retryAfterMs = 0): void {
    this.#strikes += 1;
    this.#lastTrouble = reason;
    const pause = Math.max(retryAfterMs, backOffMs(this.#strikes, this.#environment.random));
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#environment.now() + pause);
  }

  #refuse(reason: string): void {
    this.#refused = { reason, until: this.#environment.now() + this.#options.refusalMs };
    this.#waiting.drop({ outcome: 'certificate-refused', reason });
    for (const connection of this.#connections) connection.retire();
  }

  async #send(connection: ApnsConnection, entry: Entry): Promise<void> {
    entry.attempts += 1;
    const expiresAt = this.#environment.now() + this.#options.expiresAfterMs;
    try {
      const headers = pushHeaders(entry.push, this.#options.topic, expiresAt);
      this.#answered(connection, entry, await connection.send(headers, pushBody(entry.push.magic)));
    } catch (error) {
      this.#again(entry, (error as Error).message);
    }
    this.#pump();
  }

  #answered(connection: ApnsConnection, entry: Entry, answer: ApnsAnswer): void {
    const { reason } = answer;
    switch (answer.class) {
      case 'idle':
        connection.retire();
        return this.#again(entry, reason);
      case 'apple-trouble':
        // Counted once for a connection, however many of its requests are told the same.
        if (connection.state === 'open') {
          this.#trouble(reason, answer.retryAfterMs);
          connection.retire();
        }
        return this.#again(entry, reason);
      case 'certificate-refused':
        this.#waiting.finish(entry, { outcome: 'certificate-refused', reason });
        return this.#refuse(reason);
      case 'throttled': {
        const retryAfterMs = this.#throttled.hold(entry.push.token, answer.retryAfterMs);
        return this.#waiting.finish(entry, { outcome: 'throttled', reason, retryAfterMs });
      }
      case 'dead-token':
        this.#waiting.finish(entry, { outcome: 'dead-token', reason, since: answer.since });
        break;
      case 'token-mismatch':
      case 'request-refused':
        this.#waiting.finish(entry, { outcome: answer.class, reason });
        break;
      case 'accepted':
        this.#throttled.release(entry.push.token);
        this.#waiting.finish(entry, { outcome: 'accepted' });
    }
    // Apple works: what went wrong before is over, unless this very connection was found wanting meanwhile.
    if (connection.state !== 'open') return;
    this.#strikes = 0;
    this.#pausedUntil = 0;
  }

  #again(entry: Entry, reason: string): void {
    this.#lastTrouble = reason;
    if (this.#closed) this.#waiting.finish(entry, { outcome: 'closed' });
    else if (this.#refused !== undefined)
      this.#waiting.finish(entry, { outcome: 'certificate-refused', reason: this.#refused.reason });
    else if (entry.attempts >= mostAttempts) this.#waiting.finish(entry, { outcome: 'unreachable', reason });
    else this.#waiting.putBack(entry);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#waiting.drop({ outcome: 'closed' });
    for (const connection of this.#connections) connection.retire();
    const cancel = this.#environment.after(closingMs, () => {
      for (const connection of this.#connections) connection.destroy();
    });
    if (this.#connections.size > 0) await this.#disconnected.promise;
    cancel();
  }
}
