// How a command fails: two ways, two exit statuses.

/** The command line does not fit: exit status 2, with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It did not work: exit status 1. The message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly detail: unknown;
  constructor(message: string, detail?: unknown) {
    super(message);
    this.detail = detail;
  }
}
