// The folders of somebody who has no mailbox: the ones that clients miss if they are not there, all but the inbox for good empty.
import type { Language } from '@gatehouse/core/languages.ts';
import {
  type Folder,
  folderTypes,
  isAtLeast,
  type ProtocolVersion,
} from '@gatehouse/protocols/activesync/index.ts';
import { folderKey } from './sync-keys.ts';

export const inboxId = 'gh-inbox';

type FolderName =
  | 'inbox'
  | 'drafts'
  | 'deleted'
  | 'sent'
  | 'outbox'
  | 'calendar'
  | 'contacts'
  | 'tasks'
  | 'notes';

const names: Readonly<Record<Language, Readonly<Record<FolderName, string>>>> = {
  en: {
    inbox: 'Inbox',
    drafts: 'Drafts',
    deleted: 'Deleted Items',
    sent: 'Sent Items',
    outbox: 'Outbox',
    calendar: 'Calendar',
    contacts: 'Contacts',
    tasks: 'Tasks',
    notes: 'Notes',
  },
  de: {
    inbox: 'Posteingang',
    drafts: 'Entwürfe',
    deleted: 'Gelöschte Elemente',
    sent: 'Gesendete Elemente',
    outbox: 'Postausgang',
    calendar: 'Kalender',
    contacts: 'Kontakte',
    tasks: 'Aufgaben',
    notes: 'Notizen',
  },
};

const always: readonly FolderName[] = [
  'inbox',
  'drafts',
  'deleted',
  'sent',
  'outbox',
  'calendar',
  'contacts',
  'tasks',
];

const namesIn = (version: ProtocolVersion): readonly FolderName[] =>
  isAtLeast(version, '14.0') ? [...always, 'notes'] : always;

/** The key stands for the list that the version has, so that a client that changes its version gets the other list. */
export function keyOfFolders(version: ProtocolVersion): string {
  return folderKey(namesIn(version).length);
}

export function foldersFor(version: ProtocolVersion, language: Language): Folder[] {
  return namesIn(version).map((name) => ({
    serverId: `gh-${name}`,
    parentId: '0',
    displayName: names[language][name],
    type: folderTypes[name],
  }));
}

export function isFolder(version: ProtocolVersion, id: string): boolean {
  return namesIn(version).some((name) => id === `gh-${name}`);
}
