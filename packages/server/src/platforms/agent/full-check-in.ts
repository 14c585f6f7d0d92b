// A check-in that brings something new: the report is recorded, waiting commands are handed over and the device is evaluated, in one
// transaction. Those of one moment share it, and with it every statement and the commit: under load each costs a fraction
// of what it costs alone, so that reports do not queue up while a gate waits for what follows from them.
import type { AgentCommand } from '@gatehouse/contracts/agent.ts';
import type { EvaluationSummary } from '@gatehouse/core/compliance/summarize.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type EvaluatedDevice, evaluateDevices, tellDevices } from '../../modules/compliance/index.ts';
import {
  noSuchDevice,
  recordReports,
  type ReportOutcome,
  shutOutClones,
} from '../../modules/devices/index.ts';
import { finishEnrollment } from '../../modules/enrollment/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { AskedCheckIn, CheckInOutcome } from './asked-check-in.ts';
import { handOver } from './hand-over.ts';

interface Heard extends AskedCheckIn {
  readonly recorded: ReportOutcome;
}

/** @param asked each device once. @returns in the same order */
export async function fullCheckIns(
  tx: TenantTx,
  deps: AgentDeps,
  asked: readonly AskedCheckIn[],
): Promise<readonly CheckInOutcome[]> {
  const recorded = await recordReports(
    tx,
    asked.map(({ report, deviceId, now }) => ({ ...report, deviceId, receivedAt: now })),
  );
  const heard = asked.flatMap((each, place): Heard[] => {
    const outcome = recorded[place];
    return outcome === undefined || outcome instanceof DomainError ? [] : [{ ...each, recorded: outcome }];
  });
  const shutOut = new Set<string>();
  for (const { deviceId, recorded: outcome } of heard) {
    await settleIn(tx, deps, deviceId, outcome);
    if (outcome.clonedKey && (await shutOutClones(deps, tx, deviceId))) shutOut.add(deviceId);
  }
  const ids = heard.map(({ deviceId }) => deviceId);
  // Before the decision: a wipe that is handed over costs the device its trust.
  const commands = await handOver(
    tx,
    deps,
    ids.filter((deviceId) => !shutOut.has(deviceId)),
  );
  const evaluated = new Map(
    (await evaluateDevices(deps, tx, ids, Math.max(...asked.map(({ now }) => now)))).map((each) => [
      each.deviceId,
      each,
    ]),
  );
  const told = await tellDevices(
    tx,
    heard.filter(({ deviceId }) => (evaluated.get(deviceId)?.posture.failure_reason ?? null) !== null),
  );
  const answers = new Map(
    heard.map((each) => [
      each.deviceId,
      answerTo(deps, each, {
        evaluated: evaluated.get(each.deviceId),
        commands: commands.get(each.deviceId) ?? [],
        told: told.get(each.deviceId),
      }),
    ]),
  );
  return asked.map(({ deviceId }, place) => {
    const outcome = recorded[place];
    return outcome instanceof DomainError ? outcome : (answers.get(deviceId) ?? noSuchDevice());
  });
}

async function settleIn(
  tx: TenantTx,
  deps: AgentDeps,
  deviceId: string,
  { outcome, device }: ReportOutcome,
): Promise<void> {
  if (outcome === 'outdated') {
    deps.refusals.note({
      organizationId: tx.organizationId,
      actor: { kind: 'device', id: deviceId },
      action: 'devices.report',
      target: { kind: 'device', id: deviceId },
      reason: 'outdated-counter',
    });
    // The device proves by coming with a report that it holds certificate and key (ENR-19).
  } else if (device.state === 'pending') await finishEnrollment(tx, deps, deviceId);
}

function answerTo(
  deps: AgentDeps,
  { report, now, recorded: { outcome, device } }: Heard,
  {
    evaluated,
    commands,
    told,
  }: {
    readonly evaluated: EvaluatedDevice | undefined;
    readonly commands: AgentCommand[];
    readonly told: EvaluationSummary | undefined;
  },
): CheckInOutcome {
  if (evaluated === undefined) return noSuchDevice();
  const { policy, posture } = evaluated;
  deps.schedules.remember(policy.version, policy.schedule);
  const isCurrent = outcome !== 'outdated' && report.acknowledgedPolicyVersion === policy.version;
  return {
    serverTime: now,
    counter: Math.max(report.counter, device.reportCounter),
    ...(isCurrent
      ? {}
      : {
          policy: { version: policy.version, settings: { ...policy.resolved.values } },
          schedule: policy.schedule,
        }),
    posture: {
      compliant: posture.compliant,
      network: posture.access_network,
      ...words(posture.failure_reason, posture.remediation, told),
    },
    commands,
    nextCheckInSeconds: policy.schedule.checkInMinutes * 60,
  };
}

/** @param told the same in another language. */
export function words(english: string | null, englishRemedy: string | null, told?: EvaluationSummary) {
  const [reason, remedy] = told ? [told.failureReason, told.remediation] : [english, englishRemedy];
  return { ...(reason === null ? {} : { reason }), ...(remedy === null ? {} : { remedy }) };
}
