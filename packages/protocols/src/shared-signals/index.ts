/**
 * Shared Signals Framework 1.0 with CAEP 1.0, the transmitter's side: security event tokens (RFC 8417), subject identifiers
 * (RFC 9493), what receivers ask (SSF section 8, RFC 8936) and how they refuse (RFC 8935).
 */
export {
  type ComplianceStatus,
  type EventType,
  eventTypes,
  type Reason,
  requestableEvents,
  type SecurityEvent,
  streamSubject,
  type StreamStatus,
} from './event-types.ts';
export {
  decodeSet,
  encodeDecodedSet,
  encodeSet,
  type SetClaims,
  setClaims,
  setMediaType,
  signingInput,
} from './set.ts';
export {
  decodePollRequest,
  decodePushError,
  decodeStatusRequest,
  decodeStreamRequest,
  decodeSubjectRequest,
  decodeVerificationRequest,
  type DeliveryMethod,
  deliveryMethods,
  type PollRequest,
  type SetError,
  type StreamRequest,
} from './stream-requests.ts';
export { canonicalSubject, type ComplexSubject, matchingSubjects, type Subject } from './subject.ts';
