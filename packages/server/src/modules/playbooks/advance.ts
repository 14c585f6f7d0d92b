// Takes a procedure forward, step by step, each step with its record in one transaction: a server that is killed goes on where it
// stood. Locks are taken in one order, the device first, as everybody does.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { raiseAlert } from '../alerts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { principalLater } from '../commands/index.ts';
import { lockDevices } from '../devices/index.ts';
import type { PlaybookDeps } from './playbook-deps.ts';
import { findRun, lockRun, type RunRow, type StepRow, stepsOf, writeRun, writeStep } from './queries.ts';
import { takeStep } from './take-step.ts';

export const isOpen = ({ state }: Pick<RunRow, 'state'>): boolean =>
  state === 'running' || state === 'waiting';

/** @returns the run, locked together with its device; undefined when it is over or gone. */
export async function lockOpen(tx: TenantTx, runId: string): Promise<RunRow | undefined> {
  const known = await findRun(tx, runId);
  if (!known) return undefined;
  await lockDevices(tx, [known.device_id]);
  const run = await lockRun(tx, runId);
  return run !== undefined && isOpen(run) ? run : undefined;
}

/** @param goOn what waits for time goes on now. */
export async function advance(deps: PlaybookDeps, tx: TenantTx, runId: string, goOn = false): Promise<void> {
  const run = await lockOpen(tx, runId);
  if (!run) return;
  const now = deps.clock.now();
  for (const step of await stepsOf(tx, [runId])) {
    if (step.state === 'waiting') {
      const due = step.kind === 'wait' && (goOn || (run.due_at !== null && run.due_at.getTime() <= now));
      if (!due) return;
      await record(deps, tx, run, {
        ...step,
        state: 'done',
        note: 'It was not found.',
        ended_at: new Date(now),
      });
      continue;
    }
    if (step.state !== 'to-do') continue;
    const principal = await principalLater(tx, run.started_by);
    const taken = await takeStep(deps, tx, run, step.kind, principal);
    const at = new Date(deps.clock.now());
    const after: StepRow = {
      ...step,
      state: taken.state,
      note: taken.note,
      command_id: taken.commandId ?? null,
      approval_id: taken.approvalId ?? null,
      started_at: at,
      ended_at: taken.state === 'waiting' ? null : at,
    };
    await record(deps, tx, run, after);
    if (taken.state === 'failed') return fail(deps, tx, run, after);
    if (taken.state === 'waiting') {
      await writeRun(tx, { ...run, state: 'waiting', due_at: taken.dueAt ?? null });
      return;
    }
  }
  await end(deps, tx, run, 'done', null);
}

async function record(deps: PlaybookDeps, tx: TenantTx, run: RunRow, step: StepRow): Promise<void> {
  await Promise.all([
    writeStep(tx, step),
    recordAudit(tx, {
      actor: systemActor('playbooks', tx.organizationId),
      action: 'playbooks.step',
      target: { kind: 'device', id: run.device_id },
      outcome: step.state === 'failed' ? 'failed' : 'done',
      show: {
        runId: run.run_id,
        playbook: run.playbook,
        step: step.kind,
        state: step.state,
        startedBy: run.started_by,
      },
    }),
    deps.events.emit(tx, {
      name: 'playbook.step-changed',
      subjectId: run.device_id,
      payload: { runId: run.run_id, deviceId: run.device_id, step: step.kind, state: step.state },
    }),
  ]);
}

/** What the step that waited came to; the run goes on, or ends with it. The device and the run are locked. */
export async function settleStep(
  deps: PlaybookDeps,
  tx: TenantTx,
  run: RunRow,
  step: StepRow,
  outcome: { readonly state: 'done' | 'failed'; readonly note: string | null },
): Promise<void> {
  const after = { ...step, ...outcome, ended_at: new Date(deps.clock.now()) };
  await record(deps, tx, run, after);
  if (outcome.state === 'failed') await fail(deps, tx, run, after);
  else await advance(deps, tx, run.run_id);
}

async function fail(deps: PlaybookDeps, tx: TenantTx, run: RunRow, step: StepRow): Promise<void> {
  await end(deps, tx, run, 'failed', step.note);
  await raiseAlert(deps, tx, {
    kind: 'playbook-stuck',
    severity: 'critical',
    subject: { kind: 'device', id: run.device_id },
    detail: {
      playbook: run.playbook,
      deviceId: run.device_id,
      step: step.kind,
      why: step.note ?? '',
    },
    more: { runId: run.run_id },
  });
}

/** What was not begun any more is not done. */
export async function end(
  deps: PlaybookDeps,
  tx: TenantTx,
  run: RunRow,
  state: 'done' | 'failed' | 'stopped',
  note: string | null,
  by = 'system:playbooks',
): Promise<void> {
  const at = new Date(deps.clock.now());
  for (const step of await stepsOf(tx, [run.run_id])) {
    if (step.state === 'to-do' || (state === 'stopped' && step.state === 'waiting'))
      await writeStep(tx, { ...step, state: 'stopped', ended_at: at });
  }
  await writeRun(tx, { ...run, state, due_at: null, ended_at: at, ended_by: by, note });
  await deps.events.emit(tx, {
    name: 'playbook.ended',
    subjectId: run.device_id,
    payload: { runId: run.run_id, deviceId: run.device_id, state },
  });
}
