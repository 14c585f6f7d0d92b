/**
 * The one catalogue of permissions. Routes and use-cases name them, the console hides buttons by them, roles are sets of
 * them. A permission says what may be done; what it may be done *to* is the guard's question (commands/guard.ts).
 */

export const permissionCatalogue = {
  'organizations.read': 'See the organization and its settings.',
  'organizations.manage': 'Create, rename and delete organizations.',
  'settings.manage': 'Change the settings of the organization.',
  'administrators.read': 'See administrators and their roles.',
  'administrators.manage': 'Invite, change, disable and delete administrators.',
  'roles.manage': 'Define custom roles.',
  'tokens.manage': 'Create and revoke API tokens.',
  'users.read': 'See users.',
  'users.manage': 'Create, import, change and delete users.',
  'groups.read': 'See groups and their members.',
  'groups.manage': 'Create, change and delete groups, and choose their members.',
  'searches.manage': 'Create, change and delete watch lists.',
  'enrollments.read': 'See enrolments.',
  'enrollments.create': 'Issue and cancel enrolment codes.',
  'terms.read': 'See the terms of use and who agreed to them.',
  'terms.manage': 'Write, publish and withdraw the terms of use.',
  'devices.read': 'See devices and find them by any identifier.',
  'devices.update': "Change a device's name, asset number and user.",
  // Apart from devices.update: who may declare a private phone corporate could wipe it next (TEN-14).
  'devices.ownership': 'Declare a device corporate or personal.',
  'devices.delete': 'Remove a device from management, and block or unblock it.',
  'devices.facts.read': 'See technical facts of a device.',
  'devices.facts.personal.read':
    'See facts that concern a person: phone number, applications, Wi-Fi network.',
  'devices.facts.sensitive.read': 'See where a device is.',
  'devices.explain': 'See why a device has or lacks access.',
  'devices.lock': 'Lock a device.',
  'devices.message': 'Send a message to the user of a device.',
  'devices.refresh': 'Ask a device to report now.',
  'devices.locate': 'Ask a corporate device where it is.',
  'devices.locate.personal': 'Ask a personal device where it is.',
  'devices.lost-mode': 'Declare a device lost or found, and make it ring.',
  'devices.passcode': 'Remove the passcode of a device.',
  'devices.power': 'Restart a device or shut it down.',
  'devices.apps': 'Install and remove apps on a device.',
  'devices.logs': 'Fetch the log of the agent on a device.',
  'devices.settings': 'Change single settings of a device.',
  'devices.update-os': 'Make a device update its operating system.',
  'devices.secrets.rotate': 'Replace recovery keys and passwords of a device and take them into escrow.',
  'devices.secrets.reveal': 'Read recovery keys, PINs and passwords that are kept in escrow.',
  'devices.selective-wipe': 'Remove corporate data and management from a device.',
  'devices.full-wipe': 'Reset a corporate device to factory state.',
  'devices.full-wipe.personal': 'Reset a personal device to factory state.',
  'commands.read': 'See commands and their results.',
  // Beside the commands of our own, which know what they do: for people who know the platform's protocol.
  'commands.platform':
    "Send a device any command of its platform's own protocol that has no right of its own.",
  'commands.cancel': 'Cancel commands that no device has received yet.',
  'approvals.read':
    'See what waits for the approval of a second person, and the budget of destructive commands.',
  'approvals.decide': 'Approve or reject destructive commands that somebody else asked for.',
  // Apart from approvals.decide: who decides for others need not be able to go ahead alone.
  'approvals.override': 'In an emergency, destroy data without a second person; every administrator is told.',
  'alerts.read': 'See alerts, and get them by mail.',
  'alerts.acknowledge': 'Mark alerts as seen.',
  'playbooks.run': 'Start and stop the procedures for lost and stolen devices.',
  'policies.read': 'See policies, schedules and their assignments.',
  'policies.manage': 'Create, change and delete policies.',
  'policies.assign':
    'Assign policies, resources and schedules to the organization, groups, users and devices.',
  'simulations.run': 'See what a change of policies, rules or groups would do before it is made.',
  'resources.read': 'See resources such as networks, accounts and certificates, without their secrets.',
  'resources.manage': 'Create, change and delete resources.',
  'rules.read': 'See compliance rules and exceptions.',
  'rules.manage': 'Create, change and delete compliance rules.',
  'exceptions.manage': 'Except single devices from compliance rules.',
  'schedules.manage': 'Create, change and delete connection schedules.',
  'certificates.read': 'See certificates and certificate authorities.',
  'certificates.revoke': 'Revoke certificates.',
  'push.read': 'See the push certificate of Apple devices and what keeps pushes from working.',
  'push.manage': 'Ask for and replace the push certificate of Apple devices.',
  'audit.read': 'Read the audit record.',
  'audit.export': 'Export the audit record with its proofs.',
  'jobs.read': 'See background work that waits or has failed.',
  'jobs.retry': 'Retry background work that has failed.',
  'gates.read':
    'See network devices, sessions, what RADIUS servers are answered, and which servers are told of changes.',
  'gates.manage':
    'Change which network devices and servers are told of changes, and what RADIUS servers are answered.',
  'mail.read': 'See mail servers, the devices that fetch mail, and what became of their requests.',
  'mail.approve':
    'Let devices of users fetch mail, hold them back or block them, and say which enrolled device each is.',
  'mail.manage': 'Change mail servers, whose mail is where, and what becomes of devices that nobody knows.',
  'mail.wipe': 'Remove mail from a device, or reset a corporate device, through the mail gateway.',
  'webhooks.manage': 'Make, change and delete webhooks, and send their messages again.',
  'events.read': 'Follow what happens in the organization as it happens.',
  'signals.receive': 'Be told of changes by Shared Signals, and manage the streams of them.',
  'nac.query': 'Ask for the posture of devices through the network access interface.',
  'nac.actions.lock': 'Lock devices through the network access interface.',
  'nac.actions.wipe': 'Selectively wipe devices through the network access interface.',
  'nac.actions.full-wipe': 'Reset corporate devices through the network access interface.',
  'nac.radius': 'Ask for access and report sessions as a RADIUS server.',
  'nac.message': 'Send messages to devices through the network access interface.',
  'system.operate': 'Operate the whole instance: every organization, backups, keys.',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissionCatalogue;

export const permissions = Object.keys(permissionCatalogue) as readonly Permission[];

export function isPermission(value: string): value is Permission {
  return Object.hasOwn(permissionCatalogue, value);
}
