// Connections to one mail server, kept for the next request. The one that was used last goes first, so that the others grow old and
// are closed before the mail server closes them; a request on a connection that turns out to be dead is sent again by whoever may.
import { Connection, type Peer } from './connection.ts';
import { UpstreamError } from './upstream-error.ts';

export interface PoolOptions {
  readonly url: URL;
  /** @throws UpstreamError. The address that may be connected to, whatever the name resolves to later (HOOK-02). */
  readonly addressOf: (host: string, secure: boolean) => Promise<string>;
  /** All authorities to trust, PEM; undefined: those that everybody trusts. */
  readonly ca: string[] | undefined;
}

export const poolLimits = {
  connectMs: 5_000,
  /** Held requests have one each. */
  connections: 20_000,
  idle: 256,
  /** How long one is kept idle where the server does not say: shorter than any server known keeps them. */
  idleMs: 4_000,
  idleMostMs: 55_000,
  /** After nothing could be connected to, the next ones are told so at once for so long. */
  backOffMs: 1_000,
};

export class ServerPool {
  readonly #options: PoolOptions;
  readonly #secure: boolean;
  readonly #host: string;
  readonly #port: number;
  /** Last used last. */
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #session: Buffer | undefined;
  #isClosed = false;
  #failure: { readonly error: UpstreamError; readonly until: number } | undefined;
  /** Monotonic ms of the last request: pools that nobody uses are forgotten. */
  usedAt = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#secure = options.url.protocol === 'https:';
    this.#host = options.url.hostname.replace(/^\[|\]$/g, '');
    this.#port = Number(options.url.port) || (this.#secure ? 443 : 80);
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * @param fresh not one that has been used: the last one was dead.
   * @throws UpstreamError `busy`, or what was the matter a moment ago.
   */
  take(now: number, fresh = false): Connection {
    this.usedAt = now;
    const kept = fresh ? undefined : this.#idle.pop();
    if (kept !== undefined) return kept;
    if (this.#failure !== undefined) {
      if (now < this.#failure.until) throw this.#failure.error;
      this.#failure = undefined;
    }
    if (this.#isClosed || this.#all.size >= poolLimits.connections)
      throw new UpstreamError('busy', 'Too much waits for the mail server already');
    const connection = new Connection(this);
    this.#all.add(connection);
    void this.#open(connection);
    return connection;
  }

  async #open(connection: Connection): Promise<void> {
    let peer: Peer;
    try {
      const address = await this.#options.addressOf(this.#host, this.#secure);
      peer = { address, port: this.#port, ...(this.#secure ? { tls: this.#tls() } : {}) };
    } catch (error) {
      connection.abandon(error as UpstreamError);
      return;
    }
    connection.open(peer, poolLimits.connectMs);
  }

  #tls(): NonNullable<Peer['tls']> {
    return {
      // An address has no place in SNI; the certificate is then checked for the address itself.
      servername: /^[\d.]+$|:/.test(this.#host) ? undefined : this.#host,
      ca: this.#options.ca,
      session: this.#session,
      onSession: (session) => {
        this.#session = session;
      },
    };
  }

  unreachable(error: UpstreamError): void {
    this.#failure = { error, until: performance.now() + poolLimits.backOffMs };
  }

  idle(connection: Connection): void {
    if (this.#isClosed || this.#idle.length >= poolLimits.idle) {
      connection.abandon();
      return;
    }
    const said = connection.idleSeconds;
    const keepMs =
      said === undefined ? poolLimits.idleMs : Math.min(said * 1_000 - 1_000, poolLimits.idleMostMs);
    if (keepMs <= 0) {
      connection.abandon();
      return;
    }
    connection.deadline = performance.now() + keepMs;
    this.#idle.push(connection);
  }

  gone(connection: Connection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  /** Closes what is late, and what has been idle long enough. Called about once a second. */
  sweep(now: number): void {
    for (const connection of this.#all) {
      if (connection.connectBy <= now)
        connection.abandon(new UpstreamError('timeout', 'The mail server does not answer'));
      else if (connection.deadline > now) continue;
      else if (connection.isIdle) connection.abandon();
      else connection.abandon(new UpstreamError('timeout', 'The mail server does not answer in time'));
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#all) connection.abandon(new UpstreamError('closed', 'This server stops'));
    this.#idle.length = 0;
  }
}
