// A device asks for its certificate (RFC 8894). Wire words become the words of the certificates module here, and its refusals
// become the few numbers that SCEP has for them. An envelope that cannot be opened, one that holds no request, and one whose request
// is not the sender's own are the same failure, so that nobody learns from altering envelopes (SCEP-02).
import { createHash, randomBytes } from 'node:crypto';
import {
  certificatesOnly,
  type CipherName,
  decrypt,
  type DigestName,
  envelope,
  type EnvelopeParts,
  findRecipient,
  parseEnvelope,
  publicKeyFactsOf,
} from '@gatehouse/protocols/cms/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  decodeScepMessage,
  encodeCapabilities,
  encodeScepMessage,
  peekScepMessage,
  type ScepFailure,
  type ScepMessage,
} from '@gatehouse/protocols/scep/index.ts';
import {
  type CertificateRequest,
  findKeyWeakness,
  readCertificateRequest,
} from '@gatehouse/protocols/x509/index.ts';
import { createRateLimit, type RateLimit } from '../../kernel/http/rate-limit.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import {
  CertificateRefused,
  findIssued,
  issueByCertificate,
  issueByChallenge,
  type IssueDeps,
  IssueRefused,
  openScepAuthorities,
  type OpenedCertificate,
  type Refusals,
  scepAuthority,
} from '../../modules/certificates/index.ts';

export interface ScepDeps extends IssueDeps {
  readonly sealer: Sealer;
  readonly refusals: Pick<Refusals, 'note'>;
  /** What the organization lets devices encrypt with beside AES (SCEP-04). */
  readonly oldCiphers: (organizationId: string) => Promise<'none' | '3des' | 'des'>;
}

export interface ScepServer {
  /** The body of GetCACaps. */
  capabilities(organizationId: string): Promise<Uint8Array>;
  /** The one certificate of GetCACert, DER. */
  caCertificate(organizationId: string): Promise<Uint8Array>;
  /** The answer to a PKIOperation; undefined for bytes that no answer can be addressed to. */
  operate(request: ScepOperation): Promise<ScepReply | undefined>;
}

export interface ScepOperation {
  readonly organizationId: string;
  readonly message: Uint8Array;
  readonly requestId: string;
}

export interface ScepReply {
  readonly body: Uint8Array;
  readonly failed: boolean;
}

const aes: readonly CipherName[] = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'];
const accepted: Readonly<Record<'none' | '3des' | 'des', readonly CipherName[]>> = {
  none: aes,
  '3des': [...aes, 'des-ede3-cbc'],
  des: [...aes, 'des-ede3-cbc', 'des-cbc'],
};

/** Why a request fails: for the device one number, for the audit record a word. */
class Refused extends Error {
  readonly failure: ScepFailure;
  readonly why: string;
  readonly deviceId: string | undefined;

  constructor(failure: ScepFailure, why: string, deviceId?: string) {
    super(why);
    this.failure = failure;
    this.why = why;
    this.deviceId = deviceId;
  }
}

export function createScepServer(deps: ScepDeps): ScepServer {
  // A live certificate may ask for the next one at any time, but not fill the table with them.
  const renewals = createRateLimit({ clock: deps.clock, burst: 5, perMinute: 0.1 });
  return {
    async capabilities(organizationId) {
      const hasTripleDes = (await deps.oldCiphers(organizationId)) !== 'none';
      return encodeCapabilities([
        'POSTPKIOperation',
        'Renewal',
        'SHA-256',
        'SHA-384',
        'SHA-512',
        'AES',
        ...(hasTripleDes ? (['DES3'] as const) : []),
        'SCEPStandard',
      ]);
    },
    async caCertificate(organizationId) {
      return (await scepAuthority(deps, organizationId)).certificate.der;
    },
    operate: (request) => operate(deps, renewals, request),
  };
}

