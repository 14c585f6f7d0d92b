import { days, defineCommand } from './define-command.ts';

/** What frees a device from its former user's account; a device tells it for a fortnight after it came under supervision. */
export const fetchActivationLockBypassCode = defineCommand({
  name: 'fetch-activation-lock-bypass-code',
  title: 'Take the activation lock’s bypass code into escrow',
  permission: 'devices.secrets.rotate',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(15),
});
