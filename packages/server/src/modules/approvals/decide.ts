// What people do with a request: approve, reject, take back, let the rest of a batch follow, or go ahead alone in an emergency.
// A refused approval is on record, and says nothing else happened (ADM-07).
import { type Actor, actorReference } from '@gatehouse/core/actor.ts';
import { type ApprovalEvent, applyApprovalEvent } from '@gatehouse/core/approvals/approval-state.ts';
import {
  type ApprovalRefusal,
  approvalRefusals,
  whyNotApprove,
} from '@gatehouse/core/approvals/decide-approval.ts';
import { destructiveBudget } from '@gatehouse/core/commands/guard.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type TenantPrincipal, transactIn, type Worked } from '../../kernel/http/route.ts';
import { personBehind, requireFreshFactor } from '../administrators/index.ts';
import { raiseAlert } from '../alerts/index.ts';
import { actorsUpon, recordAudit } from '../audit/index.ts';
import { type ApprovalDeps, approvalLimits, type AskDeps } from './approval-deps.ts';
import { countOverriddenDevices } from './budget-queries.ts';
import { carryOut, carryOutRest } from './carry-out.ts';
import { commitmentTo, hashRequest, nothingSealed, type Sealable } from './hash-request.ts';
import { holdBudget } from './limits.ts';
import { presentRequest } from './present-request.ts';
import { lockRequest, type RequestRow, writeProgress } from './queries.ts';

type Presented = ReturnType<typeof presentRequest>;

export interface Decision {
  /** Of the request as the decider saw it. */
  readonly hash: string;
  readonly reason?: string | undefined;
}

/**
 * @throws DomainError `not-found`, `forbidden`; `conflict` for each of the tricks: one's own request, an account too young, another
 * request than was shown, one that was decided or has expired.
 */
export function approve(
  deps: ApprovalDeps,
  principal: TenantPrincipal,
  approvalId: string,
  decision: Decision,
): Promise<Presented> {
  requirePermission(principal, 'approvals.decide');
  requireFreshFactor(principal, deps.clock.now());
  return transactIn(
    deps.database,
    principal.organizationId,
  )(async (tx): Promise<Worked<Presented>> => {
    const row = await lockOrRefuse(tx, approvalId);
    const why = await refusalOf(deps, tx, principal, row, decision.hash);
    if (why !== undefined) return refuse(tx, principal, row, 'approvals.approve', why);
    const { outcomes, canaryCommandId } = await carryOut(deps, tx, row, true);
    const event = canaryCommandId === null ? 'approve' : 'approve-canary';
    const after = await move(deps, tx, row, event, principal, {
      reason: decision.reason,
      outcomes,
      canaryCommandId,
    });
    return { answer: presentRequest(after) };
  });
}

/** The asker may say no as well as anybody. */
export function reject(
  deps: ApprovalDeps,
  principal: TenantPrincipal,
  approvalId: string,
  reason?: string,
): Promise<Presented> {
  requirePermission(principal, 'approvals.decide');
  return inRequest(deps, principal, approvalId, (tx, row) =>
    move(deps, tx, row, 'reject', principal, { reason }),
  );
}

/** @throws DomainError `conflict` when somebody else asked. */
export function withdraw(
  deps: ApprovalDeps,
  principal: TenantPrincipal,
  approvalId: string,
  reason?: string,
): Promise<Presented> {
  requirePermission(principal, 'approvals.read');
  return inRequest(deps, principal, approvalId, async (tx, row) => {
    const person = await personBehind(tx, actorReference(principal));
    if (person !== row.asked_by) {
      throw new DomainError('conflict', 'Somebody else asked for it; it can be rejected.', {
        reason: 'not-own-request',
      });
    }
    return move(deps, tx, row, 'withdraw', principal, { reason });
  });
}

/** A person lets the rest of a batch follow, whatever came of its first device. */
export function release(
  deps: ApprovalDeps,
  principal: TenantPrincipal,
  approvalId: string,
  reason?: string,
): Promise<Presented> {
  requirePermission(principal, 'approvals.decide');
  return inRequest(deps, principal, approvalId, (tx, row) => releaseRest(deps, tx, row, principal, reason));
}

/** The request is locked. */
export async function releaseRest(
  deps: ApprovalDeps,
  tx: TenantTx,
  row: RequestRow,
  actor: Actor,
  reason: string | undefined,
): Promise<RequestRow> {
  requireMove(row, 'release');
  const outcomes = await carryOutRest(deps, tx, row);
  return move(deps, tx, row, 'release', actor, { reason, outcomes });
}

/**
 * The emergency: without a second person, and so loud that nobody misses it. It adds the budget once more in a day, and no more
 * than that, so a stolen account that may do this destroys twice the budget and not the fleet.
 */
