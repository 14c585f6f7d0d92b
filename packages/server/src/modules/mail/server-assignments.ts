// Whose mail is where: of a user, of groups, of a mail domain, of everybody. Whoever has no server is served by the stand-in (STN-03).
import type { MailServerAssignment, NewMailServerAssignment } from '@gatehouse/contracts/admin/mail.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import type { MailDeps } from './mail-deps.ts';
import {
  deleteServerAssignmentRow,
  insertServerAssignment,
  lockMailServer,
  selectMailServer,
  selectServerAssignments,
  type ServerAssignmentRow,
  targetExists,
} from './server-queries.ts';
import { afterOf, noSuchServer, tellOfServer } from './servers.ts';

function presentAssignment(row: ServerAssignmentRow): MailServerAssignment {
  return {
    id: row.mail_assignment_id,
    serverId: row.server_id,
    targetKind: row.target_kind,
    target: row.target,
    targetName: row.target_name,
    priority: row.priority,
    createdAt: row.created_at.toISOString(),
  };
}

export async function assignMailServer(
  deps: MailDeps,
  principal: TenantPrincipal,
  serverId: string,
  { targetKind, target = '', priority = 0 }: NewMailServerAssignment,
): Promise<MailServerAssignment> {
  requirePermission(principal, 'mail.manage');
  const now = new Date(deps.clock.now());
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const server = await lockMailServer(tx, serverId);
    if (!server) throw noSuchServer();
    const row = {
      mail_assignment_id: newId(),
      server_id: serverId,
      target_kind: targetKind,
      target: await checkedTarget(tx, targetKind, target),
      priority,
      created_at: now,
    };
    if (!(await insertServerAssignment(tx, row)))
      throw new DomainError('conflict', 'The mail server is assigned there already.', {
        reason: 'assigned-already',
      });
    await tellOfServer(deps, tx, principal, 'assign', server, { targetKind, target: row.target, priority });
    return presentAssignment({ ...row, target_name: null });
  });
}

export async function unassignMailServer(
  deps: MailDeps,
  principal: TenantPrincipal,
  assignmentId: string,
): Promise<void> {
  requirePermission(principal, 'mail.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const serverId = await deleteServerAssignmentRow(tx, assignmentId);
    const server = serverId === undefined ? undefined : await lockMailServer(tx, serverId);
    if (!server) throw new DomainError('not-found', 'There is no such assignment of a mail server.');
    await tellOfServer(deps, tx, principal, 'unassign', server);
  });
}

export async function listServerAssignments(
  deps: Pick<MailDeps, 'database'>,
  principal: TenantPrincipal,
  serverId: string,
  page: PageRequest,
): Promise<PageAnswer<MailServerAssignment>> {
  requirePermission(principal, 'mail.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await selectMailServer(tx, serverId))) throw noSuchServer();
      return selectServerAssignments(tx, serverId, afterOf(page), page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentAssignment, (row) => [row.mail_assignment_id]);
}

/** @throws DomainError `invalid-input` */
async function checkedTarget(
  tx: TenantTx,
  kind: ServerAssignmentRow['target_kind'],
  target: string,
): Promise<string> {
  const wrong = (message: string) => new DomainError('invalid-input', message, { reason: 'target' });
  switch (kind) {
    case 'organization':
      if (target !== '') throw wrong('The organization needs no target.');
      return '';
    case 'domain':
      if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(target))
        throw wrong('The target is no mail domain.');
      return target.toLowerCase();
    case 'user':
    case 'group':
      if (!isUuid(target) || !(await targetExists(tx, kind, target)))
        throw wrong(`There is no such ${kind}.`);
      return target.toLowerCase();
    default:
      return kind satisfies never;
  }
}
