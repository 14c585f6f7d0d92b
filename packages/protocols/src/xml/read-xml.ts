/**
 * A bounded reader of XML 1.0 in UTF-8. No document type, no entities beyond the five, no processing instructions: so nothing
 * expands, nothing is fetched, and what is read is what was sent (security rules APL-05, ISE-05).
 */
import { SaxesParser } from 'saxes';
import { DecodeError, requireAtMost } from '../decode-error.ts';
import type { XmlElement, XmlNode } from './tree.ts';

export interface XmlLimits {
  readonly maxBytes: number;
  /** Nesting of elements; a document of one element has depth 1. */
  readonly maxDepth: number;
  readonly maxElements: number;
  /** Of one element, namespace declarations included. */
  readonly maxAttributes: number;
  /** UTF-16 units of one attribute value or one uninterrupted text. */
  readonly maxText: number;
}

interface Draft {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlNode[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const path = 'xml';

/** `reason` of the DecodeError: `too-large`, `too-deep`, `forbidden-construct` or `malformed`. */
export function readXml(bytes: Uint8Array, limits: XmlLimits): XmlElement {
  requireAtMost(bytes, limits.maxBytes, 'XML');
  return build(decodeText(bytes), limits);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new DecodeError('XML is not UTF-8', { path, cause });
  }
}

function build(text: string, limits: XmlLimits): XmlElement {
  // XML 1.1 allows control characters that 1.0 forbids, so a document cannot choose it.
  const parser = new SaxesParser({
    xmlns: true,
    defaultXMLVersion: '1.0',
    forceXMLVersion: true,
    position: true,
  });
  const open: Draft[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let attributes = 0;

  const refuse = (message: string, reason: string): never => {
    const place = ['', ...open.map((draft) => draft.name)].join('/');
    throw new DecodeError(message, { offset: parser.position, path: place === '' ? path : place, reason });
  };
  const append = (piece: string): void => {
    if (piece.length > limits.maxText) refuse(`text longer than ${limits.maxText}`, 'too-large');
    open.at(-1)?.children.push(piece);
  };

  parser.on('error', (error) =>
    refuse(`not well-formed: ${error.message.replace(/^\d+:\d+: /, '')}`, 'malformed'),
  );
  parser.on('doctype', () => refuse('a document type is not allowed', 'forbidden-construct'));
  parser.on('processinginstruction', () =>
    refuse('a processing instruction is not allowed', 'forbidden-construct'),
  );
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
      refuse('an encoding other than UTF-8 is declared', 'forbidden-construct');
    }
  });
  parser.on('opentagstart', () => {
    elements += 1;
    attributes = 0;
    if (elements > limits.maxElements) refuse(`more than ${limits.maxElements} elements`, 'too-large');
    if (open.length >= limits.maxDepth) refuse(`nesting deeper than ${limits.maxDepth}`, 'too-deep');
  });
  parser.on('attribute', ({ value }) => {
    attributes += 1;
    if (attributes > limits.maxAttributes)
      refuse(`more than ${limits.maxAttributes} attributes`, 'too-large');
    if (value.length > limits.maxText) refuse(`attribute longer than ${limits.maxText}`, 'too-large');
  });
  parser.on('opentag', (tag) => {
    const kept = Object.values(tag.attributes).filter(
      ({ name, prefix }) => name !== 'xmlns' && prefix !== 'xmlns',
    );
    open.push({
      name: tag.local,
      attributes: new Map(kept.map(({ name, value }) => [name, value])),
      children: [],
    });
  });
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    const closed = open.pop();
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else if (closed !== undefined) parent.children.push(closed);
  });

  parser.write(text).close();
  return root ?? refuse('no element', 'malformed');
}
