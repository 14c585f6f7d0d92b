import { days, defineCommand } from './define-command.ts';

/** Factory state. Normal operation for corporate devices, not for private ones (ACT-17). */
export const fullWipe = defineCommand({
  name: 'full-wipe',
  title: 'Reset to factory state',
  permission: 'devices.full-wipe',
  destructive: true,
  personalPermission: 'devices.full-wipe.personal',
  params: {
    /** Asked for after the wipe where the platform can; made, and kept in escrow, where it must be and is not given. */
    pin: { type: 'digits', minimumLength: 6, maximumLength: 6, optional: true },
    /** What a computer does that cannot erase its keys alone. */
    obliteration: {
      type: 'choice',
      choices: ['default', 'never', 'with-warning', 'always'],
      optional: true,
    },
    keepDataPlan: { type: 'boolean', optional: true },
    /** The device sets itself up again without a person at hand, and enrols. */
    returnToService: { type: 'boolean', optional: true },
    /** The resource of the Wi-Fi network through which it comes back. */
    returnThroughWifi: {
      type: 'word',
      pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
      maximumLength: 36,
      says: 'the id of a Wi-Fi resource',
      optional: true,
    },
  },
  check: ({ returnToService, returnThroughWifi }) =>
    returnThroughWifi !== undefined && returnToService !== true
      ? 'A network to come back through is for a device that returns to service.'
      : undefined,
  audit: {
    show: ['obliteration', 'keepDataPlan', 'returnToService', 'returnThroughWifi'],
    redact: ['pin'],
  },
  expiresAfterMs: days(30),
});
