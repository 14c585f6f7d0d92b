/**
 * A WBXML document as a tree: what both the reader gives and the writer takes. It holds numbers, not names, so that nothing is
 * lost of a document whose tokens nobody has heard of; names are the business of a table of code pages.
 */
import { DecodeError } from '../decode-error.ts';

/** Which element it is: code page times 256 plus token, so `0x0e05` is token 0x05 of page 14. */
export type WbxmlTag = number;

export interface WbxmlElement {
  readonly tag: WbxmlTag;
  /** Inline strings as strings, OPAQUE data as bytes, in the order of the document. */
  readonly children: readonly WbxmlNode[];
}

export type WbxmlNode = WbxmlElement | string | Uint8Array;

export function element(tag: WbxmlTag, ...children: readonly WbxmlNode[]): WbxmlElement {
  return { tag, children };
}

export function isElement(node: WbxmlNode): node is WbxmlElement {
  return typeof node !== 'string' && !(node instanceof Uint8Array);
}

export function elementsOf(node: WbxmlElement): WbxmlElement[] {
  return node.children.filter(isElement);
}

export function findChild(node: WbxmlElement, tag: WbxmlTag): WbxmlElement | undefined {
  return elementsOf(node).find((child) => child.tag === tag);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text directly inside the element; writers may give any text as OPAQUE. @throws DecodeError when that is not UTF-8 */
export function textOf(node: WbxmlElement): string {
  return node.children.map(textOfNode).join('');
}

function textOfNode(node: WbxmlNode): string {
  if (typeof node === 'string') return node;
  if (isElement(node)) return '';
  try {
    return utf8.decode(node);
  } catch (cause) {
    throw new DecodeError('opaque data is not UTF-8 text', { reason: 'bad-value', cause });
  }
}
