/** What all documents of the API share: the root `ise_api`, its limits, and the identifier elements. */
import { DecodeError } from '../decode-error.ts';
import { readXml, type XmlLimits } from '../xml/read-xml.ts';
import { elementsOf, element, findChild, textOf, type XmlElement, type XmlNode } from '../xml/tree.ts';
import { writeXml } from '../xml/write-xml.ts';
import { type DeviceIdentifier, identifierKinds, normalizeIdentifier } from './identifiers.ts';
import { type ApiVersion, toApiVersion } from './versions.ts';

/** Requests: 64 KiB, depth 16, at most 5,000 identifiers (and the elements around them). */
export const requestLimits: XmlLimits = {
  maxBytes: 64 * 1024,
  maxDepth: 16,
  maxElements: 10_100,
  maxAttributes: 32,
  maxText: 16 * 1024,
};
export const mostIdentifiers = 5000;

/** Answers carry up to 5,000 devices of some twenty elements. */
export const answerLimits: XmlLimits = { ...requestLimits, maxBytes: 16 * 1024 * 1024, maxElements: 200_000 };

export function encodeDocument(...children: readonly XmlNode[]): Uint8Array {
  return writeXml(element('ise_api', ...children));
}

/** Answers are read strictly: the root must be `ise_api` and `name` what was asked for. */
export function decodeAnswer(bytes: Uint8Array, name: string): XmlElement {
  const root = readXml(bytes, answerLimits);
  if (root.name !== 'ise_api') throw new DecodeError('root ise_api is expected', { path: root.name });
  const found = findChild(root, 'name');
  if (found === undefined || textOf(found) !== name) {
    throw new DecodeError(`an answer named ${name} is expected`, { path: 'ise_api/name' });
  }
  return root;
}

/** Absent in a discovery answer of version 1. */
export function decodeVersion(root: XmlElement): ApiVersion {
  const node = findChild(root, 'api_version');
  if (node === undefined) return 1;
  const text = textOf(node);
  if (!/^\d{1,4}$/.test(text)) throw new DecodeError('not a version', { path: 'ise_api/api_version' });
  return toApiVersion(Number(text));
}

export function encodeIdentifier(identifier: DeviceIdentifier): XmlElement {
  return element(identifier.kind, identifier.value);
}

/** The identifier elements directly inside `node`. */
export function decodeIdentifiers(node: XmlElement): DeviceIdentifier[] {
  return elementsOf(node).flatMap((child) => {
    const kind = identifierKinds.find((candidate) => candidate === child.name.toLowerCase());
    return kind === undefined ? [] : [normalizeIdentifier(kind, textOf(child))];
  });
}

export function requireText(root: XmlElement, name: string): string {
  const node = findChild(root, name);
  if (node === undefined) throw new DecodeError(`${name} is missing`, { path: `${root.name}/${name}` });
  return textOf(node);
}

export function readBoolean(node: XmlElement): boolean {
  const text = textOf(node).toLowerCase();
  if (text !== 'true' && text !== 'false')
    throw new DecodeError('true or false is expected', { path: node.name });
  return text === 'true';
}
