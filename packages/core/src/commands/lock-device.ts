import { days, defineCommand } from './define-command.ts';

export const lockDevice = defineCommand({
  name: 'lock-device',
  title: 'Lock the device',
  permission: 'devices.lock',
  params: {
    /** Shown on the lock screen where the platform can. */
    message: { type: 'text', maximumLength: 500, optional: true },
    /** Shown beside the message where the platform can. */
    phoneNumber: { type: 'text', maximumLength: 32, optional: true },
    /** Unlocks the device again where the platform asks for one. */
    pin: { type: 'digits', minimumLength: 4, maximumLength: 16, optional: true },
  },
  audit: { show: [], redact: ['message', 'phoneNumber', 'pin'] },
  expiresAfterMs: days(7),
});
