import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface InstanceRow {
  readonly bytes: number;
  readonly version: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  readonly oldest_due_seconds: number;
}

const instance = sql(
  'system-select-instance',
  `select pg_database_size(current_database())::float8 as bytes, current_setting('server_version') as version,
     count(*) filter (where state = 'ready')::int as waiting, count(*) filter (where state = 'running')::int as running,
     count(*) filter (where state = 'dead')::int as dead,
     greatest(0, extract(epoch from $1::timestamptz - min(run_at) filter (where state = 'ready')))::int as oldest_due_seconds
   from jobs`,
);

export async function selectInstance(tx: SystemTx, now: Date): Promise<InstanceRow> {
  const row = await tx.one<InstanceRow>(instance, [now]);
  if (!row) throw new Error('an aggregate answered nothing');
  return { ...row, oldest_due_seconds: row.oldest_due_seconds ?? 0 };
}

const usage = sql(
  'system-select-usage',
  `select (select count(*)::int from users where organization_id = $1) as users,
     (select count(*)::int from devices where organization_id = $1 and state = 'registered') as devices,
     (select created_at from audit_entries where organization_id = $1 order by entry_id desc limit 1) as last_activity_at`,
);

export async function selectUsage(
  tx: TenantTx,
): Promise<{ users: number; devices: number; last_activity_at: Date | null }> {
  const row = await tx.one<{ users: number; devices: number; last_activity_at: Date | null }>(usage, [
    tx.organizationId,
  ]);
  return row ?? { users: 0, devices: 0, last_activity_at: null };
}
