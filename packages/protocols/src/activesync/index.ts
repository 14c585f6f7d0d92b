/**
 * Exchange ActiveSync, protocol versions 2.5 to 16.1, as far as a gateway, a server without mailboxes, and simulated phones need
 * it: the request line, the token table, Provision and its documents, refusals by version, Settings, FolderSync, Ping,
 * Autodiscover. Mail itself passes through unread.
 */
export {
  type AutodiscoverAnswer,
  autodiscoverContentType,
  autodiscoverError,
  autodiscoverFailure,
  autodiscoverRedirect,
  autodiscoverRequest,
  type AutodiscoverRequest,
  autodiscoverSchemas,
  autodiscoverSettings,
  type AutodiscoverUser,
  readAutodiscoverAnswer,
  readAutodiscoverRequest,
} from './autodiscover.ts';
export * as tokens from './code-pages/tokens.ts';
export { codePages, existsIn, findTag, nameOfTag, type NamedTag, tagOfName } from './code-pages/index.ts';
export type { CommandParameters, CommandQuery } from './command-query.ts';
export {
  bodyKind,
  type CommandName,
  commandNames,
  type CommandRow,
  commandRow,
  findCommand,
} from './commands.ts';
export { canBeSameUser, type Credentials, readCredentials } from './credentials.ts';
export type { DeviceInformation } from './device-information.ts';
export { decodeDocument, peekDocument } from './documents.ts';
export {
  type Folder,
  type FolderSyncAnswer,
  folderSyncAnswer,
  folderSyncRequest,
  folderTypes,
  type ReadFolderSyncAnswer,
  readFolderSyncAnswer,
  readFolderSyncRequest,
} from './folder-sync.ts';
export { type Base64Query, formatBase64Query, formatPlainQuery, formatQuery } from './format-query.ts';
export { multipartContentType, readMultipart, writeMultipart } from './multipart.ts';
export { formatList, readCommandList, readVersionList } from './options.ts';
export {
  type PingAnswer,
  pingAnswer,
  type PingFolder,
  type PingRequest,
  pingRequest,
  readPingAnswer,
  readPingRequest,
} from './ping.ts';
export {
  canWipeAccount,
  type PolicyAnswer,
  type ProvisionAnswer,
  provisionAnswer,
  type ProvisionStatus,
  type ReadProvisionAnswer,
  readProvisionAnswer,
} from './provision-answer.ts';
export { provisionDocument, readProvisionDocument } from './provision-document.ts';
export {
  type ElementRow,
  elementRow,
  type ProvisionElement,
  provisionElementNames,
  type ProvisionPolicy,
} from './provision-elements.ts';
export {
  type AcknowledgedPolicy,
  type PolicyAcknowledgment,
  policyTypeOf,
  policyTypes,
  type ProvisionRequest,
  provisionRequest,
  readProvisionRequest,
} from './provision-request.ts';
export { deviceIdText } from './query-values.ts';
export { type Refusal, refusal, type RefusalReason, wbxmlContentType } from './refusal.ts';
export {
  type CommandRequest,
  type MailRequest,
  type OptionsRequest,
  type RawRequest,
  readRequest,
  statusOfRequestError,
} from './request.ts';
export {
  type OtherSettingsPart,
  type ReadSettingsAnswer,
  readSettingsAnswer,
  readSettingsRequest,
  type SettingsAnswer,
  settingsAnswer,
  type SettingsRequest,
  settingsRequest,
  type SettingsStatus,
} from './settings.ts';
export {
  type BodyWish,
  type EstimateAnswer,
  estimateAnswer,
  fetchAnswer,
  type OwnMessage,
  readEstimateRequest,
  readFetchRequest,
  readSyncRequest,
  syncAnswer,
  type SyncCollectionAnswer,
  type SyncCollectionRequest,
  syncFailure,
  type SyncRequest,
} from './small-mailbox.ts';
export { statuses, statusName, type StatusName } from './statuses.ts';
export {
  isAtLeast,
  isProtocolVersion,
  type ProtocolVersion,
  protocolVersions,
  saysStatusInside,
} from './versions.ts';
export { readWapProvisioning, wapProvisioningDocument } from './wap-provisioning.ts';
