/**
 * The one error type that use-cases throw, and the one table that says what each code means: HTTP status, how loudly it
 * is logged, whether trying again can help. Surfaces render it in their own format; anything that is not a DomainError
 * becomes `internal` there, and its detail stays in the log.
 */

interface ErrorTraits {
  /** What an HTTP surface answers with (RFC 9110 section 15). */
  readonly status: number;
  readonly title: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** The same request, sent again later, may succeed. */
  readonly retryable: boolean;
}

export const errorCodes = {
  'invalid-input': { status: 400, title: 'Invalid input', logLevel: 'info', retryable: false },
  unauthenticated: { status: 401, title: 'Not signed in', logLevel: 'info', retryable: false },
  forbidden: { status: 403, title: 'Not permitted', logLevel: 'info', retryable: false },
  'not-found': { status: 404, title: 'Not found', logLevel: 'debug', retryable: false },
  conflict: { status: 409, title: 'Conflict', logLevel: 'info', retryable: false },
  gone: { status: 410, title: 'No longer available', logLevel: 'info', retryable: false },
  'precondition-failed': { status: 412, title: 'Changed meanwhile', logLevel: 'info', retryable: false },
  'too-large': { status: 413, title: 'Too large', logLevel: 'info', retryable: false },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    logLevel: 'info',
    retryable: false,
  },
  unprocessable: { status: 422, title: 'Cannot be processed', logLevel: 'info', retryable: false },
  'too-many-requests': { status: 429, title: 'Too many requests', logLevel: 'warn', retryable: true },
  internal: { status: 500, title: 'Internal error', logLevel: 'error', retryable: false },
  unavailable: { status: 503, title: 'Unavailable', logLevel: 'warn', retryable: true },
  'storage-full': { status: 507, title: 'Storage full', logLevel: 'error', retryable: true },
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof errorCodes;

export interface DomainErrorOptions {
  /** A more specific code, kebab-case, for programs: `empowered-too-recently`. */
  readonly reason?: string;
  /** Shown to the caller: which fields, which limit. Never a secret, never another tenant's data. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** When a retry is worth while; surfaces send it as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Stays in the log. */
  readonly cause?: unknown;
}

export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly detail: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  /** @param message a sentence for the caller; it is shown as it is. */
  constructor(code: ErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

export function isDomainError(error: unknown, code?: ErrorCode): error is DomainError {
  return error instanceof DomainError && (code === undefined || error.code === code);
}
