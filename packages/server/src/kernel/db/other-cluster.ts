// Rows that come from another PostgreSQL cluster, by a restore or because somebody copied the database with the tools of PostgreSQL.
// Events and the audit record are read in the order of transactions, and a cluster counts them anew: what is written now would
// seem to be of a time long past, and be read by nobody.
import type { Log } from '../log.ts';
import type { Database, TenantTx } from './database.ts';
import { sql } from './sql.ts';

const renumberEvents = sql(
  'other-cluster-renumber-events',
  `update events set transaction = 0 where organization_id = $1 and transaction > 0`,
);
/** Whoever reads goes on behind all that was there: what a webhook has missed can be replayed. */
const moveReaders = sql(
  'other-cluster-move-readers',
  `update webhooks set position_transaction = 0, position_event = 9223372036854775807 where organization_id = $1`,
);
const renumberLinked = sql(
  'other-cluster-renumber-linked-entries',
  `update audit_entries set transaction = 0 where organization_id = $1 and transaction > 0
     and entry_id in (select unnest(r.entry_ids) from audit_runs r where r.organization_id = $1)`,
);
/** What the chain did not hold yet is linked after all that it holds. */
const renumberUnlinked = sql(
  'other-cluster-renumber-unlinked-entries',
  `update audit_entries set transaction = 1 where organization_id = $1
     and entry_id not in (select unnest(r.entry_ids) from audit_runs r where r.organization_id = $1)`,
);
const resumeChain = sql(
  'other-cluster-resume-audit-chain',
  `update audit_chains set linked_before = 1, later_seq = seq + 1 where organization_id = $1`,
);

/** Events keep their order, readers go on behind them, and the audit record is linked where it stands. */
export async function countTransactionsAnew(tx: TenantTx): Promise<void> {
  for (const each of [renumberEvents, moveReaders, renumberLinked, renumberUnlinked, resumeChain])
    await tx.run(each, [tx.organizationId]);
}

const selectAhead = sql(
  'other-cluster-select-ahead',
  `select organization_id from audit_chains where linked_before > pg_snapshot_xmax(pg_current_snapshot())::text::bigint
   union select organization_id from webhooks
   where position_transaction > pg_snapshot_xmax(pg_current_snapshot())::text::bigint`,
);

/** Before anything is written: what remembers transactions that are yet to come was written in another cluster. */
export async function resumeInOtherCluster(database: Database, log: Log): Promise<void> {
  const ahead = await database.withSystem('find-due-work', (tx) =>
    tx.query<{ organization_id: string }>(selectAhead),
  );
  for (const { organization_id: organizationId } of ahead) {
    await database.withTenant(organizationId, countTransactionsAnew);
    log.warn(
      { organizationId },
      'the database was copied from another cluster; events that webhooks had not been sent can be replayed',
    );
  }
}
