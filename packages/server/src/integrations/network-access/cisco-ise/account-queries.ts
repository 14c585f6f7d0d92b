// Statements about the account that signs in. Its rights are read with what it asks for: see queries.ts.
import type { Database } from '../../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../../kernel/db/sql.ts';
import type { Asker } from './queries.ts';

export interface Candidate extends Asker {
  readonly slug: string;
}

/**
 * Accounts of one e-mail address in all tenants: the tenant that was named first, then the oldest. So an account that
 * another tenant makes later under the same address cannot push aside one that works.
 */
const selectCandidates = sql(
  'ise-account-candidates',
  `select a.organization_id, a.administrator_id, o.slug
   from administrators a join organizations o on o.organization_id = a.organization_id
   where lower(a.email) = lower($1)
   order by o.slug is not distinct from $2 desc, a.created_at, a.administrator_id limit 3`,
);

export async function findCandidates(
  database: Pick<Database, 'withSystem'>,
  email: string,
  wanted: string | undefined,
): Promise<Candidate[]> {
  const rows = await database.withSystem('find-credential', (tx) =>
    tx.query<{ organization_id: string; administrator_id: string; slug: string }>(selectCandidates, [
      email,
      wanted ?? null,
    ]),
  );
  return rows.map((row) => ({
    organizationId: row.organization_id,
    administratorId: row.administrator_id,
    slug: row.slug,
  }));
}

export interface SecretRow {
  readonly password_hash: string | null;
  readonly password_version: number;
  readonly role: string;
  readonly role_permissions: string[] | null;
}

/** Of accounts in use only: to others every password is wrong. */
const selectSecret = tenantStatement(
  'ise-account-secret',
  `select a.password_hash, a.password_version, a.role, r.permissions as role_permissions
   from administrators a
   left join roles r on r.organization_id = t.org
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where a.organization_id = t.org and a.administrator_id = $2 and a.state = 'active'`,
);

export async function readSecret(
  database: Pick<Database, 'tenantQuery'>,
  { organizationId, administratorId }: Asker,
): Promise<SecretRow | undefined> {
  const rows = await database.tenantQuery<SecretRow>(organizationId, selectSecret, [administratorId]);
  return rows[0];
}
