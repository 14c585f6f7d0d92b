// The audit record as administrators and auditors read it: newest first, filtered.
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { type AuditQuery, type AuditRow, listEntries } from './read-queries.ts';

export type AuditListFilter = Omit<AuditQuery, 'limit' | 'after'>;

export async function listAudit(
  deps: { readonly database: Database },
  actor: TenantPrincipal,
  filter: AuditListFilter,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof present>>> {
  requirePermission(actor, 'audit.read');
  const after = page.after ? ([String(page.after[0]), String(page.after[1])] as const) : undefined;
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => listEntries(tx, { ...filter, after, limit: page.limit + 1 }),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.created, row.entry_id]);
}

function present({ entry_id, seq, content, shown }: AuditRow) {
  const { time, actor, via, action, target, outcome, reason, requestId, show } = content;
  const entry = { time, actor, via, action, target, outcome, reason, requestId, show };
  return { id: entry_id, seq, ...entry, values: { ...shown } };
}
