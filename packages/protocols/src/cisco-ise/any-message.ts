/** For debugging: a captured message or query of the API, told apart by what it holds, as ISE and its peers must. */
import { DecodeError } from '../decode-error.ts';
import { readXml } from '../xml/read-xml.ts';
import { findChild, textOf, type XmlElement } from '../xml/tree.ts';
import { decodeBatch } from './batch.ts';
import { decodeDevicesAnswer } from './devices-answer.ts';
import { decodeDiscovery } from './discovery.ts';
import { answerLimits } from './documents.ts';
import { decodeFailure } from './failure.ts';
import { decodeActionBody, decodeMessageBody, decodeOrderAnswer } from './orders.ts';
import { parseDeviceQuery } from './query.ts';

export interface AnyMessage {
  /** Which message it is, in words. */
  readonly message: string;
  readonly content: object;
}

/** By the text of `ise_api/name`, which answers carry. */
const answers: Readonly<Record<string, readonly [string, (bytes: Uint8Array) => object]>> = {
  mdminfo: ['discovery answer', decodeDiscovery],
  attributes: ['devices answer', decodeDevicesAnswer],
  action: ['answer to an action', (bytes) => decodeOrderAnswer('action', bytes)],
  sendmessage: ['answer to a message', (bytes) => decodeOrderAnswer('message', bytes)],
  error: ['failure', decodeFailure],
};

/** By a child of `ise_api`, the more telling one first. */
const requests: readonly (readonly [child: string, what: string, (bytes: Uint8Array) => object])[] = [
  ['message', 'message to devices', (bytes) => decodeMessageBody(undefined, bytes)],
  ['identifier', 'action on devices', (bytes) => ({ devices: decodeActionBody(undefined, bytes) })],
];

/** An XML message, or a query: a whole address, its path or only what follows the `?`. */
export function decodeAnyMessage(bytes: Uint8Array): AnyMessage {
  if (bytes.length <= 8192) {
    const text = Buffer.from(bytes).toString('utf8').trim();
    if (!/^\ufeff?</.test(text)) return decodeQuery(text);
  }
  // Looked at first, decoded then: the message's own decoder applies its own, stricter limits.
  return decodeDocument(readXml(bytes, answerLimits), bytes);
}

function decodeDocument(root: XmlElement, bytes: Uint8Array): AnyMessage {
  const name = findChild(root, 'name');
  if (name !== undefined) {
    const known = textOf(name);
    const answer = Object.hasOwn(answers, known) ? answers[known] : undefined;
    if (answer === undefined)
      throw new DecodeError(`no message is named ${JSON.stringify(known.slice(0, 60))}`, {
        path: `${root.name}/name`,
      });
    return { message: answer[0], content: answer[1](bytes) };
  }
  const request = requests.find(([child]) => findChild(root, child) !== undefined);
  return request === undefined
    ? { message: 'batch of devices', content: { devices: decodeBatch(undefined, bytes, 'macaddress') } }
    : { message: request[1], content: request[2](bytes) };
}

/** The raw text counts, because `+` joins filter tokens. */
function decodeQuery(text: string): AnyMessage {
  if (!/^[!-~]+$/.test(text) || !text.includes('='))
    throw new DecodeError('neither an XML message nor a query of the API', { offset: 0 });
  return { message: 'device query', content: parseDeviceQuery(text.slice(text.indexOf('?') + 1)) };
}
