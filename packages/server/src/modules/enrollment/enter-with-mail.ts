// The third door of the enrolment page, where the organization has opened it: address and password of the mail account, proved by the
// person's own mail server (EAS-10). Whoever cannot be let in whatever the password is never has it shown to a server, and
// is refused in the same words, after the same time.
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import type { MailServerStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { type MailLogin, readMailLogin } from '@gatehouse/core/mail/mail-login.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';
import { refundLimits, spendLimits } from '../administrators/index.ts';
import { type AskMailStanding, readAnyMailServer, readMailSettings } from '../mail/index.ts';
import { type EffectiveSettings, readSettings } from '../organizations/index.ts';
import {
  addNewcomer,
  isUserAddress,
  recordRefusedSignIn,
  recordSignIn,
  type UserSignInDeps,
  userSignInLimits,
} from '../users/index.ts';
import { requireActiveUser } from './complete-enrollment.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import type { VisitContext } from './enter.ts';
import type { ProveMailAccount } from './mail-accounts.ts';
import { startVisit } from './visits.ts';

export type EnterWithMailDeps = Pick<EnrollmentDeps, 'database' | 'clock' | 'events'> &
  Pick<UserSignInDeps, 'knownBrowsers'> & {
    readonly mailStandingOf: AskMailStanding;
    readonly proveMailAccount: ProveMailAccount;
  };

/** A mail device that there is not: what is asked is about the person alone. */
const noDevice = new Uint8Array(0);

export async function isMailDoorOpen(
  { database }: Pick<EnterWithMailDeps, 'database'>,
  organizationId: string,
): Promise<boolean> {
  const settings = await database.withTenant(organizationId, readSettings, { readOnly: true });
  return settings.mailSignIn.people !== 'none';
}

/**
 * @returns the visit's cookie, and the one that makes this browser known.
 * @throws DomainError `not-found` where the door is shut; `unauthenticated` (`mail-sign-in-refused`) for whatever is wrong with
 * the account; `unavailable` (`mail-server-away`) when nobody can tell; `too-many-requests`.
 */
export async function enterWithMail(
  deps: EnterWithMailDeps,
  context: VisitContext,
  input: { readonly name: string; readonly password: string; readonly knownBrowser: string | undefined },
  again = false,
): Promise<{ cookie: string; knownBrowser: string }> {
  const { organizationId, requestId, address } = context;
  const attempt = { organizationId, requestId, address, name: input.name, via: 'enrollment' } as const;
  const rules = await deps.database.withTenant(organizationId, (tx) => rulesOf(tx, input.name), {
    readOnly: true,
  });
  if (rules.mailSignIn.people === 'none')
    throw new DomainError('not-found', 'Nobody signs in here with a mail account', {
      reason: 'mail-sign-in-off',
    });
  const refuse = async (userId: string | undefined, reason: string): Promise<DomainError> => {
    await recordRefusedSignIn(deps, attempt, userId, reason);
    return new DomainError('unauthenticated', 'This mail account cannot sign in here', {
      reason: 'mail-sign-in-refused',
    });
  };

  const login = loginOf(input.name, rules);
  const standing =
    login && (await deps.mailStandingOf(organizationId, { login: login.name, deviceKey: noDevice }));
  const user = standing?.user ?? undefined;
  const browser = user && deps.knownBrowsers.recognize(input.knownBrowser, organizationId, user.userId);
  const limits = userSignInLimits(login?.name ?? input.name, sourceOf(address), browser);
  try {
    await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  } catch (error) {
    if (isDomainError(error, 'too-many-requests'))
      await recordRefusedSignIn(deps, attempt, user?.userId, 'throttled');
    throw error;
  }
  if (!login || !standing || input.password === '') throw await refuse(user?.userId, 'no-account');

  const comesAs = user ? (user.state === 'active' ? 'user' : 'disabled') : newcomerOf(login, rules);
  const mayEnter = comesAs === 'user' || comesAs === 'newcomer';
  const proof = await deps.proveMailAccount({
    organizationId,
    name: input.name,
    login,
    password: mayEnter ? input.password : null,
    email: user?.email ?? addressOf(login, rules),
    server: standing.server,
    instead: rules.anyServer,
    discoverIn: rules.mailSignIn.discover ? rules.mailDomains : [],
    address,
    browser,
  });
  switch (proof.is) {
    case 'throttled':
      await recordRefusedSignIn(deps, attempt, user?.userId, 'throttled');
      throw new DomainError('too-many-requests', 'Too many attempts; try again later', {
        retryAfterSeconds: proof.retryAfterSeconds,
      });
    case 'away':
      await recordRefusedSignIn(deps, attempt, user?.userId, 'mail-server-away');
      throw new DomainError('unavailable', 'The mail server could not be asked', {
        reason: 'mail-server-away',
        cause: new Error(proof.why),
      });
    case 'wrong':
      throw await refuse(user?.userId, mayEnter ? proof.why : comesAs);
    default:
      proof.is satisfies 'right';
  }
  if (!mayEnter) throw await refuse(user?.userId, comesAs);

  try {
    return await deps.database.withTenant(organizationId, async (tx) => {
      const userId = user?.userId ?? (await addNewcomer(tx, deps, attempt, login.name));
      await requireActiveUser(tx, userId);
      await refundLimits(tx, limits);
      const show = { knownBrowser: browser !== undefined, by: 'mail-account', mailServer: proof.server };
      await recordSignIn(tx, attempt, userId, show);
      const cookie = await startVisit(tx, {
        userId,
        enrollmentId: null,
        signedInBy: 'password',
        language: context.language,
        now: deps.clock.now(),
      });
      return { cookie, knownBrowser: deps.knownBrowsers.issue(organizationId, userId) };
    });
  } catch (error) {
    if (!isDomainError(error, 'conflict')) throw error;
    // The same person, twice at once: by now there is such a user.
    if (error.reason === 'email-taken' && !again) return enterWithMail(deps, context, input, true);
    // Somebody else has the short name: whether it is the same person, somebody has to look at.
    throw await refuse(undefined, error.reason ?? 'taken');
  }
}

interface Rules extends Pick<EffectiveSettings, 'mailSignIn' | 'mailDomains'> {
  /** What stands before the \\ of the organization's log-ins. */
  readonly windowsDomains: readonly string[];
  readonly anyServer: MailServerStanding | null;
}

async function rulesOf(tx: Parameters<typeof readSettings>[0], name: string): Promise<Rules> {
  const [{ mailSignIn, mailDomains }, { windows_domains: windowsDomains }, anyServer] = await Promise.all([
    readSettings(tx),
    readMailSettings(tx),
    readAnyMailServer(tx, name),
  ]);
  return { mailSignIn, mailDomains, windowsDomains, anyServer };
}

/** A short name that is nobody’s is looked for where that of a user would be. */
function addressOf({ name, mailDomain }: MailLogin, { mailDomains: [first] }: Rules): string | undefined {
  if (mailDomain !== null) return name;
  return first === undefined ? undefined : `${name}@${first}`;
}

/**
 * With a domain of Windows only where the organization has just that one: the same short name may be somebody else's in another.
 * A colon would end the name in the header that shows it to the mail server (RFC 7617).
 */
function loginOf(name: string, { windowsDomains }: Rules): MailLogin | undefined {
  const login = readMailLogin(name);
  if (login === undefined || login.name.includes(':')) return undefined;
  const { windowsDomain } = login;
  if (windowsDomain !== null && (windowsDomains.length !== 1 || windowsDomains[0] !== windowsDomain))
    return undefined;
  return login;
}

/** Only by a whole address in a domain of the organization's own, and only where it lets everybody in. */
function newcomerOf({ name, mailDomain }: MailLogin, { mailSignIn, mailDomains }: Rules): string {
  const isOwn = mailDomain !== null && mailDomains.includes(mailDomain) && isUserAddress(name);
  return isOwn && mailSignIn.people === 'all' ? 'newcomer' : 'unknown-user';
}
