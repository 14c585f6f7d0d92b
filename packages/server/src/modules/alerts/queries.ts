// Statements over alerts. `$1` is always the organization.
import type { AlertKind, AlertSeverity } from '@gatehouse/core/alerts/alert-kind.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface AlertRow {
  readonly alert_id: string;
  readonly alert_no: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly summary: string;
  readonly subject_kind: string | null;
  readonly subject_id: string | null;
  readonly detail: Readonly<Record<string, Json>>;
  readonly occurrences: number;
  readonly created_at: Date;
  readonly last_at: Date;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
}

const columns = `alert_id, alert_no, kind, severity, summary, subject_kind, subject_id, detail, occurrences, created_at, last_at,
  acknowledged_at, acknowledged_by`;

const insert = sql(
  'alerts-insert',
  `insert into alerts as a (organization_id, alert_id, kind, severity, summary, subject_kind, subject_id, detail, same_as,
     created_at, last_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
   on conflict (organization_id, same_as) where acknowledged_at is null and same_as is not null
   do update set occurrences = a.occurrences + 1, last_at = greatest(a.last_at, excluded.last_at)
   returning alert_id, occurrences`,
);

export interface NewAlertRow extends Pick<AlertRow, 'kind' | 'severity' | 'summary' | 'detail'> {
  readonly alertId: string;
  readonly subject: { readonly kind: string; readonly id: string } | null;
  readonly sameAs: string | null;
  readonly at: Date;
}

/** @returns the alert's id, and how often it was raised: 1 is a new one. */
export async function insertAlert(
  tx: TenantTx,
  row: NewAlertRow,
): Promise<{ readonly alert_id: string; readonly occurrences: number }> {
  const made = await tx.one<{ alert_id: string; occurrences: number }>(insert, [
    tx.organizationId,
    row.alertId,
    row.kind,
    row.severity,
    row.summary,
    row.subject?.kind ?? null,
    row.subject?.id ?? null,
    JSON.stringify(row.detail),
    row.sameAs,
    row.at,
  ]);
  if (!made) throw new Error('an insert returned nothing');
  return made;
}

const select = sql(
  'alerts-select',
  `select ${columns} from alerts where organization_id = $1 and alert_id = $2`,
);

export function findAlert(tx: TenantTx, alertId: string): Promise<AlertRow | undefined> {
  return tx.one<AlertRow>(select, [tx.organizationId, alertId]);
}

const list = sql(
  'alerts-list',
  `select ${columns} from alerts
   where organization_id = $1 and alert_no < coalesce($2::bigint, 9223372036854775807)
     and ($3::boolean is null or (acknowledged_at is null) = $3)
     and ($4::uuid is null or subject_id = $4)
   order by alert_no desc limit $5`,
);

export function selectAlerts(
  tx: TenantTx,
  filter: {
    readonly before: string | null;
    readonly open: boolean | null;
    readonly subjectId: string | null;
    readonly limit: number;
  },
): Promise<AlertRow[]> {
  return tx.query<AlertRow>(list, [
    tx.organizationId,
    filter.before,
    filter.open,
    filter.subjectId,
    filter.limit,
  ]);
}

const digest = sql(
  'alerts-digest',
  `select ${columns} from alerts
   where organization_id = $1 and alert_no > $2 and kind in (select unnest((select $3::text[]))) and created_at > now() - interval '3 days'
   order by alert_no limit $4`,
);

/** Of some kinds, those behind a place in the list, the oldest first; older than three days none. */
export function selectForDigest(
  tx: TenantTx,
  after: string,
  kinds: readonly AlertKind[],
  limit: number,
): Promise<AlertRow[]> {
  return tx.query<AlertRow>(digest, [tx.organizationId, after, kinds, limit]);
}

const acknowledge = sql(
  'alerts-acknowledge',
  `update alerts set acknowledged_at = $3, acknowledged_by = $4
   where organization_id = $1 and alert_id = $2 and acknowledged_at is null returning ${columns}`,
);

/** @returns undefined when somebody did so before. */
export function writeAcknowledgement(
  tx: TenantTx,
  alertId: string,
  by: string,
  at: Date,
): Promise<AlertRow | undefined> {
  return tx.one<AlertRow>(acknowledge, [tx.organizationId, alertId, at, by]);
}

const purge = sql('alerts-purge', `delete from alerts where created_at < now() - $1 * interval '1 day'`);

export function deleteOldAlerts(tx: SystemTx, days: number): Promise<number> {
  return tx.run(purge, [days]);
}
