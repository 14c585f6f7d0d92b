// Statements that read the audit record. By actor and by target there are indexes, and thus statements of their own.
import type { AuditContent } from '@gatehouse/core/audit/entry.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface AuditRow {
  readonly entry_id: string;
  readonly seq: number | null;
  readonly content: AuditContent;
  /** As text: microseconds do not fit a Date, and cursors need them. */
  readonly created: string;
  readonly shown: Readonly<Record<string, string>>;
}

const columns = `e.entry_id, e.seq::float8 as seq, e.content, e.created_at::text as created,
  (select coalesce(jsonb_object_agg(v.name, v.value), '{}') from audit_values v
   where v.organization_id = $1 and v.entry_id = e.entry_id) as shown`;

const filter = `($3::text is null or e.content ->> 'action' = $3 or starts_with(e.content ->> 'action', $3 || '.'))
  and ($4::text is null or e.content ->> 'outcome' = $4)
  and ($5::timestamptz is null or e.created_at >= $5) and ($6::timestamptz is null or e.created_at < $6)
  and ($7::timestamptz is null or (e.created_at, e.entry_id) < ($7::timestamptz, $8::bigint))`;

const listAll = sql(
  'audit-list',
  `select ${columns} from audit_entries e where e.organization_id = $1 and ${filter}
   order by e.created_at desc, e.entry_id desc limit $2`,
);

const listByActor = sql(
  'audit-list-by-actor',
  `select ${columns} from audit_entries e where e.organization_id = $1 and ${filter}
     and e.content -> 'actor' ->> 'id' = $9 and ($10::text is null or e.content -> 'target' ->> 'id' = $10)
   order by e.created_at desc, e.entry_id desc limit $2`,
);

const listByTarget = sql(
  'audit-list-by-target',
  `select ${columns} from audit_entries e where e.organization_id = $1 and ${filter}
     and e.content -> 'target' ->> 'id' = $9
   order by e.created_at desc, e.entry_id desc limit $2`,
);

export interface AuditQuery {
  readonly limit: number;
  readonly after: readonly [created: string, entryId: string] | undefined;
  readonly actor?: string | undefined;
  /** An action, or its beginning up to a dot. */
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly outcome?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function listEntries(tx: TenantTx, query: AuditQuery): Promise<AuditRow[]> {
  const { limit, after, actor, action, target, outcome, since, until } = query;
  const values = [
    tx.organizationId,
    limit,
    action ?? null,
    outcome ?? null,
    since ?? null,
    until ?? null,
    after?.[0] ?? null,
    after?.[1] ?? null,
  ];
  if (actor !== undefined) return tx.query(listByActor, [...values, actor, target ?? null]);
  if (target !== undefined) return tx.query(listByTarget, [...values, target]);
  return tx.query(listAll, values);
}

const selectSealed = sql(
  'audit-select-sealed',
  `select e.seq::float8 as seq, e.content, e.hash,
     (select jsonb_object_agg(v.name, jsonb_build_object('salt', encode(v.salt, 'hex'), 'value', v.value))
      from audit_values v where v.organization_id = $1 and v.entry_id = e.entry_id) as personal
   from audit_entries e where e.organization_id = $1 and e.seq > $2 and e.seq <= $3 order by e.seq limit $4`,
);

export interface SealedRow {
  readonly seq: number;
  readonly content: AuditContent;
  readonly hash: Buffer;
  readonly personal: Readonly<Record<string, { salt: string; value: string }>> | null;
}

export function sealedEntries(
  tx: TenantTx,
  range: { after: number; upTo: number; limit: number },
): Promise<SealedRow[]> {
  return tx.query(selectSealed, [tx.organizationId, range.after, range.upTo, range.limit]);
}

const selectCheckpoints = sql(
  'audit-select-checkpoints',
  `select seq::float8 as seq, token from audit_checkpoints where organization_id = $1 and seq > $2 and seq <= $3
   order by audit_checkpoints.seq`,
);

export function checkpointsWithin(
  tx: TenantTx,
  after: number,
  upTo: number,
): Promise<{ seq: number; token: string }[]> {
  return tx.query(selectCheckpoints, [tx.organizationId, after, upTo]);
}
