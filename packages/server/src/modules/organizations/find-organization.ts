// Addresses name an organization by its slug before a tenant is known. A slug never changes, so what was found once may
// be remembered; what was not found is asked again, because it may exist by now.
import type { Database } from '../../kernel/db/database.ts';
import { selectOrganizationBySlug } from './queries.ts';

export interface FoundOrganization {
  readonly organizationId: string;
  readonly slug: string;
  readonly name: string;
}

export type FindOrganization = (slug: string) => Promise<FoundOrganization | undefined>;

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const remembered = 10_000;

/** One per process: it remembers. */
export function createOrganizationFinder(deps: { readonly database: Database }): FindOrganization {
  const bySlug = new Map<string, FoundOrganization>();
  return async (slug) => {
    if (!slugPattern.test(slug)) return undefined;
    const known = bySlug.get(slug);
    if (known) return known;
    const row = await deps.database.withSystem('find-organization', (tx) =>
      selectOrganizationBySlug(tx, slug),
    );
    if (!row) return undefined;
    const found = { organizationId: row.organization_id, slug: row.slug, name: row.name };
    if (bySlug.size >= remembered) bySlug.clear();
    bySlug.set(slug, found);
    return found;
  };
}
