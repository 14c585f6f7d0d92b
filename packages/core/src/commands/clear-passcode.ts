import { days, defineCommand } from './define-command.ts';

/** The device opens without a passcode until its user sets another, which policy then demands (PWD-11, ACT-21). */
export const clearPasscode = defineCommand({
  name: 'clear-passcode',
  title: 'Remove the passcode',
  permission: 'devices.passcode',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(7),
});
