/**
 * The commands, one row each: their number in the base64 query (MS-ASHTTP section 2.2.1.1.1.1.2), the root of their bodies and
 * where a Status stands in it. Numbers 12 and 23 are attested by implementations only.
 */
import type { WbxmlTag } from '../wbxml/index.ts';
import {
  airSync,
  composeMail,
  find,
  folderHierarchy,
  getItemEstimate,
  itemOperations,
  meetingResponse,
  move,
  ping,
  provision,
  resolveRecipients,
  search,
  settings,
  validateCert,
} from './code-pages/commands.ts';
import { isAtLeast, type ProtocolVersion } from './versions.ts';

export interface CommandRow {
  readonly code: number;
  readonly since: ProtocolVersion;
  readonly until?: ProtocolVersion;
  /** Of request and answer, where they are WBXML. */
  readonly root?: WbxmlTag;
  /** The Status directly below the root. */
  readonly status?: WbxmlTag;
  /** `mail`: a MIME message up to 12.1, with the parameters in the query; WBXML from then on. */
  readonly body: 'wbxml' | 'mail' | 'none';
}

const body = (code: number, since: ProtocolVersion, root: WbxmlTag, status: WbxmlTag): CommandRow => ({
  code,
  since,
  root,
  status,
  body: 'wbxml',
});
const mail = (code: number, root: WbxmlTag): CommandRow => ({
  ...body(code, '2.5', root, composeMail.tags.Status),
  body: 'mail',
});
const bare = (code: number, until: ProtocolVersion): CommandRow => ({
  code,
  since: '2.5',
  until,
  body: 'none',
});

export const commands = {
  Sync: body(0, '2.5', airSync.tags.Sync, airSync.tags.Status),
  SendMail: mail(1, composeMail.tags.SendMail),
  SmartForward: mail(2, composeMail.tags.SmartForward),
  SmartReply: mail(3, composeMail.tags.SmartReply),
  GetAttachment: bare(4, '12.1'),
  GetHierarchy: bare(5, '2.5'),
  CreateCollection: bare(6, '2.5'),
  DeleteCollection: bare(7, '2.5'),
  MoveCollection: bare(8, '2.5'),
  FolderSync: body(9, '2.5', folderHierarchy.tags.FolderSync, folderHierarchy.tags.Status),
  FolderCreate: body(10, '2.5', folderHierarchy.tags.FolderCreate, folderHierarchy.tags.Status),
  FolderDelete: body(11, '2.5', folderHierarchy.tags.FolderDelete, folderHierarchy.tags.Status),
  FolderUpdate: body(12, '2.5', folderHierarchy.tags.FolderUpdate, folderHierarchy.tags.Status),
  MoveItems: body(13, '2.5', move.tags.MoveItems, move.tags.Status),
  GetItemEstimate: body(14, '2.5', getItemEstimate.tags.GetItemEstimate, getItemEstimate.tags.Status),
  MeetingResponse: body(15, '2.5', meetingResponse.tags.MeetingResponse, meetingResponse.tags.Status),
  Search: body(16, '2.5', search.tags.Search, search.tags.Status),
  Settings: body(17, '12.0', settings.tags.Settings, settings.tags.Status),
  Ping: body(18, '2.5', ping.tags.Ping, ping.tags.Status),
  ItemOperations: body(19, '12.0', itemOperations.tags.ItemOperations, itemOperations.tags.Status),
  Provision: body(20, '2.5', provision.tags.Provision, provision.tags.Status),
  ResolveRecipients: body(21, '2.5', resolveRecipients.tags.ResolveRecipients, resolveRecipients.tags.Status),
  ValidateCert: body(22, '2.5', validateCert.tags.ValidateCert, validateCert.tags.Status),
  Find: body(23, '16.1', find.tags.Find, find.tags.Status),
} as const satisfies Readonly<Record<string, CommandRow>>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as CommandName[];

const byFoldedName = new Map(commandNames.map((name) => [name.toLowerCase(), name]));
const byCode = new Map(commandNames.map((name) => [commands[name].code, name]));

/** Real clients differ in the case of letters. */
export function findCommand(name: string): CommandName | undefined {
  return byFoldedName.get(name.toLowerCase());
}

export function findCommandByCode(code: number): CommandName | undefined {
  return byCode.get(code);
}

export function commandRow(command: CommandName): CommandRow {
  return commands[command];
}

/** What the body of a request is in this version, if it has one. */
export function bodyKind(command: CommandName, version: ProtocolVersion): 'wbxml' | 'mime' | 'none' {
  const { body: kind } = commandRow(command);
  if (kind !== 'mail') return kind;
  return isAtLeast(version, '14.0') ? 'wbxml' : 'mime';
}
