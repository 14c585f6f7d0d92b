export type OutboundReason =
  | 'refused-address' // not https, or not an address that a tenant may reach
  | 'unresolved'
  | 'unreachable'
  | 'untrusted' // its certificate does not verify
  | 'timeout'
  | 'too-large'
  | 'busy'; // more waits for this receiver already than is reasonable

/** Why a receiver could not be asked. The text says nothing of what was found at the address: tenants may read it. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly reason: OutboundReason;

  constructor(reason: OutboundReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
