// A body of Exchange ActiveSync, by the names of its code pages; what has no name keeps its numbers, so nothing is left out.
import { nameOfTag, statusName } from '@gatehouse/protocols/activesync/index.ts';
import {
  decodeWbxml,
  elementsOf,
  isElement,
  relayedLimits,
  textOf,
  type WbxmlElement,
} from '@gatehouse/protocols/wbxml/index.ts';
import type { DecodedFormat } from './decoded-format.ts';
import type { Presentable } from './presentable.ts';

function nameOf(tag: number): string {
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  return nameOfTag(tag) ?? `page ${hex(tag >> 8)} token ${hex(tag & 0xff)}`;
}

/** Names of elements that hold a password, on whichever page. */
const secrets = /:Password$/;

/** Text as text, opaque data as `{ opaque: hex }`, children by name; a list of them where a name appears twice. */
function presentContent(node: WbxmlElement): Presentable {
  if (secrets.test(nameOfTag(node.tag) ?? '') && node.children.some((child) => !isElement(child)))
    return `(${textOf(node).length} characters, not shown)`;
  const parts = node.children.map((child): Presentable => {
    if (typeof child === 'string') return child;
    return isElement(child)
      ? { [nameOf(child.tag)]: presentContent(child) }
      : { opaque: Buffer.from(child).toString('hex') };
  });
  if (parts.length <= 1) return parts[0] ?? null;
  const names = elementsOf(node).map(({ tag }) => tag);
  return names.length === parts.length && new Set(names).size === names.length
    ? Object.assign({}, ...(parts as object[]))
    : parts;
}

/** A common Status below the root says in one word why a command was refused. */
function meaning(root: WbxmlElement): string | undefined {
  const status = elementsOf(root).find(({ tag }) => nameOfTag(tag)?.endsWith(':Status'));
  return status === undefined ? undefined : statusName(Number(textOf(status)));
}

export const wbxmlFormat: DecodedFormat = {
  name: 'wbxml',
  what: 'a body of Exchange ActiveSync in WBXML',
  decode(bytes) {
    const root = decodeWbxml(bytes, { limits: relayedLimits, nameOf: nameOfTag });
    const said = meaning(root);
    return { [nameOf(root.tag)]: presentContent(root), ...(said === undefined ? {} : { meaning: said }) };
  },
};
