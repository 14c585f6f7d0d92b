import { days, defineCommand } from './define-command.ts';

/** Whether the password that is in escrow, or one that is given, is the one that the firmware of a computer asks for. */
export const verifyFirmwarePassword = defineCommand({
  name: 'verify-firmware-password',
  title: 'Verify the password of the firmware',
  permission: 'devices.secrets.rotate',
  params: {
    /** The password in force, where it is not in escrow. */
    currentPassword: { type: 'text', maximumLength: 200, optional: true },
  },
  audit: { show: [], redact: ['currentPassword'] },
  expiresAfterMs: days(7),
});
