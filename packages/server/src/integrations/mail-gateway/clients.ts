// The mail clients that this process knows of: an account with a device id, what was last read of it, and its requests that are under way.
// A decision is never older than a second, and when news come it is made again at once, for held requests too.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { within } from '../../kernel/within.ts';
import type { MailBooks } from './gateway-deps.ts';
import type { Grant } from './grants.ts';

/** A request that waits or runs, and can be ended when the decision is another. */
export interface UnderWay {
  /** A request of the kind that may wait for news. */
  readonly mayHold: boolean;
  /** It waits for news, as Ping does. */
  readonly isHeld: boolean;
  /** Monotonic ms. */
  readonly since: number;
  /** What is known is other than it was: decide anew. */
  reconsider(): void;
  /** A newer one of the same client takes its place. */
  giveWay(): void;
}

export class MailClient {
  readonly key: string;
  readonly organizationId: string;
  readonly login: string;
  readonly deviceKey: Uint8Array;
  /** As text that is the same for the same bytes. */
  readonly deviceText: string;
  standing: MailStanding | undefined;
  /** Monotonic ms of when the question for it was asked. */
  readAt = Number.NEGATIVE_INFINITY;
  reading: Promise<MailStanding> | undefined;
  /** It is about to be read ahead. */
  isAgeing = false;
  /** How often news have come. */
  newsCount = 0;
  concerns: readonly string[] = [];
  underWay: UnderWay[] = [];
  grant: Grant | undefined;
  /** The mail server’s own key for its own policy (POL-14). */
  serverKey: { readonly serverId: string; readonly version: number; readonly key: number } | undefined;
  /** Where the mail server has said that it is better served. */
  movedTo: { readonly serverId: string; readonly version: number; readonly url: URL } | undefined;
  /** Monotonic ms of the last times that it fetched its policy, or that the mail server asked for its own. */
  fetches: number[] = [];
  serverDemands: number[] = [];

  constructor(key: string, organizationId: string, login: string, deviceKey: Uint8Array) {
    this.key = key;
    this.organizationId = organizationId;
    this.login = login;
    this.deviceKey = deviceKey;
    this.deviceText = Buffer.from(deviceKey).toString('latin1');
  }
}

export const clientLimits = {
  freshMs: 1_000,
  /** A client that asks when what is known of it is so old asks often: it is read again ahead of its next request. */
  agesMs: 700,
  /** Those are read together so often, which costs each of them an eighth of what it costs alone. */
  aheadMs: 50,
  /** The database is given so long, then it counts as away. */
  answerMs: 2_000,
  /** After that nobody asks it for so long. */
  awayMs: 500,
  clients: 100_000,
  /** Held requests are looked at again though no news have come. */
  recheckMs: 30_000,
  heldEach: 3,
};

export class MailClients {
  readonly #books: Pick<MailBooks, 'standingOf' | 'concernsOf'>;
  readonly #clients = new Map<string, MailClient>();
  readonly #byConcern = new Map<string, Set<MailClient>>();
  readonly #held = new Set<MailClient>();
  /** Those whose next standing is read ahead. */
  #ageing: MailClient[] = [];
  #awayUntil = Number.NEGATIVE_INFINITY;

  constructor(books: Pick<MailBooks, 'standingOf' | 'concernsOf'>) {
    this.#books = books;
  }

  get size(): number {
    return this.#clients.size;
  }

