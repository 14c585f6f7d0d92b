/**
 * The only thing a decoder of this package throws. It says where in the input the trouble lies: `offset` in bytes
 * (characters for XML text), `path` in the words of the format (`tbsCertificate.validity.notAfter`, `ise_api/deviceList`).
 */

export interface DecodeErrorPlace {
  /** Position in the input at which decoding stopped. */
  readonly offset?: number | undefined;
  /** The field being decoded, outermost first. */
  readonly path?: string | undefined;
  /** Stable kebab-case word for callers that tell kinds of failure apart, e.g. `too-large`, `weak-key`. */
  readonly reason?: string | undefined;
  readonly cause?: unknown;
}

export class DecodeError extends Error {
  readonly offset: number | undefined;
  readonly path: string | undefined;
  readonly reason: string;

  constructor(message: string, place: DecodeErrorPlace = {}) {
    const where = [
      place.path === undefined ? undefined : `at ${place.path}`,
      place.offset === undefined ? undefined : `offset ${place.offset}`,
    ].filter((part) => part !== undefined);
    super(where.length === 0 ? message : `${message} (${where.join(', ')})`, { cause: place.cause });
    this.name = 'DecodeError';
    this.offset = place.offset;
    this.path = place.path;
    this.reason = place.reason ?? 'malformed';
  }
}

/** Refuses input longer than the format's limit before anything is parsed. */
export function requireAtMost(bytes: Uint8Array, maxBytes: number, what: string): void {
  if (bytes.length > maxBytes) {
    throw new DecodeError(`${what} of ${bytes.length} bytes exceeds the limit of ${maxBytes}`, {
      offset: maxBytes,
      reason: 'too-large',
    });
  }
}
