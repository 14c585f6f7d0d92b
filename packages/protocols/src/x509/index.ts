/** X.509: building and reading certificates, requests and revocation lists, and checking paths. */
export {
  type Signer,
  type SignatureAlgorithm,
  type SignatureAlgorithmName,
  signerFor,
} from './algorithms.ts';
export {
  buildCertificate,
  type CertificateContent,
  type CertificateProfileName,
  certificateProfiles,
  newSerial,
  onlyTheseHosts,
} from './build-certificate.ts';
export { buildCrl, type CrlContent, type RevocationReason, type RevokedCertificate } from './build-crl.ts';
export {
  buildCertificateRequest,
  type CertificateRequest,
  certificateRequestLimits,
  parseCertificateRequest,
  readCertificateRequest,
} from './certificate-request.ts';
export { deviceIdentityNames, deviceIdentityVendor, findDeviceId } from './device-identity.ts';
export type { DistinguishedName, ParsedName } from './distinguished-names.ts';
export type {
  BasicConstraints,
  ExtendedKeyUsage,
  Extensions,
  KeyUsage,
  NameConstraints,
} from './extensions.ts';
export type { GeneralName } from './general-names.ts';
export {
  type Certificate,
  certificateLimits,
  isSignedBy,
  parseCertificate,
  publicKeyOf,
} from './parse-certificate.ts';
export { type Crl, type CrlEntry, crlLimits, isCrlSignedBy, parseCrl } from './parse-crl.ts';
export { decodePem, encodePem, type PemLabel } from './pem.ts';
export { findKeyWeakness, parsePublicKey, type PublicKeyFacts } from './public-keys.ts';
export { type PathQuestion, type PathRefusal, type PathVerdict, verifyPath } from './verify-path.ts';
