/** The Simple Certificate Enrolment Protocol (RFC 8894), both sides. */
export {
  decodeScepMessage,
  encodeScepMessage,
  type NewScepMessage,
  peekScepMessage,
  scepLimits,
  type ScepMessage,
} from './message.ts';
export { decodeMessageParameter, encodeMessageParameter } from './message-parameter.ts';
export {
  decodeScepAnswer,
  encodeScepRequest,
  issuerAndSerial,
  issuerAndSubject,
  type NewScepRequest,
  type ScepAnswer,
  selfSignedCertificate,
  transactionIdOf,
} from './request.ts';
export {
  decodeCapabilities,
  encodeCapabilities,
  type ScepCapability,
  type ScepFailure,
  scepMediaTypes,
  type ScepMessageType,
  type ScepRequestType,
  type ScepStatus,
} from './vocabulary.ts';
