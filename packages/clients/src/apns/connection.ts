/**
 * One HTTP/2 connection to APNs. It is `opening` until Apple's settings are here, then `open`; once it is told to go away, or
 * anything is odd, it is `draining`: what is under way may still be answered, nothing new is sent. `closed` is final. A request
 * that got no answer fails with ConnectionLost, and whoever sent it sends it again elsewhere: a push twice does no harm.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type ApnsAnswer, readAnswer } from './answers.ts';
import type { ApnsEnvironment } from './environment.ts';

export interface ConnectionOptions {
  readonly origin: URL;
  /** PEM, the whole chain as it was downloaded. */
  readonly certificate: string;
  readonly key: string | Buffer;
  /** PEM of authorities to trust in place of the system's. */
  readonly trust?: string | undefined;
}

export const connectionLimits = {
  openingMs: 10_000,
  /** Without any answer for so long the connection is asked whether it still lives. */
  silenceMs: 10_000,
  pingMs: 5_000,
  /** An idle connection is looked after this often, so that a dead one is noticed before it is needed. */
  idlePingMs: 15 * 60_000,
  lingerMs: 1_000,
  /** Apple announces 1000. */
  streams: 1_000,
  answerBytes: 4_096,
} as const;

export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface Events {
  /** Its state or its room changed. */
  changed(): void;
  /** Once, when it can take no more: why. */
  draining(cause: Error | undefined): void;
}

export class ApnsConnection {
  state: 'opening' | 'open' | 'draining' | 'closed' = 'opening';
  readonly #socket: TLSSocket;
  readonly #session: ClientHttp2Session;
  readonly #environment: ApnsEnvironment;
  readonly #events: Events;
  readonly #inFlight = new Set<ClientHttp2Stream>();
  #lastHeard: number;
  #cancelTimer: () => void = () => undefined;

