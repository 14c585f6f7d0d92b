import { defineCommand, hours } from './define-command.ts';

/**
 * What the agent on the device wrote into its own log (ACT-20): bounded, secrets taken out. It names what people do and when, so it is
 * kept and shown as what concerns a person.
 */
export const requestLogs = defineCommand({
  name: 'request-logs',
  title: 'Fetch the agent’s own log',
  permission: 'devices.logs',
  params: {
    /** How far back; default 24. */
    hours: { type: 'integer', minimum: 1, maximum: 168, optional: true },
  },
  privateResult: true,
  audit: { show: ['hours'], redact: [] },
  expiresAfterMs: hours(24),
});
