// Identifiers of what we put on devices. They begin with a word of ours: that is how leftovers are told from what others
// installed. Equal names give equal UUIDs, so that equal content gives equal bytes.

const prefix = 'gatehouse.';

export const settingsIdentifier = (name: string): string => `${prefix}settings.${name}`;
export const managementIdentifier = (name: string): string => `${prefix}management.${name}`;
/** 55 octets of the 64 that a declaration's identifier may have. */
export const resourceIdentifier = (resourceId: string): string => `${prefix}resource.${resourceId}`;

const ours = /^gatehouse\.(?:settings|resource|management)\./;

/** Whether a profile or declaration of this name is of our making: the enrolment profile is not among them. */
export function isOurs(identifier: string): boolean {
  return ours.test(identifier);
}

/** RFC 9562 version 8: the bits are ours to choose. */
export function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** 32 characters: names a content, short enough for a ServerToken. */
export function tokenOf(hash: Buffer): string {
  return hash.subarray(0, 24).toString('base64url');
}

/** Of an app that comes by command: one half for how it is installed, one for its configuration. */
export function appTokenOf(installation: Buffer, configuration: Buffer): string {
  return [installation, configuration].map((hash) => hash.subarray(0, 12).toString('base64url')).join('');
}

/** Whether two such tokens differ in the configuration at most. */
export function sameInstallation(one: string, other: string): boolean {
  return one.length === 32 && one.slice(0, 16) === other.slice(0, 16);
}
