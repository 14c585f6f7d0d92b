// What phones of the benchmark say, as bytes that are ready to be sent: the load must cost as little as can be.
import { pingRequest, tokens } from '@gatehouse/protocols/activesync/index.ts';
import { element, encodeWbxml } from '@gatehouse/protocols/wbxml/index.ts';

const { airSync, itemOperations, airSyncBase } = tokens;

const bodies = {
  Sync: encodeWbxml(
    element(
      airSync.tags.Sync,
      element(
        airSync.tags.Collections,
        element(
          airSync.tags.Collection,
          element(airSync.tags.SyncKey, '42'),
          element(airSync.tags.CollectionId, '1'),
          element(airSync.tags.GetChanges, '1'),
          element(airSync.tags.WindowSize, '50'),
        ),
      ),
    ),
  ),
  Ping: pingRequest({ heartbeatInterval: 3_000, folders: [{ id: '1', class: 'Email' }] }),
  ItemOperations: encodeWbxml(
    element(
      itemOperations.tags.ItemOperations,
      element(
        itemOperations.tags.Fetch,
        element(itemOperations.tags.Store, 'Mailbox'),
        element(airSyncBase.tags.FileReference, '1:1'),
      ),
    ),
  ),
} as const;

/** In base64: messages between processes carry no bytes. @param n which phone, from 1 on */
export function requestOf(command: keyof typeof bodies, n: number, policyKey: number): string {
  const body = bodies[command];
  const user = `user-${n}@bench.example`;
  const head = [
    `POST /Microsoft-Server-ActiveSync?Cmd=${command}&User=${user}&DeviceId=phone${n}&DeviceType=Android HTTP/1.1`,
    'Host: localhost',
    `Authorization: Basic ${Buffer.from(`${user}:password of ${n}`).toString('base64')}`,
    'User-Agent: Android/15-EAS-2.0',
    'MS-ASProtocolVersion: 16.1',
    ...(command === 'Ping' ? [] : [`X-MS-PolicyKey: ${policyKey}`]),
    'Content-Type: application/vnd.ms-sync.wbxml',
    `Content-Length: ${body.length}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]).toString('base64');
}
