// Assignments (POL-11 … POL-13): a suite, a schedule, a rule or a resource given to the organization, a group, a user or a device.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { lockResource } from '../resources/index.ts';
import { type Binding, lockRule } from '../rules/index.ts';
import type { PolicyDeps } from './policy-deps.ts';
import {
  type AssignmentFilter,
  type AssignmentRow,
  deleteAssignmentRow,
  findAssignment,
  hasTarget,
  insertAssignment,
  type ItemKind,
  lockPolicy,
  lockSchedule,
  selectAssignments,
} from './queries.ts';
import { announceReach } from './reach.ts';

export interface NewAssignment extends Binding {
  readonly item: { readonly kind: ItemKind; readonly id: string };
  readonly target: { readonly kind: TargetKind; readonly id: string };
  readonly platform?: Platform | null | undefined;
  readonly priority?: number | undefined;
}

const lockItem: Readonly<Record<ItemKind, (tx: TenantTx, id: string) => Promise<unknown>>> = {
  policy: lockPolicy,
  schedule: lockSchedule,
  resource: lockResource,
  rule: lockRule,
};

const noSuchAssignment = () => new DomainError('not-found', 'There is no such assignment.');

export async function createAssignment(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  { item, target, platform = null, priority = 0, ...binding }: NewAssignment,
): Promise<AssignmentPresentation> {
  requirePermission(principal, 'policies.assign');
  const { kind, id: itemId } = item;
  if (kind !== 'resource') {
    const change = {
      kind: 'assignment-added',
      item: { kind, id: itemId },
      target,
      platform,
      priority,
    } as const;
    await deps.review?.(principal, change, binding);
  }
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    // Locked, so that neither can be deleted between the look and the insert.
    const found = await lockItem[item.kind](tx, item.id);
    if (!found || !(await hasTarget(tx, target.kind, target.id))) {
      throw new DomainError('not-found', `There is no such ${found ? target.kind : item.kind}.`);
    }
    const id = newId();
    const made = await insertAssignment(
      tx,
      {
        id,
        itemKind: item.kind,
        itemId: item.id,
        targetKind: target.kind,
        targetId: target.id,
        platform,
        priority,
      },
      new Date(deps.clock.now()),
    );
    if (!made) throw new DomainError('conflict', 'It is assigned there already.', { reason: 'assigned' });
    await announceReach(
      tx,
      deps.events,
      [{ target_kind: target.kind, target_id: target.id, platform }],
      item.kind,
    );
    await recordAudit(tx, {
      actor: principal,
      action: 'assignments.create',
      target: { kind: item.kind, id: item.id },
      outcome: 'done',
      show: { assignmentId: id, target: `${target.kind}:${target.id}`, platform, priority },
    });
    const row = await findAssignment(tx, id);
    if (!row) throw noSuchAssignment();
    return presentAssignment(row);
  });
}

/** What was assigned is taken away again: the devices concerned are evaluated without it (idea 3). */
export async function deleteAssignment(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  assignmentId: string,
  binding: Binding = {},
): Promise<void> {
  requirePermission(principal, 'policies.assign');
  const row = await deps.database.withTenant(
    principal.organizationId,
    (tx) => findAssignment(tx, assignmentId),
    { readOnly: true },
  );
  if (!row) throw noSuchAssignment();
  // Resources change what a device has, never whether it complies.
  if (row.item_kind !== 'resource')
    await deps.review?.(principal, { kind: 'assignment-removed', assignmentId }, binding);
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const gone = await deleteAssignmentRow(tx, assignmentId);
    if (!gone) throw noSuchAssignment();
    await announceReach(tx, deps.events, [gone], gone.item_kind);
    await recordAudit(tx, {
      actor: principal,
      action: 'assignments.delete',
      target: { kind: gone.item_kind, id: gone.item_id },
      outcome: 'done',
      show: { assignmentId, target: `${gone.target_kind}:${gone.target_id}`, platform: gone.platform },
    });
  });
}

export async function listAssignments(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  filter: AssignmentFilter,
  page: PageRequest,
): Promise<PageAnswer<AssignmentPresentation>> {
  requirePermission(principal, 'policies.read');
  const after = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectAssignments(tx, filter, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentAssignment, (row) => [row.assignment_id]);
}

type AssignmentPresentation = ReturnType<typeof presentAssignment>;

function presentAssignment(row: AssignmentRow) {
  return {
    id: row.assignment_id,
    item: { kind: row.item_kind, id: row.item_id, name: row.item_name },
    target: { kind: row.target_kind, id: row.target_id, name: row.target_name },
    platform: row.platform,
    priority: row.priority,
    createdAt: row.created_at.toISOString(),
  };
}
