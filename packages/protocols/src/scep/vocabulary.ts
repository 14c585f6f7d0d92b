/** Words and numbers of SCEP (RFC 8894), one row each, read in both directions. */

/** Signed attributes (section 3.2.1). */
export const scepAttributes = {
  messageType: '2.16.840.1.113733.1.9.2',
  pkiStatus: '2.16.840.1.113733.1.9.3',
  failInfo: '2.16.840.1.113733.1.9.4',
  senderNonce: '2.16.840.1.113733.1.9.5',
  recipientNonce: '2.16.840.1.113733.1.9.6',
  transactionId: '2.16.840.1.113733.1.9.7',
  failInfoText: '1.3.6.1.5.5.7.24.1',
} as const;

/** Section 3.2.1.2. */
export const messageTypes = {
  CertRep: '3',
  RenewalReq: '17',
  PKCSReq: '19',
  CertPoll: '20',
  GetCert: '21',
  GetCRL: '22',
} as const;
export type ScepMessageType = keyof typeof messageTypes;
export type ScepRequestType = Exclude<ScepMessageType, 'CertRep'>;

/** Section 3.2.1.3. */
export const statuses = { success: '0', failure: '2', pending: '3' } as const;
export type ScepStatus = keyof typeof statuses;

/** Section 3.2.1.4. */
export const failures = {
  badAlg: '0',
  badMessageCheck: '1',
  badRequest: '2',
  badTime: '3',
  badCertId: '4',
} as const;
export type ScepFailure = keyof typeof failures;

/** Section 3.5.2: what a server says it can do, a word a line. */
export const capabilities = [
  'AES',
  'DES3',
  'GetNextCACert',
  'POSTPKIOperation',
  'Renewal',
  'SCEPStandard',
  'SHA-1',
  'SHA-256',
  'SHA-384',
  'SHA-512',
  'Update',
] as const;
export type ScepCapability = (typeof capabilities)[number];

/** The body of a GetCACaps answer. */
export function encodeCapabilities(words: readonly ScepCapability[]): Uint8Array {
  return Buffer.from(words.map((word) => `${word}\n`).join(''), 'latin1');
}

const capabilityLimits = { bytes: 4096 } as const;

/** Words we do not know are passed over, as the section asks; the case of letters is not told apart. */
export function decodeCapabilities(bytes: Uint8Array): ReadonlySet<ScepCapability> {
  const text = Buffer.from(bytes.subarray(0, capabilityLimits.bytes)).toString('latin1');
  const told = new Set(text.split(/[\r\n\t ]+/).map((word) => word.toLowerCase()));
  return new Set(capabilities.filter((word) => told.has(word.toLowerCase())));
}

/** Media types (section 4). */
export const scepMediaTypes = {
  capabilities: 'text/plain',
  oneCertificate: 'application/x-x509-ca-cert',
  severalCertificates: 'application/x-x509-ca-ra-cert',
  message: 'application/x-pki-message',
} as const;
