// Starting a procedure, seeing beforehand what it would do, stopping it, and going on without waiting any longer.
import { type Actor, actorReference, type Principal } from '@gatehouse/core/actor.ts';
import { parseCommand } from '@gatehouse/core/commands/catalogue.ts';
import {
  decideDestructive,
  defaultDestructiveLimits,
  isPowerOldEnough,
  mayBeApproved,
} from '@gatehouse/core/commands/guard.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  planPlaybook,
  playbookRefusals,
  type StepKind,
  stepDefinition,
} from '@gatehouse/core/playbooks/playbook.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { holdBudget, withdrawForSystem } from '../approvals/index.ts';
import { recordAudit } from '../audit/index.ts';
import { withdrawCommand } from '../commands/index.ts';
import { findDevice, type LockedDevice, lockDevices, noSuchDevice } from '../devices/index.ts';
import { advance, end, lockOpen } from './advance.ts';
import { type PlaybookDeps, type PlaybookRequest, usualMessage } from './playbook-deps.ts';
import { presentRun } from './present-run.ts';
import { findRun, insertRun, lockOpenRun, type RunRow, stepsOf } from './queries.ts';

type Presented = ReturnType<typeof presentRun>;

const noSuchRun = () => new DomainError('not-found', 'There is no such run.');

/** @throws DomainError `unprocessable` when there is no such procedure for this device. */
function planFor(device: LockedDevice, request: PlaybookRequest): readonly StepKind[] {
  const plan = planPlaybook({ ...request, ownership: device.ownership });
  if ('steps' in plan) return plan.steps;
  throw new DomainError('unprocessable', playbookRefusals[plan.refusal], { reason: plan.refusal });
}

/**
 * @throws DomainError `not-found`, `forbidden` for a step that the caller may not take, `unprocessable`, `conflict` when another
 * procedure is under way; “found” ends that one.
 */
export async function startPlaybook(
  deps: PlaybookDeps,
  principal: TenantPrincipal,
  deviceId: string,
  request: PlaybookRequest,
): Promise<Presented> {
  requirePermission(principal, 'playbooks.run');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const device = (await lockDevices(tx, [deviceId])).get(deviceId);
    if (!device) throw noSuchDevice();
    const steps = planFor(device, request);
    requireRights(principal, steps, deps.clock.now());
    if (request.playbook !== 'found' && (device.state === 'unmanaged' || device.state === 'blocked')) {
      throw new DomainError(
        'conflict',
        'The device is not under management; it can be shut out and nothing more.',
        {
          reason: `device-${device.state}`,
        },
      );
    }
    const open = await lockOpenRun(tx, deviceId);
    if (open && request.playbook !== 'found') {
      throw new DomainError('conflict', 'Another procedure is under way for this device; stop it first.', {
        reason: 'playbook-under-way',
        detail: { runId: open.run_id },
      });
    }
    if (open) await halt(deps, tx, open, principal, 'The device was found.');
    const { playbook, option = null, reason, ...details } = request;
    const runId = newId();
    await insertRun(
      tx,
      {
        run_id: runId,
        device_id: deviceId,
        playbook,
        option,
        ownership: device.ownership,
        reason,
        details,
        started_by: actorReference(principal),
        started_at: new Date(deps.clock.now()),
      },
      steps,
    );
    await recordAudit(tx, {
      actor: principal,
      action: 'playbooks.start',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      reason,
      show: { runId, playbook, option, ownership: device.ownership, steps: [...steps] },
    });
    await deps.events.emit(tx, {
      name: 'playbook.started',
      subjectId: deviceId,
      payload: { runId, deviceId, playbook },
    });
    return present(tx, runId);
  });
}

/** Steps that must not be left out need their right from the start; power that came a moment ago destroys nothing. */
function requireRights(principal: Principal, steps: readonly StepKind[], now: number): void {
  for (const kind of steps) {
    const { permission, mayBeSkipped } = stepDefinition(kind);
    if (permission === null || mayBeSkipped) continue;
    requirePermission(principal, permission);
    if (kind.endsWith('-wipe') && !isPowerOldEnough(principal, defaultDestructiveLimits, now)) {
      throw new DomainError(
        'forbidden',
        'This account gained power less than 24 hours ago and may not destroy data yet.',
        {
          reason: 'empowered-too-recently',
        },
      );
    }
  }
}

async function present(tx: TenantTx, runId: string): Promise<Presented> {
  const [run, steps] = await Promise.all([findRun(tx, runId), stepsOf(tx, [runId])]);
  if (!run) throw noSuchRun();
  return presentRun(run, steps);
}

