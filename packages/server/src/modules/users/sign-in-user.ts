// A user proves who they are with a password of their own. Every refusal reads the same and costs the same, whether the user
// exists, is disabled, has no password, or typed a wrong one. Guessing is slowed as for administrators, in buckets of its
// own, so that neither can keep the other out; whoever is besieged still comes in with a one-time password.
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';
import {
  type KnownBrowsers,
  type Limit,
  type Passwords,
  refundLimits,
  spendLimits,
} from '../administrators/index.ts';
import { recordAudit } from '../audit/index.ts';
import { replaceHash, type SignInUserRow, signInUserStatement } from './credential-queries.ts';

export interface UserSignInDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly knownBrowsers: KnownBrowsers;
}

export interface UserSignIn {
  readonly organizationId: string;
  /** E-mail address or user name. */
  readonly name: string;
  readonly password: string;
  readonly requestId: string;
  readonly address: string;
  /** The cookie of a browser that signed in here before. */
  readonly knownBrowser: string | undefined;
  readonly via: Extract<AuditChannel, 'enrollment' | 'portal'>;
}

export interface SignedInUser {
  readonly userId: string;
  /** The cookie that makes this browser known. */
  readonly knownBrowser: string;
}

/** A browser that the user signed in from before has a bucket that nobody else can fill. */
function limitsOf(name: string, source: string, known: string | undefined): Limit[] {
  const account = name.normalize('NFKC').toLowerCase();
  if (known !== undefined) return [{ key: ['user-known', account, known], burst: 10, perMinute: 10 / 15 }];
  return [
    { key: ['user-pair', account, source], burst: 5, perMinute: 1 },
    { key: ['user-source', source], burst: 30, perMinute: 6 },
    { key: ['user-stranger', account], burst: 20, perMinute: 1 },
    { key: ['user-organization'], burst: 120, perMinute: 120 },
  ];
}

/** @throws DomainError `unauthenticated`; `too-many-requests` or `unavailable` with a time to wait. */
export async function signInUser(deps: UserSignInDeps, input: UserSignIn): Promise<SignedInUser> {
  const { organizationId } = input;
  const [user] = await deps.database.tenantQuery<SignInUserRow>(organizationId, signInUserStatement, [
    input.name,
  ]);
  const known = user && deps.knownBrowsers.recognize(input.knownBrowser, organizationId, user.user_id);
  const limits = limitsOf(input.name, sourceOf(input.address), known);
  try {
    await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  } catch (error) {
    if (isDomainError(error, 'too-many-requests')) await refuse(deps, input, user, 'throttled');
    throw error;
  }
  const lane = known === undefined ? 'stranger' : 'expected';
  const right = await deps.passwords.verify(user?.password_hash ?? undefined, input.password, lane);
  if (!right || user?.state !== 'active') {
    await refuse(deps, input, user, user?.state === 'disabled' ? 'user-disabled' : 'wrong-password');
    throw new DomainError('unauthenticated', 'The name or the password is wrong', {
      reason: 'sign-in-refused',
    });
  }
  const stored = user.password_hash ?? '';
  const rehashed = deps.passwords.isOutdated(stored) ? await deps.passwords.hash(input.password) : undefined;
  await deps.database.withTenant(organizationId, async (tx) => {
    if (rehashed !== undefined) await replaceHash(tx, user.user_id, stored, rehashed);
    await refundLimits(tx, limits);
    await recordAudit(tx, {
      actor: { kind: 'user', id: user.user_id, requestId: input.requestId },
      via: input.via,
      action: 'users.sign-in',
      target: { kind: 'user', id: user.user_id },
      outcome: 'done',
      show: { knownBrowser: known !== undefined },
      personal: { address: input.address },
    });
  });
  return {
    userId: user.user_id,
    knownBrowser: deps.knownBrowsers.issue(organizationId, user.user_id),
  };
}

/** Throttled attempts are recorded with the first one of a minute only: a flood must not fill the record. */
const throttledRecently = new Map<string, number>();

async function refuse(
  deps: UserSignInDeps,
  input: UserSignIn,
  user: SignInUserRow | undefined,
  reason: 'wrong-password' | 'user-disabled' | 'throttled',
): Promise<void> {
  const { organizationId } = input;
  if (reason === 'throttled') {
    const now = deps.clock.now();
    if (now - (throttledRecently.get(organizationId) ?? 0) < 60_000) return;
    if (throttledRecently.size > 10_000) throttledRecently.clear();
    throttledRecently.set(organizationId, now);
  }
  await deps.database.withTenant(organizationId, (tx) =>
    recordAudit(tx, {
      actor: { kind: 'user', id: user?.user_id ?? 'unknown', requestId: input.requestId },
      via: input.via,
      action: 'users.sign-in',
      ...(user === undefined ? {} : { target: { kind: 'user', id: user.user_id } }),
      outcome: 'refused',
      reason,
      personal: { name: input.name, address: input.address },
    }),
  );
}
