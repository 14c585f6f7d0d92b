// Addresses name an organization by its slug before a tenant is known. A slug never changes, so what was found once may
// be remembered; what was not found is asked again, because it may exist by now.
import type { Database } from '../../kernel/db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { selectOrganization, selectOrganizationBySlug, selectOrganizationsByMailDomain } from './queries.ts';

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

/** The other way about. One per process: it remembers. */
export function createSlugReader(deps: {
  readonly database: Pick<Database, 'withTenant'>;
}): (organizationId: string) => Promise<string> {
  const slugs = new Map<string, string>();
  return async (organizationId) => {
    const known = slugs.get(organizationId);
    if (known !== undefined) return known;
    const row = await deps.database.withTenant(organizationId, selectOrganization, { readOnly: true });
    if (!row) throw new Error('there is no such organization');
    if (slugs.size >= remembered) slugs.clear();
    slugs.set(organizationId, row.slug);
    return row.slug;
  };
}

/** The organization that says the mail domain is its own; undefined also when several say so. */
export type FindOrganizationByMailDomain = (domain: string) => Promise<FoundOrganization | undefined>;

const mailDomainLifeMs = 60_000;

/** Remembers answers for a minute, good and bad ones: whoever asks is a stranger and may ask often. */
export function createMailDomainFinder(deps: {
  readonly database: Database;
  readonly clock: Clock;
}): FindOrganizationByMailDomain {
  const known = new Map<string, { readonly found: FoundOrganization | undefined; readonly until: number }>();
  return async (domain) => {
    const now = deps.clock.now();
    const answer = known.get(domain);
    if (answer && answer.until > now) return answer.found;
    const rows = await deps.database.withSystem('find-organization', (tx) =>
      selectOrganizationsByMailDomain(tx, domain),
    );
    const [row] = rows;
    const found =
      row && rows.length === 1
        ? { organizationId: row.organization_id, slug: row.slug, name: row.name }
        : undefined;
    if (known.size >= remembered) known.clear();
    known.set(domain, { found, until: now + mailDomainLifeMs });
    return found;
  };
}
