/** Why the embedded database could not be started; `reason` is for programs, the message is for the operator. */

export type PostgresErrorReason =
  | 'no-binaries'
  | 'in-use'
  | 'not-reachable'
  | 'lost-cluster'
  | 'wrong-version'
  | 'wrong-owner'
  | 'leftover'
  | 'initialise-failed'
  | 'start-failed';

export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  readonly reason: PostgresErrorReason;

  constructor(reason: PostgresErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
