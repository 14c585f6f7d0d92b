import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import {
  decodeWbxml,
  element,
  elementsOf,
  encodeWbxml,
  findChild,
  textOf,
  type WbxmlElement,
} from '../wbxml/index.ts';
import { tokens } from './index.ts';
import { ownMessage } from './emitted-bodies.ts';
import {
  type BodyWish,
  readEstimateRequest,
  readFetchRequest,
  readSyncRequest,
  syncAnswer,
} from './small-mailbox.ts';
import { type ProtocolVersion, protocolVersions } from './versions.ts';

const { airSync, airSyncBase, email, itemOperations } = tokens;
const { tags } = airSync;

const collection = (...children: WbxmlElement[]) =>
  encodeWbxml(element(tags.Sync, element(tags.Collections, element(tags.Collection, ...children))));

test('a Sync is read with what matters: keys, folders, how bodies are wanted, what the client does, how long it waits', () => {
  const preference = element(
    airSyncBase.tags.BodyPreference,
    element(airSyncBase.tags.Type, '2'),
    element(airSyncBase.tags.TruncationSize, '200'),
    element(airSyncBase.tags.AllOrNone, '1'),
  );
  const bytes = encodeWbxml(
    element(
      tags.Sync,
      element(
        tags.Collections,
        element(
          tags.Collection,
          element(tags.Class, 'Email'),
          element(tags.SyncKey, 'k'),
          element(tags.CollectionId, '5'),
          element(tags.Options, element(tags.FilterType, '3'), preference),
          element(
            tags.Commands,
            element(tags.Add, element(tags.ClientId, 'c'), element(tags.ApplicationData)),
            element(tags.Change, element(tags.ServerId, 's'), element(tags.ApplicationData)),
            element(tags.Delete, element(tags.ServerId, 's')),
            element(tags.Fetch, element(tags.ServerId, 's')),
          ),
        ),
      ),
      element(tags.Wait, '5'),
    ),
  );
  assert.deepEqual(readSyncRequest(bytes), {
    collections: [
      {
        syncKey: 'k',
        collectionId: '5',
        getChanges: true,
        bodyWishes: [{ type: 2, truncationSize: 200, allOrNone: true }],
        commands: [
          { kind: 'add', clientId: 'c' },
          { kind: 'change', serverId: 's' },
          { kind: 'delete', serverId: 's' },
          { kind: 'fetch', serverId: 's' },
        ],
      },
    ],
    waitSeconds: 300,
    waitUnit: 'minutes',
    partial: false,
  });
  assert.equal(readSyncRequest(new Uint8Array()), undefined);
  const changes = (...more: WbxmlElement[]) =>
    readSyncRequest(collection(element(tags.SyncKey, '1'), ...more))?.collections[0]?.getChanges;
  assert.deepEqual(
    [changes(), changes(element(tags.GetChanges)), changes(element(tags.GetChanges, '0'))],
    [true, true, false],
  );
  assert.equal(readSyncRequest(collection(element(tags.SyncKey, '0')))?.collections[0]?.getChanges, false);
});

test('both ways to wait at once, long keys, and what is no number are refused', () => {
  const bad = [
    encodeWbxml(element(tags.Sync, element(tags.Wait, '5'), element(tags.HeartbeatInterval, '60'))),
    encodeWbxml(element(tags.Sync, element(tags.Wait, 'x'))),
    collection(element(tags.SyncKey, 'k'.repeat(65))),
    encodeWbxml(element(tokens.ping.tags.Ping)),
  ];
  for (const bytes of bad) assert.throws(() => readSyncRequest(bytes), DecodeError);
});

test('any bytes are a request or a DecodeError', () => {
  const seed = collection(element(tags.SyncKey, '0'), element(tags.CollectionId, '5'));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(seed.length), (noise, at) => {
      const bytes = Buffer.concat([seed.subarray(0, at), noise]);
      for (const read of [readSyncRequest, readEstimateRequest, readFetchRequest]) {
        try {
          read(bytes);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
      }
    }),
    { numRuns: 500 },
  );
});

function bodyOf(version: ProtocolVersion, ...bodyWishes: BodyWish[]): Record<string, string> {
  const answer = { collectionId: 'i', syncKey: 'k', status: 1, added: [ownMessage], bodyWishes } as const;
  const path = [tags.Collections, tags.Collection, tags.Commands, tags.Add, tags.ApplicationData];
  let node = decodeWbxml(syncAnswer(version, [answer]));
  for (const tag of path) node = findChild(node, tag) ?? assert.fail(String(tag));
  const body = findChild(node, airSyncBase.tags.Body);
  if (body === undefined) return { text: textOf(findChild(node, email.tags.Body) ?? node) };
  const [type, size, truncated, data] = elementsOf(body).map(textOf);
  return { type: type ?? '', size: size ?? '', truncated: truncated ?? '', data: data ?? '' };
}

test('a message goes as its version and its client have it, and is cut between characters', () => {
  assert.deepEqual(bodyOf('2.5'), { text: ownMessage.text });
  const size = String(Buffer.byteLength(ownMessage.text));
  for (const version of protocolVersions.slice(1))
    assert.deepEqual(bodyOf(version), { type: '1', size, truncated: '0', data: ownMessage.text });
  assert.deepEqual(bodyOf('14.1', { type: 1, truncationSize: 3, allOrNone: false }), {
    type: '1',
    size,
    truncated: '1',
    data: 'Gr',
  });
  assert.deepEqual(bodyOf('14.1', { type: 1, truncationSize: 3, allOrNone: true }), {
    type: '1',
    size,
    truncated: '1',
    data: '',
  });
  assert.deepEqual(bodyOf('16.1', { type: 2, allOrNone: false }), {
    type: '1',
    size,
    truncated: '0',
    data: ownMessage.text,
  });
  assert.equal(
    bodyOf('16.1', { type: 4, allOrNone: false })['data'],
    Buffer.from(ownMessage.mime).toString(),
  );
});

test('an ItemOperations that wants more than messages is none of ours', () => {
  const fetch = element(
    itemOperations.tags.Fetch,
    element(itemOperations.tags.Store, 'Mailbox'),
    element(tags.CollectionId, 'i'),
    element(tags.ServerId, 's'),
  );
  const operations = (...children: WbxmlElement[]) =>
    readFetchRequest(encodeWbxml(element(itemOperations.tags.ItemOperations, ...children)));
  assert.deepEqual(operations(fetch), [{ collectionId: 'i', serverId: 's', bodyWishes: [] }]);
  assert.equal(operations(fetch, element(itemOperations.tags.EmptyFolderContents)), undefined);
  assert.equal(operations(), undefined);
});
