/** Writes a tree as XML 1.0 in UTF-8 with declaration. Escaping happens here and nowhere else (security rule ISE-04). */
import type { XmlElement, XmlNode } from './tree.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Everything outside the Char production (XML 1.0, section 2.2): it cannot be written even as a reference. */
const forbidden =
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** The name an element or attribute of ours may have; wire names are constants of the code, never data. */
const plainName = /^[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?$/;

export function writeXml(root: XmlElement): Uint8Array {
  return Buffer.from(declaration + toText(root), 'utf8');
}

/** Plain concatenation: this writes every answer to the network gate, and arrays joined cost three times as much. */
function toText(node: XmlNode): string {
  if (typeof node === 'string') return escapeText(node);
  let text = `<${requireName(node.name)}`;
  for (const [name, value] of node.attributes) text += ` ${requireName(name)}="${escapeAttribute(value)}"`;
  if (node.children.length === 0) return `${text}/>`;
  text += '>';
  for (const child of node.children) text += toText(child);
  return `${text}</${node.name}>`;
}

const knownNames = new Set<string>();
const mostKnownNames = 1000;

function requireName(name: string): string {
  if (knownNames.has(name)) return name;
  if (!plainName.test(name)) throw new TypeError(`not an XML name: ${JSON.stringify(name)}`);
  if (knownNames.size < mostKnownNames) knownNames.add(name);
  return name;
}

/** Most texts have none of what the replacements below look for. */
const plainText = /^[ !"#$%'()*+,\-./0-9:;=?@A-Za-z[\\\]^_`{|}~]*$/;

/** `>` too, so that `]]>` cannot appear; a carriage return as a reference, or a reader would make it a line feed. */
function escapeText(text: string): string {
  if (plainText.test(text)) return text;
  return replaceForbidden(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}

/** Also half surrogate pairs, which have no UTF-8. */
function replaceForbidden(text: string): string {
  return text.toWellFormed().replace(forbidden, '\ufffd');
}
