import { days, defineCommand } from './define-command.ts';

/** The device forgets the code and makes no other until it is set up anew. */
export const clearActivationLockBypassCode = defineCommand({
  name: 'clear-activation-lock-bypass-code',
  title: 'Make the device forget the activation lock’s bypass code',
  permission: 'devices.secrets.rotate',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(15),
});
