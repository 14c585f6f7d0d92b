/** For tests: one of every WBXML body that this package writes, in every version that differs. */
import { folderSyncAnswer, folderSyncRequest, folderTypes } from './folder-sync.ts';
import { pingAnswer, pingRequest } from './ping.ts';
import { provisionAnswer } from './provision-answer.ts';
import type { ProvisionPolicy } from './provision-elements.ts';
import { policyTypeOf, provisionRequest } from './provision-request.ts';
import { refusal } from './refusal.ts';
import { settingsAnswer, settingsRequest } from './settings.ts';
import { commandNames } from './commands.ts';
import { estimateAnswer, fetchAnswer, type OwnMessage, syncAnswer, syncFailure } from './small-mailbox.ts';
import { type ProtocolVersion, protocolVersions } from './versions.ts';

/** Every element set, none to the value that it has when it is not. */
export const fullPolicy: ProvisionPolicy = {
  DevicePasswordEnabled: true,
  AlphanumericDevicePasswordRequired: true,
  PasswordRecoveryEnabled: true,
  RequireStorageCardEncryption: true,
  AttachmentsEnabled: false,
  MinDevicePasswordLength: 8,
  MaxInactivityTimeDeviceLock: 300,
  MaxDevicePasswordFailedAttempts: 10,
  MaxAttachmentSize: 10_485_760,
  AllowSimpleDevicePassword: false,
  DevicePasswordExpiration: 90,
  DevicePasswordHistory: 5,
  AllowStorageCard: false,
  AllowCamera: false,
  RequireDeviceEncryption: true,
  AllowUnsignedApplications: false,
  AllowUnsignedInstallationPackages: false,
  MinDevicePasswordComplexCharacters: 3,
  AllowWiFi: false,
  AllowTextMessaging: false,
  AllowPOPIMAPEmail: false,
  AllowBluetooth: 1,
  AllowIrDA: false,
  RequireManualSyncWhenRoaming: true,
  AllowDesktopSync: false,
  MaxCalendarAgeFilter: 5,
  AllowHTMLEmail: false,
  MaxEmailAgeFilter: 3,
  MaxEmailBodyTruncationSize: 0,
  MaxEmailHTMLBodyTruncationSize: 100,
  RequireSignedSMIMEMessages: true,
  RequireEncryptedSMIMEMessages: true,
  RequireSignedSMIMEAlgorithm: 1,
  RequireEncryptionSMIMEAlgorithm: 2,
  AllowSMIMEEncryptionAlgorithmNegotiation: 1,
  AllowSMIMESoftCerts: false,
  AllowBrowser: false,
  AllowConsumerEmail: false,
  AllowRemoteDesktop: false,
  AllowInternetSharing: false,
  UnapprovedInROMApplicationList: ['iexplore.exe', 'games.exe'],
  ApprovedApplicationList: ['MEvsJN0Q8kXzQ0Mvo8h2cZJ3pbI='],
};

export interface EmittedBody {
  readonly what: string;
  readonly bytes: Uint8Array;
}

export function* emittedBodies(): Generator<EmittedBody> {
  for (const version of protocolVersions) {
    yield* provisioning(version);
    yield* settings(version);
    yield* mailboxes(version);
    for (const command of commandNames) {
      const { body } = refusal(version, command, 'device-blocked');
      if (body !== undefined) yield { what: `${version} refusal of ${command}`, bytes: body };
    }
  }
  yield* folders();
  yield* pings();
}

function* provisioning(version: ProtocolVersion): Generator<EmittedBody> {
  const policyType = policyTypeOf(version);
  const deviceInformation = { Model: 'Phone 3', IMEI: '490154203237518', OS: 'OS 1.2' };
  const requests = [
    { kind: 'download', policyType, deviceInformation },
    { kind: 'acknowledge', policyType, policyKey: 4_294_967_295, status: 1 },
    { kind: 'fetch-wipe' },
    { kind: 'wiped', scope: 'device', done: true },
  ] as const;
  for (const request of requests)
    yield { what: `${version} Provision: ${request.kind}`, bytes: provisionRequest(version, request) };
  const answers = [
    { status: 1, deviceInformationTaken: true, policy: { status: 1, key: 1307, document: fullPolicy } },
    { status: 1, policy: { status: 1, key: 1308, document: {} }, wipe: 'device' },
    { status: 1, policy: { status: 1, key: 1309 } },
    { status: 1, policy: { status: 3, type: 'MS-Other' } },
    { status: 139 },
  ] as const;
  for (const [index, answer] of answers.entries())
    yield { what: `${version} answer ${index} to Provision`, bytes: provisionAnswer(version, answer) };
}

