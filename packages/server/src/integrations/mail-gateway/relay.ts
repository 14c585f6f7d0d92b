// One request on its way to the mail server and its answer on the way back, as streams: whoever reads slowly holds up whoever writes, and
// nothing but what is small is ever whole in memory. While it waits, what is left of it is two sockets and this object.
import { commandRow, type CommandRequest, peekDocument } from '@gatehouse/protocols/activesync/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import type { UnderWay } from './clients.ts';
import { RequestBody } from './request-body.ts';
import { type AnswerReading, readAnswer, statusOnlyBytes } from './server-answer.ts';
import type { Connection, Exchange } from './upstream/connection.ts';
import type { ServerPool } from './upstream/pool.ts';
import type { ResponseHead } from './upstream/response-head.ts';
import { UpstreamError } from './upstream/upstream-error.ts';
import type { Visit } from './visit.ts';

export interface Route {
  readonly pool: ServerPool;
  /** Everything of the head but the length of the body. */
  readonly head: string;
}

/** What becomes of a request that the mail server did not simply answer. */
export interface RelayOwner {
  /** Where it goes, and as what; asked again for each attempt. */
  route(relay: Relay): Route;
  /** The answer is not for the client as it is. */
  divert(relay: Relay, answer: Exclude<AnswerReading, { is: 'mail' }>): void;
  failed(relay: Relay, error: UpstreamError): void;
  reconsider(relay: Relay): void;
  giveWay(relay: Relay): void;
}

export const relayLimits = {
  /** The longest heartbeat is an hour less a minute. */
  heldMs: 3_700_000,
  /** Between two pieces of an answer. */
  idleMs: 60_000,
  /** A Sync that waits so long is held. */
  holdsAfterMs: 10_000,
  discardBytes: 256 * 1024,
};

/** Commands that do nothing a second time: a request on a dead connection is sent again. */
const repeatable: ReadonlySet<string> = new Set([
  'Sync',
  'FolderSync',
  'Ping',
  'GetItemEstimate',
  'ItemOperations',
  'Search',
  'Find',
  'Settings',
  'ResolveRecipients',
  'ValidateCert',
  'GetAttachment',
  'GetHierarchy',
]);

const oneWriteBytes = 8 * 1024;
/** From here on a part is not copied. */
const keptBytes = 16 * 1024;
/** So much of an answer may wait for the client before the mail server has to. */
const aheadBytes = 256 * 1024;

type Mode = 'waits' | 'passes' | 'peeks' | 'discards' | 'over';

export class Relay implements Exchange, UnderWay {
  readonly visit: Visit;
  readonly request: CommandRequest;
  readonly profile: MailServerProfile;
  readonly since: number;
  readonly mayHold: boolean;
  readonly #owner: RelayOwner;
  readonly #body: RequestBody;
  #connection: Connection | undefined;
  /** Kept while it may have to be sent again. */
  #whole: Buffer | string | null | undefined;
  #isStream = false;
  #mode: Mode = 'waits';
  #reading: AnswerReading | undefined;
  #peeked: Buffer[] = [];
  #discarded = 0;
  attempts = 0;

  constructor(owner: RelayOwner, visit: Visit, request: CommandRequest, profile: MailServerProfile) {
    this.#owner = owner;
    this.visit = visit;
    this.request = request;
    this.profile = profile;
    this.since = visit.startedAt;
    this.mayHold = request.command === 'Ping' || request.command === 'Sync';
    this.#body = new RequestBody(visit, this);
    visit.onClose = () => this.#leave();
  }

  get isHeld(): boolean {
    return (
      this.#mode === 'waits' &&
      (this.request.command === 'Ping' ||
        (this.mayHold && performance.now() - this.since > relayLimits.holdsAfterMs))
    );
  }

  /** It can be sent once more. */
  get canRepeat(): boolean {
    return this.#whole !== undefined && !this.visit.isOver;
  }

  get isOver(): boolean {
    return this.#mode === 'over';
  }

  start(): void {
    this.#body.read();
  }

  // ------------------------------------------------------------------------------------------- from the client

