// Statements over exceptions from rules. `$1` is the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface ExceptionRow {
  readonly exception_id: string;
  readonly rule: string;
  readonly reason: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

const columns = 'exception_id, rule, reason, created_by, created_at, expires_at';

const insertStatement = sql(
  'compliance-insert-exception',
  `insert into compliance_exceptions (organization_id, exception_id, device_id, rule, reason, created_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
);

export function insertException(
  tx: TenantTx,
  deviceId: string,
  row: ExceptionRow,
): Promise<ExceptionRow | undefined> {
  return tx.one<ExceptionRow>(insertStatement, [
    tx.organizationId,
    row.exception_id,
    deviceId,
    row.rule,
    row.reason,
    row.created_by,
    row.created_at,
    row.expires_at,
  ]);
}

const countStatement = sql(
  'compliance-count-exceptions',
  `select count(*)::int as count from compliance_exceptions
   where organization_id = $1 and device_id = $2 and (expires_at is null or expires_at > $3)`,
);

export async function countExceptions(tx: TenantTx, deviceId: string, now: Date): Promise<number> {
  return (await tx.one<{ count: number }>(countStatement, [tx.organizationId, deviceId, now]))?.count ?? 0;
}

const deleteStatement = sql(
  'compliance-delete-exception',
  `delete from compliance_exceptions where organization_id = $1 and device_id = $2 and exception_id = $3
   returning ${columns}`,
);

export function deleteExceptionRow(
  tx: TenantTx,
  deviceId: string,
  exceptionId: string,
): Promise<ExceptionRow | undefined> {
  return tx.one<ExceptionRow>(deleteStatement, [tx.organizationId, deviceId, exceptionId]);
}

const listStatement = sql(
  'compliance-list-exceptions',
  `select ${columns} from compliance_exceptions
   where organization_id = $1 and device_id = $2 and ($3::uuid is null or exception_id < $3)
   order by exception_id desc limit $4`,
);

export function selectExceptions(
  tx: TenantTx,
  deviceId: string,
  before: string | null,
  limit: number,
): Promise<ExceptionRow[]> {
  return tx.query<ExceptionRow>(listStatement, [tx.organizationId, deviceId, before, limit]);
}

/** Long enough that what was excepted last month can be told. */
const deleteLongExpired = sql(
  'compliance-delete-expired-exceptions',
  `delete from compliance_exceptions where organization_id = $1 and device_id = $2 and expires_at < $3`,
);

export function deleteExpired(tx: TenantTx, deviceId: string, before: Date): Promise<number> {
  return tx.run(deleteLongExpired, [tx.organizationId, deviceId, before]);
}

export interface ListedExceptionRow extends ExceptionRow {
  readonly device_id: string;
  readonly device_name: string;
  readonly platform: Platform;
  readonly rule_name: string | null;
}

export interface ExceptionFilter {
  readonly rule: string | null;
  readonly ended: boolean;
  readonly endsBefore: Date | null;
}

const listAllStatement = sql(
  'compliance-list-all-exceptions',
  `select e.exception_id, e.rule, e.reason, e.created_by, e.created_at, e.expires_at, e.device_id, d.name as device_name,
     d.platform, r.name as rule_name
   from compliance_exceptions e
   join devices d on d.organization_id = $1 and d.device_id = e.device_id
   left join compliance_rules r on r.organization_id = $1 and r.rule_id::text = e.rule
   where e.organization_id = $1 and ($2::uuid is null or e.exception_id < $2)
     and case when $4 then e.expires_at <= $6 else e.expires_at is null or e.expires_at > $6 end
     and ($3::text is null or e.rule = $3) and ($5::timestamptz is null or e.expires_at < $5)
   order by e.exception_id desc limit $7`,
);

export function selectAllExceptions(
  tx: TenantTx,
  { rule, ended, endsBefore }: ExceptionFilter,
  page: { readonly before: string | null; readonly now: Date; readonly limit: number },
): Promise<ListedExceptionRow[]> {
  const values = [tx.organizationId, page.before, rule, ended, endsBefore, page.now, page.limit];
  return tx.query<ListedExceptionRow>(listAllStatement, values);
}
