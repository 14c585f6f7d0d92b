import { days, defineCommand } from './define-command.ts';

/** Takes back a profile that management installed; those of others are never touched (POL-08). */
export const removeProfile = defineCommand({
  name: 'remove-profile',
  title: 'Remove a profile',
  permission: 'resources.manage',
  params: { identifier: { type: 'text', maximumLength: 200 } },
  audit: { show: ['identifier'], redact: [] },
  expiresAfterMs: days(30),
});
