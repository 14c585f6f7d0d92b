// What a device is asked to let us do, by whose it is. The profile shows it to the person who installs it, and the device holds
// us to it: from a device that is not the organization's own we do not even ask for the right to erase it or to read which
// applications are on it (TEN-14, ACT-17). A right cannot be added later without enrolling again.
import { allAccessRights } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { Ownership } from '@gatehouse/core/devices/device.ts';

const erase = 8;
const inspectApps = 256;

export function accessRights(ownership: Ownership): number {
  return ownership === 'corporate' ? allAccessRights : allAccessRights - erase - inspectApps;
}

/** `per-user-connections`: users of a Mac or a Shared iPad have a channel of their own; may not be added later either. */
export const serverCapabilities = [
  'com.apple.mdm.per-user-connections',
  'com.apple.mdm.bootstraptoken',
  'com.apple.mdm.token',
] as const;
