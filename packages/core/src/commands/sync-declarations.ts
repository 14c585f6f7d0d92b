import { days, defineCommand } from './define-command.ts';

/** Tells the device that there is something new to fetch, and turns declarative management on where it is not yet. */
export const syncDeclarations = defineCommand({
  name: 'sync-declarations',
  title: 'Synchronize declarations',
  permission: 'devices.refresh',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(30),
});
