// Somebody who was not known here and has proved an address elsewhere becomes a user, where the organization lets people do that.
import { NewUser } from '@gatehouse/contracts/admin/users.ts';
import { Compile } from 'typebox/schema';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { insertUser } from './queries.ts';
import type { SignInAttempt } from './sign-in-record.ts';
import { explainTaken, userValues } from './users.ts';

const newUser = Compile(NewUser);

/** Whether it can be the address of a user. */
export const isUserAddress = (email: string): boolean => newUser.Check({ email });

/**
 * @returns the new user's id.
 * @throws DomainError `conflict` (`email-taken`, `user-name-taken`) when they belong to somebody; nothing of the transaction stays then.
 */
export async function addNewcomer(
  tx: TenantTx,
  { events }: { readonly events: Events },
  { requestId, via }: SignInAttempt,
  email: string,
): Promise<string> {
  const row = await insertUser(tx, newId(), userValues({ email })).catch((error: unknown) => {
    throw explainTaken(error);
  });
  await recordAudit(tx, {
    actor: { kind: 'user', id: row.user_id, requestId },
    via,
    action: 'users.create',
    target: { kind: 'user', id: row.user_id },
    outcome: 'done',
    show: { by: 'mail-account' },
    personal: { email: row.email, userName: row.user_name },
  });
  await events.emit(tx, { name: 'user.created', subjectId: row.user_id, payload: {} });
  return row.user_id;
}
