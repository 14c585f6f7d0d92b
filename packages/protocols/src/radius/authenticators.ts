/**
 * What proves that a packet comes from one who knows the shared secret: the request authenticator of Accounting-, Disconnect- and
 * CoA-Requests (RFC 2866 section 3, RFC 5176 section 2.3), the response authenticator (RFC 2865 section 3) and
 * Message-Authenticator (RFC 3579 section 3.2). MD5 is what RADIUS has; it is used nowhere else.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type PacketName, packetCodes, type SignedRequestName } from './codes.ts';
import { decodePacket, encodePacket, headerBytes, packetLength, type RawAttribute } from './packet.ts';

const messageAuthenticator = 80;
const empty = new Uint8Array(16);
const unsignedRequests: readonly number[] = [packetCodes['Access-Request'], packetCodes['Status-Server']];

export interface Signing {
  readonly secret: Uint8Array;
  /** Adds one, as the first attribute: a forger cannot put anything before it. */
  readonly messageAuthenticator: boolean;
}

/** @throws RangeError when the attributes do not fit into a packet. */
export function signRequest(
  name: SignedRequestName,
  identifier: number,
  attributes: readonly RawAttribute[],
  { secret, ...signing }: Signing,
): Buffer {
  const packet = {
    code: packetCodes[name],
    identifier,
    authenticator: empty,
    attributes: room(attributes, signing),
  };
  const bytes = encodePacket(packet);
  if (signing.messageAuthenticator) bytes.set(hmac(bytes, secret), headerBytes + 2);
  bytes.set(md5(bytes, secret), 4);
  return bytes;
}

/** @param request what is answered: its identifier and authenticator. */
export function signResponse(
  name: PacketName,
  request: { readonly identifier: number; readonly authenticator: Uint8Array },
  attributes: readonly RawAttribute[],
  { secret, ...signing }: Signing,
): Buffer {
  const { identifier, authenticator } = request;
  const bytes = encodePacket({
    code: packetCodes[name],
    identifier,
    authenticator,
    attributes: room(attributes, signing),
  });
  if (signing.messageAuthenticator) bytes.set(hmac(bytes, secret), headerBytes + 2);
  bytes.set(md5(bytes, secret), 4);
  return bytes;
}

/**
 * Whether a request carries a right authenticator, and a right Message-Authenticator if any. Of Access- and Status-Requests, whose
 * authenticator proves nothing, a Message-Authenticator is required.
 * @throws DecodeError for what is no packet.
 */
export function verifyRequest(bytes: Uint8Array, secret: Uint8Array): boolean {
  const whole = Buffer.from(bytes.subarray(0, packetLength(bytes)));
  const { code, authenticator } = decodePacket(whole);
  if (unsignedRequests.includes(code))
    return verifyMessageAuthenticator(whole, authenticator, secret) === 'right';
  const unsigned = withAuthenticator(whole, empty);
  return (
    timingSafeEqual(md5(unsigned, secret), authenticator) &&
    verifyMessageAuthenticator(whole, empty, secret) !== 'wrong'
  );
}

/** @throws DecodeError for what is no packet. */
export function verifyResponse(
  bytes: Uint8Array,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): boolean {
  const whole = Buffer.from(bytes.subarray(0, packetLength(bytes)));
  const { authenticator } = decodePacket(whole);
  return (
    timingSafeEqual(md5(withAuthenticator(whole, requestAuthenticator), secret), authenticator) &&
    verifyMessageAuthenticator(whole, requestAuthenticator, secret) !== 'wrong'
  );
}

/** Each of several has to be right; one of another length than 16 is wrong. */
function verifyMessageAuthenticator(
  whole: Buffer,
  authenticator: Uint8Array,
  secret: Uint8Array,
): 'right' | 'wrong' | 'absent' {
  const blank = withAuthenticator(whole, authenticator);
  const found: Buffer[] = [];
  for (let offset = headerBytes; offset < whole.length; offset += whole[offset + 1] ?? whole.length) {
    if (whole[offset] !== messageAuthenticator) continue;
    if (whole[offset + 1] !== 18) return 'wrong';
    found.push(whole.subarray(offset + 2, offset + 18));
    blank.fill(0, offset + 2, offset + 18);
  }
  if (found.length === 0) return 'absent';
  const right = hmac(blank, secret);
  return found.every((value) => timingSafeEqual(value, right)) ? 'right' : 'wrong';
}

function room(
  attributes: readonly RawAttribute[],
  signing: Pick<Signing, 'messageAuthenticator'>,
): readonly RawAttribute[] {
  return signing.messageAuthenticator
    ? [{ type: messageAuthenticator, value: empty }, ...attributes]
    : attributes;
}

function withAuthenticator(bytes: Buffer, authenticator: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(authenticator, 4);
  return copy;
}

function md5(bytes: Uint8Array, secret: Uint8Array): Buffer {
  return createHash('md5').update(bytes).update(secret).digest();
}

function hmac(bytes: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac('md5', secret).update(bytes).digest();
}
