// Policy suites (POL-01): each change makes a new version, and concerns exactly the devices that the suite is assigned to.
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { parseSettings } from '@gatehouse/core/settings/parse.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { Binding } from '../rules/index.ts';
import type { PolicyDeps } from './policy-deps.ts';
import {
  deleteAssignmentRowsOfItem,
  deletePolicyRow,
  findPolicy,
  insertPolicy,
  insertVersion,
  isPolicyNameTaken,
  lockPolicy,
  type PolicyRow,
  reachOfItem,
  selectPolicies,
  selectVersions,
  updatePolicyRow,
  type VersionRow,
} from './queries.ts';
import { announceReach } from './reach.ts';

export interface NewPolicy {
  readonly name: string;
  readonly description?: string | undefined;
  readonly settings: unknown;
}

/** The changes of `createPolicy`, each optional. */
export interface PolicyChanges extends Binding {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly settings?: unknown;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  /** The version that the caller read: somebody else's change in between is a conflict, not a loss. */
  readonly expectedVersion?: number | undefined;
}

const noSuchPolicy = () => new DomainError('not-found', 'There is no such policy.');
const nameTaken = () =>
  new DomainError('conflict', 'Another policy has this name.', { reason: 'name-taken' });

export async function createPolicy(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  input: NewPolicy,
): Promise<PolicyPresentation> {
  requirePermission(principal, 'policies.manage');
  const settings = parseSettings(input.settings);
  const now = new Date(deps.clock.now());
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const { name, description = '' } = input;
    const row = await insertPolicy(tx, { id: newId(), name, description, settings }, now);
    if (!row) throw nameTaken();
    await insertVersion(tx, row, actorReference(principal), now);
    await recordAudit(tx, {
      actor: principal,
      action: 'policies.create',
      target: { kind: 'policy', id: row.policy_id },
      outcome: 'done',
      show: { name, settings: { ...settings } },
    });
    return presentPolicy(row);
  });
}

export async function updatePolicy(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  policyId: string,
  changes: PolicyChanges,
): Promise<PolicyPresentation> {
  requirePermission(principal, 'policies.manage');
  const settings = changes.settings === undefined ? undefined : parseSettings(changes.settings);
  const now = new Date(deps.clock.now());
  const reviewed =
    settings === undefined
      ? undefined
      : await deps.review?.(principal, { kind: 'policy', policyId, settings }, changes);
  const expectedVersion = changes.expectedVersion ?? reviewed?.baseVersion ?? undefined;
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockPolicy(tx, policyId);
    if (!before) throw noSuchPolicy();
    if (expectedVersion !== undefined && expectedVersion !== before.version) {
      throw new DomainError('conflict', 'The policy has been changed meanwhile.', {
        reason: 'version-changed',
        detail: { version: before.version },
      });
    }
    const name = changes.name ?? before.name;
    if (name !== before.name && (await isPolicyNameTaken(tx, name, policyId))) throw nameTaken();
    const row = await updatePolicyRow(
      tx,
      {
        policy_id: policyId,
        name,
        description: changes.description ?? before.description,
        settings: settings ?? before.settings,
        version: settings === undefined ? before.version : before.version + 1,
      },
      now,
    );
    if (!row) throw noSuchPolicy();
    if (settings !== undefined) {
      await insertVersion(tx, row, actorReference(principal), now, changes.reason);
      await announceReach(tx, deps.events, await reachOfItem(tx, policyId));
    }
    await recordAudit(tx, {
      actor: principal,
      action: 'policies.update',
      target: { kind: 'policy', id: policyId },
      outcome: 'done',
      show: { name, version: row.version, ...(settings === undefined ? {} : { settings: { ...settings } }) },
    });
    return presentPolicy(row);
  });
}

/** Its assignments go with it, and the devices concerned lose what it demanded (idea 3). */
export async function deletePolicy(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  policyId: string,
  binding: Binding = {},
): Promise<void> {
  requirePermission(principal, 'policies.manage');
  await deps.review?.(principal, { kind: 'policy', policyId, settings: null }, binding);
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockPolicy(tx, policyId);
    if (!row) throw noSuchPolicy();
    const reach = await deleteAssignmentRowsOfItem(tx, policyId);
    await deletePolicyRow(tx, policyId);
    await announceReach(tx, deps.events, reach);
    await recordAudit(tx, {
      actor: principal,
      action: 'policies.delete',
      target: { kind: 'policy', id: policyId },
      outcome: 'done',
      show: { name: row.name },
    });
  });
}

export async function getPolicy(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  policyId: string,
): Promise<PolicyPresentation> {
  requirePermission(principal, 'policies.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => findPolicy(tx, policyId), {
    readOnly: true,
  });
  if (!row) throw noSuchPolicy();
  return presentPolicy(row);
}

export async function listPolicies(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<PolicyPresentation>> {
  requirePermission(principal, 'policies.read');
  const after = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectPolicies(tx, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentPolicy, (row) => [row.policy_id]);
}

/** Newest first. */
export async function listPolicyVersions(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  policyId: string,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof presentVersion>>> {
  requirePermission(principal, 'policies.read');
  const before = page.after === undefined ? null : Number(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findPolicy(tx, policyId))) throw noSuchPolicy();
      return selectVersions(tx, policyId, before, page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentVersion, (row) => [row.version]);
}

type PolicyPresentation = ReturnType<typeof presentPolicy>;

function presentPolicy(row: PolicyRow) {
  return {
    id: row.policy_id,
    name: row.name,
    description: row.description,
    version: row.version,
    settings: { ...row.settings },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function presentVersion(row: VersionRow) {
  return {
    version: row.version,
    settings: { ...row.settings },
    createdBy: row.created_by,
    author: row.author,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
  };
}
