// Statements over requests for approval. `$1` is always the organization.
import type { ApprovalState } from '@gatehouse/core/approvals/approval-state.ts';
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { Cause, OrderOutcome } from './approval-deps.ts';

export type HeldBecause = 'budget-spent' | 'second-person-required' | 'waits-for-first-device';

export interface RequestRow {
  readonly approval_id: string;
  readonly approval_no: string;
  readonly action: 'command' | 'change-budget' | 'mail-wipe';
  readonly command: CommandName | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sealed_params: Buffer | null;
  readonly commitment: string;
  readonly device_ids: readonly string[];
  readonly permission: Permission;
  readonly hash: string;
  readonly same_as: string | null;
  readonly reason: string | null;
  readonly held: HeldBecause;
  readonly cause: Cause | null;
  readonly requested_by: string;
  readonly asked_by: string;
  readonly state: ApprovalState;
  readonly canary_command_id: string | null;
  readonly outcomes: readonly OrderOutcome[];
  /** Who let it happen; stays when somebody stops the rest afterwards. */
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
  readonly overridden: boolean;
  readonly finished_at: Date | null;
}

const columns = `approval_id, approval_no, action, command, params, sealed_params, commitment, device_ids, permission, hash,
  same_as, reason, held, cause, requested_by, asked_by, state, canary_command_id, outcomes, approved_by, approved_at, created_at, expires_at,
  decided_at, decided_by, decision_reason, overridden, finished_at`;

const insert = sql(
  'approvals-insert',
  `insert into approval_requests (organization_id, approval_id, action, command, params, sealed_params, commitment, device_ids,
     permission, hash, same_as, reason, held, cause, requested_by, asked_by, state, canary_command_id, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
);

export type NewRequestRow = Omit<
  RequestRow,
  | 'approval_no'
  | 'outcomes'
  | 'approved_by'
  | 'approved_at'
  | 'decided_at'
  | 'decided_by'
  | 'decision_reason'
  | 'overridden'
  | 'finished_at'
>;

export async function insertRequest(tx: TenantTx, row: NewRequestRow): Promise<void> {
  await tx.run(insert, [
    tx.organizationId,
    row.approval_id,
    row.action,
    row.command,
    JSON.stringify(row.params),
    row.sealed_params,
    row.commitment,
    row.device_ids,
    row.permission,
    row.hash,
    row.same_as,
    row.reason,
    row.held,
    row.cause === null ? null : JSON.stringify(row.cause),
    row.requested_by,
    row.asked_by,
    row.state,
    row.canary_command_id,
    row.created_at,
    row.expires_at,
  ]);
}

const selectOpen = sql(
  'approvals-select-open-of-asker',
  `select approval_id, same_as from approval_requests
   where organization_id = $1 and requested_by = $2 and state = 'pending'`,
);

export function openRequestsOf(
  tx: TenantTx,
  requestedBy: string,
): Promise<{ readonly approval_id: string; readonly same_as: string | null }[]> {
  return tx.query(selectOpen, [tx.organizationId, requestedBy]);
}

const select = sql(
  'approvals-select',
  `select ${columns} from approval_requests where organization_id = $1 and approval_id = $2`,
);
const lock = sql(
  'approvals-lock',
  `select ${columns} from approval_requests where organization_id = $1 and approval_id = $2 for update`,
);

export function findRequest(tx: TenantTx, approvalId: string): Promise<RequestRow | undefined> {
  return tx.one<RequestRow>(select, [tx.organizationId, approvalId]);
}

export function lockRequest(tx: TenantTx, approvalId: string): Promise<RequestRow | undefined> {
  return tx.one<RequestRow>(lock, [tx.organizationId, approvalId]);
}

const lockByCanary = sql(
  'approvals-lock-by-first-command',
  `select ${columns} from approval_requests
   where organization_id = $1 and canary_command_id = $2 and state = 'canary' for update`,
);

export function lockRequestOfCanary(tx: TenantTx, commandId: string): Promise<RequestRow | undefined> {
  return tx.one<RequestRow>(lockByCanary, [tx.organizationId, commandId]);
}

const update = sql(
  'approvals-update',
  `update approval_requests set state = $3, canary_command_id = $4, outcomes = $5, expires_at = $6, decided_at = $7,
     decided_by = $8, decision_reason = $9, overridden = $10, finished_at = $11, approved_by = $12, approved_at = $13,
     sealed_params = case when $11::timestamptz is null then sealed_params end
   where organization_id = $1 and approval_id = $2`,
);

/** What is sealed is needed no more once nothing is to follow. What was asked for is not among the columns: it never changes. */
export async function writeProgress(tx: TenantTx, row: RequestRow): Promise<void> {
  await tx.run(update, [
    tx.organizationId,
    row.approval_id,
    row.state,
    row.canary_command_id,
    JSON.stringify(row.outcomes),
    row.expires_at,
    row.decided_at,
    row.decided_by,
    row.decision_reason,
    row.overridden,
    row.finished_at,
    row.approved_by,
    row.approved_at,
  ]);
}

const list = sql(
  'approvals-list',
  `select ${columns} from approval_requests
   where organization_id = $1 and approval_no < coalesce($2::bigint, 9223372036854775807)
     and ($3::text is null or state = $3) and ($5::uuid is null or $5 = any (device_ids))
     and ($6::boolean is null or (state in ('pending', 'canary')) = $6)
   order by approval_no desc limit $4`,
);

export function selectRequests(
  tx: TenantTx,
  filter: {
    readonly before: string | null;
    readonly state: ApprovalState | null;
    readonly deviceId: string | null;
    /** Those that wait, or those that are over. */
    readonly open: boolean | null;
    readonly limit: number;
  },
): Promise<RequestRow[]> {
  const { before, state, limit, deviceId, open } = filter;
  return tx.query<RequestRow>(list, [tx.organizationId, before, state, limit, deviceId, open]);
}

const selectNames = sql(
  'approvals-select-device-names',
  `select d.device_id, d.name, d.ownership, d.platform, u.display_name as user_name
   from devices d left join users u on u.organization_id = $1 and u.user_id = d.user_id
   where d.organization_id = $1 and d.device_id = any ($2)`,
);

export interface NamedDeviceRow {
  readonly device_id: string;
  readonly name: string;
  readonly ownership: Ownership;
  readonly platform: Platform;
  readonly user_name: string | null;
}

/** Those of the devices that there still are. */
export function selectDeviceNames(tx: TenantTx, deviceIds: readonly string[]): Promise<NamedDeviceRow[]> {
  return tx.query(selectNames, [tx.organizationId, deviceIds]);
}

const selectExpired = sql(
  'approvals-select-expired',
  `select organization_id, approval_id from approval_requests
   where state in ('pending', 'canary') and expires_at <= $1 order by expires_at limit $2`,
);

export function findExpired(
  tx: SystemTx,
  now: Date,
  limit: number,
): Promise<{ organization_id: string; approval_id: string }[]> {
  return tx.query(selectExpired, [now, limit]);
}