export function override(
  deps: ApprovalDeps,
  principal: TenantPrincipal,
  approvalId: string,
  decision: Required<Decision>,
): Promise<Presented> {
  requirePermission(principal, 'approvals.override');
  requireFreshFactor(principal, deps.clock.now());
  return transactIn(
    deps.database,
    principal.organizationId,
  )(async (tx): Promise<Worked<Presented>> => {
    const row = await lockOrRefuse(tx, approvalId);
    const why = await refusalOf(deps, tx, principal, row, decision.hash);
    // Going ahead alone with what one asked for oneself is what it is for.
    if (why !== undefined && why !== 'own-request')
      return refuse(tx, principal, row, 'approvals.override', why);
    if (row.action === 'change-budget') {
      return refuse(tx, principal, row, 'approvals.override', 'not-for-the-budget');
    }
    const { outcomes } = await carryOut(deps, tx, row, false);
    // Under the lock that the commands have taken.
    const { fleet, limits, now } = await holdBudget(tx, deps.clock);
    const since = new Date(now - approvalLimits.overrideWindowMs);
    const overridden = await countOverriddenDevices(tx, since);
    if (!(overridden + row.device_ids.length <= destructiveBudget(fleet, limits))) {
      throw new OverBudget();
    }
    const after = await move(deps, tx, row, 'approve', principal, {
      reason: decision.reason,
      outcomes,
      overridden: true,
    });
    await raiseAlert(deps, tx, {
      kind: 'destruction-overridden',
      severity: 'critical',
      subject: { kind: 'approval', id: row.approval_id },
      detail: {
        by: actorReference(principal),
        devices: row.device_ids.length,
        reason: decision.reason ?? '',
      },
      more: { approvalId: row.approval_id },
      audience: 'everyone',
    });
    return { answer: presentRequest(after) };
  }).catch(async (error: unknown) => {
    if (!(error instanceof OverBudget)) throw error;
    return transactIn(
      deps.database,
      principal.organizationId,
    )(async (tx): Promise<Worked<Presented>> => {
      const row = await lockOrRefuse(tx, approvalId);
      return refuse(tx, principal, row, 'approvals.override', 'emergency-budget-spent');
    });
  });
}

/** Rolls back what was ordered before it was counted. */
class OverBudget extends Error {}

/** The causes of a request have passed: the device recovered, the procedure was stopped. What was decided stays decided. */
export async function withdrawForSystem(
  deps: AskDeps,
  tx: TenantTx,
  approvalId: string,
  actor: Actor,
  reason: string,
): Promise<boolean> {
  const row = await lockRequest(tx, approvalId);
  if (!row || applyApprovalEvent(row.state, 'withdraw').kind === 'refused') return false;
  await move(deps, tx, row, 'withdraw', actor, { reason });
  return true;
}

const otherRefusals = {
  'not-for-the-budget': 'The budget is changed by two people and no other way.',
  'emergency-budget-spent':
    'Emergencies have taken the budget once more already; a second person has to approve.',
} as const;

type Refusal = ApprovalRefusal | keyof typeof otherRefusals;

/** Whether the caller could approve what is stored now, having seen what `seenHash` names. */
export async function refusalOf(
  deps: Pick<ApprovalDeps, 'clock' | 'sealer'>,
  tx: TenantTx,
  principal: TenantPrincipal,
  row: RequestRow,
  seenHash: string,
): Promise<ApprovalRefusal | undefined> {
  return whyNotApprove({
    approval: {
      state: row.state,
      hash: row.hash,
      computedHash: await computeHash(deps, tx, row),
      askedBy: row.asked_by,
      authors: await authorsOf(tx, row),
      expiresAt: row.expires_at.getTime(),
    },
    approver: {
      kind: principal.kind,
      empoweredAt: principal.empoweredAt,
      person: await personBehind(tx, actorReference(principal)),
    },
    seenHash,
    now: deps.clock.now(),
  });
}

/** A rule that wipes is an order for wipes: whoever wrote or assigned it does not approve them as well (ADM-06). */
async function authorsOf(tx: TenantTx, { cause }: RequestRow): Promise<readonly string[]> {
  const ruleId = cause?.['ruleId'];
  if (typeof ruleId !== 'string') return [];
  const actors = await actorsUpon(tx, ruleId, ['rules.', 'assignments.']);
  const persons = await Promise.all(actors.map((actor) => personBehind(tx, actor)));
  return persons.filter((person) => person !== null);
}