async function operate(
  deps: ScepDeps,
  renewals: RateLimit,
  { organizationId, message: bytes, requestId }: ScepOperation,
): Promise<ScepReply | undefined> {
  const asker = peekScepMessage(bytes);
  if (asker === undefined) return undefined;
  await scepAuthority(deps, organizationId);
  const authorities = await openScepAuthorities(deps, organizationId);
  const newest = authorities.at(-1);
  if (newest === undefined)
    throw new Error('the organization has no SCEP authority, though one was just made');
  const answer = { ...asker, by: newest, digest: 'sha256' as DigestName };
  try {
    const message = readMessage(bytes);
    if (message.signedBy.digest !== 'sha1') answer.digest = message.signedBy.digest;
    requireEnvelopable(message);
    const { parts, addressee, wrappedKey } = await readEnvelope(deps, organizationId, message, authorities);
    answer.by = addressee;
    const context = { deps, renewals, organizationId, requestId, newest, message };
    const certificate = await certificateFor(context, decryptQuietly(parts, wrappedKey, addressee));
    return {
      body: encodeSuccess(answer, message, parts.cipher, certificate),
      failed: false,
    };
  } catch (error) {
    const refused = refusedBy(error);
    if (refused === undefined) throw error;
    const deviceId = refused.deviceId;
    deps.refusals.note({
      organizationId,
      actor: { kind: 'device', id: deviceId ?? 'unknown' },
      action: 'certificates.issue',
      target: deviceId === undefined ? undefined : { kind: 'device', id: deviceId },
      reason: refused.why,
      requestId,
      via: 'enrollment',
    });
    return { body: encodeFailure(answer, refused.failure), failed: true };
  }
}

function refusedBy(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  if (error instanceof IssueRefused) return new Refused('badRequest', error.why, error.deviceId);
  if (error instanceof CertificateRefused) return new Refused('badRequest', error.why, error.of?.deviceId);
  return undefined;
}

/**
 * SHA-1 passes around a first request, because Debian's and other clients still write it: what counts there is the request inside,
 * which the same key signed anew, and the challenge. A renewal is granted for its signature, and needs a good one.
 */
function readMessage(bytes: Uint8Array): ScepMessage {
  try {
    const message = decodeScepMessage(bytes, { allowSha1: true });
    if (message.signedBy.digest === 'sha1' && message.type !== 'PKCSReq')
      throw new Refused('badAlg', 'weak-algorithm');
    return message;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const isAlgorithm = error.reason === 'weak-algorithm' || error.reason === 'unsupported-algorithm';
    throw new Refused(isAlgorithm ? 'badAlg' : 'badMessageCheck', error.reason);
  }
}

/** The answer is encrypted to the key that signed the request, and SCEP can do that with RSA keys only. */
function requireEnvelopable({ signedBy }: ScepMessage): void {
  const publicKey = publicKeyFactsOf(signedBy.certificate);
  if (publicKey.kind !== 'rsa') throw new Refused('badAlg', 'key-cannot-encrypt');
  if (findKeyWeakness(publicKey) !== undefined) throw new Refused('badAlg', 'weak-key');
}

interface OpenableEnvelope {
  readonly parts: EnvelopeParts;
  readonly addressee: OpenedCertificate;
  readonly wrappedKey: Uint8Array;
}

async function readEnvelope(
  deps: ScepDeps,
  organizationId: string,
  message: ScepMessage,
  authorities: readonly OpenedCertificate[],
): Promise<OpenableEnvelope> {
  let parts: EnvelopeParts;
  try {
    parts = parseEnvelope(message.envelope ?? new Uint8Array());
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Refused(
      error.reason === 'unsupported-algorithm' ? 'badAlg' : 'badMessageCheck',
      'envelope-malformed',
    );
  }
  const { cipher } = parts;
  if (!accepted[await deps.oldCiphers(organizationId)].includes(cipher))
    throw new Refused('badAlg', `cipher-${cipher}`);
  const candidates = authorities.map((opened) => ({ opened, certificate: opened.certificate.der }));
  const found = findRecipient(parts, candidates);
  if (found === undefined) throw new Refused('badMessageCheck', 'envelope-for-another');
  return { parts, addressee: found.candidate.opened, wrappedKey: found.wrappedKey };
}