  client(organizationId: string, login: string, deviceKey: Uint8Array): MailClient {
    const key = `${organizationId} ${login.toLowerCase()} ${Buffer.from(deviceKey).toString('latin1')}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    if (this.#clients.size >= clientLimits.clients) this.#forgetSome();
    const made = new MailClient(key, organizationId, login, deviceKey);
    this.#clients.set(key, made);
    return made;
  }

  isFresh(client: MailClient, now: number): boolean {
    const age = now - client.readAt;
    if (client.standing === undefined || age > clientLimits.freshMs) return false;
    if (age > clientLimits.agesMs && !client.isAgeing) this.#readAhead(client);
    return true;
  }

  #readAhead(client: MailClient): void {
    client.isAgeing = true;
    this.#ageing.push(client);
    if (this.#ageing.length === 1) setTimeout(() => this.#readAgeing(), clientLimits.aheadMs).unref();
  }

  /** All in one turn, so that they share a statement. What cannot be read grows too old, and the next request finds out. */
  #readAgeing(): void {
    const clients = this.#ageing;
    this.#ageing = [];
    const isAway = performance.now() < this.#awayUntil;
    for (const client of clients) {
      client.isAgeing = false;
      if (!isAway && client.reading === undefined)
        (client.reading = this.#ask(client)).catch(() => undefined);
    }
  }

  /** Not older than a second. @throws DomainError `unavailable` */
  async read(client: MailClient): Promise<MailStanding> {
    for (;;) {
      if (client.standing !== undefined && this.isFresh(client, performance.now())) return client.standing;
      if (client.reading === undefined && performance.now() < this.#awayUntil) throw away();
      const standing = await (client.reading ??= this.#ask(client));
      if (client.readAt > Number.NEGATIVE_INFINITY) return standing;
      // News came while it was read.
    }
  }

  async #ask(client: MailClient): Promise<MailStanding> {
    const asked = performance.now();
    const news = client.newsCount;
    try {
      const question = { login: client.login, deviceKey: client.deviceKey };
      const standing = await within(
        clientLimits.answerMs,
        this.#books.standingOf(client.organizationId, question),
        () => {
          throw away();
        },
      );
      client.standing = standing;
      client.readAt = client.newsCount === news ? asked : Number.NEGATIVE_INFINITY;
      this.#follow(client, standing);
      return standing;
    } catch (error) {
      this.#awayUntil = Math.max(this.#awayUntil, performance.now() + clientLimits.awayMs);
      throw error;
    } finally {
      client.reading = undefined;
    }
  }

  /** What is known of it is other than it was, by our own doing. */
  forget(client: MailClient): void {
    client.newsCount += 1;
    client.readAt = Number.NEGATIVE_INFINITY;
  }

  /** @param id of a mail device, user, enrolled device or organization. */
  hear(id: string): void {
    for (const client of this.#byConcern.get(id) ?? []) {
      this.forget(client);
      for (const request of client.underWay.slice()) request.reconsider();
    }
  }

  begin(client: MailClient, request: UnderWay): void {
    client.underWay.push(request);
    if (!request.mayHold) return;
    this.#held.add(client);
    if (client.underWay.length <= clientLimits.heldEach) return;
    const held = client.underWay.filter(({ isHeld }) => isHeld);
    if (held.length > clientLimits.heldEach) held[0]?.giveWay();
  }

  end(client: MailClient, request: UnderWay): void {
    const index = client.underWay.indexOf(request);
    if (index >= 0) client.underWay.splice(index, 1);
    if (request.mayHold && !client.underWay.some(({ mayHold }) => mayHold)) this.#held.delete(client);
  }

  /** Requests that wait. */
  heldCount(): number {
    let count = 0;
    for (const { underWay } of this.#held) for (const { isHeld } of underWay) if (isHeld) count += 1;
    return count;
  }

  /** Looks at held requests again whose decision is old: news may have been missed. A share of them each time. */
  sweep(now: number): void {
    let budget = Math.max(50, Math.ceil(this.#held.size / 10));
    for (const client of this.#held) {
      if (now - client.readAt < clientLimits.recheckMs) continue;
      if ((budget -= 1) < 0) return;
      for (const request of client.underWay.slice()) if (request.mayHold) request.reconsider();
    }
  }

  #follow(client: MailClient, standing: MailStanding): void {
    const concerns = this.#books.concernsOf(client.organizationId, standing);
    if (
      concerns.length === client.concerns.length &&
      concerns.every((id, index) => id === client.concerns[index])
    )
      return;
    this.#unfollow(client);
    client.concerns = concerns;
    for (const id of concerns) {
      const set = this.#byConcern.get(id) ?? new Set();
      this.#byConcern.set(id, set.add(client));
    }
  }

  #unfollow(client: MailClient): void {
    for (const id of client.concerns) {
      const set = this.#byConcern.get(id);
      set?.delete(client);
      if (set?.size === 0) this.#byConcern.delete(id);
    }
    client.concerns = [];
  }

  #forgetSome(): void {
    let count = 0;
    for (const [key, client] of this.#clients) {
      if (client.underWay.length > 0 || client.reading !== undefined) continue;
      this.#unfollow(client);
      this.#clients.delete(key);
      if ((count += 1) >= clientLimits.clients / 100) return;
    }
  }
}

function away(): DomainError {
  return new DomainError('unavailable', 'What decides on mail cannot be read at the moment', {
    retryAfterSeconds: 15,
  });
}
