/** Ping (MS-ASCMD section 2.2.1.13): what a device wants to hear of, and for how long it waits. */
import { element, elementsOf, encodeWbxml, findChild, textOf, type WbxmlElement } from '../wbxml/index.ts';
import { ping } from './code-pages/commands.ts';
import { decodeRoot, readFields, readNumber, readText } from './read-fields.ts';

const { tags } = ping;
const mostFolders = 300;

export interface PingFolder {
  readonly id: string;
  /** `Email`, `Calendar`, `Contacts`, `Tasks`, `Notes`. */
  readonly class: string;
}

export interface PingRequest {
  /** Seconds. Absent: as last time. */
  readonly heartbeatInterval?: number;
  /** Absent: as last time. */
  readonly folders?: readonly PingFolder[];
}

/** No body at all means the same as last time. @throws DecodeError: Status 4 */
export function readPingRequest(bytes: Uint8Array): PingRequest {
  if (bytes.length === 0) return {};
  const fields = readFields(decodeRoot(bytes, tags.Ping), {
    interval: tags.HeartbeatInterval,
    folders: tags.Folders,
    autdState: tags.AutdState,
  });
  const heartbeatInterval = readNumber(fields.interval, 86_400);
  return {
    ...(heartbeatInterval === undefined ? {} : { heartbeatInterval }),
    ...(fields.folders === undefined
      ? {}
      : { folders: elementsOf(fields.folders).slice(0, mostFolders).map(readFolder) }),
  };
}

function readFolder(node: WbxmlElement): PingFolder {
  const { id, class: kind } = readFields(node, { id: tags.Id, class: tags.Class });
  return { id: readText(id, 64) ?? '', class: readText(kind, 64) ?? '' };
}

export function pingRequest({ heartbeatInterval, folders }: PingRequest): Uint8Array {
  return encodeWbxml(
    element(
      tags.Ping,
      ...(heartbeatInterval === undefined
        ? []
        : [element(tags.HeartbeatInterval, String(heartbeatInterval))]),
      ...(folders === undefined
        ? []
        : [
            element(
              tags.Folders,
              ...folders.map((folder) =>
                element(tags.Folder, element(tags.Id, folder.id), element(tags.Class, folder.class)),
              ),
            ),
          ]),
    ),
  );
}

/**
 * 1 time is over, 2 these folders changed, 3 parameters missing, 4 syntax, 5 interval out of range (the nearest allowed), 6 too
 * many folders (the limit), 7 folder list out of date, 8 server error.
 */
export type PingAnswer =
  | { readonly status: 1 | 3 | 4 | 7 | 8 }
  | { readonly status: 2; readonly folders: readonly string[] }
  | { readonly status: 5; readonly heartbeatInterval: number }
  | { readonly status: 6; readonly maxFolders: number };

export function pingAnswer(answer: PingAnswer): Uint8Array {
  return encodeWbxml(
    element(tags.Ping, element(tags.Status, String(answer.status)), ...answerDetails(answer)),
  );
}

function answerDetails(answer: PingAnswer): WbxmlElement[] {
  switch (answer.status) {
    case 2:
      return [element(tags.Folders, ...answer.folders.map((id) => element(tags.Folder, id)))];
    case 5:
      return [element(tags.HeartbeatInterval, String(answer.heartbeatInterval))];
    case 6:
      return [element(tags.MaxFolders, String(answer.maxFolders))];
    default:
      return [];
  }
}

/** @throws DecodeError */
export function readPingAnswer(bytes: Uint8Array): {
  readonly status: number | undefined;
  readonly folders: readonly string[];
} {
  const root = decodeRoot(bytes, tags.Ping);
  const status = findChild(root, tags.Status);
  const folders = findChild(root, tags.Folders);
  return {
    status: status !== undefined && /^\d{1,9}$/.test(textOf(status)) ? Number(textOf(status)) : undefined,
    folders: folders === undefined ? [] : elementsOf(folders).map(textOf),
  };
}
