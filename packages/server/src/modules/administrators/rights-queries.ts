import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface HolderRow {
  readonly role: string;
  readonly role_permissions: string[] | null;
  /** Of the account behind a token; null for a token that has none. */
  readonly behind_role: string | null;
  readonly behind_role_permissions: string[] | null;
}

const selectAdministrator = sql(
  'rights-of-administrator',
  `select a.role, r.permissions as role_permissions, null as behind_role, null as behind_role_permissions
   from administrators a
   left join roles r on r.organization_id = $1
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where a.organization_id = $1 and a.administrator_id = $2 and a.state = 'active'`,
);

const selectToken = sql(
  'rights-of-token',
  `select k.role, kr.permissions as role_permissions, a.role as behind_role, ar.permissions as behind_role_permissions
   from api_tokens k
   left join roles kr on kr.organization_id = $1
     and kr.role_id = case when k.role like 'custom:%' then substr(k.role, 8)::uuid end
   left join administrators a on a.organization_id = $1 and a.administrator_id = k.administrator_id
   left join roles ar on ar.organization_id = $1
     and ar.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where k.organization_id = $1 and k.token_id = $2 and k.revoked_at is null
     and (k.administrator_id is null or a.state = 'active')`,
);

export function findAdministratorRights(tx: TenantTx, id: string): Promise<HolderRow | undefined> {
  return tx.one<HolderRow>(selectAdministrator, [tx.organizationId, id]);
}

export function findTokenRights(tx: TenantTx, id: string): Promise<HolderRow | undefined> {
  return tx.one<HolderRow>(selectToken, [tx.organizationId, id]);
}
