/** The agent's enrolment by one-time code: code, keys, messages and proofs. */
export { decodeClaims, encodeClaims, type EnrollmentClaims } from './claims.ts';
export { type EnrollmentCode, formatEnrollmentCode, newEnrollmentCode, parseEnrollmentCode } from './code.ts';
export {
  DeviceEnrollment,
  type DeviceEnrollmentInput,
  type DeviceIdentity,
  type EnrollmentTrust,
  readDeviceChain,
} from './device-side.ts';
export { type EnrollmentAddress, enrollmentUrl, parseEnrollmentUrl, publicHostOf } from './enrollment-url.ts';
export {
  acceptOffer,
  isGrantGenuine,
  isProofGenuine,
  makeGrant,
  makeOffer,
  makeProof,
  transcriptOf,
} from './handshake.ts';
export { deriveEnrollmentKeys, type EnrollmentKeys, type EnrollmentScope } from './keys.ts';
export {
  decodeBegin,
  decodeGrant,
  decodeOffer,
  decodeProof,
  type EnrollmentBegin,
  type EnrollmentGrant,
  enrollmentLimits,
  type EnrollmentOffer,
  type EnrollmentProof,
  encodeBegin,
  encodeGrant,
  encodeOffer,
  encodeProof,
} from './messages.ts';
