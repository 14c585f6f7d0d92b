/** Actions and messages: what ISE orders for named devices, and the answer per device. */
import { DecodeError } from '../decode-error.ts';
import { readXml } from '../xml/read-xml.ts';
import { descendantsOf, element, elementsOf, findChild, textOf, type XmlElement } from '../xml/tree.ts';
import {
  decodeAnswer,
  decodeIdentifiers,
  decodeVersion,
  encodeDocument,
  encodeIdentifier,
  mostIdentifiers,
  readBoolean,
  requestLimits,
} from './documents.ts';
import type { DeviceIdentifier } from './identifiers.ts';
import { parseRawQuery } from './query.ts';
import { extractContent } from './request-body.ts';
import type { ApiVersion } from './versions.ts';

export const actionTypes = ['full_wipe', 'corporate_wipe', 'pin_lock'] as const;
export type ActionType = (typeof actionTypes)[number];

/**
 * The action stands in a path segment that contains an equals sign (`actionType=pin_lock`); a query parameter and the bare word are taken
 * too. `segment` is undecoded and may be empty. `reason` of the DecodeError is `unknown-action`.
 */
export function parseActionType(segment: string, rawQuery = ''): ActionType {
  const words = [
    segment.replace(/^actiontype(?:=|%3d)/i, ''),
    parseRawQuery(rawQuery).get('actiontype') ?? '',
  ];
  const given = words.filter((word) => word !== '').map((word) => word.toLowerCase());
  const type = actionTypes.find((candidate) => given.every((word) => word === candidate));
  if (given.length === 0 || type === undefined) {
    throw new DecodeError('unknown action', { path: 'actionType', reason: 'unknown-action' });
  }
  return type;
}

/** At least one identifier, in order and without repetition. */
export function decodeActionBody(contentType: string | undefined, body: Uint8Array): DeviceIdentifier[] {
  return readIdentifiers(readRequest(contentType, body));
}

export interface MessageOrder {
  readonly identifiers: readonly DeviceIdentifier[];
  /** Only `Alert` is ever shown in Cisco's description. */
  readonly type: string;
  readonly header: string;
  readonly body: string;
}

const messageLimits = { header: 256, body: 4096 } as const;

export function decodeMessageBody(contentType: string | undefined, body: Uint8Array): MessageOrder {
  const root = readRequest(contentType, body);
  const message = findChild(root, 'message');
  if (message === undefined) throw new DecodeError('message is missing', { path: root.name });
  const read = (name: string, maximum: number) => {
    const node = findChild(message, name);
    const text = node === undefined ? '' : textOf(node);
    if (text.length > maximum)
      throw new DecodeError(`${name} is too long`, { path: name, reason: 'too-large' });
    return text;
  };
  const order = {
    identifiers: readIdentifiers(root),
    type: read('message_type', 64) || 'Alert',
    header: read('message_header', messageLimits.header),
    body: read('message_body', messageLimits.body),
  };
  if (order.header === '' && order.body === '')
    throw new DecodeError('an empty message', { path: 'message' });
  return order;
}

function readRequest(contentType: string | undefined, body: Uint8Array): XmlElement {
  const { kind, bytes } = extractContent(contentType, body);
  if (kind === 'form')
    throw new DecodeError('content type is not supported', { reason: 'unsupported-media-type' });
  const root = readXml(bytes, requestLimits);
  if (root.name !== 'ise_api') throw new DecodeError('root ise_api is expected', { path: root.name });
  return root;
}

function readIdentifiers(root: XmlElement): DeviceIdentifier[] {
  const groups = [...descendantsOf(root)].filter((node) => node.name === 'identifier');
  const found = new Map<string, DeviceIdentifier>();
  for (const identifier of groups.flatMap(decodeIdentifiers)) {
    found.set(`${identifier.kind} ${identifier.value}`, identifier);
  }
  if (found.size === 0) throw new DecodeError('no device is named', { path: `${root.name}/identifier` });
  if (found.size > mostIdentifiers)
    throw new DecodeError(`more than ${mostIdentifiers} devices`, { reason: 'too-large' });
  return [...found.values()];
}

const orders = {
  action: { name: 'action', status: 'action_status' },
  message: { name: 'sendmessage', status: 'message_status' },
} as const;
export type OrderKind = keyof typeof orders;

export interface OrderResult {
  readonly identifier: DeviceIdentifier;
  /** Taken on by the server; not done on the device yet. */
  readonly accepted: boolean;
  readonly failureReason: string;
}

export interface OrderAnswer {
  readonly version: ApiVersion;
  readonly results: readonly OrderResult[];
}

export function encodeOrderAnswer(kind: OrderKind, answer: OrderAnswer): Uint8Array {
  const { name, status } = orders[kind];
  return encodeDocument(
    element('name', name),
    element('api_version', String(answer.version)),
    element(
      'deviceList',
      ...answer.results.map(({ identifier, accepted, failureReason }) =>
        element(
          'device',
          encodeIdentifier(identifier),
          element(
            'result',
            element(status, String(accepted)),
            failureReason === '' ? element('failure_reason') : element('failure_reason', failureReason),
          ),
        ),
      ),
    ),
  );
}

export function decodeOrderAnswer(kind: OrderKind, bytes: Uint8Array): OrderAnswer {
  const { name, status } = orders[kind];
  const root = decodeAnswer(bytes, name);
  const list = findChild(root, 'deviceList');
  if (list === undefined) throw new DecodeError('deviceList is missing', { path: 'ise_api' });
  return {
    version: decodeVersion(root),
    results: elementsOf(list).map((device, index) => {
      const [identifier] = decodeIdentifiers(device);
      const result = findChild(device, 'result');
      const accepted = result === undefined ? undefined : findChild(result, status);
      if (identifier === undefined || result === undefined || accepted === undefined) {
        throw new DecodeError('a device with its result is expected', {
          path: `ise_api/deviceList/device[${index}]`,
        });
      }
      const reason = findChild(result, 'failure_reason');
      return {
        identifier,
        accepted: readBoolean(accepted),
        failureReason: reason === undefined ? '' : textOf(reason),
      };
    }),
  };
}

/** Client direction. */
export function encodeActionBody(identifiers: readonly DeviceIdentifier[]): Uint8Array {
  return encodeDocument(element('identifier', ...identifiers.map(encodeIdentifier)));
}

/** Client direction. */
export function encodeMessageBody(order: MessageOrder): Uint8Array {
  return encodeDocument(
    element('identifier', ...order.identifiers.map(encodeIdentifier)),
    element(
      'message',
      element('message_type', order.type),
      element('message_header', order.header),
      element('message_body', order.body),
    ),
  );
}
