/**
 * SCEP messages (RFC 8894, section 3): SignedData whose signed attributes say what it is, around an envelope. Both directions
 * use the same form; the envelope is opened apart, because only one side can.
 */
import type { KeyObject } from 'node:crypto';
import {
  type DigestName,
  parseSignedData,
  signAttached,
  signAttributes,
  type SignatureRules,
  type SignedBy,
  single,
  verifyWithAttributes,
} from '../cms/index.ts';
import { DecodeError } from '../decode-error.ts';
import { type DerValue, failure as failureAt, requireTag, tag } from '../der/read-der.ts';
import { readText } from '../der/read-values.ts';
import { octetString, printableString, utf8String } from '../der/write-der.ts';
import {
  failures,
  messageTypes,
  scepAttributes,
  type ScepFailure,
  type ScepMessageType,
  type ScepStatus,
  statuses,
} from './vocabulary.ts';

export const scepLimits = {
  bytes: 64 * 1024,
  transactionIdCharacters: 255,
  nonceBytes: 64,
  failTextCharacters: 1024,
} as const;

export interface ScepMessage {
  readonly type: ScepMessageType;
  readonly transactionId: string;
  /** 16 bytes by the book. */
  readonly senderNonce: Uint8Array;
  readonly recipientNonce?: Uint8Array;
  /** Of a CertRep. */
  readonly status?: ScepStatus;
  readonly failure?: ScepFailure;
  readonly failureText?: string;
  /** The envelope, closed; absent in answers that bring nothing. */
  readonly envelope?: Uint8Array;
  readonly signedBy: SignedBy;
}

export interface NewScepMessage extends Omit<ScepMessage, 'signedBy'> {
  /** DER of the certificate the message is signed with, and its key. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  readonly digest?: DigestName;
  readonly signingTime?: Date;
}

export function encodeScepMessage(message: NewScepMessage): Uint8Array {
  const { status, failure, failureText, recipientNonce } = message;
  const attributes: (readonly [string, Uint8Array])[] = [
    [scepAttributes.transactionId, printableString(message.transactionId)],
    [scepAttributes.messageType, printableString(messageTypes[message.type])],
    [scepAttributes.senderNonce, octetString(message.senderNonce)],
  ];
  if (status !== undefined) attributes.push([scepAttributes.pkiStatus, printableString(statuses[status])]);
  if (failure !== undefined) attributes.push([scepAttributes.failInfo, printableString(failures[failure])]);
  if (failureText !== undefined) attributes.push([scepAttributes.failInfoText, utf8String(failureText)]);
  if (recipientNonce !== undefined)
    attributes.push([scepAttributes.recipientNonce, octetString(recipientNonce)]);
  const signed = {
    certificate: message.certificate,
    key: message.key,
    attributes,
    ...(message.digest === undefined ? {} : { digest: message.digest }),
    ...(message.signingTime === undefined ? {} : { signingTime: message.signingTime }),
  };
  return message.envelope === undefined
    ? signAttributes(signed)
    : signAttached({ ...signed, content: message.envelope });
}

/**
 * Reads a message and proves that its signer holds the key of the certificate in it.
 *
 * @throws DecodeError. `reason` as verifyDetached's: `weak-algorithm` and `unsupported-algorithm` mean failInfo badAlg, all
 *   others badMessageCheck.
 */
export function decodeScepMessage(
  bytes: Uint8Array,
  rules: Pick<SignatureRules, 'allowSha1'> = {},
): ScepMessage {
  const { content, ...signedBy } = verifyWithAttributes(bytes, { ...rules, maxBytes: scepLimits.bytes });
  const { attributes } = signedBy;
  const type = word(messageTypes, single(attributes, scepAttributes.messageType), 'messageType');
  const transactionId = text(
    single(attributes, scepAttributes.transactionId),
    scepLimits.transactionIdCharacters,
  );
  const senderNonce = nonce(single(attributes, scepAttributes.senderNonce));
  const optional = (name: keyof typeof scepAttributes): DerValue | undefined =>
    attributes.has(scepAttributes[name]) ? single(attributes, scepAttributes[name]) : undefined;
  const recipientNonce = optional('recipientNonce');
  const status = optional('pkiStatus');
  const failure = optional('failInfo');
  const failureText = optional('failInfoText');
  if ((type === 'CertRep') !== (status !== undefined))
    throw new DecodeError('a status belongs to an answer, and to nothing else', { path: 'pkiStatus' });
  return {
    type,
    transactionId,
    senderNonce,
    ...(recipientNonce === undefined ? {} : { recipientNonce: nonce(recipientNonce) }),
    ...(status === undefined ? {} : { status: word(statuses, status, 'pkiStatus') }),
    ...(failure === undefined ? {} : { failure: word(failures, failure, 'failInfo') }),
    ...(failureText === undefined ? {} : { failureText: text(failureText, scepLimits.failTextCharacters) }),
    ...(content === undefined || content.length === 0 ? {} : { envelope: content }),
    signedBy,
  };
}

/**
 * Who asks, of a message that may prove nothing: so that even a refusal reaches its asker.
 *
 * @returns undefined when it does not say.
 */
export function peekScepMessage(
  bytes: Uint8Array,
): Pick<ScepMessage, 'transactionId' | 'senderNonce'> | undefined {
  try {
    const attributes = parseSignedData(bytes, scepLimits.bytes).signer?.attributes ?? new Map();
    return {
      transactionId: text(
        single(attributes, scepAttributes.transactionId),
        scepLimits.transactionIdCharacters,
      ),
      senderNonce: nonce(single(attributes, scepAttributes.senderNonce)),
    };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function word<T extends string>(table: Readonly<Record<T, string>>, value: DerValue, path: string): T {
  const found = text(value, 8);
  for (const name in table) if (table[name] === found) return name;
  throw new DecodeError(`${found} is no ${path}`, { offset: value.offset, path });
}

function text(value: DerValue, limit: number): string {
  const found = readText(value);
  if (found.length > limit) throw failureAt(value, `longer than ${limit} characters`, 'too-large');
  return found;
}

function nonce(value: DerValue): Uint8Array {
  requireTag(value, tag.octetString);
  if (value.content.length > scepLimits.nonceBytes) throw failureAt(value, 'nonce too long', 'too-large');
  return value.content;
}
