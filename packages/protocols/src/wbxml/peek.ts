/**
 * Watches a document that passes through, and tells early what stands at its top: which element is the root, and the plain
 * values directly below it (`Status`, `SyncKey`). Nothing else of it is kept.
 */
import { relayedLimits } from './limits.ts';
import { type WbxmlReading, WbxmlStreamReader } from './stream-reader.ts';
import type { WbxmlTag } from './tree.ts';

/** A value longer than this is not one that a gateway acts on; its text is cut. */
const mostCharacters = 256;
const mostValues = 64;

export class WbxmlPeek {
  readonly #reader: WbxmlStreamReader;
  readonly #values = new Map<WbxmlTag, string>();
  #root: WbxmlTag | undefined;
  #depth = 0;
  #current: WbxmlTag | undefined;

  constructor(reading: WbxmlReading = {}) {
    this.#reader = new WbxmlStreamReader({ limits: relayedLimits, ...reading });
  }

  /** Known as soon as its token was seen. */
  get root(): WbxmlTag | undefined {
    return this.#root;
  }

  /** The first value of each element directly below the root that has ended so far; empty for one without text. */
  get values(): ReadonlyMap<WbxmlTag, string> {
    return this.#values;
  }

  get isComplete(): boolean {
    return this.#reader.isComplete;
  }

  /** @throws DecodeError when this is not WBXML, or more than its limits allow */
  push(chunk: Uint8Array): void {
    for (const event of this.#reader.push(chunk)) {
      switch (event.kind) {
        case 'open':
          this.#enter(event.tag);
          break;
        case 'close':
          this.#depth -= 1;
          if (this.#depth === 1) this.#current = undefined;
          break;
        case 'text':
          this.#note(event.text);
          break;
        case 'opaque':
          if (event.bytes.length <= mostCharacters) this.#note(Buffer.from(event.bytes).toString('utf8'));
          break;
      }
    }
  }

  #enter(tag: WbxmlTag): void {
    this.#root ??= tag;
    if (this.#depth === 1 && !this.#values.has(tag) && this.#values.size < mostValues) {
      this.#current = tag;
      this.#values.set(tag, '');
    }
    this.#depth += 1;
  }

  #note(text: string): void {
    if (this.#depth !== 2 || this.#current === undefined) return;
    const soFar = this.#values.get(this.#current) ?? '';
    this.#values.set(this.#current, (soFar + text).slice(0, mostCharacters));
  }
}
