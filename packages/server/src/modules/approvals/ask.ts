// Puts before a second person what one alone may not do. Runs in the transaction of whoever was held up, so that the refusal and
// the request appear together.
import { actorReference } from '@gatehouse/core/actor.ts';
import { splitParams } from '@gatehouse/core/commands/catalogue.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { personBehind } from '../administrators/index.ts';
import { raiseAlert } from '../alerts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { type ApprovalDeps, approvalLimits, type AskDeps, type CommandQuestion } from './approval-deps.ts';
import { commitmentTo, hashQuestion, hashRequest, nothingSealed, sealable } from './hash-request.ts';
import { type BudgetSettings, isLooser, limitsFrom, readLimits, settingsOf } from './limits.ts';
import { presentRequest } from './present-request.ts';
import {
  findRequest,
  type HeldBecause,
  insertRequest,
  type NewRequestRow,
  openRequestsOf,
} from './queries.ts';

/**
 * @returns the id of the request; of the one that waits already, when the same is asked for again; undefined when this asker has
 * too many of them open.
 */
export async function askForCommand(
  deps: AskDeps,
  tx: TenantTx,
  question: CommandQuestion,
  held: Exclude<HeldBecause, 'waits-for-first-device'>,
): Promise<string | undefined> {
  const { command, deviceIds } = question;
  const row = await toRow(deps, tx, question, held, null);
  const open = await openRequestsOf(tx, row.requested_by);
  const same = open.find(({ same_as }) => same_as !== null && same_as === row.same_as);
  if (same !== undefined) return same.approval_id;
  if (open.length >= approvalLimits.openPerAsker) return undefined;
  await store(deps, tx, question.actor, row);
  await raiseAlert(deps, tx, {
    kind: 'destruction-held',
    severity: 'warning',
    subject: { kind: 'approval', id: row.approval_id },
    detail: { command: command.name, devices: deviceIds.length, askedBy: row.requested_by },
    more: { approvalId: row.approval_id, held },
    // One mail for an asker and hour, however many requests: a stolen account must not bury the mail that matters.
    sameAs: `destruction-held/${row.asked_by}/${Math.floor(deps.clock.now() / 3_600_000)}`,
  });
  return row.approval_id;
}

/** The others of a batch: they follow when the first device has answered, or when a person lets them. */
export async function waitForFirstDevice(
  deps: AskDeps,
  tx: TenantTx,
  question: CommandQuestion,
  canaryCommandId: string,
): Promise<string> {
  const row = await toRow(deps, tx, question, 'waits-for-first-device', canaryCommandId);
  await store(deps, tx, question.actor, row);
  return row.approval_id;
}

/** Another budget: never by one person, and a larger one not before a day has passed. */
export async function askForBudget(
  deps: Pick<ApprovalDeps, 'database' | 'clock' | 'events'>,
  principal: TenantPrincipal,
  change: Partial<BudgetSettings>,
  reason: string,
) {
  requirePermission(principal, 'settings.manage');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const now = deps.clock.now();
    const before = await readLimits(tx, now);
    const settings = { ...settingsOf(before), ...change };
    if (JSON.stringify(settings) === JSON.stringify(settingsOf(before))) {
      throw new DomainError('conflict', 'The budget is that already.', { reason: 'nothing-to-change' });
    }
    const requestedBy = actorReference(principal);
    const open = await openRequestsOf(tx, requestedBy);
    const base = {
      action: 'change-budget',
      command: null,
      params: { ...settings },
      device_ids: [],
      permission: 'settings.manage',
    } as const;
    const sameAs = hashQuestion(base, false);
    const same = open.find((each) => each.same_as === sameAs);
    if (same === undefined && open.length >= approvalLimits.openPerAsker) {
      throw new DomainError('conflict', 'You have too many requests open.', { reason: 'too-many-open' });
    }
    const approvalId = same?.approval_id ?? newId();
    if (same === undefined) {
      const unhashed = {
        ...base,
        approval_id: approvalId,
        sealed_params: null,
        commitment: nothingSealed,
        same_as: sameAs,
        reason,
        held: 'second-person-required',
        cause: null,
        requested_by: requestedBy,
        asked_by: (await personBehind(tx, requestedBy)) ?? requestedBy,
        state: 'pending',
        canary_command_id: null,
        created_at: new Date(now),
        expires_at: new Date(now + approvalLimits.pendingMs),
      } as const;
      await store(deps, tx, principal, { ...unhashed, hash: hashRequest(tx.organizationId, unhashed) });
      await raiseAlert(deps, tx, {
        kind: 'budget-change-asked',
        severity: isLooser(before, limitsFrom(settings)) ? 'critical' : 'warning',
        subject: { kind: 'approval', id: approvalId },
        detail: { askedBy: requestedBy },
        more: { approvalId, settings: { ...settings } },
      });
    }
    const row = await findRequest(tx, approvalId);
    if (!row) throw new Error('a request that was stored is gone');
    return presentRequest(row);
  });
}

async function toRow(
  deps: AskDeps,
  tx: TenantTx,
  { action = 'command', actor, command, deviceIds, permission, reason, cause }: CommandQuestion,
  held: HeldBecause,
  canaryCommandId: string | null,
): Promise<NewRequestRow> {
  const now = deps.clock.now();
  const approvalId = newId();
  const { plain, sealed } = splitParams(command);
  const hasSealed = Object.keys(sealed).length > 0;
  const secret = sealable(sealed);
  const requestedBy = actorReference(actor);
  const base = {
    approval_id: approvalId,
    action,
    command: command.name,
    params: plain,
    sealed_params: hasSealed
      ? await deps.sealer.seal(
          tx,
          'approval_requests.sealed_params',
          approvalId,
          Buffer.from(JSON.stringify(secret)),
        )
      : null,
    commitment: hasSealed ? commitmentTo(secret) : nothingSealed,
    device_ids: deviceIds,
    permission,
    reason: reason ?? null,
    held,
    cause: cause ?? null,
    requested_by: requestedBy,
    asked_by: (await personBehind(tx, requestedBy)) ?? requestedBy,
    state: canaryCommandId === null ? 'pending' : 'canary',
    canary_command_id: canaryCommandId,
    created_at: new Date(now),
    expires_at: new Date(
      now + (canaryCommandId === null ? approvalLimits.pendingMs : approvalLimits.canaryMs),
    ),
  } as const;
  return { ...base, hash: hashRequest(tx.organizationId, base), same_as: hashQuestion(base, hasSealed) };
}

async function store(
  deps: Pick<AskDeps, 'events'>,
  tx: TenantTx,
  actor: CommandQuestion['actor'],
  row: NewRequestRow,
): Promise<void> {
  await insertRequest(tx, row);
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: 'approvals.request',
      target: { kind: 'approval', id: row.approval_id },
      outcome: 'done',
      ...(row.reason === null ? {} : { reason: row.reason }),
      show: {
        what: row.command ?? row.action,
        devices: row.device_ids.length,
        held: row.held,
        hash: row.hash,
        ...(row.action === 'change-budget' ? { params: row.params as Record<string, string> } : {}),
        ...(row.cause === null ? {} : { cause: row.cause }),
      },
    }),
    deps.events.emit(tx, {
      name: 'approval.requested',
      subjectId: row.approval_id,
      payload: { approvalId: row.approval_id, what: row.command ?? row.action, held: row.held },
    }),
  ]);
}
