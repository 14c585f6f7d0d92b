// A check-in: the report is recorded, what follows from it decided, and waiting commands handed over, in one transaction and
// one answer. Most check-ins bring nothing new; for them one statement suffices, beside the one that let the device in.
import type { CheckInRequest, CheckInResponse } from '@gatehouse/contracts/agent.ts';
import type { EvaluationSummary } from '@gatehouse/core/compliance/summarize.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { AuthenticatedDevice } from '../../modules/certificates/index.ts';
import { languageOfReader, tellDevice } from '../../modules/compliance/index.ts';
import { noSuchDevice } from '../../modules/devices/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import { fullCheckIns, words } from './full-check-in.ts';

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
  const asked = { deviceId, report, now, languages };
  const outcome = mayShare(report)
    ? await deps.shareCheckIn(organizationId, asked)
    : (await deps.database.withTenant(organizationId, (tx) => fullCheckIns(tx, deps, [asked])))[0];
  if (outcome === undefined || outcome instanceof DomainError) throw outcome ?? noSuchDevice();
  return outcome;
}

/** An inventory of apps or certificates may be large: whoever brings one holds up nobody else. */
function mayShare({ scans }: CheckInRequest): boolean {
  return scans.every(({ scan }) => scan === 'device-information' || scan === 'security');
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

/** What is stored is English; a reader of another language costs one more statement, and only while something is wrong. */
async function quietWords(
  { database }: AgentDeps,
  { organizationId, deviceId, posture }: AuthenticatedDevice,
  languages: readonly string[],
): Promise<EvaluationSummary | undefined> {
  if (posture.reason === null || languageOfReader(posture.language, languages) === 'en') return undefined;
  return database.withTenant(organizationId, (tx) => tellDevice(tx, deviceId, languages), { readOnly: true });
}
