// Who asks. A password is checked the slow way once; afterwards its proof is remembered in this process under a key that
// only this process has, and what the account may do is read again with every call. The tenant comes from the account,
// never from the address (ISE-06): an address that names another one is answered like one that names none.
import { hash, randomBytes } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import {
  administratorPrincipal,
  isServiceAccount,
  type Passwords,
  permissionsOf,
} from '../../../modules/administrators/index.ts';
import { findCandidates, readSecret } from './account-queries.ts';
import { type Credentials, readBasic } from './credentials.ts';
import type { AccountRow, Asker } from './queries.ts';
import { createSignInLimits } from './sign-in-limits.ts';

/** A password that was right at some time for this version of it. */
export interface Proof extends Asker {
  readonly slug: string;
  readonly passwordVersion: number;
}

export interface Accounts {
  /** Without waiting: the proof of credentials that were checked before at this instance. */
  recall(authorization: string | undefined, instance: string | undefined): Proof | undefined;
  /** The account has changed since: its credentials have to prove themselves again. */
  forget(proof: Proof): void;
  /**
   * Checks credentials the slow way.
   * @param instance the slug in the address, which decides between accounts of one e-mail address
   * @throws DomainError `unauthenticated`, `too-many-requests` or `unavailable`
   */
  prove(authorization: string | undefined, instance: string | undefined, address: string): Promise<Proof>;
}

export interface AccountsDeps {
  readonly database: Pick<Database, 'tenantQuery' | 'withSystem'>;
  readonly passwords: Pick<Passwords, 'verify'>;
  readonly clock: Clock;
}

const mostRemembered = 1_000;

export function createAccounts(deps: AccountsDeps): Accounts {
  const secret = randomBytes(32).toString('base64');
  const remembered = new Map<string, Proof>();
  const proving = new Map<string, Promise<Proof>>();
  const limits = createSignInLimits(deps.clock);
  // The header itself is a password: only its hash under our key stays in memory.
  const keyOf = (authorization: string, instance = '') =>
    hash('sha256', `${secret} ${instance} ${authorization}`, 'base64');

  async function check(
    { organization, email, password }: Credentials,
    instance: string | undefined,
    wasRight: boolean,
  ): Promise<Proof | undefined> {
    const wanted = organization ?? instance;
    const found = await findCandidates(deps.database, email, wanted);
    const candidates = organization === undefined ? found : found.filter(({ slug }) => slug === organization);
    if (candidates.length === 0) await deps.passwords.verify(undefined, password);
    const proofs: Proof[] = [];
    for (const candidate of candidates) {
      const stored = await readSecret(deps.database, candidate);
      const good = await deps.passwords.verify(
        stored?.password_hash ?? undefined,
        password,
        wasRight ? 'expected' : 'stranger',
      );
      if (!good || !stored) continue;
      const proof = { ...candidate, passwordVersion: stored.password_version };
      // The tenant that was named is the one that is meant; the others were only tried to tell a wrong name from a wrong
      // password.
      if (proof.slug === wanted) return proof;
      proofs.push(proof);
    }
    // Two tenants with the same address and the same password, and nothing that says which: neither.
    return proofs.length === 1 ? proofs[0] : undefined;
  }

  return {
    recall: (authorization, instance) =>
      authorization === undefined ? undefined : remembered.get(keyOf(authorization, instance)),
    forget(proof) {
      for (const [key, value] of remembered) if (value === proof) remembered.delete(key);
    },
    prove(authorization, instance, address) {
      if (authorization === undefined) return Promise.reject(signInFirst());
      // After our restart all connections of a controller come at once with the same credentials: one check serves them.
      const key = keyOf(authorization, `${instance ?? ''} ${address}`);
      const underWay = proving.get(key) ?? provenAlone(authorization, instance, address);
      proving.set(key, underWay);
      return underWay.finally(() => proving.delete(key));
    },
  };

  async function provenAlone(
    authorization: string,
    instance: string | undefined,
    address: string,
  ): Promise<Proof> {
    const credentials = readBasic(authorization);
    if (!credentials) throw signInFirst();
    const proof = await limits.attempt(credentials.email, address, (wasRight) =>
      check(credentials, instance, wasRight),
    );
    if (!proof) throw signInFirst();
    if (instance === undefined || instance === proof.slug) {
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(keyOf(authorization, instance), proof);
    }
    return proof;
  }
}

export function signInFirst(): DomainError {
  return new DomainError('unauthenticated', 'The user name or the password is wrong');
}

/**
 * The account as it stands at this moment; undefined when the proof no longer holds.
 * @throws DomainError `forbidden` for accounts of people: here their password alone would go round the second factor
 */
export function principalOf(
  proof: Proof,
  account: AccountRow | undefined,
  requestId: string,
): TenantPrincipal | undefined {
  if (account?.state !== 'active' || account.password_version !== proof.passwordVersion) return undefined;
  const permissions = permissionsOf(account.role, account.role_permissions);
  if (!isServiceAccount(permissions)) {
    throw new DomainError('forbidden', 'Only accounts for network access may ask here', {
      reason: 'not-a-service-account',
    });
  }
  return { ...administratorPrincipal(proof.organizationId, account, permissions), requestId };
}
