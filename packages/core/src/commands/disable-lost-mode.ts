import { days, defineCommand } from './define-command.ts';

export const disableLostMode = defineCommand({
  name: 'disable-lost-mode',
  title: 'Declare the device found',
  permission: 'devices.lost-mode',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(30),
});
