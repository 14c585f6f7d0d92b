import { days, defineCommand } from './define-command.ts';

/** Lets apps of the organization's own run on the device. */
export const installProvisioningProfile = defineCommand({
  name: 'install-provisioning-profile',
  title: 'Install a provisioning profile',
  permission: 'devices.apps',
  params: { profile: { type: 'file', maximumBytes: 131_072 } },
  audit: { show: [], redact: ['profile'] },
  expiresAfterMs: days(7),
});
