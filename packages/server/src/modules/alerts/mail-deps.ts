// What the jobs that mail alerts need, and how they read what they were given.
import type { Database } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { SendMail } from '../../kernel/mail.ts';

export interface MailAlertDeps {
  readonly database: Pick<Database, 'withTenant'>;
  /** undefined: no mail server is configured, and alerts are listed only. */
  readonly sendMail: SendMail | undefined;
  readonly publicUrl: URL;
}

export function idIn(input: unknown, name: string): string {
  const value = ((input ?? {}) as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== 'string' || !isUuid(value)) throw new TypeError(`${name} is not an id`);
  return value;
}
