/** Cryptographic Message Syntax (RFC 5652): signatures over messages, envelopes, bags of certificates. */
export {
  attributeTypes,
  type CipherName,
  ciphers,
  contentTypes,
  type DigestName,
  digests,
} from './algorithms.ts';
export {
  certificatesOnly,
  signAttached,
  signAttributes,
  signDetached,
  type SignedContent,
} from './build-signed-data.ts';
export {
  decrypt,
  envelope,
  type EnvelopeOpener,
  type EnvelopeParts,
  findRecipient,
  type NewEnvelope,
  openEnvelope,
  parseEnvelope,
  requireAllowed,
} from './enveloped-data.ts';
export { cmsLimits, parseSignedData, type SignedDataParts, type SignerParts } from './parse-signed-data.ts';
export { publicKeyFactsOf } from './signer-certificate.ts';
export {
  single,
  type SignatureRules,
  type SignedBy,
  verifyAttached,
  verifyDetached,
  verifyParsed,
  verifyWithAttributes,
} from './verify-signed-data.ts';
