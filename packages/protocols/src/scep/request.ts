/** The client's side: making requests and reading answers. Simulated devices and our own renewals speak it. */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { type CipherName, type DigestName, envelope, openEnvelope, parseSignedData } from '../cms/index.ts';
import { DecodeError } from '../decode-error.ts';
import { bitString, encodeValue, explicit, sequence, time, unsignedInteger } from '../der/write-der.ts';
import { tag } from '../der/read-der.ts';
import { encodeSignatureAlgorithm, signatureAlgorithms, signerFor } from '../x509/algorithms.ts';
import { type DistinguishedName, encodeName } from '../x509/distinguished-names.ts';
import { encodeExtensions } from '../x509/extensions.ts';
import { decodeScepMessage, encodeScepMessage, type ScepMessage } from './message.ts';
import type { ScepFailure, ScepRequestType } from './vocabulary.ts';

/**
 * A certificate that a requester without one makes for itself, to sign the first request with (RFC 8894, section 2.3).
 *
 * @param validity milliseconds since the epoch.
 */
export function selfSignedCertificate(
  key: KeyObject,
  subject: DistinguishedName,
  serial: Uint8Array,
  validity: { readonly notBefore: number; readonly notAfter: number },
): Uint8Array {
  const signer = signerFor(key);
  const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[signer.algorithm]);
  const name = encodeName(subject);
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(2)),
    encodeValue(tag.integer, serial),
    algorithm,
    name,
    sequence(time(validity.notBefore), time(validity.notAfter)),
    name,
    createPublicKey(key).export({ format: 'der', type: 'spki' }),
    encodeExtensions({ keyUsage: ['digitalSignature', 'keyEncipherment'] }),
  );
  return sequence(toBeSigned, algorithm, bitString(signer.sign(toBeSigned)));
}

/** As most clients name a transaction: by the key that is to be certified (section 3.2.1.1). */
export function transactionIdOf(key: KeyObject): string {
  return hash('sha256', createPublicKey(key).export({ format: 'der', type: 'spki' }));
}

export interface NewScepRequest {
  readonly type: ScepRequestType;
  /** A certification request, or for the other types the fields of section 3.3. */
  readonly content: Uint8Array;
  /** DER of the server's certificate: whom the envelope is for. */
  readonly server: Uint8Array;
  /** DER of the requester's certificate: its own for a first request, the present one for a renewal. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  readonly transactionId: string;
  /** 16 random bytes. */
  readonly senderNonce: Uint8Array;
  readonly cipher?: CipherName;
  readonly digest?: DigestName;
}

export function encodeScepRequest({ content, server, cipher, ...request }: NewScepRequest): Uint8Array {
  const closed = envelope({ content, recipient: server, ...(cipher === undefined ? {} : { cipher }) });
  return encodeScepMessage({ ...request, envelope: closed });
}

/** IssuerAndSubject: what a CertPoll asks for (section 3.3.3). */
export function issuerAndSubject(issuer: Uint8Array, subject: Uint8Array): Uint8Array {
  return sequence(issuer, subject);
}

/** IssuerAndSerialNumber: what GetCert and GetCRL ask for (sections 3.3.4, 3.3.5). @param serial content bytes of the number */
export function issuerAndSerial(issuer: Uint8Array, serial: Uint8Array): Uint8Array {
  return sequence(issuer, encodeValue(tag.integer, serial));
}

export type ScepAnswer =
  | {
      readonly status: 'success';
      readonly certificates: readonly Uint8Array[];
      readonly message: ScepMessage;
    }
  | { readonly status: 'failure'; readonly failure: ScepFailure | undefined; readonly message: ScepMessage }
  | { readonly status: 'pending'; readonly message: ScepMessage };

/**
 * The answer to a request of ours.
 *
 * @throws DecodeError also when it answers another request, or another key signed it.
 */
export function decodeScepAnswer(
  bytes: Uint8Array,
  request: Pick<NewScepRequest, 'server' | 'certificate' | 'key' | 'transactionId' | 'senderNonce'>,
): ScepAnswer {
  const message = decodeScepMessage(bytes);
  const refuse = (problem: string): never => {
    throw new DecodeError(problem, { path: 'certRep', reason: 'wrong-answer' });
  };
  if (message.type !== 'CertRep') refuse('no answer, but a request');
  if (message.transactionId !== request.transactionId) refuse('the answer to another request');
  if (Buffer.compare(message.recipientNonce ?? new Uint8Array(), request.senderNonce) !== 0)
    refuse('the answer to another nonce');
  if (Buffer.compare(message.signedBy.certificate, request.server) !== 0) refuse('signed by another server');
  if (message.status === 'pending') return { status: 'pending', message };
  if (message.status !== 'success') return { status: 'failure', failure: message.failure, message };
  const closed = message.envelope ?? refuse('a success that brings nothing');
  const opened = openEnvelope(closed, {
    certificate: request.certificate,
    key: request.key,
    allowed: ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'],
  });
  return { status: 'success', certificates: parseSignedData(opened).certificates, message };
}
