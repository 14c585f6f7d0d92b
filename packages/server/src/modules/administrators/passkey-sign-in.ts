// Sign-in with a passkey: possession of the device and the person verified by it are both factors at once. The browser says by
// the user handle whose it is, so nothing is typed. Every refusal reads the same.
import type { PasskeyAnswer, PasskeyChallenge } from '@gatehouse/contracts/admin/passkeys.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';
import { recordAudit } from '../audit/index.ts';
import { hashSecret } from './credential-token.ts';
import type { AdministratorDeps } from './deps.ts';
import { checkPasskeyAnswer, type ProvedPasskey, readUserHandle } from './passkey-ceremony.ts';
import {
  markPasskeyUsed,
  passkeyAccount,
  type PasskeyAccountRow,
  useChallengeOnce,
} from './passkey-queries.ts';
import { isServiceAccount, permissionsOf } from './principal.ts';
import { recordSignIn } from './queries.ts';
import { deleteSession } from './session-queries.ts';
import type { SignedInSession, SignInSource } from './sign-in.ts';
import { startSession } from './start-session.ts';
import { type Limit, spendLimits } from './throttle.ts';

export function challengeSignIn(
  deps: Pick<AdministratorDeps, 'passkeyChallenges' | 'publicUrl'>,
): PasskeyChallenge {
  return {
    challenge: deps.passkeyChallenges.issue('sign-in'),
    siteId: deps.publicUrl.hostname,
    allow: [],
  };
}

/** @throws DomainError `unauthenticated`, with one text for every cause. */
export async function signInWithPasskey(
  deps: AdministratorDeps,
  answer: PasskeyAnswer,
  source: SignInSource,
): Promise<SignedInSession> {
  const handle = readUserHandle(answer.userHandle);
  if (!handle) throw refused();
  const { organizationId, administratorId } = handle;
  const [account] = await deps.database.tenantQuery<PasskeyAccountRow>(organizationId, passkeyAccount, [
    Buffer.from(answer.credential, 'base64url'),
    administratorId,
  ]);
  if (!account) throw refused();
  const proved = await checkPasskeyAnswer(deps, answer, account, 'sign-in');
  const welcome =
    account.state === 'active' && !isServiceAccount(permissionsOf(account.role, account.role_permissions));
  if (proved === undefined || !welcome) {
    await recordRefusal(deps, organizationId, account, source);
    throw refused();
  }
  return succeed(deps, organizationId, account, proved, source);
}

async function succeed(
  deps: AdministratorDeps,
  organizationId: string,
  account: PasskeyAccountRow,
  proved: ProvedPasskey,
  source: SignInSource,
): Promise<SignedInSession> {
  const id = account.administrator_id;
  const earlier = source.session;
  if (earlier) {
    await deps.database.withTenant(earlier.organizationId, (tx) =>
      deleteSession(tx, earlier.administratorId, earlier.id),
    );
  }
  const session = await deps.database.withTenant(organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    const once = await useChallengeOnce(tx, hashSecret(Buffer.from(proved.challenge)), proved.expiresAt);
    if (!once || !(await markPasskeyUsed(tx, account.passkey_id, { ...proved, now }))) throw refused();
    await recordSignIn(tx, id, now);
    await recordAudit(tx, {
      actor: { kind: 'administrator', id },
      action: 'sessions.create',
      target: { kind: 'administrator', id },
      outcome: 'done',
      requestId: source.requestId,
      show: { factors: ['passkey'], passkey: account.passkey_id },
      personal: { email: account.email, address: source.address },
    });
    return startSession(tx, {
      administratorId: id,
      factors: ['passkey'],
      epoch: account.organization_epoch,
      now: now.getTime(),
      provenAt: now.getTime(),
    });
  });
  return { ...session, secondFactor: 'used', knownBrowser: deps.knownBrowsers.issue(organizationId, id) };
}

/** There is nothing to guess in a signature; the limit keeps a flood from filling the record. */
async function recordRefusal(
  deps: AdministratorDeps,
  organizationId: string,
  account: PasskeyAccountRow,
  source: SignInSource,
): Promise<void> {
  const limits: Limit[] = [
    { key: ['passkey', account.passkey_id, sourceOf(source.address)], burst: 10, perMinute: 6 },
  ];
  await deps.database.withTenant(organizationId, async (tx) => {
    await spendLimits(tx, limits, deps.clock.now());
    await recordAudit(tx, {
      actor: systemActor('sign-in', organizationId),
      via: 'api',
      action: 'sessions.create',
      target: { kind: 'administrator', id: account.administrator_id },
      outcome: 'refused',
      reason: 'wrong-passkey',
      requestId: source.requestId,
      personal: { email: account.email, address: source.address },
    });
  });
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'This passkey opens nothing here', { reason: 'passkey-refused' });
}
