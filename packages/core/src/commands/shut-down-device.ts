import { days, defineCommand } from './define-command.ts';

export const shutDownDevice = defineCommand({
  name: 'shut-down-device',
  title: 'Shut the device down',
  permission: 'devices.power',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(1),
});
