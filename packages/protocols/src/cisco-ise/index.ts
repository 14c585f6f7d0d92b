/**
 * The Cisco ISE external-MDM API, versions 1 to 3: requests and answers in both directions. ISE is always the client; the client
 * direction is here for the simulated ISE.
 */
export {
  ancPaths,
  type ChangeOfAuthorization,
  decodeAncOrder,
  decodeCoaAnswer,
  decodeCoaPath,
  decodeSessionServer,
  encodeAncOrder,
  encodeCoaAnswer,
  encodeCoaPath,
  encodeSessionPath,
  encodeSessionServer,
  isVersionAnswer,
} from './change-of-authorization.ts';
export { type AnyMessage, decodeAnyMessage } from './any-message.ts';
export {
  type AttributeFilter,
  type AttributeName,
  attributeVersions,
  type Compliance,
  type DeviceAttributes,
} from './attributes.ts';
export { decodeBatch, encodeBatch } from './batch.ts';
export {
  type AnsweredDevice,
  type DevicesAnswer,
  decodeDevicesAnswer,
  encodeDevicesAnswer,
} from './devices-answer.ts';
export { type Discovery, decodeDiscovery, encodeDiscovery } from './discovery.ts';
export { mostIdentifiers, requestLimits } from './documents.ts';
export { decodeFailure, encodeFailure, type Failure } from './failure.ts';
export {
  type DeviceIdentifier,
  type IdentifierKind,
  identifierKinds,
  isIdentifierKind,
  normalizeIdentifier,
} from './identifiers.ts';
export {
  type ActionType,
  actionTypes,
  decodeActionBody,
  decodeMessageBody,
  decodeOrderAnswer,
  encodeActionBody,
  encodeMessageBody,
  encodeOrderAnswer,
  type MessageOrder,
  type OrderAnswer,
  type OrderKind,
  type OrderResult,
  parseActionType,
} from './orders.ts';
export {
  type BatchQuery,
  type DeviceQuery,
  type DeviceSelection,
  encodeDeviceQuery,
  encodeDeviceQueryPath,
  parseBatchQuery,
  parseDeviceQuery,
  parseDeviceQueryPath,
  parseFilter,
  parseRawQuery,
} from './query.ts';
export { type ApiVersion, apiVersions, highestVersion, negotiateVersion, toApiVersion } from './versions.ts';
