import { days, defineCommand } from './define-command.ts';

/** A new random password before the firmware of a computer, or the first; kept in escrow before the device hears of it. */
export const rotateFirmwarePassword = defineCommand({
  name: 'rotate-firmware-password',
  title: 'Replace the password of the firmware',
  permission: 'devices.secrets.rotate',
  params: {
    /** The password in force, where it is not in escrow. */
    currentPassword: { type: 'text', maximumLength: 200, optional: true },
  },
  audit: { show: [], redact: ['currentPassword'] },
  expiresAfterMs: days(7),
});
