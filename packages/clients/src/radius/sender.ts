/**
 * Sends CoA- and Disconnect-Requests (RFC 5176). What is not answered is sent again, the same bytes, after 3, 6 and 12 seconds; a
 * NAS that is busy is asked again with a new packet after the same pauses; a change that a NAS cannot take as it is configured is
 * not repeated. Never throws: each request ends in an outcome. An answer counts only from the address that was asked, to an
 * identifier that is under way, with a right response authenticator and, if it has one, a right Message-Authenticator (RAD-01).
 */
import {
  answersTo,
  encodeAttribute,
  nameAttributes,
  packetName,
  type RadiusPacket,
  readErrorCause,
  signRequest,
  verifyResponse,
} from '@gatehouse/protocols/radius/index.ts';
import { realEnvironment, type SenderEnvironment } from './environment.ts';
import { headersOf } from './headers.ts';
import type { AuthorizationChange, ChangeOutcome, Nas } from './request.ts';
import { familyOf, RadiusSocket } from './socket.ts';

export interface RadiusSenderOptions {
  /** The address to send from, which every NAS must have as its client. */
  readonly from?: string | undefined;
  /** Pauses before the same is sent again. */
  readonly retryAfterMs?: readonly number[];
  /** How long the last one is waited for. */
  readonly lastWaitMs?: number;
  /** Sockets for each family; together they bear 256 requests each to one NAS. */
  readonly sockets?: number;
  /** Requests under way to one NAS; more wait. */
  readonly atOncePerNas?: number;
  /** Requests that wait for one NAS; more are refused. */
  readonly queuePerNas?: number;
  readonly environment?: SenderEnvironment;
}

export interface RadiusSender {
  send(change: AuthorizationChange): Promise<ChangeOutcome>;
  /** Requests without an outcome. */
  readonly waiting: number;
  /** Ends what waits with `closed`. */
  close(): void;
}

const defaults = {
  retryAfterMs: [3_000, 6_000, 12_000],
  lastWaitMs: 5_000,
  sockets: 2,
  atOncePerNas: 64,
  queuePerNas: 10_000,
} as const;

export function createRadiusSender(options: RadiusSenderOptions = {}): RadiusSender {
  return new Sender(options);
}

/** What one NAS has under way, and who waits behind it. */
interface Lane {
  underWay: number;
  readonly queue: (() => void)[];
}

interface Exchange {
  readonly change: AuthorizationChange;
  readonly settle: (outcome: ChangeOutcome) => void;
  attempts: number;
  ignored: number;
  /** Ends the present packet: its identifier is free, its timer stopped. */
  end: () => void;
}

class Sender implements RadiusSender {
  readonly #options: Required<Omit<RadiusSenderOptions, 'from' | 'environment'>>;
  readonly #from: string | undefined;
  readonly #environment: SenderEnvironment;
  readonly #sockets = { udp4: [] as RadiusSocket[], udp6: [] as RadiusSocket[] };
  readonly #lanes = new Map<string, Lane>();
  readonly #exchanges = new Set<Exchange>();
  #queued = 0;
  #closed = false;

  constructor({ from, environment, ...options }: RadiusSenderOptions) {
    this.#options = { ...defaults, ...options };
    this.#from = from;
    this.#environment = environment ?? realEnvironment;
  }

  get waiting(): number {
    return this.#exchanges.size + this.#queued;
  }

  async send(change: AuthorizationChange): Promise<ChangeOutcome> {
    const place = `${change.nas.address} ${change.nas.port}`;
    const lane = this.#lanes.get(place) ?? { underWay: 0, queue: [] };
    this.#lanes.set(place, lane);
    if (lane.underWay >= this.#options.atOncePerNas) {
      if (lane.queue.length >= this.#options.queuePerNas) return { outcome: 'queue-full' };
      this.#queued += 1;
      await new Promise<void>((resolve) => lane.queue.push(resolve));
      this.#queued -= 1;
    } else lane.underWay += 1;
    try {
      return this.#closed ? { outcome: 'closed' } : await this.#exchange(change);
    } finally {
      // Whoever waits takes the place over.
      const next = lane.queue.shift();
      if (next) next();
      else lane.underWay -= 1;
      if (lane.underWay === 0) this.#lanes.delete(place);
    }
  }

  #exchange(change: AuthorizationChange): Promise<ChangeOutcome> {
    const { promise, resolve } = Promise.withResolvers<ChangeOutcome>();
    const exchange: Exchange = {
      change,
      attempts: 0,
      ignored: 0,
      end: () => undefined,
      settle: (outcome) => {
        exchange.end();
        this.#exchanges.delete(exchange);
        resolve(outcome);
      },
    };
    this.#exchanges.add(exchange);
    this.#begin(exchange);
    return promise;
  }

