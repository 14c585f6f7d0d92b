// Look-ups of credentials: the tenant by the credential's public id, then everything that decides about it in one round
// trip, read anew for every request (ADM-15).
import type { SystemTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';

export interface LocatedCredential {
  readonly organization_id: string;
  readonly secret_hash: Buffer;
}

const locate = {
  api: sql(
    'credentials-locate-token',
    `select organization_id, secret_hash from api_tokens where token_id = $1`,
  ),
  ses: sql(
    'credentials-locate-session',
    `select organization_id, secret_hash from sessions where session_id = $1`,
  ),
  mys: sql(
    'credentials-locate-user-session',
    `select organization_id, secret_hash from user_sessions where session_id = $1`,
  ),
  inv: sql(
    'credentials-locate-setup-link',
    `select organization_id, secret_hash from setup_links where link_id = $1`,
  ),
};

export function locateCredential(
  tx: SystemTx,
  kind: keyof typeof locate,
  id: string,
): Promise<LocatedCredential[]> {
  return tx.query(locate[kind], [id]);
}

/** What decides about an administrator's rights. */
export interface AccountRow {
  readonly administrator_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly role: string;
  readonly state: 'invited' | 'active' | 'disabled';
  readonly empowered_at: Date;
  readonly role_permissions: string[] | null;
  readonly role_empowered_at: Date | null;
}

export interface TokenAccountRow {
  readonly secret_hash: Buffer;
  readonly name: string;
  readonly role: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly role_permissions: string[] | null;
  readonly role_empowered_at: Date | null;
  readonly administrator_id: string | null;
  readonly administrator_state: string | null;
  readonly administrator_role: string | null;
  readonly administrator_empowered_at: Date | null;
  readonly administrator_role_permissions: string[] | null;
}

export const tokenAccount = tenantStatement(
  'credentials-token-account',
  `select k.secret_hash, k.name, k.role, k.created_at, k.expires_at, k.last_used_at, k.revoked_at,
     kr.permissions as role_permissions, kr.empowered_at as role_empowered_at,
     k.administrator_id, a.state as administrator_state, a.role as administrator_role,
     a.empowered_at as administrator_empowered_at, ar.permissions as administrator_role_permissions
   from api_tokens k
   left join roles kr on kr.organization_id = t.org
     and kr.role_id = case when k.role like 'custom:%' then substr(k.role, 8)::uuid end
   left join administrators a on a.organization_id = t.org and a.administrator_id = k.administrator_id
   left join roles ar on ar.organization_id = t.org
     and ar.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where k.organization_id = t.org and k.token_id = $2`,
);

export interface SessionAccountRow extends AccountRow {
  readonly secret_hash: Buffer;
  readonly csrf_hash: Buffer;
  readonly factors: string[];
  readonly proven_at: Date | null;
  readonly epoch: number;
  readonly organization_epoch: number;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly settings: Readonly<Record<string, unknown>>;
}

export const sessionAccount = tenantStatement(
  'credentials-session-account',
  `select s.secret_hash, s.csrf_hash, s.factors, s.proven_at, s.epoch, s.seen_at, s.expires_at,
     o.epoch as organization_epoch, o.settings,
     a.administrator_id, a.email, a.display_name, a.role, a.state, a.empowered_at,
     r.permissions as role_permissions, r.empowered_at as role_empowered_at
   from sessions s
   join organizations o on o.organization_id = t.org
   join administrators a on a.organization_id = t.org and a.administrator_id = s.administrator_id
   left join roles r on r.organization_id = t.org
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where s.organization_id = t.org and s.session_id = $2`,
);

export interface SignInRow extends AccountRow {
  readonly password_hash: string | null;
  readonly password_version: number;
  readonly totp_secret: Buffer | null;
  readonly totp_last_step: number | null;
  readonly has_passkeys: boolean;
  readonly failed_sign_ins: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly organization_epoch: number;
}

/** An account by e-mail address, with all that a sign-in checks. */
export const signInAccount = tenantStatement(
  'credentials-sign-in-account',
  `select a.administrator_id, a.email, a.display_name, a.role, a.state, a.empowered_at, a.password_hash,
     a.password_version, a.totp_secret, a.totp_last_step::float8 as totp_last_step,
     exists (select 1 from passkeys p where p.organization_id = t.org and p.administrator_id = a.administrator_id) as has_passkeys,
     a.failed_sign_ins, o.settings, o.epoch as organization_epoch,
     r.permissions as role_permissions, r.empowered_at as role_empowered_at
   from administrators a
   join organizations o on o.organization_id = t.org
   left join roles r on r.organization_id = t.org
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where a.organization_id = t.org and lower(a.email) = lower($2)`,
);
