/** What a receiver asks of a transmitter: SSF 1.0 section 8 for streams, RFC 8936 for polls. */
import { DecodeError } from '../decode-error.ts';
import type { JsonObject, JsonValue } from '../json/read-json.ts';
import { type StreamStatus, streamStatuses } from './event-types.ts';
import { count, objectIn, optional, readObject, required, textsUpTo, textUpTo, truth } from './fields.ts';
import { readSubject, type Subject } from './subject.ts';

export const deliveryMethods = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const;
export type DeliveryMethod = keyof typeof deliveryMethods;

/** What the receiver may say of a stream. Absent in a change: as it was. */
export interface StreamRequest {
  readonly streamId: string | undefined;
  readonly eventsRequested: readonly string[] | undefined;
  readonly description: string | undefined;
  readonly delivery:
    | {
        readonly method: DeliveryMethod;
        readonly endpointUrl: string | undefined;
        readonly authorizationHeader: string | undefined;
      }
    | undefined;
  /** Members that only the transmitter sets, as the receiver has them: they must be what they are (8.1.1.3, 8.1.1.4). */
  readonly transmitters: JsonObject;
}

const transmitterMembers = [
  'iss',
  'aud',
  'events_supported',
  'events_delivered',
  'min_verification_interval',
  'inactivity_timeout',
];

const identifier = textUpTo(64);
const url = textUpTo(2_048);

export function decodeStreamRequest(bytes: Uint8Array): StreamRequest {
  const body = readObject(bytes);
  return {
    streamId: optional(body, 'stream_id', identifier),
    eventsRequested: optional(body, 'events_requested', textsUpTo(64, 512)),
    description: optional(body, 'description', textUpTo(500)),
    delivery: optional(body, 'delivery', readDelivery),
    transmitters: Object.fromEntries(
      transmitterMembers.flatMap((name): [string, JsonValue][] =>
        Object.hasOwn(body, name) ? [[name, body[name] ?? null]] : [],
      ),
    ),
  };
}

function readDelivery(value: JsonValue, path: string): StreamRequest['delivery'] {
  const object = objectIn(value, path);
  const name = required(object, 'method', url);
  const method = (Object.keys(deliveryMethods) as DeliveryMethod[]).find(
    (key) => deliveryMethods[key] === name,
  );
  if (method === undefined) throw new DecodeError('no such method of delivery', { path: `${path}.method` });
  const authorizationHeader = optional(object, 'authorization_header', textUpTo(4_096));
  if (authorizationHeader !== undefined && !/^[\x20-\x7e]+$/.test(authorizationHeader))
    throw new DecodeError('a header holds visible characters', { path: `${path}.authorization_header` });
  return { method, endpointUrl: optional(object, 'endpoint_url', url), authorizationHeader };
}

export interface StatusRequest {
  readonly streamId: string;
  readonly status: StreamStatus;
  readonly reason: string | undefined;
}

export function decodeStatusRequest(bytes: Uint8Array): StatusRequest {
  const body = readObject(bytes);
  const status = required(body, 'status', textUpTo(16));
  const known = streamStatuses.find((each) => each === status);
  if (known === undefined) throw new DecodeError('no such status', { path: 'status' });
  return {
    streamId: required(body, 'stream_id', identifier),
    status: known,
    reason: optional(body, 'reason', textUpTo(500)),
  };
}

export interface SubjectRequest {
  readonly streamId: string;
  readonly subject: Subject;
}

export function decodeSubjectRequest(bytes: Uint8Array): SubjectRequest {
  const body = readObject(bytes);
  optional(body, 'verified', truth);
  return {
    streamId: required(body, 'stream_id', identifier),
    subject: required(body, 'subject', readSubject),
  };
}

export interface VerificationRequest {
  readonly streamId: string;
  readonly state: string | undefined;
}

export function decodeVerificationRequest(bytes: Uint8Array): VerificationRequest {
  const body = readObject(bytes);
  return {
    streamId: required(body, 'stream_id', identifier),
    state: optional(body, 'state', textUpTo(1_024)),
  };
}

/** RFC 8936 section 2.2. */
export interface PollRequest {
  readonly maxEvents: number | undefined;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  /** `jti` to what was wrong with it. */
  readonly setErrs: ReadonlyMap<string, { readonly err: string; readonly description: string | undefined }>;
}

export function decodePollRequest(bytes: Uint8Array): PollRequest {
  const body = readObject(bytes);
  const errors = optional(body, 'setErrs', objectIn) ?? {};
  return {
    maxEvents: optional(body, 'maxEvents', count),
    returnImmediately: optional(body, 'returnImmediately', truth) ?? false,
    ack: optional(body, 'ack', textsUpTo(1_000, 64)) ?? [],
    setErrs: new Map(
      Object.entries(errors).map(([jti, error]) => [
        identifier(jti, 'setErrs'),
        readSetError(objectIn(error, `setErrs.${jti}`)),
      ]),
    ),
  };
}

export interface SetError {
  readonly err: string;
  readonly description: string | undefined;
}

function readSetError(object: JsonObject): SetError {
  return {
    err: required(object, 'err', textUpTo(64)),
    description: optional(object, 'description', textUpTo(1_024)),
  };
}

/** The body of a receiver's 400: RFC 8935 section 2.3. @throws DecodeError for anything else. */
export function decodePushError(bytes: Uint8Array): SetError {
  return readSetError(readObject(bytes));
}
