// Sign-in of administrators: e-mail address, password, one-time code. Every refusal reads the same and costs the same,
// whether the account exists, is disabled, or the password was wrong.
import type { SignIn } from '@gatehouse/contracts/admin/session.ts';
import type { Actor } from '@gatehouse/core/actor.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';
import { recordAudit } from '../audit/index.ts';
import { effectiveSettings } from '../organizations/index.ts';
import { type SignInRow, signInAccount } from './credential-queries.ts';
import type { AdministratorDeps } from './deps.ts';
import { isServiceAccount, permissionsOf } from './principal.ts';
import { countFailedSignIn, recordSignIn, replacePasswordHash, useFactorStep } from './queries.ts';
import { verifyTotp } from './second-factor.ts';
import { deleteSession } from './session-queries.ts';
import { type NewSession, startSession } from './start-session.ts';
import { codeLimits, type Limit, refundLimits, signInLimits, spendLimits } from './throttle.ts';

export interface SignInSource {
  readonly requestId: string;
  readonly address: string;
  readonly knownBrowser: string | undefined;
  /** A session that the browser already holds: it ends (ADM-02). */
  readonly session:
    | { readonly id: string; readonly administratorId: string; readonly organizationId: string }
    | undefined;
}

export interface SignedInSession extends NewSession {
  readonly secondFactor: 'used' | 'not-required' | 'to-be-enrolled';
  /** The cookie's value. */
  readonly knownBrowser: string;
}

export async function signIn(
  deps: AdministratorDeps,
  input: SignIn,
  source: SignInSource,
): Promise<SignedInSession> {
  const organization = await deps.findOrganization(input.organization);
  if (!organization) {
    await deps.passwords.verify(undefined, input.password);
    throw refused();
  }
  const { organizationId } = organization;
  const [account] = await deps.database.tenantQuery<SignInRow>(organizationId, signInAccount, [input.email]);
  const known =
    account && deps.knownBrowsers.recognize(source.knownBrowser, organizationId, account.administrator_id);
  const limits = signInLimits(input.email.toLowerCase(), sourceOf(source.address), known);
  const attempt: Attempt = { deps, organizationId, input, source, account, known, limits };
  await spend(attempt, limits);

  const right = await deps.passwords.verify(
    account?.password_hash ?? undefined,
    input.password,
    known === undefined ? 'stranger' : 'expected',
  );
  if (!right || account?.state !== 'active') throw await refuse(attempt, 'wrong-password');
  if (isGuessedAt(account, known)) throw await refuse(attempt, 'guessed-too-often');
  if (isServiceAccount(permissionsOf(account.role, account.role_permissions))) {
    throw await refuse(attempt, 'service-account');
  }
  // A password alone is one factor, and the account has two: else whoever stole it could enrol a factor of his own.
  if (account.has_passkeys && account.totp_secret === null) throw await askForPasskey(attempt);
  const step = account.totp_secret === null ? undefined : await checkCode(attempt, account);
  return succeed(attempt, account, step);
}

/** SP 800-63B-4: at most 100 wrong guesses in a row reach the verifier. */
const mostFailures = 100;

/**
 * After that many, a password alone opens nothing to strangers: a browser that the owner used before, or a new set-up link,
 * still does. So a guesser can close only his own door.
 */
function isGuessedAt(account: SignInRow, known: string | undefined): boolean {
  return known === undefined && account.failed_sign_ins >= mostFailures;
}

interface Attempt {
  readonly deps: AdministratorDeps;
  readonly organizationId: string;
  readonly input: SignIn;
  readonly source: SignInSource;
  readonly account: SignInRow | undefined;
  readonly known: string | undefined;
  readonly limits: readonly Limit[];
}

async function spend(attempt: Attempt, limits: readonly Limit[]): Promise<void> {
  const { deps, organizationId } = attempt;
  try {
    await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  } catch (error) {
    if (isDomainError(error, 'too-many-requests')) await recordRefusal(attempt, 'throttled');
    throw error;
  }
}

/** The password was right: no guess was made, and none is to be counted. */
async function askForPasskey({ deps, organizationId, limits }: Attempt): Promise<DomainError> {
  await deps.database.withTenant(organizationId, (tx) => refundLimits(tx, limits));
  return new DomainError('unauthenticated', 'This account is entered with its passkey', {
    reason: 'passkey-required',
  });
}

