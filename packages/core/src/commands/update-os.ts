import { days, defineCommand } from './define-command.ts';

/** This update now, once; what every device must have at least is a policy's (CMP-06). */
export const updateOs = defineCommand({
  name: 'update-os',
  title: 'Update the operating system',
  permission: 'devices.update-os',
  params: {
    version: {
      type: 'word',
      pattern: /^[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}$/,
      maximumLength: 20,
      says: 'a version such as 18.1',
    },
    action: { type: 'choice', choices: ['download', 'install', 'notify'], optional: true },
    /** How often the user may put it off, where the platform counts. */
    deferrals: { type: 'integer', minimum: 0, maximum: 100, optional: true },
  },
  audit: { show: ['version', 'action', 'deferrals'], redact: [] },
  expiresAfterMs: days(7),
});