  /** A new packet, with an identifier and a time of its own. */
  #begin(exchange: Exchange): void {
    const { nas, name, attributes } = exchange.change;
    const socket = this.#socketFor(nas);
    let request: RadiusPacket | undefined;
    const identifier = socket.claim(nas.address, nas.port, this.#environment.random(256), (bytes) => {
      if (request !== undefined) this.#answered(exchange, request, bytes);
    });
    if (identifier === undefined) return exchange.settle({ outcome: 'queue-full' });
    let cancel = () => undefined as void;
    exchange.end = () => {
      cancel();
      socket.release(nas.address, nas.port, identifier);
    };
    let bytes: Buffer;
    try {
      const at = encodeAttribute({
        name: 'Event-Timestamp',
        value: Math.floor(this.#environment.now() / 1000),
      });
      bytes = signRequest(name, identifier, [...attributes, at], nas);
    } catch (error) {
      return exchange.settle({ outcome: 'configuration', cause: (error as Error).message });
    }
    request = headersOf(bytes);
    const transmit = () => {
      const pause = this.#pause(exchange);
      exchange.attempts += 1;
      socket.send(bytes, nas.address, nas.port).catch((error: Error) => {
        // Only for what the network refuses at once; a NAS behind it may still be there in a moment.
        if (this.#exchanges.has(exchange) && exchange.attempts > this.#options.retryAfterMs.length)
          exchange.settle({ outcome: 'unreachable', reason: error.message });
      });
      cancel = this.#environment.after(pause, () => {
        if (exchange.attempts > this.#options.retryAfterMs.length)
          exchange.settle({ outcome: 'no-answer', ignored: exchange.ignored });
        else transmit();
      });
    };
    transmit();
  }

  /** How long the transmission that comes now is waited for. */
  #pause({ attempts }: Exchange): number {
    return this.#options.retryAfterMs[attempts] ?? this.#options.lastWaitMs;
  }

  #answered(exchange: Exchange, request: RadiusPacket, bytes: Uint8Array): void {
    const { name, nas } = exchange.change;
    const answer = headersOf(bytes);
    const kind = answer && packetName(answer.code);
    const proves =
      kind !== undefined &&
      answersTo[name].includes(kind) &&
      verifyResponse(bytes, request.authenticator, nas.secret);
    if (!answer || !proves) {
      exchange.ignored += 1;
      return;
    }
    if (kind === 'CoA-ACK' || kind === 'Disconnect-ACK') return exchange.settle({ outcome: 'accepted' });
    const said = nameAttributes(answer.attributes).find((attribute) => attribute.name === 'Error-Cause');
    const { name: cause, meaning } = readErrorCause(typeof said?.value === 'number' ? said.value : undefined);
    if (meaning === 'accepted') return exchange.settle({ outcome: 'accepted' });
    if (meaning !== 'again') return exchange.settle({ outcome: meaning, cause });
    const pause = this.#options.retryAfterMs[exchange.attempts - 1];
    if (pause === undefined) return exchange.settle({ outcome: 'busy', cause });
    exchange.end();
    const cancel = this.#environment.after(pause, () => this.#begin(exchange));
    exchange.end = cancel;
  }

  #socketFor({ address, port }: Nas): RadiusSocket {
    const family = familyOf(address);
    const pool = this.#sockets[family];
    const least = pool.toSorted((a, b) => a.load(address, port) - b.load(address, port))[0];
    if (least && (pool.length >= this.#options.sockets || least.load(address, port) === 0)) return least;
    const from = this.#from !== undefined && familyOf(this.#from) === family ? this.#from : undefined;
    const socket = new RadiusSocket(family, from);
    pool.push(socket);
    return socket;
  }

  close(): void {
    this.#closed = true;
    for (const exchange of this.#exchanges) exchange.settle({ outcome: 'closed' });
    for (const socket of [...this.#sockets.udp4, ...this.#sockets.udp6]) socket.close();
  }
}