/** What is under way is taken back as far as the device has not got it; what was done stays: “found” undoes it. */
async function halt(
  deps: PlaybookDeps,
  tx: TenantTx,
  run: RunRow,
  actor: Actor,
  reason: string,
): Promise<void> {
  for (const { command_id: commandId, approval_id: approvalId, state } of await stepsOf(tx, [run.run_id])) {
    if (state !== 'waiting') continue;
    if (commandId !== null) await withdrawCommand(deps, tx, { commandId, actor, reason });
    else if (approvalId !== null) await withdrawForSystem(deps, tx, approvalId, actor, reason);
  }
  await end(deps, tx, run, 'stopped', reason, actorReference(actor));
  await recordAudit(tx, {
    actor,
    action: 'playbooks.stop',
    target: { kind: 'device', id: run.device_id },
    outcome: 'done',
    reason,
    show: { runId: run.run_id, playbook: run.playbook },
  });
}

/** @throws DomainError `not-found`, `conflict` when it is over. */
export function stopPlaybook(
  deps: PlaybookDeps,
  principal: TenantPrincipal,
  runId: string,
  reason: string,
): Promise<Presented> {
  return inOpenRun(deps, principal, runId, (tx, run) => halt(deps, tx, run, principal, reason));
}

/** Nobody waits for it to be found any more. */
export function continuePlaybook(
  deps: PlaybookDeps,
  principal: TenantPrincipal,
  runId: string,
): Promise<Presented> {
  return inOpenRun(deps, principal, runId, async (tx, run) => {
    const waits = (await stepsOf(tx, [runId])).some(
      ({ kind, state }) => kind === 'wait' && state === 'waiting',
    );
    if (!waits) {
      throw new DomainError('conflict', 'It does not wait for the device to be found.', {
        reason: 'not-waiting',
      });
    }
    await recordAudit(tx, {
      actor: principal,
      action: 'playbooks.continue',
      target: { kind: 'device', id: run.device_id },
      outcome: 'done',
      show: { runId, playbook: run.playbook },
    });
    await advance(deps, tx, runId, true);
  });
}

async function inOpenRun(
  deps: PlaybookDeps,
  principal: TenantPrincipal,
  runId: string,
  work: (tx: TenantTx, run: RunRow) => Promise<void>,
): Promise<Presented> {
  requirePermission(principal, 'playbooks.run');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const run = await lockOpen(tx, runId);
    if (!run) {
      if (!(await findRun(tx, runId))) throw noSuchRun();
      throw new DomainError('conflict', 'The procedure is over.', { reason: 'playbook-over' });
    }
    await work(tx, run);
    return present(tx, runId);
  });
}

export interface PreviewedStep {
  readonly kind: StepKind;
  readonly title: string;
  /** done: it would be done at once or when its turn comes. approval: a second person would be asked. */
  readonly outlook: 'done' | 'approval' | 'skipped' | 'refused';
  readonly why: string | null;
}

/** What a procedure would do, by the same plan and the same guard; nothing is changed. */
export async function previewPlaybook(
  deps: PlaybookDeps,
  principal: TenantPrincipal,
  deviceId: string,
  request: PlaybookRequest,
) {
  requirePermission(principal, 'playbooks.run');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const device = await findDevice(tx, deviceId);
    if (!device) throw noSuchDevice();
    const steps: PreviewedStep[] = [];
    for (const kind of planFor(device, request)) {
      steps.push({
        kind,
        title: stepDefinition(kind).title,
        ...(await outlookOf(deps, tx, principal, device, kind, request)),
      });
    }
    return { ownership: device.ownership, steps };
  });
}

async function outlookOf(
  deps: PlaybookDeps,
  tx: TenantTx,
  principal: Principal,
  device: LockedDevice,
  kind: StepKind,
  { message = usualMessage }: PlaybookRequest,
): Promise<Pick<PreviewedStep, 'outlook' | 'why'>> {
  const { permission, command: name, mayBeSkipped } = stepDefinition(kind);
  const no = (why: string) => ({ outlook: mayBeSkipped ? ('skipped' as const) : ('refused' as const), why });
  if (permission !== null && !principal.permissions.has(permission))
    return no(`You may not do this: it needs the permission “${permission}”.`);
  if (name === null) return { outlook: 'done', why: null };
  const command = parseCommand(name, name === 'lock-device' ? { message } : {});
  const support = await deps.support?.(tx, { command, channel: '', devices: [device] });
  const unable = support?.get(device.deviceId);
  if (unable !== undefined) return no(unable);
  const { spent, fleet, limits, now } = await holdBudget(tx, deps.clock);
  const decision = decideDestructive({
    command: name,
    ownership: device.ownership,
    actor: principal,
    spentInWindow: spent,
    fleetSize: fleet,
    limits,
    now,
  });
  if (decision.allowed) return { outlook: 'done', why: null };
  return mayBeApproved(decision.reason)
    ? { outlook: 'approval', why: decision.message }
    : no(decision.message);
}
