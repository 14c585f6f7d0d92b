import { days, defineCommand } from './define-command.ts';

export const clearRecoveryLock = defineCommand({
  name: 'clear-recovery-lock',
  title: 'Remove the password of the recovery system',
  permission: 'devices.secrets.rotate',
  params: {
    /** The password in force, where it is not in escrow. */
    currentPassword: { type: 'text', maximumLength: 200, optional: true },
  },
  audit: { show: [], redact: ['currentPassword'] },
  expiresAfterMs: days(7),
});
