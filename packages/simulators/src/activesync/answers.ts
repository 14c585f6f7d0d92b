/** What a mail client reads in the answers it gets. Servers differ in order and completeness, so it takes what it finds. */
import { type CommandName, commandRow, tokens } from '@gatehouse/protocols/activesync/index.ts';
import {
  elementsOf,
  findChild,
  textOf,
  type WbxmlElement,
  type WbxmlTag,
} from '@gatehouse/protocols/wbxml/index.ts';

const { airSync, airSyncBase, email } = tokens;

export interface MailItem {
  readonly serverId: string;
  readonly subject: string;
  readonly from: string;
  readonly text: string;
  readonly attachments: readonly { readonly name: string; readonly reference: string }[];
}

const textIn = (node: WbxmlElement | undefined, tag: WbxmlTag): string | undefined => {
  const child = node === undefined ? undefined : findChild(node, tag);
  return child === undefined ? undefined : textOf(child);
};

function childrenOf(node: WbxmlElement | undefined, tag: WbxmlTag): WbxmlElement[] {
  return node === undefined ? [] : elementsOf(node).filter((child) => child.tag === tag);
}

/** The Status directly below the root of the answer. */
export function rootStatus(command: CommandName, root: WbxmlElement | undefined): number | undefined {
  const { status } = commandRow(command);
  const text = status === undefined ? undefined : textIn(root, status);
  return text === undefined ? undefined : Number(text);
}

export function readSync(root: WbxmlElement | undefined): {
  status: string | undefined;
  syncKey: string | undefined;
  added: MailItem[];
  moreAvailable: boolean;
} {
  const { tags } = airSync;
  const collections = root === undefined ? undefined : findChild(root, tags.Collections);
  const [collection] = childrenOf(collections, tags.Collection);
  const [commands] = childrenOf(collection, tags.Commands);
  return {
    status: textIn(collection, tags.Status) ?? textIn(root, tags.Status),
    syncKey: textIn(collection, tags.SyncKey),
    added: childrenOf(commands, tags.Add).map(readItem),
    moreAvailable: childrenOf(collection, tags.MoreAvailable).length > 0,
  };
}

function readItem(added: WbxmlElement): MailItem {
  const [data] = childrenOf(added, airSync.tags.ApplicationData);
  const [body] = childrenOf(data, airSyncBase.tags.Body);
  const old = childrenOf(data, email.tags.Attachments).flatMap((list) =>
    childrenOf(list, email.tags.Attachment),
  );
  const attachments = childrenOf(data, airSyncBase.tags.Attachments).flatMap((list) =>
    childrenOf(list, airSyncBase.tags.Attachment),
  );
  return {
    serverId: textIn(added, airSync.tags.ServerId) ?? '',
    subject: textIn(data, email.tags.Subject) ?? '',
    from: textIn(data, email.tags.From) ?? '',
    text: textIn(body, airSyncBase.tags.Data) ?? textIn(data, email.tags.Body) ?? '',
    attachments: [
      ...old.map((one) => ({
        name: textIn(one, email.tags.DisplayName) ?? '',
        reference: textIn(one, email.tags.AttName) ?? '',
      })),
      ...attachments.map((one) => ({
        name: textIn(one, airSyncBase.tags.DisplayName) ?? '',
        reference: textIn(one, airSyncBase.tags.FileReference) ?? '',
      })),
    ],
  };
}
