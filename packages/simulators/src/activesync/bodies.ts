/** What a mail client asks, as WBXML (MS-ASCMD; the order of elements is that of its schemas). */
import {
  airSync,
  composeMail,
  folderHierarchy,
  itemOperations,
  ping,
  provision,
  settings,
} from '@gatehouse/protocols/activesync/code-pages/commands.ts';
import { airSyncBase } from '@gatehouse/protocols/activesync/code-pages/contents.ts';
import { isAtLeast, type ProtocolVersion } from '@gatehouse/protocols/activesync/versions.ts';
import { element, encodeWbxml, type WbxmlElement } from '@gatehouse/protocols/wbxml/index.ts';

export function folderSyncBody(syncKey: string): Uint8Array {
  const { FolderSync, SyncKey } = folderHierarchy.tags;
  return encodeWbxml(element(FolderSync, element(SyncKey, syncKey)));
}

export interface SyncOptions {
  readonly version: ProtocolVersion;
  readonly collectionId: string;
  readonly syncKey: string;
  /** Seconds to leave the request open if there is nothing new; 12.1 and newer. */
  readonly wait?: number;
}

export function syncBody({ version, collectionId, syncKey, wait }: SyncOptions): Uint8Array {
  const { tags } = airSync;
  const first = syncKey === '0';
  const collection = element(
    tags.Collection,
    // Left out since 12.1: the server knows what is in the folder.
    ...(isAtLeast(version, '12.1') ? [] : [element(tags.Class, 'Email')]),
    element(tags.SyncKey, syncKey),
    element(tags.CollectionId, collectionId),
    ...(first
      ? []
      : [
          element(tags.DeletesAsMoves, '1'),
          element(tags.GetChanges, '1'),
          element(tags.WindowSize, '50'),
          element(tags.Options, ...syncChoices(version)),
        ]),
  );
  return encodeWbxml(
    element(
      tags.Sync,
      element(tags.Collections, collection),
      ...(wait === undefined ? [] : waiting(version, wait)),
    ),
  );
}

function syncChoices(version: ProtocolVersion): WbxmlElement[] {
  const { FilterType, Truncation, MIMESupport } = airSync.tags;
  if (!isAtLeast(version, '12.0'))
    return [element(FilterType, '5'), element(Truncation, '7'), element(MIMESupport, '0')];
  const { BodyPreference, Type, TruncationSize } = airSyncBase.tags;
  const plainText = element(BodyPreference, element(Type, '1'), element(TruncationSize, '32768'));
  return [element(FilterType, '5'), element(MIMESupport, '0'), plainText];
}

/** Minutes up to 12.1, seconds from 14.0 on. */
function waiting(version: ProtocolVersion, seconds: number): WbxmlElement[] {
  return isAtLeast(version, '14.0')
    ? [element(airSync.tags.HeartbeatInterval, String(seconds))]
    : [element(airSync.tags.Wait, String(Math.max(1, Math.round(seconds / 60))))];
}

/** @param folders ids; undefined: the same as the last time, and then the interval may be left out too */
export function pingBody(
  seconds: number | undefined,
  folders: readonly string[] | undefined,
): Uint8Array | undefined {
  const { tags } = ping;
  if (seconds === undefined && folders === undefined) return undefined;
  return encodeWbxml(
    element(
      tags.Ping,
      ...(seconds === undefined ? [] : [element(tags.HeartbeatInterval, String(seconds))]),
      ...(folders === undefined
        ? []
        : [
            element(
              tags.Folders,
              ...folders.map((id) =>
                element(tags.Folder, element(tags.Id, id), element(tags.Class, 'Email')),
              ),
            ),
          ]),
    ),
  );
}

export function sendMailBody(clientId: string, mime: Uint8Array): Uint8Array {
  const { SendMail, ClientId, SaveInSentItems, Mime } = composeMail.tags;
  return encodeWbxml(
    element(SendMail, element(ClientId, clientId), element(SaveInSentItems), element(Mime, mime)),
  );
}

export function fetchAttachmentBody(fileReference: string): Uint8Array {
  const { ItemOperations, Fetch, Store } = itemOperations.tags;
  return encodeWbxml(
    element(
      ItemOperations,
      element(Fetch, element(Store, 'Mailbox'), element(airSyncBase.tags.FileReference, fileReference)),
    ),
  );
}

export type Information = Readonly<Record<string, string>>;

function deviceInformation(information: Information): WbxmlElement {
  const names = Object.keys(settings.tags) as (keyof typeof settings.tags)[];
  // In the order of the schema, whatever the order of the record.
  const told = names.filter((name) => information[name] !== undefined);
  return element(
    settings.tags.DeviceInformation,
    element(settings.tags.Set, ...told.map((name) => element(settings.tags[name], information[name] ?? ''))),
  );
}

/** iOS asks for the user's addresses in the same breath. */
export function settingsBody(information: Information, asksForUser: boolean): Uint8Array {
  const { Settings, UserInformation, Get } = settings.tags;
  return encodeWbxml(
    element(
      Settings,
      ...(asksForUser ? [element(UserInformation, element(Get))] : []),
      deviceInformation(information),
    ),
  );
}

export function policyType(version: ProtocolVersion): string {
  return isAtLeast(version, '12.0') ? 'MS-EAS-Provisioning-WBXML' : 'MS-WAP-Provisioning-XML';
}

/** @param information only from 14.1 on; a client that has no model leaves it out and is refused */
export function fetchPolicyBody(version: ProtocolVersion, information: Information | undefined): Uint8Array {
  const { Provision, Policies, Policy, PolicyType } = provision.tags;
  return encodeWbxml(
    element(
      Provision,
      ...(information === undefined ? [] : [deviceInformation(information)]),
      element(Policies, element(Policy, element(PolicyType, policyType(version)))),
    ),
  );
}

export function acknowledgePolicyBody(version: ProtocolVersion, key: string, status: string): Uint8Array {
  const { Provision, Policies, Policy, PolicyType, PolicyKey, Status } = provision.tags;
  return encodeWbxml(
    element(
      Provision,
      element(
        Policies,
        element(
          Policy,
          element(PolicyType, policyType(version)),
          element(PolicyKey, key),
          element(Status, status),
        ),
      ),
    ),
  );
}

export function fetchWipeBody(): Uint8Array {
  return encodeWbxml(element(provision.tags.Provision));
}

export function acknowledgeWipeBody(kind: 'device' | 'account', status: string): Uint8Array {
  const { Provision, RemoteWipe, AccountOnlyRemoteWipe, Status } = provision.tags;
  const directive = kind === 'device' ? RemoteWipe : AccountOnlyRemoteWipe;
  return encodeWbxml(element(Provision, element(directive, element(Status, status))));
}