function* settings(version: ProtocolVersion): Generator<EmittedBody> {
  if (version === '2.5') return;
  const information = { Model: 'Phone 3', FriendlyName: 'Ann’s <phone> & more', MobileOperator: 'ACME' };
  yield { what: `${version} Settings`, bytes: settingsRequest(version, information) };
  yield {
    what: `${version} answer to Settings`,
    bytes: settingsAnswer(version, {
      status: 1,
      deviceInformation: 1,
      oof: 2,
      devicePassword: 7,
      rightsManagement: 3,
      userInformation: { status: 1, emailAddresses: ['ann@acme.example', 'a@acme.example'] },
    }),
  };
}

function* folders(): Generator<EmittedBody> {
  yield { what: 'FolderSync', bytes: folderSyncRequest('{6f1b}7') };
  const inbox = { serverId: '5', parentId: '0', displayName: 'Posteingang ✉', type: folderTypes.inbox };
  yield {
    what: 'answer to FolderSync',
    bytes: folderSyncAnswer({ status: 1, syncKey: '1', added: [inbox, { ...inbox, serverId: '6' }] }),
  };
  yield { what: 'FolderSync refused', bytes: folderSyncAnswer({ status: 9 }) };
}

function* pings(): Generator<EmittedBody> {
  yield {
    what: 'Ping',
    bytes: pingRequest({ heartbeatInterval: 600, folders: [{ id: '5', class: 'Email' }] }),
  };
  yield { what: 'Ping as before', bytes: pingRequest({}) };
  const answers = [
    { status: 1 },
    { status: 2, folders: ['5', '6'] },
    { status: 5, heartbeatInterval: 60 },
    { status: 6, maxFolders: 300 },
  ] as const;
  for (const answer of answers) yield { what: `Ping ${answer.status}`, bytes: pingAnswer(answer) };
}

export const ownMessage: OwnMessage = {
  serverId: '0123456789abcdef',
  from: '"ACME · Geräteverwaltung" <no-reply@mdm.example>',
  to: 'ann@acme.example',
  subject: 'Ihre Mail wartet',
  receivedAt: new Date(0),
  text: 'Grüße ✉',
  mime: Buffer.from('Subject: x\r\n\r\nx\r\n'),
};

function* mailboxes(version: ProtocolVersion): Generator<EmittedBody> {
  const inbox = { collectionId: 'gh-inbox', syncKey: 'gh-i2-', status: 1, bodyWishes: [] } as const;
  const answers = {
    'with a message': { ...inbox, added: [ownMessage], deleted: ['fedcba9876543210'] },
    'with what was asked for': {
      ...inbox,
      refused: [{ clientId: '7', ...(version === '16.1' ? { class: 'Email' } : {}) }],
      fetched: [{ serverId: ownMessage.serverId, message: ownMessage }, { serverId: 'x' }],
    },
    'of an unknown folder': { ...inbox, status: 12 },
  } as const;
  for (const [what, answer] of Object.entries(answers))
    yield { what: `${version} answer to Sync ${what}`, bytes: syncAnswer(version, [answer]) };
  yield {
    what: `${version} answer to GetItemEstimate`,
    bytes: estimateAnswer(version, [
      { collectionId: '1', status: 1, estimate: 1 },
      { collectionId: '2', status: 4 },
    ]),
  };
  if (version === '2.5') return;
  yield {
    what: `${version} answer to ItemOperations`,
    bytes: fetchAnswer(version, [
      { collectionId: 'gh-inbox', serverId: ownMessage.serverId, bodyWishes: [], message: ownMessage },
      { collectionId: 'gh-inbox', serverId: 'x', bodyWishes: [] },
    ]),
  };
  if (version === '12.0') return;
  yield { what: `${version} Sync 14`, bytes: syncFailure({ status: 14, limit: 59 }) };
}
