/**
 * The body of `batchdevices`. Cisco shows only an element `value`; neither nesting nor root is written down, so any root is taken and every
 * descendant `value` or identifier element, and also a form with repeated or comma-separated `value`.
 */
import { DecodeError } from '../decode-error.ts';
import { readXml } from '../xml/read-xml.ts';
import { descendantsOf, element, textOf } from '../xml/tree.ts';
import { encodeDocument, mostIdentifiers, requestLimits } from './documents.ts';
import {
  type DeviceIdentifier,
  type IdentifierKind,
  isIdentifierKind,
  normalizeIdentifier,
} from './identifiers.ts';
import { extractContent } from './request-body.ts';

/**
 * `criteria` is the kind of plain values. What is no valid identifier is left out, like a device that is not found: one misspelled
 * address must not hide the rest. `reason` of the DecodeError: `too-large`, `unsupported-media-type` or `malformed`.
 */
export function decodeBatch(
  contentType: string | undefined,
  body: Uint8Array,
  criteria: IdentifierKind,
): DeviceIdentifier[] {
  const { kind, bytes } = extractContent(contentType, body);
  const named = kind === 'form' ? formValues(bytes, criteria) : xmlValues(bytes, criteria);
  const found = new Map<string, DeviceIdentifier>();
  for (const [name, text] of named) {
    if (found.size >= mostIdentifiers)
      throw new DecodeError(`more than ${mostIdentifiers} values`, { reason: 'too-large' });
    const identifier = tryNormalize(name, text);
    if (identifier !== undefined) found.set(`${identifier.kind} ${identifier.value}`, identifier);
  }
  return [...found.values()];
}

type NamedValue = readonly [kind: IdentifierKind, text: string];

function* xmlValues(bytes: Uint8Array, criteria: IdentifierKind): Generator<NamedValue> {
  const root = readXml(bytes, requestLimits);
  for (const node of descendantsOf(root)) {
    const name = node.name.toLowerCase();
    if (name === 'value') yield* splitValues(textOf(node), criteria);
    else if (isIdentifierKind(name)) yield [name, textOf(node)];
  }
}

function* formValues(bytes: Uint8Array, criteria: IdentifierKind): Generator<NamedValue> {
  for (const [name, value] of new URLSearchParams(Buffer.from(bytes).toString('utf8'))) {
    const folded = name.toLowerCase();
    if (folded === 'value') yield* splitValues(value, criteria);
    else if (isIdentifierKind(folded)) yield* splitValues(value, folded);
  }
}

function* splitValues(text: string, kind: IdentifierKind): Generator<NamedValue> {
  for (const piece of text.split(',')) if (piece.trim() !== '') yield [kind, piece];
}

function tryNormalize(kind: IdentifierKind, text: string): DeviceIdentifier | undefined {
  try {
    return normalizeIdentifier(kind, text);
  } catch {
    return undefined;
  }
}

/** Client direction. */
export function encodeBatch(values: readonly string[]): Uint8Array {
  return encodeDocument(...values.map((value) => element('value', value)));
}
