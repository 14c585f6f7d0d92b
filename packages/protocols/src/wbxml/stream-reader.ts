/**
 * Reads WBXML 1.0 to 1.3 in UTF-8 piece by piece as it arrives, and keeps nothing of what it has told: a string or opaque of
 * any size is told in pieces. String tables and entities are read where a document uses them. Attributes, literal names,
 * processing instructions and extensions have no meaning in any document we read, so they are refused by name.
 */
import { DecodeError } from '../decode-error.ts';
import { inspectedLimits, type WbxmlLimits } from './limits.ts';
import {
  attributesBit,
  contentBit,
  end,
  entity,
  firstTag,
  inlineString,
  opaque,
  readableCharsets,
  refusedGlobals,
  switchPage,
  tableString,
  tokenBits,
} from './tokens.ts';
import type { WbxmlTag } from './tree.ts';

export type WbxmlEvent =
  | { readonly kind: 'open'; readonly tag: WbxmlTag }
  | { readonly kind: 'close'; readonly tag: WbxmlTag }
  /** `last`: the string ends here; before that come its earlier pieces. */
  | { readonly kind: 'text'; readonly text: string; readonly last: boolean }
  | { readonly kind: 'opaque'; readonly bytes: Uint8Array; readonly last: boolean };

export interface WbxmlReading {
  readonly limits?: WbxmlLimits;
  /** For the paths of errors; without it, or where it knows no name, `page:token` in hex. */
  readonly nameOf?: (tag: WbxmlTag) => string | undefined;
}

type State = 'header' | 'body' | 'text' | 'opaque' | 'done';

const none = new Uint8Array(0);
const newDecoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8 = newDecoder();

/** Thrown inside, never out: the bytes at hand end in the middle of something. */
const needMore = Symbol('need more');

export class WbxmlStreamReader {
  readonly #limits: WbxmlLimits;
  readonly #nameOf: (tag: WbxmlTag) => string | undefined;
  readonly #open: WbxmlTag[] = [];
  #state: State = 'header';
  #page = 0;
  #tokens = 0;
  #strings: Uint8Array = none;
  /** Of a string that comes in pieces. */
  #decoder: ReturnType<typeof newDecoder> | undefined;
  #opaqueLeft = 0;
  /** The bytes at hand, the next of them, and how many were taken before them. */
  #bytes: Uint8Array = none;
  #at = 0;
  #before = 0;

  constructor({ limits = inspectedLimits, nameOf = () => undefined }: WbxmlReading = {}) {
    this.#limits = limits;
    this.#nameOf = nameOf;
  }

  /** The root element has ended. */
  get isComplete(): boolean {
    return this.#state === 'done';
  }

  /** What these bytes tell, after those of earlier calls. @throws DecodeError; the reader is of no use after that */
  push(chunk: Uint8Array): WbxmlEvent[] {
    // A view without what Buffer adds, so that opaque data is the same whatever the chunks were.
    const plain = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#bytes = this.#at < this.#bytes.length ? join(this.#bytes.subarray(this.#at), plain) : plain;
    this.#before += this.#at;
    this.#at = 0;
    if (this.#before + this.#bytes.length > this.#limits.maxBytes) {
      throw new DecodeError(`WBXML exceeds the limit of ${this.#limits.maxBytes} bytes`, {
        offset: this.#limits.maxBytes,
        reason: 'too-large',
      });
    }
    const events: WbxmlEvent[] = [];
    for (;;) {
      const start = this.#at;
      try {
        if (!this.#step(events)) break;
      } catch (error) {
        if (error !== needMore) throw error;
        this.#at = start;
        break;
      }
    }
    if (this.#at >= this.#bytes.length) {
      this.#before += this.#at;
      this.#bytes = none;
      this.#at = 0;
    }
    return events;
  }

  /** Says that nothing more comes. @throws DecodeError when the document is not complete */
  finish(): void {
    if (this.#state !== 'done') this.#refuse('the document ends in the middle', 'truncated');
  }

  #step(events: WbxmlEvent[]): boolean {
    if (this.#at >= this.#bytes.length && !(this.#state === 'opaque' && this.#opaqueLeft === 0)) return false;
    switch (this.#state) {
      case 'header':
        this.#readHeader();
        return true;
      case 'body':
        this.#readToken(events);
        return true;
      case 'text':
        return this.#readText(events);
      case 'opaque':
        return this.#readOpaque(events);
      case 'done':
        return this.#refuse('bytes after the end of the document', 'trailing-bytes');
    }
  }

  #readHeader(): void {
    const version = this.#byte();
    if (version > 0x03) this.#refuse('not WBXML 1.0 to 1.3', 'bad-version');
    // A public id of 0 says that its name is in the string table.
    if (this.#number() === 0) this.#number();
    const charset = version === 0 ? 106 : this.#number();
    if (!readableCharsets.has(charset)) this.#refuse(`character set ${charset} is not UTF-8`, 'bad-charset');
    const length = this.#number();
    if (length > this.#limits.maxStringTable) {
      this.#refuse(`string table of ${length} bytes exceeds ${this.#limits.maxStringTable}`, 'too-large');
    }
    this.#strings = this.#take(length).slice();
    this.#state = 'body';
  }

  #readToken(events: WbxmlEvent[]): void {
    const byte = this.#byte();
    switch (byte) {
      case switchPage:
        this.#page = this.#byte();
        break;
      case end:
        this.#close(events);
        break;
      case entity:
        this.#tellText(events, this.#readEntity());
        break;
      case inlineString:
        this.#requireInside('a string');
        this.#state = 'text';
        break;
      case tableString:
        this.#tellText(events, this.#readTableString());
        break;
      case opaque:
        this.#startOpaque();
        break;
      default:
        this.#readTag(byte, events);
    }
    this.#tokens += 1;
    if (this.#tokens > this.#limits.maxTokens)
      this.#refuse(`more than ${this.#limits.maxTokens} tokens`, 'too-large');
  }

  #readTag(byte: number, events: WbxmlEvent[]): void {
    const refused = refusedGlobals.get(byte);
    if (refused !== undefined) this.#refuse(`${refused} is not used here`, 'forbidden-construct');
    const token = byte & tokenBits;
    if (token < firstTag) this.#refuse(`0x${byte.toString(16)} is no token`, 'malformed');
    if ((byte & attributesBit) !== 0) this.#refuse('attributes are not used here', 'forbidden-construct');
    if (this.#open.length >= this.#limits.maxDepth)
      this.#refuse(`nesting deeper than ${this.#limits.maxDepth}`, 'too-deep');
    const tag = this.#page * 256 + token;
    this.#open.push(tag);
    events.push({ kind: 'open', tag });
    if ((byte & contentBit) === 0) this.#close(events);
  }

  #close(events: WbxmlEvent[]): void {
    const tag = this.#open.pop();
    if (tag === undefined) return this.#refuse('END without an element', 'malformed');
    events.push({ kind: 'close', tag });
    if (this.#open.length === 0) this.#state = 'done';
  }

  #tellText(events: WbxmlEvent[], text: string): void {
    this.#requireInside('a string');
    events.push({ kind: 'text', text, last: true });
  }

  #readEntity(): string {
    const code = this.#number();
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      this.#refuse(`${code} is no character`, 'bad-value');
    return String.fromCodePoint(code);
  }

