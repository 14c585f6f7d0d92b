/** A whole WBXML document as a tree. */
import { DecodeError } from '../decode-error.ts';
import { type WbxmlEvent, type WbxmlReading, WbxmlStreamReader } from './stream-reader.ts';
import type { WbxmlElement, WbxmlNode, WbxmlTag } from './tree.ts';

interface Draft {
  readonly tag: WbxmlTag;
  readonly children: WbxmlNode[];
}

/**
 * `reason` of the DecodeError: `too-large`, `too-deep`, `overflow`, `truncated`, `trailing-bytes`, `forbidden-construct`,
 * `bad-version`, `bad-charset`, `bad-value` or `malformed`.
 */
export function decodeWbxml(bytes: Uint8Array, reading: WbxmlReading = {}): WbxmlElement {
  const reader = new WbxmlStreamReader(reading);
  const events = reader.push(bytes);
  reader.finish();
  return build(events);
}

/**
 * The same for a document that may break off: its elements as far as they came, without a value that is cut. Bytes that are
 * wrong, not only missing, are refused as ever.
 */
export function decodeWbxmlBeginning(
  bytes: Uint8Array,
  reading: WbxmlReading = {},
): { readonly root: WbxmlElement; readonly isComplete: boolean } {
  const reader = new WbxmlStreamReader(reading);
  const root = build(reader.push(bytes));
  return { root, isComplete: reader.isComplete };
}

function build(events: readonly WbxmlEvent[]): WbxmlElement {
  const open: Draft[] = [];
  let root: Draft | undefined;
  for (const event of events) {
    switch (event.kind) {
      case 'open': {
        const draft: Draft = { tag: event.tag, children: [] };
        open.at(-1)?.children.push(draft);
        root ??= draft;
        open.push(draft);
        break;
      }
      case 'close':
        open.pop();
        break;
      // The whole document was pushed at once, so a string or opaque that is not the last of its pieces is cut.
      case 'text':
        if (event.last) open.at(-1)?.children.push(event.text);
        break;
      case 'opaque':
        if (event.last) open.at(-1)?.children.push(event.bytes);
        break;
    }
  }
  if (root === undefined) throw new DecodeError('no element', { reason: 'truncated' });
  return root;
}
