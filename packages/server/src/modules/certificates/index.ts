/** Certificates: each organization's authorities, what they issue to devices, and whose request a certificate proves. */
export { type Authorities, type AuthorityDeps, ensureAuthorities } from './authorities.ts';
export {
  type AuthenticatedDevice,
  authenticateCertificate,
  type AuthenticationDeps,
} from './authenticate-certificate.ts';
export { type AuthorityDirectory, createAuthorityDirectory } from './authority-directory.ts';
export {
  type CertificateWish,
  findIssued,
  issueByCertificate,
  issueByChallenge,
  type IssueDeps,
  IssueRefused,
  mdmRenewBeforeEndMs,
} from './issue-mdm-certificate.ts';
export type { KeyedCertificate, KeyedCertificateDeps, OpenedCertificate } from './keyed-certificates.ts';
export { openScepAuthorities, scepAuthority } from './scep-authority.ts';
export { signProfile } from './sign-profile.ts';
export {
  type IssuedCertificate,
  issueAgentCertificate,
  keyOfRequest,
} from './issue-certificate.ts';
export { confirmUseInside } from './confirm-first-use.ts';
export { createRefusals, type Refusal, type Refusals } from './refusals.ts';
export { type RenewalDeps, renewAgentCertificate } from './renew-certificate.ts';
export {
  createChallenge,
  type NewChallenge,
  purgeOldChallenges,
  withdrawChallenges,
} from './scep-challenges.ts';
export { createRevocationLists, type RevocationLists } from './revocation-list.ts';
export {
  type CertificateHolders,
  type RevocationDeps,
  type RevocationReason,
  revokeDeviceCertificates,
} from './revoke-certificate.ts';
export { type AskStanding, createStandings } from './standing-queries.ts';
export {
  CertificateRefused,
  type CertificateVerifier,
  createCertificateVerifier,
  type VerifiedCertificate,
} from './verify-certificate.ts';
