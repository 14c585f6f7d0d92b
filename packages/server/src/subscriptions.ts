// Who reacts to what: every event with its reactions, on one page. A reaction is a job; it exists exactly when its event was
// committed, coalesces where its key says so, and is run until it succeeds or is seen among the dead.
import type { Subscription, Subscriptions } from './kernel/events.ts';
import { alertSubscriptions } from './modules/alerts/index.ts';
import { approvalSubscriptions } from './modules/approvals/index.ts';
import { networkAccessSubscriptions } from './integrations/network-access/index.ts';
import { signalSubscriptions } from './integrations/shared-signals/index.ts';
import { commandSubscriptions } from './modules/commands/index.ts';
import { complianceSubscriptions } from './modules/compliance/index.ts';
import { enrollmentSubscriptions } from './modules/enrollment/index.ts';
import { mailSubscriptions } from './modules/mail/index.ts';
import { playbookSubscriptions } from './modules/playbooks/index.ts';
import { remediationSubscriptions } from './modules/remediation/index.ts';
import { desiredStateSubscriptions } from './platforms/apple/desired-state/index.ts';
import { appleSubscriptions } from './platforms/apple/index.ts';

function merge(...parts: readonly Subscriptions[]): Subscriptions {
  const all: Record<string, readonly Subscription[]> = {};
  for (const part of parts) {
    for (const [event, reactions] of Object.entries(part)) all[event] = [...(all[event] ?? []), ...reactions];
  }
  return all;
}

export const subscriptions: Subscriptions = merge(
  // policy.reach-changed, user.groups-changed: the devices concerned are evaluated again, in chunks
  complianceSubscriptions,
  // device.unmanaged: its open commands end
  commandSubscriptions,
  // command.finished: the rest of a batch follows its first device
  approvalSubscriptions,
  // device.rule-stage-changed: users are told, devices locked or wiped under the guard; taken back on recovery
  remediationSubscriptions,
  // playbook.started, and what comes of the wipes of procedures for lost and stolen devices
  playbookSubscriptions,
  // alert.raised: administrators get it by mail
  alertSubscriptions,
  // user.updated: open codes of a disabled user, or of another address than they were sent to, are withdrawn
  // invitation.requested: its mail is sent
  enrollmentSubscriptions,
  // policies, users, groups: devices without a link have other mail policies; whoever remembers decisions on mail forgets them
  // device.posture-changed, device.changed: a device that was enrolled is recognized among those that ask for mail
  mailSubscriptions,
  // device.unmanaged: what an Apple device entrusted to us is forgotten
  appleSubscriptions,
  // policies, resources, groups, users, devices: what Apple devices should have is compared with what they have
  // command.not-done: what was ordered and did not happen is tried again in time
  desiredStateSubscriptions,
  // device.posture-changed: network devices and ISE servers that have sessions of the device are told
  // device.changed, device.groups-changed, user.groups-changed: the same, where RADIUS servers are answered by ownership or groups
  networkAccessSubscriptions,
  // device.posture-changed, certificate.revoked: receivers of Shared Signals are told, where there are any
  signalSubscriptions,
);
