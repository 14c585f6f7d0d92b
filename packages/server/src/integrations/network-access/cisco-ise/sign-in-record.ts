// Sign-ins of network accounts on the audit record: the first right one of a process, and every wrong one that reached the
// slow check. Right ones that are remembered leave no entry; a controller makes thousands of them an hour.
import type { Database } from '../../../kernel/db/database.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { Candidate } from './account-queries.ts';

export interface SignInAttempt {
  readonly email: string;
  /** The client's address. */
  readonly address: string;
  readonly requestId: string;
}

export async function recordSignIn(
  database: Pick<Database, 'withTenant'>,
  { organizationId, administratorId }: Candidate,
  { email, address, requestId }: SignInAttempt,
  right: boolean,
): Promise<void> {
  await database.withTenant(organizationId, (tx) =>
    recordAudit(tx, {
      // Who was named, not who it was, when the password was wrong.
      actor: right ? { kind: 'administrator', id: administratorId } : { kind: 'system', id: 'nac' },
      action: 'nac.sign-in',
      target: { kind: 'administrator', id: administratorId },
      outcome: right ? 'done' : 'refused',
      ...(right ? {} : { reason: 'wrong-password' }),
      requestId,
      via: 'nac',
      show: { factors: ['password'] },
      personal: { email, address },
    }),
  );
}
