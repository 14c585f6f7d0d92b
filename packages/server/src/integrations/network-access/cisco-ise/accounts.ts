// Who asks. A password is checked the slow way once; afterwards its proof is remembered in this process under a key that
// only this process has, and what the account may do is read again with every call.
import { hash, randomBytes } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import {
  administratorPrincipal,
  isServiceAccount,
  permissionsOf,
} from '../../../modules/administrators/index.ts';
import {
  type Attempt,
  createCredentialCheck,
  type CredentialCheckDeps,
  type Proof,
} from './check-credentials.ts';
import { readBasic } from './credentials.ts';
import type { AccountRow, Standing } from './queries.ts';
import { createSignInLimits } from './sign-in-limits.ts';

export interface Accounts {
  /** Without waiting: the proof of credentials that were checked before at this instance. */
  recall(authorization: string | undefined, instance: string | undefined): Proof | undefined;
  /** The account has changed since: its credentials have to prove themselves again. */
  forget(proof: Proof): void;
  /**
   * Checks credentials the slow way.
   * @throws DomainError `unauthenticated`, `too-many-requests` or `unavailable`
   */
  prove(authorization: string | undefined, attempt: Attempt): Promise<Proof>;
}

const mostRemembered = 1_000;

export function createAccounts(deps: CredentialCheckDeps): Accounts {
  const secret = randomBytes(32).toString('base64');
  const remembered = new Map<string, Proof>();
  const proving = new Map<string, Promise<Proof>>();
  const limits = createSignInLimits(deps.clock);
  const check = createCredentialCheck(deps);
  // The header itself is a password: only its hash under our key stays in memory.
  const keyOf = (authorization: string, instance = '') =>
    hash('sha256', `${secret} ${instance} ${authorization}`, 'base64');

  async function checkAndRemember(authorization: string, attempt: Attempt): Promise<Proof> {
    const { instance, address } = attempt;
    const credentials = readBasic(authorization);
    if (!credentials) throw signInFirst();
    const proof = await limits.attempt(credentials.email, address, (wasRight) =>
      check(credentials, attempt, wasRight),
    );
    if (!proof) throw signInFirst();
    if (!proof.isPerson && (instance === undefined || instance === proof.slug)) {
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(keyOf(authorization, instance), proof);
    }
    return proof;
  }

  return {
    recall: (authorization, instance) =>
      authorization === undefined ? undefined : remembered.get(keyOf(authorization, instance)),
    forget(proof) {
      for (const [key, value] of remembered) if (value === proof) remembered.delete(key);
    },
    async prove(authorization, attempt) {
      if (authorization === undefined) throw signInFirst();
      // After our restart all connections of a controller come at once with the same credentials: one check serves them.
      const key = keyOf(authorization, `${attempt.instance ?? ''} ${attempt.address}`);
      let underWay = proving.get(key);
      if (!underWay) {
        underWay = checkAndRemember(authorization, attempt).finally(() => proving.delete(key));
        proving.set(key, underWay);
      }
      return underWay;
    },
  };
}

export function signInFirst(): DomainError {
  return new DomainError('unauthenticated', 'The user name or the password is wrong');
}

/**
 * The account as it stands at this moment; undefined when the proof no longer holds.
 * @param account what only asks needs only its standing; who orders something is read whole
 * @throws DomainError `forbidden` for accounts of people: here their password alone would go round the second factor
 */
export function principalOf(
  proof: Proof,
  account: Standing | AccountRow | undefined,
  requestId: string,
): TenantPrincipal | undefined {
  if (account?.state !== 'active' || account.password_version !== proof.passwordVersion) return undefined;
  const whole = 'email' in account ? account : undefined;
  const permissions = permissionsOf(account.role, whole?.role_permissions ?? null);
  if (!isServiceAccount(permissions)) {
    throw new DomainError('forbidden', 'Only accounts for network access may ask here', {
      reason: 'not-a-service-account',
    });
  }
  if (whole) return { ...administratorPrincipal(proof.organizationId, whole, permissions), requestId };
  const { organizationId, administratorId: id, email: label } = proof;
  // Without a date of its power an administrator can destroy nothing: see the guard.
  return {
    kind: 'administrator',
    id,
    organizationId,
    label,
    requestId,
    role: account.role,
    permissions,
    empoweredAt: null,
  };
}
