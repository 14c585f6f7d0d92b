// API tokens: shown once, stored as a hash, bound to whoever made them.
import type { ApiToken, CreatedApiToken, NewApiToken } from '@gatehouse/contracts/admin/tokens.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { announce } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import { readSettings } from '../organizations/index.ts';
import { formatCredential, hashSecret, newCredential } from './credential-token.ts';
import type { AdministratorDeps } from './deps.ts';
import { requireGrantable } from './granting.ts';
import { presentToken } from './present.ts';
import { selectAdministrator } from './queries.ts';
import { insertToken, listTokenRows, revokeTokenRows, shareToken } from './token-queries.ts';

type Deps = Pick<AdministratorDeps, 'database' | 'clock' | 'notifications'>;

/**
 * A token of an administrator falls with the account; one made with a token lives no longer than that and falls with it.
 * Those made on the server's own machine stand alone.
 */
export async function createToken(
  deps: Deps,
  actor: TenantPrincipal,
  input: NewApiToken,
): Promise<CreatedApiToken> {
  requirePermission(actor, 'tokens.manage');
  const credential = newCredential('api');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await requireGrantable(tx, actor, input.role);
    const { tokenMaximumDays } = await readSettings(tx);
    if (input.expiresInSeconds > tokenMaximumDays * 86_400) {
      throw new DomainError('invalid-input', `A token may live ${tokenMaximumDays} days at most`, {
        reason: 'token-life-too-long',
      });
    }
    const now = deps.clock.now();
    const expiresAt = new Date(now + input.expiresInSeconds * 1_000);
    const row = await insertToken(tx, {
      id: credential.id,
      secretHash: hashSecret(credential.secret),
      name: input.name ?? '',
      role: input.role,
      ...(await bindToMaker(tx, actor, expiresAt)),
      createdAt: new Date(now),
      expiresAt,
    });
    await recordAudit(tx, {
      actor,
      action: 'tokens.create',
      target: { kind: 'token', id: credential.id },
      outcome: 'done',
      show: { role: input.role, expiresAt: row.expires_at.toISOString() },
    });
    return { ...presentToken(row), token: formatCredential(credential) };
  });
}

async function bindToMaker(
  tx: TenantTx,
  actor: TenantPrincipal,
  expiresAt: Date,
): Promise<{ administratorId: string | null; madeBy: string | null }> {
  if (actor.kind === 'local') return { administratorId: null, madeBy: null };
  const maker = actor.kind === 'token' ? await shareToken(tx, actor.id) : undefined;
  const administratorId = maker ? maker.administrator_id : actor.id;
  // An account of another organization is out of this one's reach: it could not be bound.
  if (administratorId !== null && !(await selectAdministrator(tx, administratorId))) {
    throw new DomainError('forbidden', 'Tokens are made by administrators of the organization itself', {
      reason: 'other-organization',
    });
  }
  if (maker && expiresAt > maker.expires_at) {
    throw new DomainError('forbidden', 'A token made with a token lives no longer than that one', {
      reason: 'outlives-maker',
      detail: { expiresAt: maker.expires_at.toISOString() },
    });
  }
  return { administratorId, madeBy: maker?.token_id ?? null };
}

export async function listTokens(
  deps: Pick<Deps, 'database'>,
  actor: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<ApiToken>> {
  requirePermission(actor, 'tokens.manage');
  const after = page.after ? ([String(page.after[0]), String(page.after[1])] as const) : undefined;
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => listTokenRows(tx, page.limit + 1, after),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentToken, (row) => [row.created, row.token_id]);
}

/** Refused from the next request on. */
export async function revokeToken(deps: Deps, actor: TenantPrincipal, id: string): Promise<void> {
  requirePermission(actor, 'tokens.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const rows = await revokeTokenRows(tx, id, new Date(deps.clock.now()));
    if (rows.length === 0) throw new DomainError('not-found', 'There is no such token');
    for (const row of rows) {
      const notice = { organizationId: tx.organizationId, id: row.token_id };
      announce(tx, deps.notifications, 'credential-changed', notice);
    }
    await recordAudit(tx, {
      actor,
      action: 'tokens.revoke',
      target: { kind: 'token', id },
      outcome: 'done',
      show: { revoked: rows.map((row) => row.token_id) },
    });
  });
}
