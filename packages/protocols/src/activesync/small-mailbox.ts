/**
 * Sync, GetItemEstimate and ItemOperations (MS-ASCMD sections 2.2.1.21, 2.2.1.9, 2.2.1.10) as far as a server takes part whose mailbox holds a message of
 * its own at most. Requests are read leniently, because what they ask beyond that changes nothing; answers are complete.
 */
import { DecodeError } from '../decode-error.ts';
import {
  element,
  elementsOf,
  encodeWbxml,
  findChild,
  textOf,
  type WbxmlElement,
  type WbxmlNode,
} from '../wbxml/index.ts';
import { airSync, getItemEstimate, itemOperations } from './code-pages/commands.ts';
import { airSyncBase, email } from './code-pages/contents.ts';
import { decodeRoot } from './read-fields.ts';
import { isAtLeast, type ProtocolVersion } from './versions.ts';

const sync = airSync.tags;
const estimate = getItemEstimate.tags;
const operations = itemOperations.tags;
const mostCollections = 300;
const mostCommands = 512;
const mostKeyCharacters = 64;

/** How a client wants bodies (MS-ASAIRS section 2.2.2.12): 1 text, 2 HTML, 3 RTF, 4 MIME. */
export interface BodyWish {
  readonly type: number;
  /** Bytes; absent: all. */
  readonly truncationSize?: number;
  /** Rather nothing than a part. */
  readonly allOrNone: boolean;
}

export interface SyncCollectionRequest {
  readonly syncKey: string;
  readonly collectionId: string;
  readonly getChanges: boolean;
  readonly bodyWishes: readonly BodyWish[];
  readonly commands: readonly SyncCommand[];
}

export type SyncCommand =
  | { readonly kind: 'add'; readonly clientId: string; readonly class?: string }
  | { readonly kind: 'change' | 'delete' | 'fetch'; readonly serverId: string };

export interface SyncRequest {
  readonly collections: readonly SyncCollectionRequest[];
  /** Seconds that the client waits for something new; absent: not at all. */
  readonly waitSeconds?: number;
  /** In what the client gave the time. */
  readonly waitUnit?: 'minutes' | 'seconds';
  /** Only what differs from last time is in it. */
  readonly partial: boolean;
}

/** @returns undefined for an empty body: the same as last time. @throws DecodeError */
export function readSyncRequest(bytes: Uint8Array): SyncRequest | undefined {
  if (bytes.length === 0) return undefined;
  const root = decodeRoot(bytes, sync.Sync);
  const minutes = numberAt(root, sync.Wait);
  const seconds = numberAt(root, sync.HeartbeatInterval);
  if (minutes !== undefined && seconds !== undefined)
    throw new DecodeError('Wait and HeartbeatInterval at once', { path: 'Sync', reason: 'contradiction' });
  const wait =
    minutes !== undefined
      ? { waitSeconds: minutes * 60, waitUnit: 'minutes' as const }
      : seconds !== undefined
        ? { waitSeconds: seconds, waitUnit: 'seconds' as const }
        : {};
  return {
    collections: childrenOf(findChild(root, sync.Collections), sync.Collection, mostCollections).map(
      readCollection,
    ),
    ...wait,
    partial: findChild(root, sync.Partial) !== undefined,
  };
}

function readCollection(node: WbxmlElement): SyncCollectionRequest {
  const getChanges = textAt(node, sync.GetChanges, 8);
  const syncKey = textAt(node, sync.SyncKey, mostKeyCharacters) ?? '0';
  const options = elementsOf(node).filter(({ tag }) => tag === sync.Options);
  return {
    syncKey,
    collectionId: textAt(node, sync.CollectionId, mostKeyCharacters) ?? '',
    // Empty means yes; absent means yes except for the first key (2.2.3.84).
    getChanges: getChanges === undefined ? syncKey !== '0' : getChanges !== '0',
    bodyWishes: options.flatMap(readBodyWishes),
    commands: elementsOf(findChild(node, sync.Commands) ?? element(sync.Commands))
      .slice(0, mostCommands)
      .flatMap(readCommand),
  };
}

function readBodyWishes(options: WbxmlElement): BodyWish[] {
  return elementsOf(options)
    .filter(({ tag }) => tag === airSyncBase.tags.BodyPreference)
    .map((node) => {
      const truncationSize = numberAt(node, airSyncBase.tags.TruncationSize);
      return {
        type: numberAt(node, airSyncBase.tags.Type) ?? 1,
        ...(truncationSize === undefined ? {} : { truncationSize }),
        allOrNone: textAt(node, airSyncBase.tags.AllOrNone, 8) === '1',
      };
    });
}

function readCommand(node: WbxmlElement): SyncCommand[] {
  const serverId = textAt(node, sync.ServerId, mostKeyCharacters) ?? '';
  switch (node.tag) {
    case sync.Add: {
      const kind = textAt(node, sync.Class, 64);
      return [
        {
          kind: 'add',
          clientId: textAt(node, sync.ClientId, mostKeyCharacters) ?? '',
          ...(kind === undefined ? {} : { class: kind }),
        },
      ];
    }
    case sync.Change:
      return [{ kind: 'change', serverId }];
    case sync.Delete:
      return [{ kind: 'delete', serverId }];
    case sync.Fetch:
      return [{ kind: 'fetch', serverId }];
    default:
      return [];
  }
}

