import { days, defineCommand } from './define-command.ts';

/** Factory state. Normal operation for corporate devices, not for private ones (ACT-17). */
export const fullWipe = defineCommand({
  name: 'full-wipe',
  title: 'Reset to factory state',
  permission: 'devices.full-wipe',
  destructive: true,
  personalPermission: 'devices.full-wipe.personal',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(30),
});
