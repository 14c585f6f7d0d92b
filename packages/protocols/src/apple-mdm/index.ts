/** Apple's device management protocol: check-in, commands, error bodies. What the commands can say is in ./catalogue. */
export {
  type CheckInFields,
  checkInLimits,
  type CheckInMessage,
  type CheckInMessageOf,
  checkInShapes,
  type CheckInType,
  checkInTypes,
  decodeCheckIn,
  encodeCheckIn,
} from './check-in.ts';
export {
  type AnsweredCheckIn,
  type CheckInAnswer,
  decodeCheckInAnswer,
  encodeCheckInAnswer,
} from './check-in-answers.ts';
export {
  type AppleCommand,
  type AppleError,
  type CommandReport,
  commandReportLimits,
  decodeCommand,
  decodeReport,
  encodeCommand,
  encodeReport,
  readErrorChain,
  type ResultStatus,
  resultStatuses,
  writeErrorChain,
} from './commands.ts';
export {
  type EnrolmentIdentity,
  type EnrolmentKind,
  readIdentity,
  sharedIpadUserId,
  writeIdentity,
} from './enrolment-identity.ts';
export {
  type AppleErrorBody,
  type AppleErrorCode,
  appleErrorCodes,
  decodeErrorBody,
  type EncodedErrorBody,
  encodeErrorBody,
} from './error-body.ts';
export { appleMediaTypes, isCheckInType } from './media-types.ts';
