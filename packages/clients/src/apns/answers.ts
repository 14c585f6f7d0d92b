/**
 * What APNs answers and what follows from it: one row per reason of Apple's page “Handling notification responses from APNs”.
 * The class decides; the reason goes to the log and to the administrator.
 */

export type ApnsAnswerClass =
  /** Taken over by Apple. Says nothing about delivery. */
  | 'accepted'
  /** The device has another token by now, or none: wait for it to tell. No proof that it is not managed any more. */
  | 'dead-token'
  /** Token and certificate do not fit: nearly always our fault, and then it hits every device at once. Tokens are kept. */
  | 'token-mismatch'
  /** We sent something wrong. */
  | 'request-refused'
  /** The certificate is wrong, expired or revoked: nothing more is sent with it. */
  | 'certificate-refused'
  /** Too much for one device. */
  | 'throttled'
  /** The connection was idle for too long; nothing is wrong. */
  | 'idle'
  /** Apple's trouble: again later, on another connection. */
  | 'apple-trouble';

export const apnsReasons: Readonly<Record<string, ApnsAnswerClass>> = {
  // 410
  Unregistered: 'dead-token',
  ExpiredToken: 'dead-token',
  // 400
  BadDeviceToken: 'token-mismatch',
  DeviceTokenNotForTopic: 'token-mismatch',
  MissingDeviceToken: 'token-mismatch',
  BadTopic: 'request-refused',
  TopicDisallowed: 'request-refused',
  MissingTopic: 'request-refused',
  BadMessageId: 'request-refused',
  BadPriority: 'request-refused',
  BadExpirationDate: 'request-refused',
  BadCollapseId: 'request-refused',
  DuplicateHeaders: 'request-refused',
  InvalidPushType: 'request-refused',
  PayloadEmpty: 'request-refused',
  IdleTimeout: 'idle',
  // 404, 405, 413
  BadPath: 'request-refused',
  MethodNotAllowed: 'request-refused',
  PayloadTooLarge: 'request-refused',
  // 403
  BadCertificate: 'certificate-refused',
  BadCertificateEnvironment: 'certificate-refused',
  Forbidden: 'certificate-refused',
  // 403: token authentication, which MDM does not have; APNs says so when it saw no certificate
  MissingProviderToken: 'certificate-refused',
  InvalidProviderToken: 'certificate-refused',
  ExpiredProviderToken: 'certificate-refused',
  UnrelatedKeyIdInToken: 'certificate-refused',
  BadEnvironmentKeyIdInToken: 'certificate-refused',
  // 429
  TooManyRequests: 'throttled',
  TooManyProviderTokenUpdates: 'throttled',
  // 500, 503
  InternalServerError: 'apple-trouble',
  ServiceUnavailable: 'apple-trouble',
  Shutdown: 'apple-trouble',
};

/** For reasons that are newer than the table. */
function classOfStatus(status: number): ApnsAnswerClass {
  if (status === 200) return 'accepted';
  if (status === 410) return 'dead-token';
  if (status === 403) return 'certificate-refused';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'apple-trouble' : 'request-refused';
}

export interface ApnsAnswer {
  readonly class: ApnsAnswerClass;
  readonly status: number;
  /** Apple's word, or `status 418` where there is none. */
  readonly reason: string;
  /** Of 410: since when the token is invalid, ms since the epoch. */
  readonly since: number | undefined;
  /** Of `Retry-After`. */
  readonly retryAfterMs: number | undefined;
}

/** @param body what came, at most a few hundred bytes; anything but Apple's JSON counts as no reason. */
export function readAnswer(
  status: number,
  retryAfter: string | undefined,
  body: string,
  now: number,
): ApnsAnswer {
  const { reason, timestamp } = status === 200 ? {} : readBody(body);
  const known = reason !== undefined && Object.hasOwn(apnsReasons, reason) ? apnsReasons[reason] : undefined;
  return {
    // A 200 is a 200; for anything else Apple's own word is more precise than the status.
    class: known ?? classOfStatus(status),
    status,
    reason: reason ?? `status ${status}`,
    since: timestamp,
    retryAfterMs: retryAfter === undefined ? undefined : readRetryAfter(retryAfter, now),
  };
}

function readBody(body: string): { reason?: string; timestamp?: number } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  const { reason, timestamp } = parsed as Record<string, unknown>;
  return {
    ...(typeof reason === 'string' && /^[A-Za-z]{1,64}$/.test(reason) ? { reason } : {}),
    ...(typeof timestamp === 'number' && Number.isFinite(timestamp) && timestamp > 0 ? { timestamp } : {}),
  };
}

const longestRetryAfterMs = 86_400_000;

/** Seconds or a date (RFC 9110, section 10.2.3). */
function readRetryAfter(text: string, now: number): number | undefined {
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestRetryAfterMs);
}
