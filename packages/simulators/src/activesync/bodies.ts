/** What a mail client asks beside what the codec has words for, as WBXML (MS-ASCMD; the order of elements is that of its schemas). */
import {
  type DeviceInformation,
  isAtLeast,
  type ProtocolVersion,
  tokens,
} from '@gatehouse/protocols/activesync/index.ts';
import { writeDeviceInformation } from '@gatehouse/protocols/activesync/device-information.ts';
import { element, encodeWbxml, type WbxmlElement } from '@gatehouse/protocols/wbxml/index.ts';

const { airSync, airSyncBase, composeMail, itemOperations, settings } = tokens;

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

/** iOS asks for the user's addresses in the same breath. */
export function settingsAndUserBody(version: ProtocolVersion, information: DeviceInformation): Uint8Array {
  const { Settings, UserInformation, Get } = settings.tags;
  return encodeWbxml(
    element(Settings, element(UserInformation, element(Get)), writeDeviceInformation(version, information)),
  );
}
