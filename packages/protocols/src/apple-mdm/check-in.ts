/**
 * Check-in messages, `MessageType` and all: one table, read when a device speaks and when the simulated one does. Keys that a
 * row does not name are kept as they came.
 */
import { DecodeError } from '../decode-error.ts';
import {
  isDictionary,
  type PlistDictionary,
  type PlistValue,
  readPlist,
  writePlist,
} from '../plist/index.ts';
import { type EnrolmentIdentity, identityKeys, readIdentity, writeIdentity } from './enrolment-identity.ts';
import { data, type FieldShapes, type FieldsOf, optional, otherKeys, readFields, text } from './fields.ts';

/** Names are the wire's. What Apple calls required and a device in user enrolment leaves out is optional here. */
export const checkInShapes = {
  Authenticate: {
    Topic: text(256),
    DeviceName: optional(text(256)),
    Model: optional(text(256)),
    ModelName: optional(text(256)),
    ProductName: optional(text(256)),
    OSVersion: optional(text(64)),
    BuildVersion: optional(text(64)),
    SerialNumber: optional(text(128)),
    IMEI: optional(text(64)),
    MEID: optional(text(64)),
  },
  TokenUpdate: {
    Topic: text(256),
    PushMagic: text(256),
    Token: data(1024),
    UnlockToken: optional(data(256 * 1024)),
    AwaitingConfiguration: optional({ type: 'boolean' }),
    NotOnConsole: optional({ type: 'boolean' }),
  },
  CheckOut: { Topic: optional(text(256)) },
  UserAuthenticate: { DigestResponse: optional(text(4096)) },
  SetBootstrapToken: {
    BootstrapToken: optional(data(64 * 1024)),
    AwaitingConfiguration: optional({ type: 'boolean' }),
  },
  GetBootstrapToken: { AwaitingConfiguration: optional({ type: 'boolean' }) },
  GetToken: { TokenServiceType: text(256), TokenParameters: optional({ type: 'dictionary' }) },
  DeclarativeManagement: { Endpoint: text(1024), Data: optional(data(4 * 1024 * 1024)) },
  ReturnToService: {},
} as const satisfies Record<string, FieldShapes>;

export type CheckInType = keyof typeof checkInShapes;
export const checkInTypes = Object.keys(checkInShapes) as readonly CheckInType[];

export type CheckInFields<T extends CheckInType> = FieldsOf<(typeof checkInShapes)[T]>;

export interface CheckInMessageOf<T extends CheckInType> {
  readonly type: T;
  readonly identity: EnrolmentIdentity;
  readonly fields: CheckInFields<T>;
  /** Keys beyond those of the table. */
  readonly other: PlistDictionary;
}

export type CheckInMessage = { [T in CheckInType]: CheckInMessageOf<T> }[CheckInType];

const knownKeys = new Map<CheckInType, ReadonlySet<string>>(
  checkInTypes.map((type) => [
    type,
    new Set(['MessageType', ...identityKeys, ...Object.keys(checkInShapes[type])]),
  ]),
);

export const checkInLimits = {
  /** A status report of a device with many declarations is the largest message there is. */
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 8,
  maxNodes: 2_000,
  maxData: 4 * 1024 * 1024,
  maxKey: 256,
} as const;

/** @throws DecodeError, with the reason `unknown-message` for a type that no release of the schema has. */
export function decodeCheckIn(bytes: Uint8Array): CheckInMessage {
  const message = readPlist(bytes, checkInLimits);
  if (!isDictionary(message)) throw new DecodeError('a check-in is a dictionary', { path: '$' });
  const type = message.MessageType;
  if (typeof type !== 'string') throw new DecodeError('MessageType is missing', { path: '$.MessageType' });
  if (!isCheckInMessageType(type)) {
    throw new DecodeError(`no message is called ${JSON.stringify(type.slice(0, 64))}`, {
      path: '$.MessageType',
      reason: 'unknown-message',
    });
  }
  return {
    type,
    identity: readIdentity(message, type),
    fields: readFields(message, checkInShapes[type], type),
    other: otherKeys(message, knownKeys.get(type) ?? new Set()),
  } as CheckInMessage;
}

function isCheckInMessageType(type: string): type is CheckInType {
  return Object.hasOwn(checkInShapes, type);
}

/** What a device sends. */
export function encodeCheckIn(message: CheckInMessage, format: 'xml' | 'binary' = 'xml'): Uint8Array {
  return writePlist(
    {
      MessageType: message.type,
      ...writeIdentity(message.identity),
      ...(message.fields as Record<string, PlistValue>),
      ...message.other,
    },
    format,
  );
}
