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
    /** Until then the user may choose the moment, where the platform can be told so; default 24. */
    withinHours: { type: 'integer', minimum: 1, maximum: 720, optional: true },
    /** How often the user may put it off, where the platform counts. */
    deferrals: { type: 'integer', minimum: 0, maximum: 100, optional: true },
  },
  audit: { show: ['version', 'action', 'withinHours', 'deferrals'], redact: [] },
  expiresAfterMs: days(7),
});
