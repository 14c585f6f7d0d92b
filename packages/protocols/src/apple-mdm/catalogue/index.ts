/**
 * Apple's whole device management schema: every payload, command, message, declaration and status item, what they hold and
 * where they may be used. Generated from Apple's published data by tools/apple-catalogue; see docs/protocols/apple-catalogue.md.
 */
export {
  commonPayloadKeys,
  countFamilies,
  countKeys,
  declarationKeys,
  type FamilyCount,
  findByName,
  findCheckIn,
  findCommand,
  findCredential,
  findDeclaration,
  findError,
  findOther,
  findPayloadType,
  findProtocolMessage,
  findStatusItem,
  findType,
  keysBelow,
  listTypes,
} from './find-type.ts';
export { compareVersions } from './os-version.ts';
export { type AccessRight, accessRight, allAccessRights } from './rights.ts';
export {
  families,
  type Family,
  type KeyType,
  type Platform,
  platforms,
  type Reason,
  type SchemaKey,
  type SchemaType,
  type Support,
} from './schema.ts';
export {
  needsInWords,
  type PlatformSupport,
  supportMatrix,
  supportOf,
  type SupportRow,
} from './support-matrix.ts';
export {
  hasErrors,
  type Problem,
  type ProblemKind,
  type Target,
  validate,
  validateAnswer,
} from './validate.ts';
export { validateCommand, validateDeclaration, validatePayload, validateProfile } from './validate-whole.ts';
