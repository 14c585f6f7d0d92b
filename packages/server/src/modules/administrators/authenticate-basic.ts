// Network access controllers send e-mail address and password with every request. A full derivation each time would cost
// a tenth of a second, so the process remembers which password was right, as an HMAC under a key that dies with it;
// account state and role are read every time.
import { createHmac, randomBytes } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { type SignInRow, signInAccount } from './credential-queries.ts';
import type { Passwords } from './password-hash.ts';
import { administratorPrincipal, isServiceAccount, permissionsOf } from './principal.ts';
import { machineLimits, refundLimits, spendLimits } from './throttle.ts';

export interface BasicCredentials {
  readonly email: string;
  readonly password: string;
  /** The client's address. */
  readonly source: string;
}

export type AuthenticateBasic = (
  organizationId: string,
  credentials: BasicCredentials,
) => Promise<TenantPrincipal>;

const remembered = 10_000;

/** One per process: it remembers. The returned function throws `unauthenticated` with one text for every cause. */
export function createBasicAuthenticator(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
}): AuthenticateBasic {
  const key = randomBytes(32);
  const right = new Set<string>();

  return async (organizationId, { email, password, source }) => {
    if (email.length > 254 || password.length > 1_024) throw refused();
    const [account] = await deps.database.tenantQuery<SignInRow>(organizationId, signInAccount, [email]);
    const memory = createHmac('sha256', key)
      .update(
        JSON.stringify([
          organizationId,
          account?.administrator_id ?? '',
          account?.password_version ?? 0,
          password,
        ]),
      )
      .digest('base64');
    if (!account || !right.has(memory)) {
      const limits = machineLimits(sourceOf(source));
      await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
      if (!(await deps.passwords.verify(account?.password_hash ?? undefined, password))) throw refused();
      await deps.database.withTenant(organizationId, (tx) => refundLimits(tx, limits));
      if (right.size >= remembered) right.clear();
      if (account) right.add(memory);
    }
    if (account?.state !== 'active') throw refused();
    const permissions = permissionsOf(account.role, account.role_permissions);
    // A person's password alone would go round the second factor.
    if (!isServiceAccount(permissions)) throw refused();
    return administratorPrincipal(organizationId, account, permissions);
  };
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'E-mail address or password is wrong');
}
