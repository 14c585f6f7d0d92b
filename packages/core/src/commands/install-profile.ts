import { days, defineCommand } from './define-command.ts';

/** Ordered by what a device should have. People may have it sent again; what is in it comes from policies and resources alone. */
export const installProfile = defineCommand({
  name: 'install-profile',
  title: 'Install a profile',
  permission: 'resources.manage',
  params: {
    identifier: { type: 'text', maximumLength: 200 },
    /** Names the content; absent: what the device should have now. */
    content: { type: 'text', maximumLength: 64, optional: true },
  },
  audit: { show: ['identifier', 'content'], redact: [] },
  expiresAfterMs: days(30),
});
