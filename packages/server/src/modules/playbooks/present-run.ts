import { stepDefinition } from '@gatehouse/core/playbooks/playbook.ts';
import type { RunRow, StepRow } from './queries.ts';

export function presentRun(run: RunRow, steps: readonly StepRow[]) {
  return {
    id: run.run_id,
    deviceId: run.device_id,
    playbook: run.playbook,
    option: run.option,
    ownership: run.ownership,
    state: run.state,
    reason: run.reason,
    startedBy: run.started_by,
    startedAt: run.started_at.toISOString(),
    goesOnAt: run.due_at?.toISOString() ?? null,
    endedAt: run.ended_at?.toISOString() ?? null,
    endedBy: run.ended_by,
    note: run.note,
    steps: steps
      .filter(({ run_id }) => run_id === run.run_id)
      .map((step) => ({
        kind: step.kind,
        title: stepDefinition(step.kind).title,
        state: step.state,
        note: step.note,
        commandId: step.command_id,
        approvalId: step.approval_id,
        startedAt: step.started_at?.toISOString() ?? null,
        endedAt: step.ended_at?.toISOString() ?? null,
      })),
  };
}
