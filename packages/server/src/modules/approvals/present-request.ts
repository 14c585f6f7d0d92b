import type { RequestRow } from './queries.ts';

/** Sealed parameters have no presentation; the hash binds them all the same. */
export function presentRequest(row: RequestRow) {
  return {
    id: row.approval_id,
    action: row.action,
    command: row.command,
    params: { ...row.params },
    hasSealedParams: row.sealed_params !== null,
    deviceIds: [...row.device_ids],
    hash: row.hash,
    reason: row.reason,
    held: row.held,
    cause: row.cause === null ? null : { ...row.cause },
    requestedBy: row.requested_by,
    state: row.state,
    firstCommandId: row.canary_command_id,
    outcomes: row.outcomes.map((each) => ({ ...each })),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    approvedBy: row.approved_by,
    approvedAt: row.approved_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toISOString() ?? null,
    decisionReason: row.decision_reason,
    overridden: row.overridden,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
