/**
 * The events that others may hear of, by webhook and in the console’s stream, with the permission that reading of them takes. What
 * is not here stays inside.
 */
import type { Permission } from '../permissions/catalogue.ts';

interface EventDescription {
  readonly description: string;
  readonly permission: Permission;
}

export const eventCatalogue = {
  'device.enrolled': { description: 'A device began its enrolment.', permission: 'devices.read' },
  'device.registered': { description: 'A device finished its enrolment.', permission: 'devices.read' },
  'device.changed': { description: 'An administrator changed a device.', permission: 'devices.read' },
  'device.unmanaged': { description: 'A device is no longer managed.', permission: 'devices.read' },
  'device.deleted': { description: 'A device was deleted.', permission: 'devices.read' },
  'device.posture-changed': {
    description: 'The decision about a device changed: its compliance, or its access at a gate.',
    permission: 'devices.read',
  },
  'device.rule-stage-changed': {
    description: 'A device entered or left a stage of a rule.',
    permission: 'devices.read',
  },
  'certificate.issued': { description: 'A certificate was issued.', permission: 'certificates.read' },
  'certificate.revoked': { description: 'A certificate was revoked.', permission: 'certificates.read' },
  'command.queued': { description: 'A command waits for a device.', permission: 'commands.read' },
  'command.finished': { description: 'A command was carried out.', permission: 'commands.read' },
  'command.not-done': {
    description: 'A command failed, expired or was cancelled.',
    permission: 'commands.read',
  },
  'approval.requested': {
    description: 'Something waits for the approval of a second person.',
    permission: 'approvals.read',
  },
  'approval.moved': {
    description: 'A request was approved, rejected, withdrawn, released or has expired.',
    permission: 'approvals.read',
  },
  'approval.overridden': {
    description: 'A request was carried out in an emergency, without a second person.',
    permission: 'approvals.read',
  },
  'alert.raised': { description: 'Administrators are alerted.', permission: 'alerts.read' },
  'enrollment.created': { description: 'An enrolment code was made.', permission: 'enrollments.read' },
  'user.created': { description: 'A user was created.', permission: 'users.read' },
  'user.updated': { description: 'A user was changed.', permission: 'users.read' },
  'user.deleted': { description: 'A user was deleted.', permission: 'users.read' },
  'mail-device.discovered': {
    description: 'A device asked for mail that was never seen with this account.',
    permission: 'mail.read',
  },
  'mail-device.state-changed': {
    description: 'A mail device was let in, held back or blocked.',
    permission: 'mail.read',
  },
  'mail-device.linked': {
    description: 'A mail device was found to be an enrolled one, or not to be.',
    permission: 'mail.read',
  },
  'mail-device.policy-acknowledged': {
    description: 'A mail client said what it makes of its policy.',
    permission: 'mail.read',
  },
  'mail-device.wipe-ordered': {
    description: 'Mail is to be removed from a device, or the device reset.',
    permission: 'mail.read',
  },
  'mail-device.wiped': { description: 'A mail client said what came of a wipe.', permission: 'mail.read' },
  'mail-device.looping': {
    description: 'A mail client asks for the same again and again.',
    permission: 'mail.read',
  },
  'mail-probe.open': {
    description: 'Mail can be had round the gateway, by a way that was closed before.',
    permission: 'mail.read',
  },
  'mail-probe.closed': {
    description: 'Mail cannot be had round the gateway any more.',
    permission: 'mail.read',
  },
  'mail-server.changed': {
    description: 'A mail server, or whose mail is there, was changed.',
    permission: 'mail.read',
  },
  'signals.status-changed': {
    description: 'A stream of Shared Signals was paused, stopped or resumed.',
    permission: 'gates.read',
  },
} as const satisfies Record<string, EventDescription>;

export type PublicEventName = keyof typeof eventCatalogue;

export const publicEventNames = Object.keys(eventCatalogue) as readonly PublicEventName[];

export function isPublicEvent(name: string): name is PublicEventName {
  return Object.hasOwn(eventCatalogue, name);
}

/** Nobody hears of what he may not read. */
export function mayHear(permissions: ReadonlySet<Permission>, name: PublicEventName): boolean {
  return permissions.has(eventCatalogue[name].permission);
}
