/** What Apple says to a request, in the order in which it looks: path and method, certificate, headers, body, token. */
import type { IncomingHttpHeaders } from 'node:http2';
import type { PushMailbox } from './push-mailbox.ts';

export interface ApnsVerdict {
  readonly status: number;
  readonly reason?: string;
  /** Of 410: since when, ms. */
  readonly timestamp?: number;
  readonly retryAfterSeconds?: number;
}

export interface ApnsRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The topic of the certificate; undefined: none that Apple made. */
  readonly certificateTopic: string | undefined;
}

export interface ReadPush {
  readonly token: string;
  readonly topic: string;
  readonly magic: string;
  readonly expiresAt: number;
}

const refuse = (status: number, reason: string): ApnsVerdict => ({ status, reason });
const largestBody = 4_096;

export function judgeRequest(request: ApnsRequest, mailbox: PushMailbox): ApnsVerdict | ReadPush {
  const { headers, body, certificateTopic } = request;
  const token = /^\/3\/device\/([^/]*)$/.exec(headers[':path'] ?? '')?.[1];
  if (token === undefined) return refuse(404, 'BadPath');
  if (headers[':method'] !== 'POST') return refuse(405, 'MethodNotAllowed');
  if (certificateTopic === undefined) return refuse(403, 'BadCertificate');
  if (token === '') return refuse(400, 'MissingDeviceToken');
  const topic = headers['apns-topic'] ?? certificateTopic;
  if (topic !== certificateTopic) return refuse(400, 'TopicDisallowed');
  const type = headers['apns-push-type'];
  if (type !== undefined && type !== 'mdm') return refuse(400, 'InvalidPushType');
  const priority = headers['apns-priority'];
  if (priority !== undefined && !['1', '5', '10'].includes(String(priority)))
    return refuse(400, 'BadPriority');
  const expiration = headers['apns-expiration'] ?? '0';
  if (!/^\d{1,15}$/.test(String(expiration))) return refuse(400, 'BadExpirationDate');
  if (body.length === 0) return refuse(400, 'PayloadEmpty');
  if (body.length > largestBody) return refuse(413, 'PayloadTooLarge');
  if (!/^(?:[0-9a-f]{2})+$/.test(token)) return refuse(400, 'BadDeviceToken');
  const known = mailbox.look(token, topic as string);
  if (known.state === 'unknown') return refuse(400, 'BadDeviceToken');
  if (known.state === 'other-topic') return refuse(400, 'DeviceTokenNotForTopic');
  if (known.state === 'unregistered') return { status: 410, reason: 'Unregistered', timestamp: known.since };
  // What is not exactly an MDM push is taken all the same, and no device hears of it.
  const magic = /^\{"mdm":("(?:[^"\\]|\\.)*")\}$/.exec(body.toString('utf8'))?.[1];
  return {
    token,
    topic: topic as string,
    magic: magic === undefined ? '' : (JSON.parse(magic) as string),
    expiresAt: Number(expiration) * 1000,
  };
}
