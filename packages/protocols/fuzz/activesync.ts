/** The request line of mail devices in both forms, and every body that is read of them or of a mail server. */
import { deepStrictEqual } from 'node:assert/strict';
import {
  autodiscoverFailure,
  autodiscoverRequest,
  autodiscoverSettings,
  type CommandRequest,
  folderSyncAnswer,
  folderSyncRequest,
  formatQuery,
  pingAnswer,
  pingRequest,
  provisionAnswer,
  provisionRequest,
  readAutodiscoverAnswer,
  readAutodiscoverRequest,
  readEstimateRequest,
  readFetchRequest,
  readFolderSyncAnswer,
  readFolderSyncRequest,
  readMultipart,
  readPingAnswer,
  readPingRequest,
  readProvisionAnswer,
  readProvisionRequest,
  readRequest,
  readSettingsAnswer,
  readSettingsRequest,
  readSyncRequest,
  readWapProvisioning,
  settingsRequest,
  tokens,
  wapProvisioningDocument,
  writeMultipart,
} from '../src/activesync/index.ts';
import { type EmittedBody, emittedBodies, fullPolicy } from '../src/activesync/emitted-bodies.ts';
import { element, encodeWbxml } from '../src/wbxml/index.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';
import { hexPieces, inflateWbxml, wbxmlDictionary } from './wbxml.ts';
import { xmlDictionary } from './xml.ts';

function command(query: string, rawHeaders: readonly string[]): CommandRequest {
  const request = readRequest({ method: 'POST', query, rawHeaders });
  if (request.kind !== 'command') throw new Error('POST is a command');
  return request;
}

/** What was read is forwarded in our own words, and these must say the same. */
function checkForwarding(request: CommandRequest): void {
  const { query, headers } = formatQuery(request);
  deepStrictEqual(
    command(query, Object.entries(headers).flat()),
    request,
    'it is forwarded as something else',
  );
}

const dictionary = texts(
  'Cmd=',
  'User=',
  'DeviceId=',
  'DeviceType=',
  'SaveInSent=T',
  'Sync',
  'Provision',
  '&',
  '=',
  '+',
  '%',
  '%00',
  '%ff',
  '%26',
  '@',
  '__proto__',
  'jAAJBAp2MTQw',
);

const mailPlainQuery: FuzzTarget = {
  name: 'mail-plain-query',
  seeds: texts(
    'Cmd=Sync&User=ann&DeviceId=Appl1234&DeviceType=iPhone',
    'cmd=smartreply&user=ACME%5Cann&deviceid=%00%ff12&devicetype=SP&collectionid=5%3A1&SaveInSent=T',
    'jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l',
  ),
  dictionary,
  run(bytes) {
    checkForwarding(command(Buffer.from(bytes).toString('latin1'), ['MS-ASProtocolVersion', '14.0']));
  },
};

const mailBase64Query: FuzzTarget = {
  name: 'mail-base64-query',
  seeds: [
    Buffer.from('jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l', 'base64'),
    ...hexPieces(
      '8d 03 0904 10 000102030405060708090a0b0c0d0e0f 04 fffffffe 02 5350 01 01 35 07 01 03 08 03 616e6e',
    ),
  ],
  dictionary: hexPieces(
    '79',
    '8c',
    '8d',
    'a0',
    'a1',
    '00',
    '04 01020304',
    '07 01 03',
    '08 01 61',
    '01 ff',
    '06 00',
  ),
  run(bytes) {
    checkForwarding(command(Buffer.from(bytes).toString('base64'), []));
  },
};

const bodies = [...emittedBodies()];
const seedsOf = (pattern: RegExp) =>
  bodies.filter(({ what }: EmittedBody) => pattern.test(what)).map(({ bytes }) => bytes);

const body = (name: string, seeds: readonly Uint8Array[], run: FuzzTarget['run']): FuzzTarget => ({
  name,
  seeds,
  dictionary: wbxmlDictionary,
  inflate: inflateWbxml,
  run,
});

const mailProvision = body('mail-provision', seedsOf(/Provision: /), (bytes) => {
  checkRoundTrip(bytes, readProvisionRequest, (request) => provisionRequest('16.1', request));
});
const mailProvisionAnswer = body(
  'mail-provision-answer',
  [
    ...seedsOf(/answer \d to Provision/),
    provisionAnswer('16.1', {
      status: 1,
      policy: { status: 1, key: 1, document: fullPolicy },
      wipe: 'account',
    }),
  ],
  (bytes) => void readProvisionAnswer(bytes),
);
const mailSettings = body('mail-settings', seedsOf(/^[\d.]+ Settings$/), (bytes) => {
  const { deviceInformation } = readSettingsRequest(bytes);
  if (deviceInformation === undefined) return;
  deepStrictEqual(
    readSettingsRequest(settingsRequest('16.1', deviceInformation)).deviceInformation,
    deviceInformation,
  );
});
const mailFolderSync = body('mail-folder-sync', seedsOf(/^FolderSync$/), (bytes) => {
  checkRoundTrip(bytes, readFolderSyncRequest, ({ syncKey }) => folderSyncRequest(syncKey));
});
const mailPing = body('mail-ping', seedsOf(/^Ping(?: as before)?$/), (bytes) => {
  checkRoundTrip(bytes, readPingRequest, pingRequest);
});
/** The seeds of one are refused by the others, which read the same bytes too. */
const mailAnswers: readonly FuzzTarget[] = [
  body('mail-settings-answer', seedsOf(/answer to Settings/), (bytes) => void readSettingsAnswer(bytes)),
  body(
    'mail-folder-sync-answer',
    [...seedsOf(/answer to FolderSync/), folderSyncAnswer({ status: 9 })],
    (bytes) => void readFolderSyncAnswer(bytes),
  ),
  body(
    'mail-ping-answer',
    [pingAnswer({ status: 2, folders: ['5'] })],
    (bytes) => void readPingAnswer(bytes),
  ),
];