/** A message of the server itself. */
export interface OwnMessage {
  readonly serverId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly receivedAt: Date;
  readonly text: string;
  /** The whole as a message (RFC 5322). */
  readonly mime: Uint8Array;
}

export interface SyncCollectionAnswer {
  readonly collectionId: string;
  readonly syncKey: string;
  /** 1 done, 3 the key is not valid, 6 what the client sent is not taken, 8 no such object, 12 the folder list is out of date. */
  readonly status: 1 | 3 | 4 | 6 | 8 | 12;
  readonly added?: readonly OwnMessage[];
  readonly deleted?: readonly string[];
  readonly fetched?: readonly { readonly serverId: string; readonly message?: OwnMessage }[];
  /** By the ids that the client gave; none of them is kept. */
  readonly refused?: readonly { readonly clientId: string; readonly class?: string }[];
  readonly bodyWishes: readonly BodyWish[];
}

/** 13: the client has to send all of its request; 14: it may wait so long at most, in its own unit; 4: malformed. */
export type SyncFailure = { readonly status: 4 | 13 } | { readonly status: 14; readonly limit: number };

export function syncFailure(failure: SyncFailure): Uint8Array {
  const limit = failure.status === 14 ? [element(sync.Limit, String(failure.limit))] : [];
  return encodeWbxml(element(sync.Sync, element(sync.Status, String(failure.status)), ...limit));
}

export function syncAnswer(
  version: ProtocolVersion,
  collections: readonly SyncCollectionAnswer[],
): Uint8Array {
  return encodeWbxml(
    element(
      sync.Sync,
      element(sync.Collections, ...collections.map((each) => writeCollection(version, each))),
    ),
  );
}

function writeCollection(version: ProtocolVersion, answer: SyncCollectionAnswer): WbxmlElement {
  const { added = [], deleted = [], fetched = [], refused = [], bodyWishes } = answer;
  const responses = [
    ...refused.map(({ clientId, class: kind }) =>
      element(
        sync.Add,
        ...(kind === undefined ? [] : [element(sync.Class, kind)]),
        element(sync.ClientId, clientId),
        element(sync.Status, '6'),
      ),
    ),
    ...fetched.map(({ serverId, message }) =>
      element(
        sync.Fetch,
        element(sync.ServerId, serverId),
        element(sync.Status, message === undefined ? '8' : '1'),
        ...(message === undefined
          ? []
          : [element(sync.ApplicationData, ...messageData(version, message, bodyWishes))]),
      ),
    ),
  ];
  const commands = [
    ...added.map((message) =>
      element(
        sync.Add,
        element(sync.ServerId, message.serverId),
        element(sync.ApplicationData, ...messageData(version, message, bodyWishes)),
      ),
    ),
    ...deleted.map((serverId) => element(sync.Delete, element(sync.ServerId, serverId))),
  ];
  return element(
    sync.Collection,
    // Up to 12.0 the class comes first (2.2.3.27.5).
    ...(isAtLeast(version, '12.1') ? [] : [element(sync.Class, 'Email')]),
    element(sync.SyncKey, answer.syncKey),
    element(sync.CollectionId, answer.collectionId),
    element(sync.Status, String(answer.status)),
    ...(commands.length === 0 ? [] : [element(sync.Commands, ...commands)]),
    ...(responses.length === 0 ? [] : [element(sync.Responses, ...responses)]),
  );
}

/** MS-ASEMAIL section 2.2.2; the body as the version and the client have it. */
function messageData(
  version: ProtocolVersion,
  message: OwnMessage,
  wishes: readonly BodyWish[],
): WbxmlElement[] {
  const { tags } = email;
  return [
    element(tags.To, message.to),
    element(tags.From, message.from),
    element(tags.Subject, message.subject),
    element(tags.DateReceived, message.receivedAt.toISOString()),
    element(tags.DisplayTo, message.to),
    element(tags.ThreadTopic, message.subject),
    element(tags.Importance, '2'),
    element(tags.Read, '0'),
    ...bodyData(version, message, wishes),
    element(tags.MessageClass, 'IPM.Note'),
    element(tags.InternetCPID, '65001'),
    ...(isAtLeast(version, '12.0')
      ? [
          element(tags.ContentClass, 'urn:content-classes:message'),
          element(airSyncBase.tags.NativeBodyType, '1'),
        ]
      : []),
  ];
}