  constructor(options: ConnectionOptions, environment: ApnsEnvironment, events: Events) {
    this.#environment = environment;
    this.#events = events;
    this.#lastHeard = environment.now();
    const { hostname, port, origin } = options.origin;
    this.#socket = connectTls({
      host: hostname,
      port: Number(port) || 443,
      servername: hostname,
      cert: options.certificate,
      key: options.key,
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.2',
      ...(options.trust === undefined ? {} : { ca: options.trust }),
    });
    // TLS 1.3 tells a client what is wrong with its certificate after the handshake, and then Node tells the socket alone.
    this.#socket.on('error', (error) => this.destroy(error));
    this.#session = connect(origin, {
      createConnection: () => this.#socket,
      settings: { enablePush: false },
    });
    this.#watch(connectionLimits.openingMs, () => this.destroy(new ConnectionLost('APNs did not answer')));
    // Apple's settings say how many streams there may be; before them nothing is sent.
    this.#session.once('remoteSettings', () => {
      if (this.state !== 'opening') return;
      this.state = 'open';
      this.#heard();
      events.changed();
    });
    this.#session.on('goaway', (code: number, lastStream: number, data?: Uint8Array) => {
      const reason = data === undefined ? '' : Buffer.from(data).toString('latin1').slice(0, 100);
      this.#drain(
        code === constants.NGHTTP2_NO_ERROR ? undefined : new ConnectionLost(`GOAWAY ${code} ${reason}`),
      );
    });
    this.#session.on('error', (error) => this.#drain(error));
    this.#session.on('close', () => {
      // Idle connections may end; one that ends before or while it is used is trouble, or we would be back at once for ever.
      const idle = this.state === 'open' && this.#inFlight.size === 0;
      this.#drain(idle ? undefined : new ConnectionLost('APNs closed the connection'));
      this.state = 'closed';
      this.#cancelTimer();
      events.changed();
    });
  }

  /** How many requests it would take now. */
  get room(): number {
    if (this.state !== 'open') return 0;
    const allowed = this.#session.remoteSettings.maxConcurrentStreams ?? 100;
    return Math.max(0, Math.min(allowed, connectionLimits.streams) - this.#inFlight.size);
  }

  get underWay(): number {
    return this.#inFlight.size;
  }

  /** @throws ConnectionLost when it ends without an answer. */
  send(headers: Record<string, string>, body: Buffer): Promise<ApnsAnswer> {
    return new Promise((resolve, reject) => {
      let stream: ClientHttp2Stream;
      try {
        stream = this.#session.request(headers);
      } catch (error) {
        this.#drain(error as Error);
        reject(new ConnectionLost('the connection takes no more requests', { cause: error }));
        return;
      }
      this.#inFlight.add(stream);
      let [status, retryAfter, text] = [0, undefined as string | undefined, ''];
      stream.on('response', (answer) => {
        status = answer[':status'] ?? 0;
        const header = answer['retry-after'];
        retryAfter = typeof header === 'string' ? header : undefined;
      });
      stream.setEncoding('latin1');
      stream.on('data', (part: string) => {
        if (text.length < connectionLimits.answerBytes) text += part;
        else stream.close(constants.NGHTTP2_CANCEL);
      });
      stream.on('error', () => undefined); // `close` follows and decides
      stream.on('close', () => {
        this.#inFlight.delete(stream);
        if (this.state === 'draining') this.#linger();
        if (status !== 0) {
          this.#heard();
          resolve(readAnswer(status, retryAfter, text, this.#environment.now()));
        } else reject(new ConnectionLost('the connection was lost before an answer came'));
        this.#events.changed();
      });
      stream.end(body);
      if (this.#inFlight.size === 1) this.#awaitAnswer();
    });
  }

  /** No new requests; what is under way may finish. */
  retire(): void {
    this.#drain(undefined);
  }

  destroy(cause?: Error): void {
    this.#drain(cause);
    this.#session.destroy();
    this.#socket.destroy();
  }

  #drain(cause: Error | undefined): void {
    if (this.state === 'draining' || this.state === 'closed') return;
    this.state = 'draining';
    if (!this.#session.destroyed) this.#session.close();
    this.#linger();
    this.#events.draining(cause);
    this.#events.changed();
  }

  /** Node waits for the other end to close too, which may never do so. */
  #linger(): void {
    if (this.#inFlight.size === 0) this.#watch(connectionLimits.lingerMs, () => this.destroy());
  }

  #watch(milliseconds: number, run: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#environment.after(milliseconds, run);
  }

  #heard(): void {
    this.#lastHeard = this.#environment.now();
    // Under way: the running watch looks at the time itself, so that an answer does not cost a timer.
    if (this.#inFlight.size === 0) this.#watch(connectionLimits.idlePingMs, () => this.#ping());
  }

  #awaitAnswer(): void {
    this.#lastHeard = this.#environment.now();
    const look = (): void => {
      const silent = this.#environment.now() - this.#lastHeard;
      if (silent >= connectionLimits.silenceMs) this.#ping();
      else this.#watch(connectionLimits.silenceMs - silent, look);
    };
    this.#watch(connectionLimits.silenceMs, look);
  }

  #ping(): void {
    if (this.state === 'closed' || this.#session.destroyed) return;
    const unanswered = (): void => this.destroy(new ConnectionLost('APNs does not answer a ping'));
    this.#watch(connectionLimits.pingMs, unanswered);
    this.#session.ping((error) => {
      if (error !== null || this.state === 'closed') return;
      if (this.#inFlight.size === 0) this.#heard();
      // It lives, yet requests hang: they are given one more round, then sent again on another connection.
      else this.#watch(connectionLimits.silenceMs, () => this.#giveUpIfSilent());
    });
  }

  #giveUpIfSilent(): void {
    const silent = this.#environment.now() - this.#lastHeard;
    if (this.#inFlight.size === 0) this.#heard();
    else if (silent < connectionLimits.silenceMs) this.#awaitAnswer();
    else this.destroy(new ConnectionLost('APNs leaves requests unanswered'));
  }
}
