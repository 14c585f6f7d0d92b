import { days, defineCommand } from './define-command.ts';

export const removeProvisioningProfile = defineCommand({
  name: 'remove-provisioning-profile',
  title: 'Remove a provisioning profile',
  permission: 'devices.apps',
  params: {
    uuid: { type: 'word', pattern: /^[0-9A-Za-z-]+$/, maximumLength: 64, says: 'the UUID of the profile' },
  },
  audit: { show: ['uuid'], redact: [] },
  expiresAfterMs: days(7),
});