function bodyData(
  version: ProtocolVersion,
  message: OwnMessage,
  wishes: readonly BodyWish[],
): WbxmlElement[] {
  const text = Buffer.from(message.text);
  if (!isAtLeast(version, '12.0')) {
    const { tags } = email;
    return [
      element(tags.Body, message.text),
      element(tags.BodySize, String(text.length)),
      element(tags.BodyTruncated, '0'),
    ];
  }
  const wish = wishes.find(({ type }) => type === 1) ??
    wishes.find(({ type }) => type === 4) ?? { type: 1, allOrNone: false };
  const { tags } = airSyncBase;
  const whole = wish.type === 4 ? Buffer.from(message.mime) : text;
  const most = wish.truncationSize ?? whole.length;
  const truncated = most < whole.length;
  const shown = truncated ? (wish.allOrNone ? Buffer.alloc(0) : wholeCharacters(whole, most)) : whole;
  const data: WbxmlNode = wish.type === 4 ? new Uint8Array(shown) : shown.toString('utf8');
  return [
    element(
      tags.Body,
      element(tags.Type, String(wish.type)),
      element(tags.EstimatedDataSize, String(whole.length)),
      element(tags.Truncated, truncated ? '1' : '0'),
      ...(shown.length === 0 ? [] : [element(tags.Data, data)]),
    ),
  ];
}

/** No more bytes than that, and no half of a character at the end. */
function wholeCharacters(bytes: Buffer, most: number): Buffer {
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

export interface EstimateRequest {
  readonly collectionId: string;
  readonly syncKey: string;
}

/** @throws DecodeError */
export function readEstimateRequest(bytes: Uint8Array): EstimateRequest[] {
  const root = decodeRoot(bytes, estimate.GetItemEstimate);
  const collections = childrenOf(findChild(root, estimate.Collections), estimate.Collection, mostCollections);
  return collections.map((node) => ({
    collectionId: textAt(node, estimate.CollectionId, mostKeyCharacters) ?? '',
    syncKey: textAt(node, sync.SyncKey, mostKeyCharacters) ?? '0',
  }));
}

/** 1 with how many, 2 no such collection, 3 to be synchronized for the first time, 4 the key is not valid. */
export type EstimateAnswer = { readonly collectionId: string } & (
  | { readonly status: 1; readonly estimate: number }
  | { readonly status: 2 | 3 | 4 }
);

export function estimateAnswer(version: ProtocolVersion, answers: readonly EstimateAnswer[]): Uint8Array {
  return encodeWbxml(
    element(
      estimate.GetItemEstimate,
      ...answers.map((answer) =>
        element(
          estimate.Response,
          element(estimate.Status, String(answer.status)),
          element(
            estimate.Collection,
            ...(isAtLeast(version, '12.1') ? [] : [element(estimate.Class, 'Email')]),
            element(estimate.CollectionId, answer.collectionId),
            ...(answer.status === 1 ? [element(estimate.Estimate, String(answer.estimate))] : []),
          ),
        ),
      ),
    ),
  );
}

export interface FetchRequest {
  readonly collectionId: string;
  readonly serverId: string;
  readonly bodyWishes: readonly BodyWish[];
}

/** What is to be fetched; undefined where the request asks for something else than messages. @throws DecodeError */
export function readFetchRequest(bytes: Uint8Array): FetchRequest[] | undefined {
  const root = decodeRoot(bytes, operations.ItemOperations);
  const wanted = elementsOf(root);
  if (wanted.length === 0 || wanted.length > mostCommands) return undefined;
  const fetches = wanted.map((node) => ({
    collectionId: textAt(node, sync.CollectionId, mostKeyCharacters) ?? '',
    serverId: textAt(node, sync.ServerId, mostKeyCharacters) ?? '',
    bodyWishes: elementsOf(node)
      .filter(({ tag }) => tag === operations.Options)
      .flatMap(readBodyWishes),
  }));
  return wanted.every(({ tag }) => tag === operations.Fetch) ? fetches : undefined;
}

/** A message that there is not is answered with status 6. */
export function fetchAnswer(
  version: ProtocolVersion,
  answers: readonly (FetchRequest & { readonly message?: OwnMessage })[],
): Uint8Array {
  return encodeWbxml(
    element(
      operations.ItemOperations,
      element(operations.Status, '1'),
      element(
        operations.Response,
        ...answers.map(({ collectionId, serverId, bodyWishes, message }) =>
          element(
            operations.Fetch,
            element(operations.Status, message === undefined ? '6' : '1'),
            element(sync.CollectionId, collectionId),
            element(sync.ServerId, serverId),
            ...(message === undefined
              ? []
              : [
                  element(sync.Class, 'Email'),
                  element(operations.Properties, ...messageData(version, message, bodyWishes)),
                ]),
          ),
        ),
      ),
    ),
  );
}

function childrenOf(parent: WbxmlElement | undefined, tag: number, most: number): WbxmlElement[] {
  const found = parent === undefined ? [] : elementsOf(parent).filter((each) => each.tag === tag);
  if (found.length > most) throw new DecodeError(`more than ${most} collections`, { reason: 'too-large' });
  return found;
}

function textAt(parent: WbxmlElement, tag: number, most: number): string | undefined {
  const node = findChild(parent, tag);
  if (node === undefined) return undefined;
  const text = textOf(node).trim();
  if (text.length > most) throw new DecodeError(`more than ${most} characters`, { reason: 'too-large' });
  return text;
}

function numberAt(parent: WbxmlElement, tag: number): number | undefined {
  const text = textAt(parent, tag, 64);
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new DecodeError('a number is expected', { reason: 'bad-value' });
  return Number(text);
}
