// A check-in: the report is recorded, what follows from it decided, and waiting commands handed over, in one transaction and
// one answer. Most check-ins bring nothing new; for them one statement suffices, beside the one that let the device in.
import type { CheckInRequest, CheckInResponse } from '@gatehouse/contracts/agent.ts';
import type { EvaluationSummary } from '@gatehouse/core/compliance/summarize.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { AuthenticatedDevice } from '../../modules/certificates/index.ts';
import { evaluateDevice, languageOfReader, tellDevice } from '../../modules/compliance/index.ts';
import { recordReport, shutOutClones } from '../../modules/devices/index.ts';
import { finishEnrollment } from '../../modules/enrollment/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import { handOver } from './hand-over.ts';

/** The shortest silence that a policy can object to; after a shorter one, being heard again mends nothing. */
const shortestSilenceMs = 3_600_000;

export async function checkIn(
  deps: AgentDeps,
  device: AuthenticatedDevice,
  report: CheckInRequest,
  /** In which the device says that it is used, best first. */
  languages: readonly string[] = [],
): Promise<CheckInResponse> {
  const now = deps.clock.now();
  const quiet = quietInterval(deps, device, report, now);
  const { organizationId, deviceId } = device;
  if (quiet !== undefined && (await deps.countQuietContact(organizationId, { deviceId, report, now }))) {
    return {
      serverTime: now,
      counter: report.counter,
      posture: {
        compliant: device.posture.compliant,
        network: device.posture.network,
        ...words(device.posture.reason, device.posture.remedy, await quietWords(deps, device, languages)),
      },
      commands: [],
      nextCheckInSeconds: quiet,
    };
  }
  return deps.database.withTenant(organizationId, (tx) =>
    fullCheckIn(tx, deps, device, report, now, languages),
  );
}

/** The seconds until the next check-in when this one brings nothing new and nothing waits for it; otherwise undefined. */
function quietInterval(
  { schedules }: AgentDeps,
  { state, contact, posture, openCommands }: AuthenticatedDevice,
  report: CheckInRequest,
  now: number,
): number | undefined {
  const isQuiet =
    state === 'registered' &&
    report.scans.length === 0 &&
    // A machine that started anew, or another one with its key, is looked at closely (DEV-08).
    report.bootId === contact.bootId &&
    report.counter > contact.reportCounter &&
    report.acknowledgedPolicyVersion === posture.policyVersion &&
    openCommands === 'none' &&
    (posture.compliant ||
      (contact.lastCheckInAt !== null && now - contact.lastCheckInAt < shortestSilenceMs));
  return isQuiet ? schedules.find(posture.policyVersion) : undefined;
}

async function fullCheckIn(
  tx: TenantTx,
  deps: AgentDeps,
  { organizationId, deviceId }: AuthenticatedDevice,
  report: CheckInRequest,
  now: number,
  languages: readonly string[],
): Promise<CheckInResponse> {
  const { outcome, clonedKey, device } = await recordReport(tx, { ...report, deviceId, receivedAt: now });
  if (outcome === 'outdated') {
    deps.refusals.note({
      organizationId,
      actor: { kind: 'device', id: deviceId },
      action: 'devices.report',
      target: { kind: 'device', id: deviceId },
      reason: 'outdated-counter',
    });
  } else {
    // The device proves by coming with a report that it holds certificate and key (ENR-19).
    await finishEnrollment(tx, deps, deviceId);
  }
  const shutOut = clonedKey && (await shutOutClones(deps, tx, deviceId));
  // Before the decision: a wipe that is handed over costs the device its trust.
  const commands = shutOut ? [] : await handOver(tx, deps, deviceId);
  const { policy, posture } = await evaluateDevice(deps, tx, deviceId, now);
  deps.schedules.remember(policy.version, policy.schedule);
  const told = posture.failure_reason === null ? undefined : await tellDevice(tx, deviceId, languages);
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

/** What is stored is English; a reader of another language costs one more statement, and only while something is wrong. */
async function quietWords(
  { database }: AgentDeps,
  { organizationId, deviceId, posture }: AuthenticatedDevice,
  languages: readonly string[],
): Promise<EvaluationSummary | undefined> {
  if (posture.reason === null || languageOfReader(posture.language, languages) === 'en') return undefined;
  return database.withTenant(organizationId, (tx) => tellDevice(tx, deviceId, languages), { readOnly: true });
}

/** @param told the same in another language. */
function words(english: string | null, englishRemedy: string | null, told?: EvaluationSummary) {
  const [reason, remedy] = told ? [told.failureReason, told.remediation] : [english, englishRemedy];
  return { ...(reason === null ? {} : { reason }), ...(remedy === null ? {} : { remedy }) };
}
