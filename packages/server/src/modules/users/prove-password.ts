// A mail client proves its person with the password of the user here (STN-04, DIR-12). How often anybody may try is the gateway’s to
// limit, in front of this; refusals read the same and cost the same, whoever it is.
import type { Database } from '../../kernel/db/database.ts';
import type { Passwords } from '../administrators/index.ts';
import { recordAudit } from '../audit/index.ts';
import { replaceHash, type SignInUserRow, signInUserStatement } from './credential-queries.ts';

export interface ProvePasswordDeps {
  readonly database: Database;
  readonly passwords: Passwords;
}

export interface ShownPassword {
  readonly organizationId: string;
  /** E-mail address or user name. */
  readonly name: string;
  readonly password: string;
  readonly requestId: string;
  readonly address: string;
  /** This very password was right a while ago, so strangers in the queue of slow checks shall not delay it. */
  readonly wasRight: boolean;
}

/** @returns the user's id, if the password is right and the user active. Refusals are recorded; that a client came is not. */
export async function provePassword(
  { database, passwords }: ProvePasswordDeps,
  shown: ShownPassword,
): Promise<string | undefined> {
  const { organizationId } = shown;
  const [user] = await database.tenantQuery<SignInUserRow>(organizationId, signInUserStatement, [shown.name]);
  const lane = shown.wasRight ? 'expected' : 'stranger';
  const right = await passwords.verify(user?.password_hash ?? undefined, shown.password, lane);
  if (right && user?.state === 'active') {
    const stored = user.password_hash ?? '';
    if (passwords.isOutdated(stored)) {
      const rehashed = await passwords.hash(shown.password);
      await database.withTenant(organizationId, (tx) => replaceHash(tx, user.user_id, stored, rehashed));
    }
    return user.user_id;
  }
  await database.withTenant(organizationId, (tx) =>
    recordAudit(tx, {
      actor: { kind: 'user', id: user?.user_id ?? 'unknown', requestId: shown.requestId },
      via: 'mail',
      action: 'users.sign-in',
      ...(user === undefined ? {} : { target: { kind: 'user', id: user.user_id } }),
      outcome: 'refused',
      reason: user?.state === 'disabled' ? 'user-disabled' : 'wrong-password',
      personal: { name: shown.name, address: shown.address },
    }),
  );
  return undefined;
}