  onWhole(body: Buffer | null): void {
    if (!this.#fits(body)) return;
    // It is a part of all that came at once, which would wait with it. As text it leaves together with the head.
    if (body !== null && body.length <= oneWriteBytes) this.#whole = body.toString('latin1');
    else this.#whole = body !== null && this.mayHold ? copyOf(body) : body;
    this.send(false);
  }

  onLarge(beginning: Buffer): void {
    if (!this.#fits(beginning)) return;
    this.#isStream = true;
    const { length } = this.visit.headers;
    const framed = length === -1 ? chunkOf(beginning) : beginning;
    this.#begin(framed, length === -1 ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`, false);
    if (this.#connection !== undefined && this.#mode !== 'over') this.onDrain();
  }

  onMore(bytes: Buffer): boolean {
    // An answer that came early: the rest is of no use to anybody.
    if (this.#connection === undefined) return true;
    return this.#connection.sendMore(this.visit.headers.length === -1 ? chunkOf(bytes) : bytes);
  }

  onRequestEnd(): void {
    if (this.visit.headers.length === -1) this.#connection?.sendMore(lastChunk);
    this.#connection?.sendEnd();
  }

  onAbort(why: 'too-large' | 'left'): void {
    if (why === 'left') this.#leave();
    else {
      this.stop();
      this.visit.answer('malformed', 413);
    }
  }

  /** What the body begins with must be what the query says that it is (EAS-T05). */
  #fits(body: Buffer | null): boolean {
    if (body === null || this.request.body !== 'wbxml') return true;
    const root = rootOf(body);
    if (root === commandRow(this.request.command).root) return true;
    this.stop();
    this.visit.error = 'The body is not of the command that is named';
    this.visit.answer('malformed', 400);
    return false;
  }

  // ----------------------------------------------------------------------------------------- to the mail server

  /** @param fresh over a connection that nobody has used */
  send(fresh: boolean): void {
    const body = this.#whole ?? null;
    this.#mode = 'waits';
    // Also where there is none: SOGo 5.8 answers a POST that does not say so with status 500.
    this.#begin(body, `Content-Length: ${body?.length ?? 0}`, fresh);
  }

  #begin(body: Buffer | string | null, length: string, fresh: boolean): void {
    this.attempts += 1;
    const now = performance.now();
    try {
      const { pool, head } = this.#owner.route(this);
      const connection = pool.take(now, fresh);
      this.#connection = connection;
      connection.deadline = now + (this.mayHold ? relayLimits.heldMs : this.profile.timeoutMs);
      connection.request(this, `${head}${length}\r\n\r\n`, body, !this.#isStream);
    } catch (error) {
      this.stop();
      this.#owner.failed(this, error instanceof UpstreamError ? error : unknown(error));
    }
  }

  onDrain(): void {
    if (this.#isStream) this.#body.resume();
  }

  // --------------------------------------------------------------------------------------- from the mail server

  onHead(head: ResponseHead): void {
    const reading = readAnswer(head, this.request, this.profile);
    this.#reading = reading;
    if (this.#connection !== undefined) this.#connection.deadline = performance.now() + relayLimits.idleMs;
    if (reading.is !== 'mail') {
      this.#mode = 'discards';
      return;
    }
    if (reading.mayBeStatus) this.#mode = 'peeks';
    else this.#pass(reading.headers);
  }

  #pass(headers: string[]): void {
    this.#mode = 'passes';
    this.#whole = undefined;
    this.visit.response.writeHead(200, headers);
  }

  onPart(part: Buffer, isLast: boolean): boolean {
    switch (this.#mode) {
      case 'passes':
        return this.#write(part, isLast);
      case 'peeks':
        return this.#peek(Buffer.from(part), isLast);
      case 'discards':
        this.#discarded += part.length;
        if (this.#discarded > relayLimits.discardBytes) {
          this.#connection?.abandon();
          this.#finishDiscarding();
        }
        return true;
      default:
        return false;
    }
  }

  /** @param part is copied: it is valid for the moment only. */
  #write(part: Buffer, isLast: boolean): boolean {
    const { response } = this.visit;
    const connection = this.#connection;
    this.visit.bytesOut += part.length;
    if (isLast && part.length <= oneWriteBytes) {
      this.#done();
      // Together with the head, in one write instead of two; so would it leave as text.
      if (response.endWithCopy !== undefined) response.endWithCopy(part);
      else response.end(part.toString('latin1'), 'latin1');
      return true;
    }
    const kept = part.length < keptBytes ? undefined : connection?.keep(part);
    if (isLast) {
      this.#done();
      if (kept === undefined) response.end(Buffer.from(part));
      else response.end(kept.bytes, kept.release);
      return true;
    }
    if (connection !== undefined) connection.deadline = performance.now() + relayLimits.idleMs;
    const goesOn =
      kept === undefined ? response.write(Buffer.from(part)) : response.write(kept.bytes, kept.release);
    if (goesOn || response.writableLength <= aheadBytes) return true;
    response.once('drain', () => this.#connection?.resume());
    return false;
  }

  /** Whether what came is a Status and nothing else is seen when it is whole; what is longer passes. */
  #peek(bytes: Buffer, isLast: boolean): boolean {
    this.#peeked.push(bytes);
    const size = this.#peeked.reduce((sum, { length }) => sum + length, 0);
    if (size <= statusOnlyBytes && !isLast) return true;
    return this.#judge(isLast);
  }

  #judge(isLast: boolean): boolean {
    const all = this.#peeked.length === 1 ? (this.#peeked[0] as Buffer) : Buffer.concat(this.#peeked);
    this.#peeked = [];
    if (isLast && demandsPolicy(all, this.request)) {
      this.#done();
      this.#owner.divert(this, { is: 'demands-policy' });
      return true;
    }
    if (this.#reading?.is === 'mail') this.#pass(this.#reading.headers);
    if (all.length > 0) return this.#write(all, isLast);
    return true;
  }

  onEnd(): void {
    switch (this.#mode) {
      case 'passes':
        this.#done();
        this.visit.response.end();
        break;
      case 'peeks':
        this.#judge(true);
        // An empty one: there was nothing to write.
        if (!this.isOver) this.onEnd();
        break;
      case 'discards':
        this.#finishDiscarding();
        break;
      default:
    }
  }

  #finishDiscarding(): void {
    const reading = this.#reading;
    this.#done();
    if (reading !== undefined && reading.is !== 'mail') this.#owner.divert(this, reading);
  }

  /** The answer is there; the connection is somebody else’s. */
  #done(): void {
    this.#connection = undefined;
    this.#mode = 'over';
  }

  onError(error: UpstreamError, sent: boolean): void {
    const connection = this.#connection;
    const hadAnswer = this.#mode !== 'waits';
    this.#connection = undefined;
    if (this.#mode === 'discards') {
      this.#finishDiscarding();
      return;
    }
    this.#mode = 'over';
    const isStale =
      error.reason === 'closed' && !hadAnswer && connection !== undefined && connection.served > 0;
    if (isStale && this.#whole !== undefined && (!sent || repeatable.has(this.request.command))) {
      this.send(true);
      return;
    }
    this.#owner.failed(this, error);
  }

  // ------------------------------------------------------------------------------------------------- the end of it

  #leave(): void {
    const connection = this.#connection;
    this.#done();
    connection?.abandon();
  }