const { airSync, airSyncBase } = tokens;
const text = (tag: number, value: string) => element(tag, value);
const syncSeed = encodeWbxml(
  element(
    airSync.tags.Sync,
    element(
      airSync.tags.Collections,
      element(
        airSync.tags.Collection,
        text(airSync.tags.SyncKey, 'k'),
        text(airSync.tags.CollectionId, '5'),
        element(airSync.tags.GetChanges),
        element(
          airSync.tags.Options,
          element(
            airSyncBase.tags.BodyPreference,
            text(airSyncBase.tags.Type, '2'),
            text(airSyncBase.tags.TruncationSize, '200'),
          ),
        ),
        element(
          airSync.tags.Commands,
          element(airSync.tags.Add, text(airSync.tags.ClientId, 'c')),
          element(airSync.tags.Change, text(airSync.tags.ServerId, 's')),
          element(airSync.tags.Fetch, text(airSync.tags.ServerId, 's')),
        ),
      ),
    ),
    text(airSync.tags.Wait, '5'),
  ),
);

/** What the mailbox of one message reads; each takes its own root only. */
const smallMailbox: readonly FuzzTarget[] = [
  body('mail-sync', [syncSeed], (bytes) => void readSyncRequest(bytes)),
  body(
    'mail-estimate',
    hexPieces('03016a00 0006 45 47 48 00 00 4b 03 31 00 01 00 06 4a 03 35 00 01 01 01 01'),
    (bytes) => void readEstimateRequest(bytes),
  ),
  body(
    'mail-fetch',
    hexPieces('03016a00 0014 45 46 47 03 4d61696c626f78 00 01 00 00 52 03 35 00 01 4d 03 353a31 00 01 01 01'),
    (bytes) => void readFetchRequest(bytes),
  ),
];

const mailWapProvisioning: FuzzTarget = {
  name: 'mail-wap-provisioning',
  seeds: texts(wapProvisioningDocument(fullPolicy), wapProvisioningDocument({})),
  dictionary: [
    ...xmlDictionary,
    ...texts('<parm name="4131" value="0"/>', '<characteristic type="Registry">'),
  ],
  inflate: inflateText('<characteristic>', '</characteristic>'),
  run(bytes) {
    readWapProvisioning(Buffer.from(bytes).toString('utf8'));
  },
};

const mailMultipart: FuzzTarget = {
  name: 'mail-multipart',
  seeds: [writeMultipart([Buffer.from('abc'), Buffer.from('d')])],
  dictionary: hexPieces('01000000', '00000000', 'ffffffff', '0c000000', '14000000'),
  run(bytes) {
    const parts = readMultipart(bytes).map((part) => new Uint8Array(part));
    deepStrictEqual(readMultipart(new Uint8Array(writeMultipart(parts))), parts);
  },
};

const autodiscover: FuzzTarget = {
  name: 'mail-autodiscover',
  seeds: [autodiscoverRequest('ann@acme.example')],
  dictionary: [...xmlDictionary, ...texts('<EMailAddress>', '<Request>', '<AcceptableResponseSchema>')],
  inflate: inflateText('<a>', '</a>'),
  run(bytes) {
    const { emailAddress } = readAutodiscoverRequest(bytes);
    readAutodiscoverAnswer(autodiscoverSettings({ emailAddress }, 'https://mail.example'));
  },
};

const autodiscoverAnswer: FuzzTarget = {
  name: 'mail-autodiscover-answer',
  seeds: [
    autodiscoverSettings({ emailAddress: 'ann@acme.example' }, 'https://mail.example'),
    autodiscoverFailure(601, new Date(0), 1),
  ],
  dictionary: [...xmlDictionary, ...texts('<Redirect>', '<Error>', '<Server>', '<Type>MobileSync</Type>')],
  inflate: inflateText('<a>', '</a>'),
  run(bytes) {
    readAutodiscoverAnswer(bytes);
  },
};

export const mailProtocol: readonly FuzzTarget[] = [
  mailPlainQuery,
  mailBase64Query,
  mailProvision,
  mailProvisionAnswer,
  mailSettings,
  mailFolderSync,
  mailPing,
  ...mailAnswers,
  ...smallMailbox,
  mailWapProvisioning,
  mailMultipart,
  autodiscover,
  autodiscoverAnswer,
];
