import { days, defineCommand } from './define-command.ts';

/** The firmware of a computer asks for no password any more. */
export const clearFirmwarePassword = defineCommand({
  name: 'clear-firmware-password',
  title: 'Remove the password of the firmware',
  permission: 'devices.secrets.rotate',
  params: {
    /** The password in force, where it is not in escrow. */
    currentPassword: { type: 'text', maximumLength: 200, optional: true },
  },
  audit: { show: [], redact: ['currentPassword'] },
  expiresAfterMs: days(7),
});