/** What cannot be decrypted counts as empty content, and fails where any other wrong content fails. */
function decryptQuietly(
  parts: EnvelopeParts,
  wrappedKey: Uint8Array,
  addressee: OpenedCertificate,
): Uint8Array {
  try {
    return decrypt(parts, wrappedKey, addressee.key);
  } catch (error) {
    if (error instanceof DecodeError) return new Uint8Array();
    throw error;
  }
}

interface RequestContext {
  readonly deps: ScepDeps;
  readonly renewals: RateLimit;
  readonly organizationId: string;
  readonly requestId: string;
  readonly newest: OpenedCertificate;
  readonly message: ScepMessage;
}

/** @throws Refused, IssueRefused, CertificateRefused */
async function certificateFor(context: RequestContext, content: Uint8Array): Promise<Uint8Array> {
  const { deps, organizationId, message } = context;
  const signerKey = publicKeyFactsOf(message.signedBy.certificate).fingerprint;
  switch (message.type) {
    case 'PKCSReq': {
      const request = readRequest(content);
      // Who signs the message must hold the key that is to be certified (SCEP-03).
      if (request.key.fingerprint !== signerKey) throw notOpened();
      return issueByChallenge(deps, wishOf(context, request, content), request.challengePassword);
    }
    case 'RenewalReq': {
      const request = readRequest(content);
      if (context.renewals.spend(message.signedBy.fingerprint) > 0)
        throw new Refused('badRequest', 'too-many-renewals');
      return issueByCertificate(deps, wishOf(context, request, content), message.signedBy.certificate);
    }
    case 'CertPoll': {
      // By the key that signed the poll, whatever else it says: nobody is told of another's certificate (SCEP-05).
      const issued = await findIssued(deps, organizationId, signerKey);
      if (issued === undefined) throw new Refused('badCertId', 'poll-for-nothing');
      return issued;
    }
    default:
      throw new Refused('badRequest', `${message.type}-not-served`);
  }
}

function wishOf(
  { organizationId, requestId, newest, message }: RequestContext,
  { key, subject }: CertificateRequest,
  content: Uint8Array,
) {
  return {
    organizationId,
    requestId,
    key,
    commonName: subject.commonName,
    requestHash: createHash('sha256').update(content).digest(),
    transactionId: message.transactionId,
    authority: newest,
  };
}

function readRequest(content: Uint8Array): CertificateRequest {
  try {
    return readCertificateRequest(content);
  } catch (error) {
    if (error instanceof DecodeError) throw notOpened();
    throw error;
  }
}

function notOpened(): Refused {
  return new Refused('badMessageCheck', 'envelope-not-opened');
}

interface Answer {
  readonly transactionId: string;
  /** Of the request: it comes back as the recipient's. */
  readonly senderNonce: Uint8Array;
  readonly by: OpenedCertificate;
  readonly digest: DigestName;
}

function encodeSuccess(
  answer: Answer,
  { signedBy }: ScepMessage,
  requested: CipherName,
  certificate: Uint8Array,
): Uint8Array {
  // By the algorithm of the request: what the device can write it can read. Single DES comes from clients that write nothing else,
  // but read more.
  const cipher = requested === 'des-cbc' ? 'aes-128-cbc' : requested;
  const closed = envelope({
    content: certificatesOnly([certificate]),
    recipient: signedBy.certificate,
    cipher,
  });
  return encodeScepMessage({ ...formOf(answer), status: 'success', envelope: closed });
}

function encodeFailure(answer: Answer, failure: ScepFailure): Uint8Array {
  return encodeScepMessage({ ...formOf(answer), status: 'failure', failure });
}

function formOf({ transactionId, senderNonce, by, digest }: Answer) {
  return {
    type: 'CertRep',
    transactionId,
    senderNonce: randomBytes(16),
    recipientNonce: senderNonce,
    certificate: by.certificate.der,
    key: by.key,
    digest,
  } as const;
}
