/** The permission matrix: rows by area, what is staged, whom it concerns, and what keeps a cell from being changed. */
import type { Administrator } from '@gatehouse/contracts/admin/administrators.ts';
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import type { ApiToken } from '@gatehouse/contracts/admin/tokens.ts';
import { type Permission, permissions } from '@gatehouse/core/permissions/catalogue.ts';

export interface Area {
  readonly area: string;
  readonly permissions: readonly Permission[];
}

/** Those that destroy data of others, reveal secrets, or make such power. */
const dangerous = new Set<Permission>([
  'administrators.manage',
  'roles.manage',
  'devices.delete',
  'devices.secrets.reveal',
  'devices.selective-wipe',
  'devices.full-wipe',
  'devices.full-wipe.personal',
  'devices.facts.sensitive.read',
  'commands.platform',
  'approvals.override',
  'mail.wipe',
  'nac.actions.wipe',
  'nac.actions.full-wipe',
  'system.operate',
]);
export const isDangerous = (permission: Permission): boolean => dangerous.has(permission);

/** In the order of the catalogue. @param matches whether a permission is to be shown */
export function permissionAreas(matches: (permission: Permission) => boolean = () => true): readonly Area[] {
  const areas = new Map<string, Permission[]>();
  for (const permission of permissions) {
    if (!matches(permission)) continue;
    const area = permission.slice(0, permission.indexOf('.'));
    areas.set(area, [...(areas.get(area) ?? []), permission]);
  }
  return [...areas].map(([area, held]) => ({ area, permissions: held }));
}

/** What is staged: for each role that is changed, what it is to hold. */
export type Staged = ReadonlyMap<string, ReadonlySet<string>>;

export function holds(role: Role, permission: string, staged: Staged): boolean {
  return (staged.get(role.reference) ?? new Set(role.permissions)).has(permission);
}

/** A role that is back to what it was is no longer staged. */
export function toggle(role: Role, permission: string, staged: Staged): Staged {
  const held = new Set(staged.get(role.reference) ?? role.permissions);
  if (held.has(permission)) held.delete(permission);
  else held.add(permission);
  const next = new Map(staged);
  const same = held.size === role.permissions.length && role.permissions.every((each) => held.has(each));
  if (same) next.delete(role.reference);
  else next.set(role.reference, held);
  return next;
}

export interface RoleDifference {
  readonly role: Role;
  readonly granted: readonly string[];
  readonly taken: readonly string[];
}

export function differences(roles: readonly Role[], staged: Staged): readonly RoleDifference[] {
  return roles.flatMap((role) => {
    const held = staged.get(role.reference);
    if (held === undefined) return [];
    const before = new Set(role.permissions);
    return [
      {
        role,
        granted: [...held].filter((each) => !before.has(each)),
        taken: role.permissions.filter((each) => !held.has(each)),
      },
    ];
  });
}

/** Whom the staged changes concern: accounts that are not shut, and tokens that still open something. */
export function affected(
  staged: Staged,
  administrators: readonly Administrator[],
  tokens: readonly ApiToken[],
  now: number,
): { readonly people: number; readonly tokens: number } {
  return {
    people: administrators.filter(({ role, state }) => staged.has(role) && state !== 'disabled').length,
    tokens: tokens.filter(
      ({ role, revokedAt, expiresAt }) =>
        staged.has(role) && revokedAt === undefined && new Date(expiresAt).getTime() > now,
    ).length,
  };
}

/** Nobody grants what he has not (TEN-05); what he could not grant he cannot take away from others either. */
export function mayGrant(own: ReadonlySet<string>, permission: string): boolean {
  return own.has(permission);
}