/** From what is stored now, the sealed parameters included; whoever could change a row could not change this along with it unseen. */
async function computeHash(
  { sealer }: Pick<ApprovalDeps, 'sealer'>,
  tx: TenantTx,
  row: RequestRow,
): Promise<string> {
  if (row.state !== 'pending' || row.sealed_params === null) {
    const intact = row.state !== 'pending' || row.commitment === nothingSealed;
    return intact ? hashRequest(tx.organizationId, row) : '';
  }
  const opened = await sealer.open(tx, 'approval_requests.sealed_params', row.approval_id, row.sealed_params);
  const commitment = commitmentTo(JSON.parse(opened.toString()) as Sealable);
  return hashRequest(tx.organizationId, { ...row, commitment });
}

async function refuse(
  tx: TenantTx,
  actor: TenantPrincipal,
  row: RequestRow,
  action: string,
  reason: Refusal,
): Promise<{ readonly refusal: DomainError }> {
  await recordAudit(tx, {
    actor,
    action,
    target: { kind: 'approval', id: row.approval_id },
    outcome: 'refused',
    reason,
  });
  const message = { ...approvalRefusals, ...otherRefusals }[reason];
  return { refusal: new DomainError('conflict', message, { reason }) };
}

async function lockOrRefuse(tx: TenantTx, approvalId: string): Promise<RequestRow> {
  const row = await lockRequest(tx, approvalId);
  if (!row) throw new DomainError('not-found', 'There is no such request.');
  return row;
}

function inRequest(
  deps: ApprovalDeps,
  principal: TenantPrincipal,
  approvalId: string,
  work: (tx: TenantTx, row: RequestRow) => Promise<RequestRow>,
): Promise<Presented> {
  return deps.database.withTenant(principal.organizationId, async (tx) =>
    presentRequest(await work(tx, await lockOrRefuse(tx, approvalId))),
  );
}

function requireMove(row: RequestRow, event: ApprovalEvent) {
  const transition = applyApprovalEvent(row.state, event);
  if (transition.kind === 'moved') return transition.to;
  throw new DomainError(
    'conflict',
    transition.reason === 'already-decided'
      ? approvalRefusals['already-decided']
      : 'The request does not wait for its first device.',
    { reason: transition.reason },
  );
}

const auditActions = {
  approve: 'approvals.approve',
  'approve-canary': 'approvals.approve',
  release: 'approvals.release',
  reject: 'approvals.reject',
  withdraw: 'approvals.withdraw',
  expire: 'approvals.expire',
} as const satisfies Record<ApprovalEvent, string>;

/** The one thing that changes a request: state, audit entry, event. The row is locked. */
export async function move(
  deps: Pick<AskDeps, 'clock' | 'events'>,
  tx: TenantTx,
  row: RequestRow,
  event: ApprovalEvent,
  actor: Actor,
  change: {
    readonly reason?: string | undefined;
    readonly outcomes?: RequestRow['outcomes'];
    readonly canaryCommandId?: string | null;
    readonly overridden?: boolean;
  } = {},
): Promise<RequestRow> {
  const state = requireMove(row, event);
  const now = new Date(deps.clock.now());
  const decides = event !== 'release' && event !== 'expire';
  const approves = event === 'approve' || event === 'approve-canary';
  const { reason, outcomes = row.outcomes, canaryCommandId, overridden = row.overridden } = change;
  const after: RequestRow = {
    ...row,
    state,
    outcomes,
    canary_command_id: canaryCommandId ?? row.canary_command_id,
    overridden,
    expires_at: state === 'canary' ? new Date(now.getTime() + approvalLimits.canaryMs) : row.expires_at,
    ...(approves ? { approved_at: now, approved_by: actorReference(actor) } : {}),
    ...(decides ? { decided_at: now, decided_by: actorReference(actor) } : {}),
    decision_reason: reason ?? row.decision_reason,
    finished_at: state === 'canary' ? null : now,
  };
  await writeProgress(tx, after);
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: overridden ? 'approvals.override' : auditActions[event],
      target: { kind: 'approval', id: row.approval_id },
      outcome: 'done',
      ...(reason === undefined ? {} : { reason }),
      show: {
        what: row.command ?? row.action,
        devices: row.device_ids.length,
        hash: row.hash,
        requestedBy: row.requested_by,
        from: row.state,
        to: state,
        ordered: outcomes.filter(({ commandId }) => commandId !== null).length,
      },
    }),
    deps.events.emit(tx, {
      name: overridden ? 'approval.overridden' : 'approval.moved',
      subjectId: row.approval_id,
      payload: {
        approvalId: row.approval_id,
        what: row.command ?? row.action,
        from: row.state,
        to: state,
        outcomes: outcomes.map(({ deviceId, commandId }) => ({ deviceId, commandId })),
      },
    }),
  ]);
  return after;
}
