// Messages of the Cisco ISE external-MDM API, told apart by what they hold, as ISE and its peers must.
import {
  decodeActionBody,
  decodeBatch,
  decodeDevicesAnswer,
  decodeDiscovery,
  decodeFailure,
  decodeMessageBody,
  decodeOrderAnswer,
  parseDeviceQuery,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { findChild, readXml, textOf, type XmlElement } from '@gatehouse/protocols/xml/index.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { type Presentable, presentable } from './presentable.ts';

/** By the text of `ise_api/name`, which answers carry. */
const answers: Readonly<Record<string, readonly [string, (bytes: Uint8Array) => unknown]>> = {
  mdminfo: ['discovery answer', decodeDiscovery],
  attributes: ['devices answer', decodeDevicesAnswer],
  action: ['answer to an action', (bytes) => decodeOrderAnswer('action', bytes)],
  sendmessage: ['answer to a message', (bytes) => decodeOrderAnswer('message', bytes)],
  error: ['failure', decodeFailure],
};

/** By a child of `ise_api`, the more telling one first. */
const requests: readonly (readonly [child: string, what: string, (bytes: Uint8Array) => unknown])[] = [
  ['message', 'message to devices', (bytes) => decodeMessageBody(undefined, bytes)],
  ['identifier', 'action on devices', (bytes) => ({ devices: decodeActionBody(undefined, bytes) })],
];

/** Only to look which message it is; the message's own decoder then applies its own, stricter limits. */
const outline = {
  maxBytes: 16 * 1024 * 1024,
  maxDepth: 16,
  maxElements: 200_000,
  maxAttributes: 32,
  maxText: 16 * 1024,
};

function decode(bytes: Uint8Array): Presentable {
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (!text.startsWith('<') && !text.startsWith('\ufeff<')) return decodeQuery(text);
  const [what, message] = decodeDocument(readXml(bytes, outline), bytes);
  return { message: what, ...(presentable(message) as object) };
}

function decodeDocument(root: XmlElement, bytes: Uint8Array): readonly [string, unknown] {
  const name = findChild(root, 'name');
  if (name !== undefined) {
    const known = textOf(name);
    const answer = Object.hasOwn(answers, known) ? answers[known] : undefined;
    if (!answer) {
      throw new DecodeError(`no message is named ${JSON.stringify(known.slice(0, 60))}`, {
        path: `${root.name}/name`,
      });
    }
    return [answer[0], answer[1](bytes)];
  }
  const request = requests.find(([child]) => findChild(root, child) !== undefined);
  return request === undefined
    ? ['batch of devices', { devices: decodeBatch(undefined, bytes, 'macaddress') }]
    : [request[1], request[2](bytes)];
}

/** A whole address, its path or only what follows the `?`: the raw text counts, because `+` joins filter tokens. */
function decodeQuery(text: string): Presentable {
  if (/[\s\0]/.test(text) || !text.includes('='))
    throw new DecodeError('neither an XML message nor a query of the API', { offset: 0 });
  const at = text.indexOf('?');
  const query = parseDeviceQuery(at < 0 ? text : text.slice(at + 1));
  return { message: 'device query', ...(presentable(query) as object) };
}

export const iseFormat: DecodedFormat = {
  name: 'ise',
  what: 'a message or query of the Cisco ISE external-MDM API',
  decode,
};
