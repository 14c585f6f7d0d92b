import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const select = sql(
  'audit-actors-upon',
  `select distinct e.content -> 'actor' ->> 'kind' as kind, e.content -> 'actor' ->> 'id' as id
   from audit_entries e join unnest((select $3::text[])) as a (prefix) on starts_with(e.content ->> 'action', a.prefix)
   where e.organization_id = $1 and e.content -> 'target' ->> 'id' = $2 and e.content ->> 'outcome' = 'done'`,
);

export function selectActorsUpon(
  tx: TenantTx,
  targetId: string,
  actions: readonly string[],
): Promise<{ readonly kind: string; readonly id: string }[]> {
  return tx.query(select, [tx.organizationId, targetId, actions]);
}
