import type { Organization } from '@gatehouse/contracts/admin/organizations.ts';
import type { OrganizationRow } from './queries.ts';

export function presentOrganization(row: OrganizationRow): Organization {
  return {
    id: row.organization_id,
    slug: row.slug,
    name: row.name,
    settings: row.settings,
    createdAt: row.created_at.toISOString(),
  };
}
