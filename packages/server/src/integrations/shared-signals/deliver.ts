// Makes the token of an event and pushes it to its receiver: RFC 8935. What came of it is one of four things.
import {
  decodePushError,
  encodeSet,
  eventTypes,
  setClaims,
  setMediaType,
  signingInput,
} from '@gatehouse/protocols/shared-signals/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { type OutboundAnswer, type Outbound } from '../../kernel/outbound/outbound.ts';
import { OutboundError } from '../../kernel/outbound/outbound-error.ts';
import type { SignalRow } from './event-queries.ts';
import type { SignerOf } from './keys.ts';

export interface Sender {
  readonly issuer: string;
  readonly audience: string;
  readonly signer: SignerOf;
}

/** The same event gives the same token each time, as long as the key is the same: PKCS #1 signatures hold no chance. */
export async function tokenOf({ issuer, audience, signer }: Sender, row: SignalRow): Promise<string> {
  const { subject, claims, transaction } = row.content;
  const issuedAt = Math.floor(row.issued_at.getTime() / 1_000);
  const input = signingInput(
    signer.keyId,
    setClaims(
      { issuer, audience, jti: row.jti, issuedAt, transaction },
      { type: row.event_type, subject, claims },
    ),
  );
  return encodeSet(input, await signer.sign(input));
}

export type Delivery =
  | { readonly kind: 'taken' }
  /** This event is not to the receiver’s liking, and never will be. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Something between us is wrong; the event stays. */
  | { readonly kind: 'failed'; readonly problem: string; readonly retryAfterMs: number | undefined };

/** What is wrong with this one event; all other codes say what is wrong with every one (keys, audience, access). */
const eventErrors = ['invalid_request', 'invalid_state'];

export async function push(
  outbound: Pick<Outbound, 'request'>,
  receiver: { readonly url: string; readonly authorization: string | undefined },
  token: string,
  row: Pick<SignalRow, 'event_type'>,
): Promise<Delivery> {
  let answer: OutboundAnswer;
  try {
    answer = await outbound.request(new URL(receiver.url), {
      headers: {
        'content-type': setMediaType,
        accept: 'application/json',
        ...(receiver.authorization === undefined ? {} : { authorization: receiver.authorization }),
      },
      body: token,
    });
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { kind: 'failed', problem: error.reason, retryAfterMs: undefined };
  }
  if (answer.status === 202 || answer.status === 200 || answer.status === 204) return { kind: 'taken' };
  const retryAfter = Number(answer.header('retry-after'));
  const retryAfterMs =
    Number.isFinite(retryAfter) && retryAfter > 0 ? Math.min(retryAfter, 3_600) * 1_000 : undefined;
  if (answer.status !== 400) return { kind: 'failed', problem: `status ${answer.status}`, retryAfterMs };
  const code = errorCode(answer.body);
  // A verification is asked for by the receiver: whatever it says of it, it is not sent again.
  return eventErrors.includes(code) || row.event_type === eventTypes.verification
    ? { kind: 'refused', problem: code }
    : { kind: 'failed', problem: code, retryAfterMs };
}

/** One of the registered words, never the receiver’s own text: what answers at an address is not shown to whoever chose it. */
const known = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
  'invalid_state',
];

function errorCode(body: Uint8Array): string {
  try {
    const { err } = decodePushError(body);
    return known.find((code) => code === err) ?? 'invalid_request';
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // No such answer as RFC 8935 asks for: perhaps not even a receiver.
    return 'status 400';
  }
}
