// Database errors in the product's words. Unknown ones rise as they are and become a generic failure at the surface.
import { DomainError } from '@gatehouse/core/errors.ts';

const classes: Record<string, (error: PostgresError) => DomainError> = {
  '53100': (cause) =>
    new DomainError('storage-full', 'The server has no disk space left; nothing was changed', { cause }),
  '53300': (cause) =>
    new DomainError('unavailable', 'The database has no connection to spare; try again shortly', { cause }),
  '57P01': (cause) =>
    new DomainError('unavailable', 'The database is restarting; try again shortly', { cause }),
  '57P02': (cause) =>
    new DomainError('unavailable', 'The database is restarting; try again shortly', { cause }),
  '57P03': (cause) =>
    new DomainError('unavailable', 'The database is starting; try again shortly', { cause }),
  '57014': (cause) => new DomainError('unavailable', 'The database took too long to answer', { cause }),
};

interface PostgresError extends Error {
  readonly code?: string;
  readonly constraint?: string;
}

const connectionFailures = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EACCES']);

export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  const { code, message } = error as PostgresError;
  const known = code === undefined ? undefined : classes[code];
  if (known) return known(error);
  if (
    (code !== undefined && (connectionFailures.has(code) || code.startsWith('08'))) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message,
    )
  ) {
    return new DomainError('unavailable', 'The database cannot be reached; try again shortly', {
      cause: error,
    });
  }
  return error;
}

/** The violated unique constraint's or index's name, when `error` is that. */
export function violatedConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as PostgresError;
  return code === '23505' || code === '23503' ? constraint : undefined;
}