  /** Nothing more is passed, either way. */
  stop(): void {
    this.#leave();
  }

  reconsider(): void {
    if (!this.isOver) this.#owner.reconsider(this);
  }

  giveWay(): void {
    this.#owner.giveWay(this);
  }
}

/** In memory of its own. */
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

const lastChunk = Buffer.from('0\r\n\r\n');

function chunkOf(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

function unknown(error: unknown): UpstreamError {
  return new UpstreamError('unreachable', 'The mail server cannot be asked', { cause: error });
}

/** The root of a WBXML document by its first bytes; undefined: it has none that can be read. */
export function rootOf(bytes: Buffer): number | undefined {
  // Version 1.3, no public id, UTF-8, no string table: as everybody writes it.
  if (bytes.length > 6 && bytes[0] === 3 && bytes[1] === 1 && bytes[2] === 0x6a && bytes[3] === 0) {
    const switched = bytes[4] === 0;
    const token = (switched ? bytes[6] : bytes[4]) ?? 0;
    if ((token & 0x3f) >= 5 && (token & 0x80) === 0)
      return (switched ? (bytes[5] ?? 0) : 0) * 256 + (token & 0x3f);
  }
  const peek = peekDocument();
  try {
    peek.push(bytes.subarray(0, 1_024));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return peek.root;
}

/** 140 to 144 below the command’s own root: a policy of the mail server’s, or a wipe. */
function demandsPolicy(body: Buffer, { command }: CommandRequest): boolean {
  const { root, status } = commandRow(command);
  if (root === undefined || status === undefined || body.length > statusOnlyBytes) return false;
  const peek = peekDocument();
  try {
    peek.push(body);
  } catch {
    return false;
  }
  const said = peek.root === root ? Number(peek.values.get(status)) : 0;
  return said >= 140 && said <= 144;
}