  #readTableString(): string {
    const from = this.#number();
    const to = this.#strings.indexOf(0, from);
    if (from >= this.#strings.length || to === -1)
      return this.#refuse('a string that the string table does not hold', 'bad-value');
    try {
      return utf8.decode(this.#strings.subarray(from, to));
    } catch {
      return this.#refuse('a string that is not UTF-8', 'bad-value');
    }
  }

  #readText(events: WbxmlEvent[]): boolean {
    const ends = this.#bytes.indexOf(0, this.#at);
    const last = ends !== -1;
    const piece = this.#bytes.subarray(this.#at, last ? ends : undefined);
    let text: string;
    if (!last) this.#decoder ??= newDecoder();
    try {
      text = (this.#decoder ?? utf8).decode(piece, { stream: !last });
    } catch {
      return this.#refuse('a string that is not UTF-8', 'bad-value');
    }
    this.#at = last ? ends + 1 : this.#bytes.length;
    events.push({ kind: 'text', text, last });
    if (last) {
      this.#decoder = undefined;
      this.#state = 'body';
    }
    return last;
  }

  #startOpaque(): void {
    this.#requireInside('opaque data');
    const length = this.#number();
    if (length > this.#limits.maxOpaque)
      this.#refuse(`opaque data of ${length} bytes exceeds ${this.#limits.maxOpaque}`, 'too-large');
    this.#opaqueLeft = length;
    this.#state = 'opaque';
  }

  #readOpaque(events: WbxmlEvent[]): boolean {
    const bytes = this.#bytes.subarray(this.#at, this.#at + this.#opaqueLeft);
    this.#at += bytes.length;
    this.#opaqueLeft -= bytes.length;
    const last = this.#opaqueLeft === 0;
    events.push({ kind: 'opaque', bytes, last });
    if (last) this.#state = 'body';
    return last;
  }

  #requireInside(what: string): void {
    if (this.#open.length === 0) this.#refuse(`${what} outside of the root element`, 'malformed');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw needMore;
    this.#at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw needMore;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** mb_u_int32: seven bits a byte, the highest first; five bytes hold 32 bits. */
  #number(): number {
    let value = 0;
    for (let count = 1; ; count += 1) {
      const byte = this.#byte();
      value = value * 128 + (byte & 0x7f);
      if (value > 0xffffffff) this.#refuse('a number of more than 32 bits', 'overflow');
      if ((byte & 0x80) === 0) return value;
      if (count === 5) this.#refuse('a number of more than five bytes', 'overflow');
    }
  }

  #refuse(message: string, reason: string): never {
    const path = this.#open.map((tag) => this.#nameOf(tag) ?? tagText(tag)).join('/');
    throw new DecodeError(message, {
      offset: this.#before + this.#at,
      path: path === '' ? undefined : path,
      reason,
    });
  }
}

/** `0e:05`: how a tag without a name is shown. */
export function tagText(tag: WbxmlTag): string {
  return `${(tag >> 8).toString(16).padStart(2, '0')}:${(tag & 0xff).toString(16).padStart(2, '0')}`;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
