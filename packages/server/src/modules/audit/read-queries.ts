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

/** A run that ends with a later entry holds it, nearly always the first such run: one of an earlier transaction may be linked late. */
const seq = `(select (r.first_seq + array_position(r.entry_ids, e.entry_id) - 1)::float8 from audit_runs r
    where r.organization_id = $1 and r.greatest_entry >= e.entry_id and r.least_entry <= e.entry_id
      and e.entry_id = any (r.entry_ids)
    order by r.greatest_entry limit 1)`;

const columns = `e.entry_id, ${seq} as seq, e.content, e.created_at::text as created,
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
  `with links as (
     select run.first_seq + l.place - 1 as seq, l.entry_id, substring(run.hashes from l.place::int * 32 - 31 for 32) as hash
     from (select * from audit_runs r where r.organization_id = $1 and r.last_seq > $2 order by r.last_seq limit $4) run
     cross join lateral unnest(run.entry_ids) with ordinality as l (entry_id, place)
     where run.first_seq + l.place - 1 > $2 and run.first_seq + l.place - 1 <= $3
     order by 1 limit $4
   )
   select l.seq::float8 as seq, e.content, l.hash,
     (select jsonb_object_agg(v.name, jsonb_build_object('salt', encode(v.salt, 'hex'), 'value', v.value))
      from audit_values v where v.organization_id = $1 and v.entry_id = e.entry_id) as personal
   from links l join audit_entries e on e.organization_id = $1 and e.entry_id = l.entry_id
   order by l.seq`,
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
