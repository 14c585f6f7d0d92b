/** What a mail client reads in the answers it gets. Servers differ in order and completeness, so it takes what it finds. */
import {
  airSync,
  folderHierarchy,
  ping,
  provision,
} from '@gatehouse/protocols/activesync/code-pages/commands.ts';
import { airSyncBase, email } from '@gatehouse/protocols/activesync/code-pages/contents.ts';
import { commandRow, type CommandName } from '@gatehouse/protocols/activesync/commands.ts';
import {
  elementsOf,
  findChild,
  textOf,
  type WbxmlElement,
  type WbxmlTag,
} from '@gatehouse/protocols/wbxml/index.ts';
import { descendantsOf, readXml } from '@gatehouse/protocols/xml/index.ts';

export interface MailFolder {
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  /** 2 inbox, 3 drafts, 4 deleted, 5 sent (MS-ASCMD section 2.2.3.186.3) */
  readonly type: string;
}

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
export function rootStatus(command: CommandName, root: WbxmlElement | undefined): string | undefined {
  const { status } = commandRow(command);
  return status === undefined ? undefined : textIn(root, status);
}

export function readFolders(root: WbxmlElement | undefined): { syncKey: string; added: MailFolder[] } {
  const { tags } = folderHierarchy;
  const changes = root === undefined ? undefined : findChild(root, tags.Changes);
  return {
    syncKey: textIn(root, tags.SyncKey) ?? '',
    added: childrenOf(changes, tags.Add).map((folder) => ({
      id: textIn(folder, tags.ServerId) ?? '',
      parentId: textIn(folder, tags.ParentId) ?? '',
      name: textIn(folder, tags.DisplayName) ?? '',
      type: textIn(folder, tags.Type) ?? '',
    })),
  };
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

export function readPing(root: WbxmlElement | undefined): { status: string | undefined; folders: string[] } {
  const folders = root === undefined ? undefined : findChild(root, ping.tags.Folders);
  return {
    status: textIn(root, ping.tags.Status),
    folders: childrenOf(folders, ping.tags.Folder).map(textOf),
  };
}

/** Names and values of a policy, whether as EASProvisionDoc or as the XML of 2.5. Empty values stay. */
export type ReadPolicy = Readonly<Record<string, string>>;

export interface ReadProvision {
  readonly status: string | undefined;
  readonly policyStatus: string | undefined;
  readonly policyKey: string | undefined;
  readonly policy: ReadPolicy | undefined;
  readonly wipe: 'device' | 'account' | undefined;
}

export function readProvision(root: WbxmlElement | undefined): ReadProvision {
  const { tags } = provision;
  const policies = root === undefined ? undefined : findChild(root, tags.Policies);
  const [policy] = childrenOf(policies, tags.Policy);
  const [data] = childrenOf(policy, tags.Data);
  const account = childrenOf(root, tags.AccountOnlyRemoteWipe).length > 0;
  const device = childrenOf(root, tags.RemoteWipe).length > 0;
  return {
    status: textIn(root, tags.Status),
    policyStatus: textIn(policy, tags.Status),
    policyKey: textIn(policy, tags.PolicyKey),
    policy: data === undefined ? undefined : readPolicy(data),
    wipe: device ? 'device' : account ? 'account' : undefined,
  };
}

const policyNames = new Map(Object.entries(provision.tags).map(([name, tag]) => [tag as WbxmlTag, name]));
const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxElements: 500, maxAttributes: 8, maxText: 4_096 };

function readPolicy(data: WbxmlElement): ReadPolicy {
  const [document] = childrenOf(data, provision.tags.EASProvisionDoc);
  if (document !== undefined)
    return Object.fromEntries(
      elementsOf(document).map((setting) => [
        policyNames.get(setting.tag) ?? `0x${setting.tag.toString(16)}`,
        allText(setting),
      ]),
    );
  const parameters = [...descendantsOf(readXml(Buffer.from(textOf(data)), limits))].filter(
    ({ name }) => name === 'parm',
  );
  return Object.fromEntries(
    parameters.map(({ attributes }) => [attributes.get('name') ?? '', attributes.get('value') ?? '']),
  );
}

/** Lists of applications have their items as elements. */
function allText(node: WbxmlElement): string {
  return [textOf(node), ...elementsOf(node).map(allText)].filter(Boolean).join(',');
}