/** @returns the step of the code. */
async function checkCode(attempt: Attempt, account: SignInRow): Promise<number> {
  const { deps, organizationId, input } = attempt;
  if (input.code === undefined) {
    // The password was right: no guess was made, and none is to be counted.
    await deps.database.withTenant(organizationId, (tx) => refundLimits(tx, attempt.limits));
    throw new DomainError('unauthenticated', 'Enter the code of your authenticator application as well', {
      reason: 'second-factor-required',
    });
  }
  const limits = codeLimits(account.administrator_id, attempt.known);
  await spend(attempt, limits);
  const code = input.code;
  const step = await deps.database.withTenant(organizationId, async (tx) => {
    const secret = await deps.sealer.open(
      tx,
      'administrators.totp_secret',
      account.administrator_id,
      account.totp_secret ?? Buffer.alloc(0),
    );
    const found = verifyTotp(secret.toString('utf8'), code, deps.clock.now(), account.totp_last_step);
    if (found === undefined || !(await useFactorStep(tx, account.administrator_id, found))) return undefined;
    await refundLimits(tx, limits);
    return found;
  });
  if (step === undefined) throw await refuse(attempt, 'wrong-code');
  return step;
}

async function succeed(
  attempt: Attempt,
  account: SignInRow,
  step: number | undefined,
): Promise<SignedInSession> {
  const { deps, organizationId, input, source } = attempt;
  const settings = effectiveSettings(account.settings);
  const stored = account.password_hash ?? '';
  const rehashed = deps.passwords.isOutdated(stored) ? await deps.passwords.hash(input.password) : undefined;
  const factors = step === undefined ? ['password'] : ['password', 'totp'];
  const earlier = source.session;
  if (earlier) {
    await deps.database.withTenant(earlier.organizationId, (tx) =>
      deleteSession(tx, earlier.administratorId, earlier.id),
    );
  }
  const session = await deps.database.withTenant(organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    if (rehashed !== undefined) await replacePasswordHash(tx, account.administrator_id, stored, rehashed);
    await refundLimits(tx, attempt.limits);
    await recordSignIn(tx, account.administrator_id, now);
    await recordAudit(tx, {
      actor: actorOf(attempt, account),
      action: 'sessions.create',
      target: { kind: 'administrator', id: account.administrator_id },
      outcome: 'done',
      requestId: source.requestId,
      show: { factors, knownBrowser: attempt.known !== undefined },
      personal: { email: account.email, address: source.address },
    });
    return startSession(tx, {
      administratorId: account.administrator_id,
      factors,
      epoch: account.organization_epoch,
      now: now.getTime(),
      ...(step === undefined ? {} : { provenAt: now.getTime() }),
    });
  });
  return {
    ...session,
    secondFactor:
      step !== undefined ? 'used' : settings.secondFactorRequired ? 'to-be-enrolled' : 'not-required',
    knownBrowser: deps.knownBrowsers.issue(organizationId, account.administrator_id),
  };
}

function actorOf(attempt: Attempt, account: SignInRow): Actor {
  return {
    kind: 'administrator',
    id: account.administrator_id,
    organizationId: attempt.organizationId,
    label: account.email,
  };
}

type RefusalReason = 'wrong-password' | 'guessed-too-often' | 'wrong-code' | 'service-account' | 'throttled';

async function refuse(attempt: Attempt, reason: RefusalReason): Promise<DomainError> {
  await recordRefusal(attempt, reason);
  return refused();
}

/** Throttled attempts are recorded with the first one of a minute only: a flood must not fill the record. */
const throttledRecently = new Map<string, number>();

async function recordRefusal(attempt: Attempt, reason: RefusalReason): Promise<void> {
  const { deps, organizationId, input, source, account } = attempt;
  if (reason === 'throttled') {
    const now = deps.clock.now();
    if (now - (throttledRecently.get(organizationId) ?? 0) < 60_000) return;
    if (throttledRecently.size > 10_000) throttledRecently.clear();
    throttledRecently.set(organizationId, now);
  }
  await deps.database.withTenant(organizationId, async (tx) => {
    if (account && attempt.known === undefined && reason === 'wrong-password') {
      await countFailedSignIn(tx, account.administrator_id);
    }
    await recordAudit(tx, {
      actor: systemActor('sign-in', organizationId),
      via: 'api',
      action: 'sessions.create',
      ...(account ? { target: { kind: 'administrator', id: account.administrator_id } } : {}),
      outcome: 'refused',
      reason,
      requestId: source.requestId,
      personal: { email: input.email, address: source.address },
    });
  });
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'E-mail address, password or code is wrong');
}
