import type { SystemTx } from '../kernel/db/database.ts';
import { sql } from '../kernel/db/sql.ts';

const anyOrganization = sql('programs-any-organization', 'select 1 from organizations limit 1');

export async function hasOrganizations(tx: SystemTx): Promise<boolean> {
  return (await tx.one(anyOrganization)) !== undefined;
}

const organizationIds = sql(
  'programs-organization-ids',
  'select organization_id from organizations order by slug',
);

export async function selectOrganizationIds(tx: SystemTx): Promise<string[]> {
  return (await tx.query<{ organization_id: string }>(organizationIds)).map((row) => row.organization_id);
}
