// One-time links by which users choose their password. The secret stands in the fragment of the address, which browsers do
// not send: it reaches no log of a server, proxy or mail gateway (ENR-T07).
import type { PasswordLink } from '@gatehouse/contracts/admin/users.ts';
import { actorReference, type Actor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import {
  formatCredential,
  hashSecret,
  newCredential,
  parseCredential,
  type Passwords,
  passwordLength,
  requireGoodPassword,
  sameHash,
} from '../administrators/index.ts';
import { recordAudit } from '../audit/index.ts';
import { readOrganizationName } from '../organizations/index.ts';
import {
  dropPasswordLinks,
  insertPasswordLink,
  lockPasswordLink,
  markPasswordLinkUsed,
  type PasswordLinkRow,
  putPasswordHash,
  removePasswordHash,
} from './credential-queries.ts';
import { lockUser } from './queries.ts';
import { deleteUserSessions } from './session-queries.ts';
import { noSuchUser, type UserDeps } from './users.ts';

export interface PasswordLinkDeps extends UserDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly publicUrl: URL;
}

const lifeMs = 72 * 3_600_000;

/** @throws DomainError `forbidden`, `not-found`, `conflict` for a disabled user. */
export async function createPasswordLink(
  deps: PasswordLinkDeps,
  principal: TenantPrincipal,
  userId: string,
): Promise<PasswordLink> {
  requirePermission(principal, 'users.manage');
  return deps.database.withTenant(principal.organizationId, (tx) =>
    makePasswordLink(tx, deps, principal, userId),
  );
}

/** Replaces the links that the user has. */
export async function makePasswordLink(
  tx: TenantTx,
  deps: Pick<PasswordLinkDeps, 'clock' | 'publicUrl'>,
  actor: Actor,
  userId: string,
): Promise<PasswordLink> {
  const user = await lockUser(tx, userId);
  if (!user) throw noSuchUser();
  if (user.state !== 'active') {
    throw new DomainError('conflict', 'The user is disabled.', { reason: 'user-disabled' });
  }
  const { slug } = await readOrganizationName(tx);
  const now = deps.clock.now();
  const expiresAt = new Date(now + lifeMs);
  const credential = newCredential('usr');
  await dropPasswordLinks(tx, userId, new Date(now));
  await insertPasswordLink(tx, {
    id: credential.id,
    userId,
    secretHash: hashSecret(credential.secret),
    createdBy: actorReference(actor),
    expiresAt,
  });
  await recordAudit(tx, {
    actor,
    action: 'users.link-password',
    target: { kind: 'user', id: userId },
    outcome: 'done',
    show: { expiresAt: expiresAt.toISOString() },
  });
  const url = new URL(`/enroll/${slug}/password`, deps.publicUrl);
  url.hash = formatCredential(credential);
  return { url: url.href, expiresAt: expiresAt.toISOString() };
}

/** Takes the password away: the user then comes in with a one-time password only. */
export async function removePassword(
  deps: PasswordLinkDeps,
  principal: TenantPrincipal,
  userId: string,
): Promise<void> {
  requirePermission(principal, 'users.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    if (!(await lockUser(tx, userId))) throw noSuchUser();
    await dropPasswordLinks(tx, userId, new Date(deps.clock.now()));
    await deleteUserSessions(tx, userId);
    if (!(await removePasswordHash(tx, userId))) return;
    await recordAudit(tx, {
      actor: principal,
      action: 'users.remove-password',
      target: { kind: 'user', id: userId },
      outcome: 'done',
    });
    await deps.events.emit(tx, { name: 'user.password-changed', subjectId: userId, payload: {} });
  });
}

/**
 * @param token what stood behind the # of the link.
 * @throws DomainError `gone` (`password-link-invalid`) for every link that is not open here; `invalid-input` for a bad password.
 */
export async function choosePassword(
  deps: PasswordLinkDeps & { readonly passwords: Passwords },
  organizationId: string,
  token: string,
  password: string,
  request: { readonly id: string; readonly address: string },
): Promise<void> {
  const credential = parseCredential(token, 'usr');
  if (!credential) throw noLink();
  const open = async (tx: TenantTx): Promise<PasswordLinkRow> => {
    const link = await lockPasswordLink(tx, credential.id, new Date(deps.clock.now()));
    if (!link || !sameHash(link.secret_hash, hashSecret(credential.secret))) throw noLink();
    return link;
  };
  // Looked at before the expensive part, and again after it: a used link costs no derivation.
  await deps.database.withTenant(organizationId, async (tx) => {
    const user = await open(tx);
    const { slug, name } = await readOrganizationName(tx);
    requireGoodPassword(password, {
      secondFactor: false,
      words: [slug, name, user.email, user.display_name],
    });
  });
  const hash = await deps.passwords.hash(password);
  await deps.database.withTenant(organizationId, async (tx) => {
    const { user_id: userId } = await open(tx);
    const now = new Date(deps.clock.now());
    if (!(await markPasswordLinkUsed(tx, credential.id, now))) throw noLink();
    await putPasswordHash(tx, userId, hash, now);
    // Whoever had the old password is out.
    await deleteUserSessions(tx, userId);
    await recordAudit(tx, {
      actor: { kind: 'user', id: userId, requestId: request.id },
      via: 'enrollment',
      action: 'users.choose-password',
      target: { kind: 'user', id: userId },
      outcome: 'done',
      personal: { address: request.address },
    });
    await deps.events.emit(tx, { name: 'user.password-changed', subjectId: userId, payload: {} });
  });
}

/** One text for a link that was used, ran out, was replaced, is another organization's or never existed. */
function noLink(): DomainError {
  return new DomainError('gone', 'This link is no longer valid; ask for a new one', {
    reason: 'password-link-invalid',
  });
}

export const userPasswordLength = passwordLength.minimum;
