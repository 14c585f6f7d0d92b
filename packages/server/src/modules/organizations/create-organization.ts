import type { NewOrganization, Organization } from '@gatehouse/contracts/admin/organizations.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import { violatedConstraint } from '../../kernel/db/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { OnCreated, RecordAudit } from './ports.ts';
import { presentOrganization } from './present.ts';
import { insertOrganization } from './queries.ts';

/** First path segments of the server: an organization of that name would shadow or be shadowed. */
const reservedSlugs = new Set(
  `admin agent api apple autodiscover ciscoise console enroll enrollmentserver gatehouse healthz localhost metrics
   microsoft-server-activesync my nac readyz scep setup ssf system windows www`.split(/\s+/),
);

export interface CreateOrganizationDeps {
  readonly database: Database;
  readonly audit: RecordAudit;
  /** In this order, all in the transaction that creates the organization: it exists complete or not at all. */
  readonly onCreated: readonly OnCreated[];
}

export async function createOrganization(
  deps: CreateOrganizationDeps,
  actor: Principal,
  input: NewOrganization,
): Promise<Organization> {
  requirePermission(actor, 'organizations.manage');
  if (reservedSlugs.has(input.slug)) {
    throw new DomainError('invalid-input', `"${input.slug}" is a word of this server; choose another slug`, {
      reason: 'reserved-slug',
    });
  }
  const organizationId = newId();
  try {
    return await deps.database.withTenant(organizationId, async (tx) => {
      const row = await insertOrganization(tx, {
        slug: input.slug,
        name: input.name,
        settings: input.settings ?? {},
      });
      await deps.audit(tx, {
        actor,
        action: 'organizations.create',
        target: { kind: 'organization', id: organizationId },
        outcome: 'done',
        show: { slug: input.slug, name: input.name },
      });
      for (const hook of deps.onCreated) await hook(tx, { organizationId, slug: row.slug, name: row.name });
      return presentOrganization(row);
    });
  } catch (error) {
    if (violatedConstraint(error) === 'organizations_slug') {
      throw new DomainError('conflict', `There is already an organization "${input.slug}"`, {
        reason: 'slug-taken',
      });
    }
    throw error;
  }
}
