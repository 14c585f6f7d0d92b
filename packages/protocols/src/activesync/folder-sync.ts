/** FolderSync (MS-ASCMD section 2.2.1.5) for a server with a folder list of its own, and for its clients. Sync keys are opaque text. */
import { element, elementsOf, encodeWbxml, findChild, textOf, type WbxmlElement } from '../wbxml/index.ts';
import { folderHierarchy } from './code-pages/commands.ts';
import { decodeRoot, readFields, readText } from './read-fields.ts';

const { tags } = folderHierarchy;

/** Type of a folder (MS-ASCMD section 2.2.3.186.3). */
export const folderTypes = {
  generic: 1,
  inbox: 2,
  drafts: 3,
  deleted: 4,
  sent: 5,
  outbox: 6,
  tasks: 7,
  calendar: 8,
  contacts: 9,
  notes: 10,
  journal: 11,
} as const;

export interface Folder {
  readonly serverId: string;
  /** `0` at the top. */
  readonly parentId: string;
  readonly displayName: string;
  readonly type: number;
}

const mostKeyCharacters = 64;

/** @returns the sync key, `0` for the first time. @throws DecodeError: Status 10 */
export function readFolderSyncRequest(bytes: Uint8Array): { readonly syncKey: string } {
  const { key } = readFields(decodeRoot(bytes, tags.FolderSync), { key: tags.SyncKey });
  return { syncKey: readText(key, mostKeyCharacters) ?? '0' };
}

export function folderSyncRequest(syncKey: string): Uint8Array {
  return encodeWbxml(element(tags.FolderSync, element(tags.SyncKey, syncKey)));
}

/** Status 1 has the rest; 6 server error, 9 sync key invalid (start again with 0), 10 malformed, 11 unknown. */
export type FolderSyncAnswer =
  | { readonly status: 1; readonly syncKey: string; readonly added: readonly Folder[] }
  | { readonly status: 6 | 9 | 10 | 11 | 12 };

export function folderSyncAnswer(answer: FolderSyncAnswer): Uint8Array {
  const status = element(tags.Status, String(answer.status));
  if (answer.status !== 1) return encodeWbxml(element(tags.FolderSync, status));
  const changes = [
    element(tags.Count, String(answer.added.length)),
    ...answer.added.map((folder) => writeFolder(tags.Add, folder)),
  ];
  return encodeWbxml(
    element(
      tags.FolderSync,
      status,
      element(tags.SyncKey, answer.syncKey),
      element(tags.Changes, ...changes),
    ),
  );
}

function writeFolder(tag: number, { serverId, parentId, displayName, type }: Folder): WbxmlElement {
  return element(
    tag,
    element(tags.ServerId, serverId),
    element(tags.ParentId, parentId),
    element(tags.DisplayName, displayName),
    element(tags.Type, String(type)),
  );
}

export interface ReadFolderSyncAnswer {
  readonly status: number | undefined;
  readonly syncKey: string | undefined;
  readonly added: readonly Folder[];
}

/** Leniently, as clients read. @throws DecodeError */
export function readFolderSyncAnswer(bytes: Uint8Array): ReadFolderSyncAnswer {
  const root = decodeRoot(bytes, tags.FolderSync);
  const changes = findChild(root, tags.Changes);
  const added = changes === undefined ? [] : elementsOf(changes).filter(({ tag }) => tag === tags.Add);
  const status = text(root, tags.Status);
  return {
    status: status !== undefined && /^\d{1,9}$/.test(status) ? Number(status) : undefined,
    syncKey: text(root, tags.SyncKey),
    added: added.map((folder) => ({
      serverId: text(folder, tags.ServerId) ?? '',
      parentId: text(folder, tags.ParentId) ?? '',
      displayName: text(folder, tags.DisplayName) ?? '',
      type: Number(text(folder, tags.Type) ?? 0),
    })),
  };
}

function text(parent: WbxmlElement, tag: number): string | undefined {
  const node = findChild(parent, tag);
  return node === undefined ? undefined : textOf(node);
}
