// An API token, from the Authorization header to a principal: one round trip once its organization is known.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { intersectPermissions } from '@gatehouse/core/permissions/roles.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { hashSecret, parseCredential, sameHash } from './credential-token.ts';
import { tokenAccount, type TokenAccountRow } from './credential-queries.ts';
import type { LocateCredential } from './locate-credential.ts';
import { empoweredAt, permissionsOf } from './principal.ts';
import { touchToken } from './token-queries.ts';

export interface AuthenticateTokenDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly locateCredential: LocateCredential;
}

const touchEveryMs = 60_000;

/** @throws DomainError `unauthenticated`, with one text for every cause. */
export async function authenticateToken(deps: AuthenticateTokenDeps, text: string): Promise<Principal> {
  const credential = parseCredential(text, 'api');
  const organizationId = credential && (await deps.locateCredential(credential));
  if (!organizationId) throw refused();
  return admit(deps, organizationId, credential.id, (row) =>
    sameHash(row.secret_hash, hashSecret(credential.secret)),
  );
}

/**
 * For whoever has proved already that he was given something for this token, in this organization: whether it still holds.
 * @throws DomainError `unauthenticated`
 */
export function authenticateTokenById(
  deps: Pick<AuthenticateTokenDeps, 'database' | 'clock'>,
  organizationId: string,
  tokenId: string,
): Promise<TenantPrincipal> {
  return admit(deps, organizationId, tokenId, () => true);
}

async function admit(
  deps: Pick<AuthenticateTokenDeps, 'database' | 'clock'>,
  organizationId: string,
  tokenId: string,
  proves: (row: TokenAccountRow) => boolean,
): Promise<TenantPrincipal> {
  const [row] = await deps.database.tenantQuery<TokenAccountRow>(organizationId, tokenAccount, [tokenId]);
  const now = deps.clock.now();
  if (!row || !proves(row)) throw refused();
  if (row.revoked_at || row.expires_at.getTime() <= now) throw refused();
  if (row.administrator_id !== null && row.administrator_state !== 'active') throw refused();
  // Written at most once a minute: a busy token must not turn every read into a write.
  if (now - (row.last_used_at?.getTime() ?? 0) >= touchEveryMs) {
    const when = new Date(now);
    await deps.database.withTenant(organizationId, (tx) => touchToken(tx, tokenId, when));
  }
  return tokenPrincipal(organizationId, tokenId, row);
}

function tokenPrincipal(organizationId: string, id: string, row: TokenAccountRow): TenantPrincipal {
  const own = permissionsOf(row.role, row.role_permissions);
  const behind =
    row.administrator_role === null
      ? own
      : permissionsOf(row.administrator_role, row.administrator_role_permissions);
  return {
    kind: 'token',
    id,
    organizationId,
    label: row.name === '' ? `token ${id}` : row.name,
    role: row.role,
    // Never more than the administrator behind it has at this moment (ADM-05).
    permissions: intersectPermissions(own, behind),
    empoweredAt: empoweredAt(row.created_at, row.role_empowered_at, row.administrator_empowered_at),
  };
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'The token is not valid');
}
