/** Access rights of the MDM payload: the bits of `AccessRights`, and the schema's names for them. */

export interface AccessRight {
  readonly bit: number;
  readonly allows: string;
}

const profileInspection: AccessRight = { bit: 1, allows: 'inspect profiles' };
const profileInstallation: AccessRight = { bit: 2, allows: 'install and remove profiles' };
const lockAndPasscode: AccessRight = { bit: 4, allows: 'lock and remove the passcode' };
const erase: AccessRight = { bit: 8, allows: 'erase' };
const deviceInformation: AccessRight = { bit: 16, allows: 'query device information' };
const networkInformation: AccessRight = { bit: 32, allows: 'query network information' };
const provisioningInspection: AccessRight = { bit: 64, allows: 'inspect provisioning profiles' };
const provisioningInstallation: AccessRight = {
  bit: 128,
  allows: 'install and remove provisioning profiles',
};
const applicationInspection: AccessRight = { bit: 256, allows: 'inspect apps' };
const restrictionQueries: AccessRight = { bit: 512, allows: 'query restrictions' };
const securityQueries: AccessRight = { bit: 1024, allows: 'query security' };
const settings: AccessRight = { bit: 2048, allows: 'change settings' };
const applications: AccessRight = { bit: 4096, allows: 'manage apps' };

/** The schema has two names for some. */
const byName: ReadonlyMap<string, AccessRight | undefined> = new Map([
  ['AllowInspection', profileInspection],
  ['AllowInstallationRemoval', profileInstallation],
  ['AllowPasscodeRemovalAndLock', lockAndPasscode],
  ['DeviceLockAndRemovePasscode', lockAndPasscode],
  ['AllowDeviceErase', erase],
  ['AllowQueryDeviceInformation', deviceInformation],
  ['AllowQueryNetworkInformation', networkInformation],
  ['AllowProvisioningInspection', provisioningInspection],
  ['AllowProvisioningInstallationRemoval', provisioningInstallation],
  ['AllowQueryApplications', applicationInspection],
  ['QueryInstalledApps', applicationInspection],
  ['AllowQueryRestrictions', restrictionQueries],
  ['AllowQuerySecurity', securityQueries],
  ['AllowSettings', settings],
  ['AllowAppInstallation', applications],
  ['None', undefined],
  ['n/a', undefined],
  // DeviceInformation: each query has its own
  ['Special Case', undefined],
]);

/** @param name as the catalogue has it in `Support.right`; undefined where no right is needed */
export function accessRight(name: string | undefined): AccessRight | undefined {
  return name === undefined ? undefined : byName.get(name);
}

export const isKnownRight = (name: string): boolean => byName.has(name);

/** All rights together: what an MDM payload asks for that wants everything. */
export const allAccessRights = 8191;
