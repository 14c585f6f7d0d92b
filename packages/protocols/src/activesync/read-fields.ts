/** Reading of bodies that are decoded fully or refused: each element where it belongs, at most once, and nothing else. */
import { DecodeError } from '../decode-error.ts';
import {
  decodeWbxml,
  elementsOf,
  isElement,
  textOf,
  type WbxmlElement,
  type WbxmlTag,
} from '../wbxml/index.ts';
import { nameOfTag } from './code-pages/index.ts';

/** The document under its root, which must be this one. @throws DecodeError */
export function decodeRoot(bytes: Uint8Array, root: WbxmlTag): WbxmlElement {
  const document = decodeWbxml(bytes, { nameOf: nameOfTag });
  if (document.tag !== root)
    throw new DecodeError(`root ${nameOfTag(root)} is expected`, {
      path: pathOf(document.tag),
      reason: 'wrong-root',
    });
  return document;
}

export type Fields<Name extends string> = { readonly [name in Name]?: WbxmlElement };

/**
 * The children by name, each at most once.
 * @param tags the children that may be there; anything else, loose text too, is refused
 */
export function readFields<Name extends string>(
  node: WbxmlElement,
  tags: Readonly<Record<Name, WbxmlTag>>,
): Fields<Name> {
  const found: Partial<Record<Name, WbxmlElement>> = {};
  requireNoText(node);
  for (const child of elementsOf(node)) {
    const name = (Object.keys(tags) as Name[]).find((candidate) => tags[candidate] === child.tag);
    if (name === undefined) throw refuse(node, child.tag, 'is not expected here', 'unexpected-element');
    if (found[name] !== undefined) throw refuse(node, child.tag, 'appears twice', 'duplicate-element');
    found[name] = child;
  }
  return found;
}

function requireNoText(node: WbxmlElement): void {
  const loose = node.children.some((child) => typeof child === 'string' && child.trim() !== '');
  if (loose || node.children.some((child) => !isElement(child) && typeof child !== 'string'))
    throw new DecodeError('text is not expected here', { path: pathOf(node.tag), reason: 'unexpected-text' });
}

/** Text of a leaf; undefined where the element is absent. */
export function readText(node: WbxmlElement | undefined, mostCharacters: number): string | undefined {
  if (node === undefined) return undefined;
  if (elementsOf(node).length > 0)
    throw new DecodeError('an element where text is expected', {
      path: pathOf(node.tag),
      reason: 'unexpected-element',
    });
  const text = textOf(node).trim();
  if (text.length > mostCharacters)
    throw new DecodeError(`more than ${mostCharacters} characters`, {
      path: pathOf(node.tag),
      reason: 'too-large',
    });
  return text;
}

/** A decimal number without sign. */
export function readNumber(node: WbxmlElement | undefined, most: number): number | undefined {
  const text = readText(node, 64);
  if (node === undefined || text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text) || Number(text) > most)
    throw new DecodeError(`a number up to ${most} is expected`, {
      path: pathOf(node.tag),
      reason: 'bad-value',
    });
  return Number(text);
}

function refuse(parent: WbxmlElement, tag: WbxmlTag, what: string, reason: string): DecodeError {
  return new DecodeError(`${pathOf(tag)} ${what}`, { path: pathOf(parent.tag), reason });
}

export function pathOf(tag: WbxmlTag): string {
  return nameOfTag(tag) ?? `0x${tag.toString(16)}`;
}
