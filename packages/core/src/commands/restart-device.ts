import { days, defineCommand } from './define-command.ts';

export const restartDevice = defineCommand({
  name: 'restart-device',
  title: 'Restart the device',
  permission: 'devices.power',
  params: {
    /** Lets whoever works at the device choose the moment, where the platform can. */
    askUser: { type: 'boolean', optional: true },
  },
  audit: { show: ['askUser'], redact: [] },
  expiresAfterMs: days(1),
});
