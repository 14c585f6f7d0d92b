import { defineCommand, hours } from './define-command.ts';

/** Gated on the role's privilege and on the device's location services (ACT-16); where a device was yesterday helps nobody. */
export const locateDevice = defineCommand({
  name: 'locate-device',
  title: 'Locate the device',
  permission: 'devices.locate',
  personalPermission: 'devices.locate.personal',
  params: {},
  privateResult: true,
  audit: { show: [], redact: [] },
  expiresAfterMs: hours(1),
});
