/** One push of device management: what is sent, byte for byte, and what comes of it. */

export interface Push {
  /** As the device reported it; its length is Apple's business. */
  readonly token: Uint8Array;
  /** The magic that the device reported with the token. */
  readonly magic: string;
}

export type PushOutcome =
  | { readonly outcome: 'accepted' }
  /** `since`: when Apple says that the token became invalid, ms since the epoch. */
  | { readonly outcome: 'dead-token'; readonly reason: string; readonly since: number | undefined }
  | {
      readonly outcome: 'token-mismatch' | 'request-refused' | 'certificate-refused';
      readonly reason: string;
    }
  | { readonly outcome: 'throttled'; readonly reason: string; readonly retryAfterMs: number }
  /** Neither network nor Apple let it through in time. */
  | { readonly outcome: 'unreachable'; readonly reason: string }
  /** More waits already than this process wants to hold. */
  | { readonly outcome: 'queue-full' }
  | { readonly outcome: 'closed' };

/** Apple looks for exactly this member and nothing beside it. */
export function pushBody(magic: string): Buffer {
  return Buffer.from(JSON.stringify({ mdm: magic }), 'utf8');
}

export function pushHeaders(push: Push, topic: string, expiresAt: number): Record<string, string> {
  return {
    ':method': 'POST',
    ':path': `/3/device/${Buffer.from(push.token).toString('hex')}`,
    'apns-topic': topic,
    'apns-push-type': 'mdm',
    'apns-priority': '10',
    // Seconds. Without it Apple drops the push when the device is away at that moment.
    'apns-expiration': String(Math.floor(expiresAt / 1000)),
  };
}
