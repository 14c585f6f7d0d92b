/** How talking to the server can fail, told apart by what the agent can do about it. */

/** The server could not be reached, or what answered is not our server. Trying later may help. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Our server answered, and the answer is no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  /** One of `agentErrorCodes`, or `unknown`. */
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
