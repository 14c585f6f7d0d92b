import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface VerificationRow {
  readonly asked_at: Date;
  readonly finished_at: Date | null;
  readonly verified_to: number;
  readonly signed_to: number;
  readonly problem_count: number;
  readonly problems: readonly { kind: string; seq: number | null; message: string }[];
}

const select = sql(
  'audit-select-verification',
  `select asked_at, finished_at, verified_to::float8 as verified_to, signed_to::float8 as signed_to, problem_count, problems
   from audit_verifications where organization_id = $1`,
);

export async function selectVerification(tx: TenantTx): Promise<VerificationRow | null> {
  return (await tx.one<VerificationRow>(select, [tx.organizationId])) ?? null;
}

const begin = sql(
  'audit-begin-verification',
  `insert into audit_verifications (organization_id, asked_at) values ($1, $2)
   on conflict (organization_id) do update set asked_at = excluded.asked_at, finished_at = null`,
);

export async function beginVerification(tx: TenantTx, at: Date): Promise<void> {
  await tx.run(begin, [tx.organizationId, at]);
}

const finish = sql(
  'audit-finish-verification',
  `update audit_verifications set finished_at = $2, verified_to = $3, signed_to = $4, problem_count = $5, problems = $6
   where organization_id = $1`,
);

export async function finishVerification(
  tx: TenantTx,
  result: {
    readonly at: Date;
    readonly verifiedTo: number;
    readonly signedTo: number;
    readonly problemCount: number;
    readonly problems: VerificationRow['problems'];
  },
): Promise<void> {
  await tx.run(finish, [
    tx.organizationId,
    result.at,
    result.verifiedTo,
    result.signedTo,
    result.problemCount,
    JSON.stringify(result.problems),
  ]);
}
