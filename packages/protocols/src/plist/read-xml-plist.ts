/**
 * XML property lists. The grammar is so small (eleven element names, one attribute, one literal document type) that it is
 * read directly: nothing is declared, expanded or fetched, because there is no code that could (security rule APL-05). A
 * fuzzing target holds it against the general bounded reader of ../xml: what is accepted here is well-formed there.
 */
import { DecodeError } from '../decode-error.ts';
import {
  largestInteger,
  type PlistDictionary,
  type PlistLimits,
  type PlistValue,
  smallestInteger,
  toInteger,
  Visit,
} from './value.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

// XML 1.0, sections 2.8 and 4.3.3; the document type is the one that Apple's own writers emit, today's name and the older one.
const declaration =
  /<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"utf-8"|'utf-8'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/iy;
const documentType =
  /<!DOCTYPE[ \t\n]+plist[ \t\n]+PUBLIC[ \t\n]+"-\/\/Apple(?: Computer)?\/\/DTD PLIST 1\.0\/\/EN"[ \t\n]+"https?:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd"[ \t\n]*>/y;
const opening = /<plist(?:[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0'))?[ \t\n]*>/y;
const startTag = /<([a-z]+)[ \t\n]*(\/?)>/y;
const space = /[ \t\n]*/y;
const forbidden =
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** `reason` of the DecodeError: `too-large`, `too-deep`, `forbidden-construct` or `malformed`. */
export function readXmlPlist(bytes: Uint8Array, limits: PlistLimits): PlistValue {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new DecodeError('plist: not UTF-8', { path: '$', cause });
  }
  // XML 1.0, section 2.11: a reader sees line feeds only.
  if (text.includes('\r')) text = text.replaceAll(/\r\n?/g, '\n');
  return new Reader(text, new Visit(limits)).document();
}

class Reader {
  readonly #text: string;
  readonly #visit: Visit;
  #position = 0;

  constructor(text: string, visit: Visit) {
    this.#text = text;
    this.#visit = visit;
  }

  document(): PlistValue {
    const control = this.#text.search(forbidden);
    if (control !== -1) throw this.#visit.refuse('a character that XML forbids', control);
    this.#match(declaration);
    this.#skip();
    if (this.#match(documentType) !== null) this.#skip();
    if (this.#match(opening) === null) throw this.#unexpected();
    const value = this.#value();
    this.#end('plist');
    this.#skip();
    if (this.#position !== this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): PlistValue {
    const value = this.#valueOrEnd();
    if (value === undefined) throw this.#unexpected();
    return value;
  }

  /** Undefined before an end tag. */
  #valueOrEnd(): PlistValue | undefined {
    this.#skip();
    const start = this.#position;
    if (this.#text.startsWith('</', start)) return undefined;
    const tag = this.#match(startTag);
    if (tag === null) throw this.#unexpected();
    this.#visit.node(start);
    const empty = tag[2] === '/';
    switch (tag[1]) {
      case 'dict':
        return this.#dictionary(empty, start);
      case 'array':
        return this.#array(empty, start);
      case 'string':
        return empty ? '' : this.#content('string');
      case 'integer':
        return this.#integer(empty ? '' : this.#content('integer'), start);
      case 'true':
      case 'false':
        if (!empty) this.#end(tag[1]);
        return tag[1] === 'true';
      case 'data':
        return this.#data(empty ? '' : this.#content('data'), start);
      case 'date':
        return this.#date(empty ? '' : this.#content('date'), start);
      case 'real':
        return this.#real(empty ? '' : this.#content('real'), start);
      default:
        throw this.#visit.refuse(`unknown element ${tag[1]?.slice(0, 20)}`, start);
    }
  }

  #dictionary(empty: boolean, start: number): PlistDictionary {
    const dictionary: Record<string, PlistValue> = Object.create(null);
    if (empty) return dictionary;
    this.#visit.enter(start);
    for (;;) {
      this.#skip();
      const place = this.#position;
      const tag = this.#match(startTag);
      if (tag === null) break;
      if (tag[1] !== 'key') throw this.#visit.refuse('a value without a key', place);
      const key = tag[2] === '/' ? '' : this.#content('key');
      if (key.length > this.#visit.limits.maxKey) {
        throw this.#visit.refuse(`key longer than ${this.#visit.limits.maxKey}`, place, 'too-large');
      }
      this.#visit.at(key);
      if (key in dictionary) throw this.#visit.refuse('the same key twice', place);
      dictionary[key] = this.#value();
    }
    this.#end('dict');
    this.#visit.leave();
    return dictionary;
  }

  #array(empty: boolean, start: number): PlistValue[] {
    const items: PlistValue[] = [];
    if (empty) return items;
    this.#visit.enter(start);
    for (;;) {
      this.#visit.at(items.length);
      const value = this.#valueOrEnd();
      if (value === undefined) break;
      items.push(value);
    }
    this.#end('array');
    this.#visit.leave();
    return items;
  }

  #integer(text: string, start: number): number | bigint {
    const trimmed = text.trim();
    // Apple's reader takes hexadecimal too, with a sign if need be.
    if (/^[+-]?[0-9]{1,15}$/.test(trimmed)) return Number(trimmed) + 0;
    const parts = /^([+-]?)(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.exec(trimmed);
    if (parts === null) throw this.#visit.refuse('not an integer', start);
    const value = BigInt(parts[2] ?? '0') * (parts[1] === '-' ? -1n : 1n);
    if (value < smallestInteger || value > largestInteger) {
      throw this.#visit.refuse('an integer of more than 64 bits', start);
    }
    return toInteger(value);
  }

  #real(text: string, start: number): number {
    const trimmed = text.trim();
    if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(trimmed)) return Number(trimmed);
    const special = /^([+-]?)(nan|inf|infinity)$/i.exec(trimmed);
    if (special === null) throw this.#visit.refuse('not a real', start);
    if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  #date(text: string, start: number): Date {
    const trimmed = text.trim();
    const date = new Date(trimmed);
    if (
      !/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(trimmed) ||
      Number.isNaN(date.getTime())
    ) {
      throw this.#visit.refuse('not a date', start);
    }
    return date;
  }

  #data(text: string, start: number): Uint8Array {
    const base64 = text.replaceAll(/[ \t\n]+/g, '');
    const bytes = Buffer.from(base64, 'base64');
    const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
    // The platform's decoder passes over what is not base64, so its result is then shorter than it should be.
    if (base64.length % 4 !== 0 || bytes.length !== (base64.length / 4) * 3 - padding) {
      throw this.#visit.refuse('not base64', start);
    }
    if (bytes.length > this.#visit.limits.maxData) {
      throw this.#visit.refuse(`data longer than ${this.#visit.limits.maxData}`, start, 'too-large');
    }
    return bytes;
  }

  /** The text up to the end tag, with its references, CDATA sections and comments resolved. */
  #content(name: string): string {
    let content = '';
    for (;;) {
      const next = this.#text.indexOf('<', this.#position);
      if (next === -1) throw this.#unexpected();
      if (next > this.#position) content += this.#plainText(next);
      this.#position = next;
      if (this.#text.startsWith('</', next)) break;
      if (this.#text.startsWith('<![CDATA[', next)) {
        const end = this.#text.indexOf(']]>', next + 9);
        if (end === -1) throw this.#unexpected();
        content += this.#text.slice(next + 9, end);
        this.#position = end + 3;
      } else if (!this.#comment()) {
        throw this.#unexpected();
      }
    }
    this.#end(name);
    return content;
  }

  #plainText(end: number): string {
    const text = this.#text.slice(this.#position, end);
    if (text.includes(']]>')) throw this.#visit.refuse('not well-formed: ]]> in text', this.#position);
    if (!text.includes('&')) return text;
    return text.replaceAll(/&([^;&]{0,10});?/g, (whole, name: string) => {
      const character = whole.endsWith(';') ? characterOf(name) : undefined;
      if (character === undefined) throw this.#visit.refuse('not a reference that XML knows', this.#position);
      return character;
    });
  }

  #end(name: string): void {
    if (name === 'plist') this.#skip();
    const start = this.#position;
    const named = start + 2 + name.length;
    if (this.#text.startsWith('</', start) && this.#text.startsWith(name, start + 2)) {
      space.lastIndex = named;
      const end = named + (space.exec(this.#text)?.[0].length ?? 0);
      if (this.#text[end] === '>') {
        this.#position = end + 1;
        return;
      }
    }
    throw this.#unexpected();
  }

  /** White space and comments between elements. */
  #skip(): void {
    do {
      let code = this.#text.charCodeAt(this.#position);
      while (code === 0x0a || code === 0x09 || code === 0x20) {
        this.#position += 1;
        code = this.#text.charCodeAt(this.#position);
      }
    } while (this.#comment());
  }

  #comment(): boolean {
    if (!this.#text.startsWith('<!--', this.#position)) return false;
    const end = this.#text.indexOf('--', this.#position + 4);
    if (end === -1 || this.#text[end + 2] !== '>') throw this.#unexpected();
    this.#position = end + 3;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#position = pattern.lastIndex;
    return found;
  }

  #unexpected(): DecodeError {
    const isMarkup = /<[!?](?!--)/y;
    isMarkup.lastIndex = this.#position;
    return isMarkup.test(this.#text)
      ? this.#visit.refuse(
          'a document type, entity or processing instruction is not allowed',
          this.#position,
          'forbidden-construct',
        )
      : this.#visit.refuse('not what a property list has here', this.#position);
  }
}

const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** XML 1.0, sections 4.1 and 4.6. */
function characterOf(name: string): string | undefined {
  if (!name.startsWith('#')) return named.get(name);
  const digits = /^#(?:([0-9]{1,8})|x([0-9a-fA-F]{1,8}))$/.exec(name);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number.parseInt(digits[2] ?? '', 16) : Number(digits[1]);
  const isCharacter =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
