/**
 * What FreeRADIUS's rlm_rest (3.x) posts and takes as answer: each attribute with its type and all its values, and lists of
 * attributes to merge. Only the attributes that a decision or a session needs are read; a password that comes with them, as
 * it does with PAP, is dropped here and goes nowhere (RAD-04).
 */
import { DecodeError } from '../decode-error.ts';
import { readJson } from '../json/read-json.ts';

export const restLimits = {
  maxBytes: 32_768,
  maxDepth: 4,
  maxArray: 64,
  maxString: 8_192,
  maxProperties: 200,
} as const;

/** What is read. FreeRADIUS shows no URI of a certificate's alternative names, so a device is found by its common name. */
const wanted = [
  'User-Name',
  'NAS-IP-Address',
  'NAS-IPv6-Address',
  'NAS-Identifier',
  'NAS-Port',
  'NAS-Port-Id',
  'NAS-Port-Type',
  'Framed-IP-Address',
  'Called-Station-Id',
  'Calling-Station-Id',
  'Acct-Status-Type',
  'Acct-Session-Id',
  'Acct-Multi-Session-Id',
  'Acct-Interim-Interval',
  'Chargeable-User-Identity',
  'Cisco-AVPair',
  'Packet-Src-IP-Address',
  'Packet-Src-IPv6-Address',
  'TLS-Client-Cert-Common-Name',
  'TLS-Client-Cert-Subject-Alt-Name-Upn',
  'TLS-Client-Cert-Subject-Alt-Name-Dns',
] as const;
export type RestAttribute = (typeof wanted)[number];

/** Values as text, each of at most 253 characters as in a packet. */
export type RestRequest = ReadonlyMap<RestAttribute, readonly string[]>;

/** @throws DecodeError */
export function decodeRestRequest(bytes: Uint8Array): RestRequest {
  const body = readJson(bytes, restLimits);
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new DecodeError('an object of attributes is expected', { path: '$' });
  const attributes = new Map<RestAttribute, readonly string[]>();
  for (const name of wanted) {
    const member = Object.hasOwn(body, name) ? body[name] : undefined;
    if (member === undefined) continue;
    const { value } =
      typeof member === 'object' && member !== null && !Array.isArray(member) ? member : { value: member };
    const values = (Array.isArray(value) ? value : [value]).map((one) => {
      if (typeof one !== 'string' && typeof one !== 'number')
        throw new DecodeError('text or a number is expected', { path: name });
      const text = String(one);
      if (text.length > 253)
        throw new DecodeError('longer than an attribute', { path: name, reason: 'too-large' });
      return text;
    });
    if (values.length > 0) attributes.set(name, values);
  }
  return attributes;
}

/** As the module would post it: for simulators and tests. */
export function encodeRestRequest(
  attributes: Readonly<Record<string, readonly (string | number)[]>>,
): Uint8Array {
  const members = Object.entries(attributes).map(([name, value]) => [name, { type: 'string', value }]);
  return Buffer.from(JSON.stringify(Object.fromEntries(members)));
}

export interface RestReply {
  readonly name: string;
  readonly value: string;
}

/**
 * Attributes of the RADIUS answer. `do_xlat` is always off: a value is text, whatever it looks like (RAD-05). Several values of
 * one attribute are added, a single one is set.
 */
export function encodeRestReply(attributes: readonly RestReply[]): Uint8Array {
  const values = new Map<string, string[]>();
  for (const { name, value } of attributes) values.set(name, [...(values.get(name) ?? []), value]);
  const members = [...values].map(([name, value]) => [
    `reply:${name}`,
    { op: value.length > 1 ? '+=' : ':=', value, do_xlat: false, is_json: false },
  ]);
  return Buffer.from(JSON.stringify(Object.fromEntries(members)));
}
