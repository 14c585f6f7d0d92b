/**
 * Writes a tree in the one form that mail clients and servers use: WBXML 1.3, no public id, UTF-8, no string table, strings
 * inline, an element without content as a bare token, and a page switch only where the page changes.
 */
import { contentBit, end, firstTag, inlineString, opaque, switchPage, tokenBits } from './tokens.ts';
import { isElement, type WbxmlElement, type WbxmlTag } from './tree.ts';

/** Version 1.3, public id 1 (none), character set 106 (UTF-8), a string table of no bytes. */
const header = Uint8Array.of(0x03, 0x01, 0x6a, 0x00);

export function encodeWbxml(root: WbxmlElement): Uint8Array {
  const writer = new Writer();
  writer.element(root);
  return Buffer.concat(writer.pieces);
}

class Writer {
  readonly pieces: Uint8Array[] = [header];
  #page = 0;

  element({ tag, children }: WbxmlElement): void {
    const [page, token] = split(tag);
    if (page !== this.#page) this.pieces.push(Uint8Array.of(switchPage, page));
    this.#page = page;
    if (children.length === 0) {
      this.pieces.push(Uint8Array.of(token));
      return;
    }
    this.pieces.push(Uint8Array.of(token | contentBit));
    for (const child of children) {
      if (typeof child === 'string') this.#string(child);
      else if (isElement(child)) this.element(child);
      else this.pieces.push(Uint8Array.of(opaque, ...toNumber(child.length)), child);
    }
    this.pieces.push(Uint8Array.of(end));
  }

  /** NUL ends the string, so there is no writing it; a half surrogate has no UTF-8. Both become U+FFFD. */
  #string(text: string): void {
    this.pieces.push(
      Uint8Array.of(inlineString),
      Buffer.from(text.replaceAll('\u0000', '\ufffd'), 'utf8'),
      Uint8Array.of(0),
    );
  }
}

function split(tag: WbxmlTag): [page: number, token: number] {
  const page = tag >> 8;
  const token = tag & 0xff;
  if (!Number.isInteger(tag) || page < 0 || page > 0xff || token < firstTag || token > tokenBits)
    throw new TypeError(`not a WBXML tag: ${tag}`);
  return [page, token];
}

/** mb_u_int32, in as few bytes as it takes. */
function toNumber(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
