// What rules and procedures may do by themselves: no more than support staff, so nothing to private devices that needs a right of
// its own (TEN-14, ACT-17).
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';

export const systemRights: ReadonlySet<Permission> = new Set<Permission>([
  'devices.lock',
  'devices.message',
  'devices.selective-wipe',
  'devices.full-wipe',
]);
