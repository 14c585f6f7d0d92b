import type { Organization, OrganizationSettings } from '@gatehouse/contracts/admin/organizations.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { RecordAudit } from './ports.ts';
import { presentOrganization } from './present.ts';
import { lockOrganization, updateOrganizationRow } from './queries.ts';

/** Changes name and settings; a setting that is given replaces the one of its name, the others stay. */
export async function updateOrganization(
  deps: { readonly database: Database; readonly audit: RecordAudit },
  actor: TenantPrincipal,
  changes: { readonly name?: string; readonly settings?: OrganizationSettings },
): Promise<Organization> {
  requirePermission(actor, 'settings.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockOrganization(tx);
    if (!row) throw new DomainError('not-found', 'There is no such organization');
    const name = changes.name ?? row.name;
    const settings = { ...row.settings, ...changes.settings };
    await updateOrganizationRow(tx, { name, settings });
    await deps.audit(tx, {
      actor,
      action: 'organizations.update',
      target: { kind: 'organization', id: tx.organizationId },
      outcome: 'done',
      show: {
        ...(name === row.name ? {} : { name: { before: row.name, after: name } }),
        ...changedSettings(row.settings, changes.settings ?? {}),
      },
    });
    return presentOrganization({ ...row, name, settings });
  });
}

function changedSettings(
  before: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, Json> {
  const changed: Record<string, Json> = {};
  for (const [name, after] of Object.entries(given)) {
    if (JSON.stringify(before[name]) === JSON.stringify(after)) continue;
    // Who is to be called may be a person; that it changed is enough.
    changed[name] =
      name === 'support' ? 'changed' : { before: (before[name] ?? null) as Json, after: after as Json };
  }
  return changed;
}
