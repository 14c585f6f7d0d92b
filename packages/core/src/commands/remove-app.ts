import { bundleIdentifier } from './bundle-identifier.ts';
import { days, defineCommand } from './define-command.ts';

/** An app that management installed, with its data (WIP-09). */
export const removeApp = defineCommand({
  name: 'remove-app',
  title: 'Remove an app',
  permission: 'devices.apps',
  params: { bundleId: bundleIdentifier },
  audit: { show: ['bundleId'], redact: [] },
  expiresAfterMs: days(7),
});
