export type UpstreamReason =
  | 'refused-address' // not an address that this server may speak to
  | 'unresolved'
  | 'unreachable'
  | 'untrusted' // its certificate does not verify
  | 'timeout'
  | 'closed' // it hung up before its answer was complete
  | 'malformed' // what it said is no HTTP/1.1
  | 'too-large'
  | 'busy' // all connections to it are in use
  | 'left'; // whoever asked has gone

/** Why a mail server gave no answer. The text may be shown to administrators: it says nothing of what was found at the address. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly reason: UpstreamReason;
  constructor(reason: UpstreamReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
