// A user proves who they are with a password of their own. Every refusal reads the same and costs the same, whether the user
// exists, is disabled, has no password, or typed a wrong one. Guessing is slowed as for administrators, in buckets of its
// own, so that neither can keep the other out; whoever is besieged still comes in with a one-time password.
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';
import { type KnownBrowsers, type Passwords, refundLimits, spendLimits } from '../administrators/index.ts';
import { replaceHash, type SignInUserRow, signInUserStatement } from './credential-queries.ts';
import { recordRefusedSignIn, recordSignIn, type SignInAttempt, userSignInLimits } from './sign-in-record.ts';

export interface UserSignInDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly knownBrowsers: KnownBrowsers;
}

/** The name is an e-mail address or a user name. */
export interface UserSignIn extends SignInAttempt {
  readonly password: string;
  /** The cookie of a browser that signed in here before. */
  readonly knownBrowser: string | undefined;
}

export interface SignedInUser {
  readonly userId: string;
  /** The cookie that makes this browser known. */
  readonly knownBrowser: string;
}

/** @throws DomainError `unauthenticated`; `too-many-requests` or `unavailable` with a time to wait. */
export async function signInUser(deps: UserSignInDeps, input: UserSignIn): Promise<SignedInUser> {
  const { organizationId } = input;
  const [user] = await deps.database.tenantQuery<SignInUserRow>(organizationId, signInUserStatement, [
    input.name,
  ]);
  const known = user && deps.knownBrowsers.recognize(input.knownBrowser, organizationId, user.user_id);
  const limits = userSignInLimits(input.name, sourceOf(input.address), known);
  try {
    await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  } catch (error) {
    if (isDomainError(error, 'too-many-requests'))
      await recordRefusedSignIn(deps, input, user?.user_id, 'throttled');
    throw error;
  }
  const lane = known === undefined ? 'stranger' : 'expected';
  const right = await deps.passwords.verify(user?.password_hash ?? undefined, input.password, lane);
  if (!right || user?.state !== 'active') {
    const reason = user?.state === 'disabled' ? 'user-disabled' : 'wrong-password';
    await recordRefusedSignIn(deps, input, user?.user_id, reason);
    throw new DomainError('unauthenticated', 'The name or the password is wrong', {
      reason: 'sign-in-refused',
    });
  }
  const stored = user.password_hash ?? '';
  const rehashed = deps.passwords.isOutdated(stored) ? await deps.passwords.hash(input.password) : undefined;
  await deps.database.withTenant(organizationId, async (tx) => {
    if (rehashed !== undefined) await replaceHash(tx, user.user_id, stored, rehashed);
    await refundLimits(tx, limits);
    await recordSignIn(tx, input, user.user_id, { knownBrowser: known !== undefined });
  });
  return {
    userId: user.user_id,
    knownBrowser: deps.knownBrowsers.issue(organizationId, user.user_id),
  };
}
