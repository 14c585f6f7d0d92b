/** Roles by the names that people know them by. */
import { isBuiltInRole } from '@gatehouse/core/permissions/roles.ts';
import { useRead } from '../../../api/hooks.ts';
import { listRoles } from '../../../api/operations/settings.ts';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay, useMe } from '../../../session/session.ts';
import { roleTexts } from './role-texts.ts';

export function useRoles() {
  const may = useMay();
  return useRead(listRoles, { query: { limit: 200 } }, { enabled: may('administrators.read') });
}

/** @returns what a role is called: `org-admin` in words, `custom:…` by its name. */
export function useRoleName(): (reference: string) => string {
  const t = roleTexts.use();
  const { data } = useRoles();
  return (reference) =>
    isBuiltInRole(reference)
      ? t(`role_${reference}`)
      : plainLine(data?.items.find((role) => role.reference === reference)?.name ?? reference, 80);
}

/** Roles that one may give to others: none with more than one has. */
export function useGrantableRoles(): readonly { readonly reference: string; readonly label: string }[] {
  const { data } = useRoles();
  const nameOf = useRoleName();
  const { permissions } = useMe();
  return (data?.items ?? [])
    .filter((role) => role.permissions.every((permission) => permissions.has(permission)))
    .map(({ reference }) => ({ reference, label: nameOf(reference) }));
}
