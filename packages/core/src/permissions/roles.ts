/**
 * The built-in roles as rows of the permission catalogue, custom roles as sets of it, and the rule that nobody grants
 * more than he has (TEN-05, ADM-05).
 */
import { isPermission, type Permission, permissions } from './catalogue.ts';

export const builtInRoles = ['system-admin', 'org-admin', 'help-desk', 'auditor', 'nac-service'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

interface RoleDefinition {
  readonly description: string;
  readonly permissions: readonly Permission[];
}

const aboveOrganizations: readonly Permission[] = ['system.operate', 'organizations.manage'];

export const roleCatalogue = {
  'system-admin': {
    description: 'Operator of the instance: everything, in every organization.',
    permissions,
  },
  'org-admin': {
    // Includes nac.*, because nobody may grant what he has not, and an organization appoints its own NAC account (TEN-03).
    description: 'Everything within one organization.',
    permissions: permissions.filter((permission) => !aboveOrganizations.includes(permission)),
  },
  'help-desk': {
    // No `*.personal`: support staff may not wipe or track a private device (TEN-14, ACT-17); the guard asks for it.
    description: 'Finds devices, sees why one is blocked and mends it, without power over private devices.',
    permissions: [
      'users.read',
      'groups.read',
      'enrollments.read',
      'enrollments.create',
      'terms.read',
      'devices.read',
      'devices.update',
      'devices.facts.read',
      'devices.explain',
      'devices.lock',
      'devices.message',
      'devices.refresh',
      'devices.locate',
      'devices.lost-mode',
      'devices.passcode',
      'devices.power',
      'devices.apps',
      'devices.selective-wipe',
      'devices.full-wipe',
      'commands.read',
      'commands.cancel',
      'approvals.read',
      'alerts.read',
      'playbooks.run',
      'policies.read',
      'rules.read',
      'resources.read',
      'certificates.read',
      'push.read',
      'gates.read',
      'mail.read',
      'mail.approve',
    ],
  },
  auditor: {
    description: 'Reads configuration and the audit record; changes nothing.',
    permissions: [
      'organizations.read',
      'administrators.read',
      'users.read',
      'groups.read',
      'enrollments.read',
      'terms.read',
      'devices.read',
      'devices.facts.read',
      'devices.explain',
      'commands.read',
      'approvals.read',
      'alerts.read',
      'policies.read',
      'rules.read',
      'resources.read',
      'certificates.read',
      'push.read',
      'gates.read',
      'mail.read',
      'audit.read',
      'audit.export',
      'events.read',
      'jobs.read',
    ],
  },
  'nac-service': {
    description:
      'Account of a network access controller such as Cisco ISE, or of a receiver of Shared Signals: these interfaces, nothing else.',
    permissions: permissions.filter(
      (permission) => permission.startsWith('nac.') || permission === 'signals.receive',
    ),
  },
} as const satisfies Record<BuiltInRole, RoleDefinition>;

export function isBuiltInRole(value: string): value is BuiltInRole {
  return Object.hasOwn(roleCatalogue, value);
}

const customPrefix = 'custom:';

/** `custom:<role id>`, the form in which accounts refer to a custom role. */
export function customRoleReference(roleId: string): string {
  return `${customPrefix}${roleId}`;
}

/** The id in `custom:<role id>`; undefined for anything else. */
export function customRoleId(role: string): string | undefined {
  return role.startsWith(customPrefix) ? role.slice(customPrefix.length) : undefined;
}

/**
 * What a role permits at this moment.
 * @param customRoles stored permissions by role id. An unknown role, and a stored permission that no longer exists, permits nothing.
 */
export function effectivePermissions(
  role: string,
  customRoles: ReadonlyMap<string, readonly string[]> = new Map(),
): ReadonlySet<Permission> {
  if (isBuiltInRole(role)) return new Set(roleCatalogue[role].permissions);
  const id = customRoleId(role);
  const stored = id === undefined ? undefined : customRoles.get(id);
  return new Set((stored ?? []).filter(isPermission));
}

/** What a token may do: never more than its role and never more than the account behind it has now (ADM-05). */
export function intersectPermissions(
  a: ReadonlySet<Permission>,
  b: ReadonlySet<Permission>,
): ReadonlySet<Permission> {
  return new Set([...a].filter((permission) => b.has(permission)));
}

/** Nobody grants more than he has: the role's permissions must be a subset of the actor's (TEN-05). */
export function mayGrant(actor: ReadonlySet<Permission>, role: ReadonlySet<Permission>): boolean {
  return [...role].every((permission) => actor.has(permission));
}
