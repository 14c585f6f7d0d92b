import { days, defineCommand } from './define-command.ts';

/** A new random password before the recovery system, or the first; it is kept in escrow before the device hears of it. */
export const rotateRecoveryLock = defineCommand({
  name: 'rotate-recovery-lock',
  title: 'Replace the password of the recovery system',
  permission: 'devices.secrets.rotate',
  params: {
    /** The password in force, where it is not in escrow. */
    currentPassword: { type: 'text', maximumLength: 200, optional: true },
  },
  audit: { show: [], redact: ['currentPassword'] },
  expiresAfterMs: days(7),
});
