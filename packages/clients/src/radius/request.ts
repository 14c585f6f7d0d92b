/** What a dynamic authorization client asks of a NAS (RFC 5176), and what comes of it. */
import type { RawAttribute } from '@gatehouse/protocols/radius/index.ts';

export interface Nas {
  /** IPv4 or IPv6, no name: an answer must come from the very address that was asked. */
  readonly address: string;
  readonly port: number;
  readonly secret: Uint8Array;
  /** Off only for old devices that do not know it. */
  readonly messageAuthenticator: boolean;
}

export interface AuthorizationChange {
  readonly name: 'CoA-Request' | 'Disconnect-Request';
  readonly nas: Nas;
  /** Without Event-Timestamp and Message-Authenticator, which the sender adds. */
  readonly attributes: readonly RawAttribute[];
}

export type ChangeOutcome =
  | { readonly outcome: 'accepted' }
  /** There is no such session any more, so there is nothing left to change. */
  | { readonly outcome: 'session-gone'; readonly cause: string }
  /** Sending it again brings the same answer until somebody changes a setting. */
  | { readonly outcome: 'configuration'; readonly cause: string }
  | { readonly outcome: 'refused'; readonly cause: string }
  /** It said so, every time. */
  | { readonly outcome: 'busy'; readonly cause: string }
  /** Nothing came that proves to be an answer; `ignored` packets came that do not. */
  | { readonly outcome: 'no-answer'; readonly ignored: number }
  /** The packet could not be sent. */
  | { readonly outcome: 'unreachable'; readonly reason: string }
  /** More wait for this NAS already than this process wants to hold. */
  | { readonly outcome: 'queue-full' }
  | { readonly outcome: 'closed' };
