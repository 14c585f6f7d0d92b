// The slow check: whose e-mail address it is, and whether the password fits. The tenant comes from the account, never from
// the address (ISE-06): a tenant that is named decides between accounts of one e-mail address and nothing else.
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import { createRateLimit } from '../../../kernel/http/rate-limit.ts';
import { isServiceAccount, type Passwords, permissionsOf } from '../../../modules/administrators/index.ts';
import { type Candidate, findCandidates, readSecret } from './account-queries.ts';
import type { Credentials } from './credentials.ts';
import type { Asker } from './queries.ts';
import { recordSignIn } from './sign-in-record.ts';

/** A password that was right at some time for this version of it. */
export interface Proof extends Asker {
  readonly slug: string;
  readonly email: string;
  readonly passwordVersion: number;
  /** An account that may not be here; remembered for nobody, or a guess that was right once would stay right. */
  readonly isPerson: boolean;
}

/** Where the credentials came from. */
export interface Attempt {
  /** The slug in the address. */
  readonly instance: string | undefined;
  /** The client's address. */
  readonly address: string;
  readonly requestId: string;
}

export interface CredentialCheckDeps {
  readonly database: Pick<Database, 'tenantQuery' | 'withSystem' | 'withTenant'>;
  readonly passwords: Pick<Passwords, 'verify'>;
  readonly clock: Clock;
}

/** @param wasRight this source has been right about this account before: it need not queue behind strangers. */
export type CheckCredentials = (
  credentials: Credentials,
  attempt: Attempt,
  wasRight: boolean,
) => Promise<Proof | undefined>;

/**
 * Guesses about accounts of people, from all sources together, as at their own sign-in: people never sign in here, so
 * whoever tries is lost or hostile, and slowing them locks nobody out.
 */
const guessesAboutPeople = { burst: 20, perMinute: 1 };

export function createCredentialCheck({ database, passwords, clock }: CredentialCheckDeps): CheckCredentials {
  const people = createRateLimit({ clock, ...guessesAboutPeople });

  async function fits(
    candidate: Candidate,
    { email, password }: Credentials,
    wasRight: boolean,
  ): Promise<Proof | undefined> {
    const stored = await readSecret(database, candidate);
    const isPerson =
      stored !== undefined && !isServiceAccount(permissionsOf(stored.role, stored.role_permissions));
    const tried = !isPerson || people.peek(candidate.administratorId) === 0;
    const hash = tried ? (stored?.password_hash ?? undefined) : undefined;
    const good = await passwords.verify(hash, password, wasRight ? 'expected' : 'stranger');
    if (good && stored) return { ...candidate, email, passwordVersion: stored.password_version, isPerson };
    if (isPerson) people.spend(candidate.administratorId);
    return undefined;
  }

  return async (credentials, { instance, address, requestId }, wasRight) => {
    const { organization, email, password } = credentials;
    const wanted = organization ?? instance;
    const found = await findCandidates(database, email, wanted);
    const candidates = organization === undefined ? found : found.filter(({ slug }) => slug === organization);
    // An address that nobody has must not be answered faster.
    if (candidates.length === 0) await passwords.verify(undefined, password);
    const proofs: Proof[] = [];
    for (const candidate of candidates) {
      const proof = await fits(candidate, credentials, wasRight);
      if (proof) proofs.push(proof);
      // The tenant that was named is the one that is meant; the others are only tried to tell a wrong name from a wrong
      // password.
      if (proof?.slug === wanted) break;
    }
    const meant = proofs.find(({ slug }) => slug === wanted);
    // Two tenants with the same address and the same password, and nothing that says which: neither.
    const proof = meant ?? (proofs.length === 1 ? proofs[0] : undefined);
    const concerned = proof ? [proof] : candidates;
    const record = { email, address, requestId };
    for (const candidate of concerned) await recordSignIn(database, candidate, record, proof !== undefined);
    return proof;
  };
}
