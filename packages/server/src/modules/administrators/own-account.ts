// What an administrator does to the own account, with a session: sessions, password, second factor.
import type { PasswordChange, Session } from '@gatehouse/contracts/admin/session.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { readEpoch, readOrganizationName, readSettings } from '../organizations/index.ts';
import type { AdministratorDeps } from './deps.ts';
import { requireFreshFactor } from './fresh-factor.ts';
import { hasFactor } from './passkeys.ts';
import { requireGoodPassword } from './password-rules.ts';
import {
  type AdministratorRow,
  lockAdministrator,
  selectAdministrator,
  setPasswordHash,
  setPendingFactor,
  setSecondFactor,
  useFactorStep,
} from './queries.ts';
import { newTotpSecret, totpUri, verifyTotp } from './second-factor.ts';
import type { SessionHolder } from './session-holder.ts';
import { deleteSession, deleteSessions, listSessionRows } from './session-queries.ts';
import { type NewSession, startSession } from './start-session.ts';
import { codeLimits, type Limit, refundLimits, spendLimits } from './throttle.ts';

export async function listSessions(deps: AdministratorDeps, holder: SessionHolder): Promise<Session[]> {
  const { principal, sessionId } = holder;
  const now = new Date(deps.clock.now());
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => listSessionRows(tx, principal.id, now),
    { readOnly: true },
  );
  return rows.map((row) => ({
    id: row.session_id,
    current: row.session_id === sessionId,
    factors: row.factors,
    createdAt: row.created_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

/** Ends one of the own sessions: the calling one is a sign-out. */
export async function endSession(
  deps: AdministratorDeps,
  { principal }: SessionHolder,
  id: string,
): Promise<void> {
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    if (!(await deleteSession(tx, principal.id, id)))
      throw new DomainError('not-found', 'There is no such session');
    await recordAudit(tx, {
      actor: principal,
      action: 'sessions.end',
      target: { kind: 'administrator', id: principal.id },
      outcome: 'done',
    });
  });
}

/** Other sessions end: whoever had the old password is out. */
export async function changePassword(
  deps: AdministratorDeps,
  { principal, sessionId }: SessionHolder,
  input: PasswordChange,
): Promise<void> {
  const { organizationId, id } = principal;
  const limits: Limit[] = [{ key: ['own-password', id], burst: 5, perMinute: 1 }];
  const { account, settings, organization } = await deps.database.withTenant(organizationId, async (tx) => {
    await spendLimits(tx, limits, deps.clock.now());
    return {
      account: await selectAdministrator(tx, id),
      settings: await readSettings(tx),
      organization: await readOrganizationName(tx),
    };
  });
  if (!(await deps.passwords.verify(account?.password_hash ?? undefined, input.current, 'expected'))) {
    throw new DomainError('invalid-input', 'The current password is wrong', { reason: 'wrong-password' });
  }
  requireGoodPassword(input.password, {
    secondFactor: settings.secondFactorRequired && account !== undefined && hasFactor(account),
    words: [organization.slug, organization.name, principal.label, account?.display_name ?? ''],
  });
  const hash = await deps.passwords.hash(input.password);
  await deps.database.withTenant(organizationId, async (tx) => {
    await setPasswordHash(tx, id, hash);
    await refundLimits(tx, limits);
    const ended = await deleteSessions(tx, id, sessionId);
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.change-password',
      target: { kind: 'administrator', id },
      outcome: 'done',
      show: { sessionsEnded: ended },
    });
  });
}

/** Offers a new factor. Who has one proves it first, so that a session left open cannot replace it. */
export async function offerSecondFactor(
  deps: AdministratorDeps,
  { principal }: SessionHolder,
  code: string | undefined,
): Promise<{ secret: string; uri: string }> {
  const { organizationId, id } = principal;
  const limits = codeLimits(id, 'own-account');
  await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  return deps.database.withTenant(organizationId, async (tx) => {
    const account = await ownAccount(tx, id);
    if (account.totp_secret !== null) await proveCode(deps, tx, account, account.totp_secret, code);
    else if (account.passkeys > 0)
      requireFreshFactor({ provenAt: principal.provenAt ?? null }, deps.clock.now());
    const secret = newTotpSecret();
    await setPendingFactor(
      tx,
      id,
      await deps.sealer.seal(tx, 'administrators.totp_pending', id, Buffer.from(secret)),
    );
    await refundLimits(tx, limits);
    return { secret, uri: totpUri(secret, (await readOrganizationName(tx)).name, account.email) };
  });
}

async function proveCode(
  deps: AdministratorDeps,
  tx: TenantTx,
  account: AdministratorRow,
  sealed: Buffer,
  code: string | undefined,
): Promise<void> {
  const id = account.administrator_id;
  const secret = await deps.sealer.open(tx, 'administrators.totp_secret', id, sealed);
  const step = verifyTotp(secret.toString(), code ?? '', deps.clock.now(), account.totp_last_step);
  if (step === undefined || !(await useFactorStep(tx, id, step))) throw wrongCode();
}

/** The factor counts from now on. The session is replaced by a new one that has it (ADM-02); all others end. */
export async function confirmSecondFactor(
  deps: AdministratorDeps,
  { principal }: SessionHolder,
  code: string,
): Promise<NewSession> {
  const { organizationId, id } = principal;
  const limits = codeLimits(id, 'own-account');
  await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  return deps.database.withTenant(organizationId, async (tx) => {
    const account = await ownAccount(tx, id);
    if (account.totp_pending === null) {
      throw new DomainError('conflict', 'No second factor was offered', { reason: 'no-pending-factor' });
    }
    const now = deps.clock.now();
    const secret = await deps.sealer.open(tx, 'administrators.totp_pending', id, account.totp_pending);
    const step = verifyTotp(secret.toString(), code, now, null);
    if (step === undefined) throw wrongCode();
    await refundLimits(tx, limits);
    await setSecondFactor(tx, id, await deps.sealer.seal(tx, 'administrators.totp_secret', id, secret), step);
    await deleteSessions(tx, id);
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.enrol-second-factor',
      target: { kind: 'administrator', id },
      outcome: 'done',
      show: { replaced: account.totp_secret !== null },
    });
    const epoch = await readEpoch(tx);
    return startSession(tx, {
      administratorId: id,
      factors: ['password', 'totp'],
      epoch,
      now,
      provenAt: now,
    });
  });
}

async function ownAccount(tx: TenantTx, id: string): Promise<AdministratorRow> {
  const account = await lockAdministrator(tx, id);
  if (!account) throw new DomainError('not-found', 'There is no such administrator');
  return account;
}

function wrongCode(): DomainError {
  return new DomainError('invalid-input', 'The code is wrong or was used before', { reason: 'wrong-code' });
}
