// Some things want a second factor that was shown a moment ago, because a session may be in other hands by then: changing the
// factors themselves, and approving what destroys (ADM-07). By a passkey or a code.
import type { FactorChallenge, FactorProof } from '@gatehouse/contracts/admin/passkeys.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { readEpoch } from '../organizations/index.ts';
import type { AdministratorDeps } from './deps.ts';
import { hashSecret } from './credential-token.ts';
import type { SessionHolder } from './session-holder.ts';
import { checkPasskeyAnswer } from './passkey-ceremony.ts';
import { listPasskeyRows, markPasskeyUsed, useChallengeOnce } from './passkey-queries.ts';
import { type AdministratorRow, lockAdministrator, useFactorStep } from './queries.ts';
import { verifyTotp } from './second-factor.ts';
import { deleteSession } from './session-queries.ts';
import { type NewSession, startSession } from './start-session.ts';
import { codeLimits, refundLimits, spendLimits } from './throttle.ts';

const factorFreshMs = 10 * 60_000;

/** @throws DomainError `forbidden`, reason `fresh-factor-required`: the caller proves the factor and asks again. */
export function requireFreshFactor(principal: Pick<Principal, 'provenAt'>, now: number): void {
  const { provenAt } = principal;
  if (provenAt === undefined || (provenAt !== null && now - provenAt < factorFreshMs)) return;
  throw new DomainError('forbidden', 'This needs your second factor once more', {
    reason: 'fresh-factor-required',
  });
}

const purposeOf = ({ principal, sessionId }: SessionHolder) =>
  `prove ${principal.organizationId} ${principal.id} ${sessionId}` as const;

export async function challengeFactor(
  deps: AdministratorDeps,
  holder: SessionHolder,
): Promise<FactorChallenge> {
  const { organizationId, id } = holder.principal;
  return deps.database.withTenant(organizationId, async (tx) => {
    const [account, passkeys] = await Promise.all([lockAccount(tx, id), listPasskeyRows(tx, id)]);
    return {
      challenge: deps.passkeyChallenges.issue(purposeOf(holder)),
      siteId: deps.publicUrl.hostname,
      allow: passkeys.map((row) => ({
        id: row.credential_id.toString('base64url'),
        transports: row.transports,
      })),
      factors: [
        ...(passkeys.length > 0 ? (['passkey'] as const) : []),
        ...(account.totp_secret === null ? [] : (['totp'] as const)),
      ],
    };
  });
}

/** The session is replaced by one that says when the factor was shown (ADM-02). */
export async function proveFactor(
  deps: AdministratorDeps,
  holder: SessionHolder,
  proof: FactorProof,
): Promise<NewSession> {
  const { organizationId, id } = holder.principal;
  const limits = codeLimits(id, 'own-account');
  await deps.database.withTenant(organizationId, (tx) => spendLimits(tx, limits, deps.clock.now()));
  return deps.database.withTenant(organizationId, async (tx) => {
    const account = await lockAccount(tx, id);
    const factor = proof.passkey === undefined ? 'totp' : 'passkey';
    if (
      !(await (factor === 'totp'
        ? showsCode(deps, tx, account, proof)
        : showsPasskey(deps, tx, holder, proof)))
    )
      throw new DomainError('invalid-input', 'That is not your second factor, or it was used before', {
        reason: 'wrong-factor',
      });
    await refundLimits(tx, limits);
    await deleteSession(tx, id, holder.sessionId);
    await recordAudit(tx, {
      actor: holder.principal,
      action: 'sessions.prove-factor',
      target: { kind: 'administrator', id },
      outcome: 'done',
      show: { factor },
    });
    const now = deps.clock.now();
    const factors = factor === 'passkey' ? ['passkey'] : ['password', 'totp'];
    return startSession(tx, { administratorId: id, factors, epoch: await readEpoch(tx), now, provenAt: now });
  });
}

async function showsCode(
  deps: AdministratorDeps,
  tx: TenantTx,
  account: AdministratorRow,
  { code }: FactorProof,
): Promise<boolean> {
  const id = account.administrator_id;
  if (account.totp_secret === null || code === undefined) return false;
  const secret = await deps.sealer.open(tx, 'administrators.totp_secret', id, account.totp_secret);
  const step = verifyTotp(secret.toString(), code, deps.clock.now(), account.totp_last_step);
  return step !== undefined && (await useFactorStep(tx, id, step));
}

async function showsPasskey(
  deps: AdministratorDeps,
  tx: TenantTx,
  holder: SessionHolder,
  { passkey }: FactorProof,
): Promise<boolean> {
  const rows = await listPasskeyRows(tx, holder.principal.id);
  const row = rows.find(({ credential_id: id }) => id.toString('base64url') === passkey?.credential);
  if (row === undefined || passkey === undefined) return false;
  const proved = await checkPasskeyAnswer(deps, passkey, row, purposeOf(holder));
  return (
    proved !== undefined &&
    (await useChallengeOnce(tx, hashSecret(Buffer.from(proved.challenge)), proved.expiresAt)) &&
    markPasskeyUsed(tx, row.passkey_id, { ...proved, now: new Date(deps.clock.now()) })
  );
}

async function lockAccount(tx: TenantTx, id: string): Promise<AdministratorRow> {
  const account = await lockAdministrator(tx, id);
  if (!account) throw new DomainError('not-found', 'There is no such administrator');
  return account;
}
