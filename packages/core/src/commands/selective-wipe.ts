import { days, defineCommand } from './define-command.ts';

/** Removes what Gatehouse brought, apps first, management last; what others installed stays (WIP-01 … WIP-04, DLP-05). */
export const selectiveWipe = defineCommand({
  name: 'selective-wipe',
  title: 'Remove corporate data and management',
  permission: 'devices.selective-wipe',
  destructive: true,
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(30),
});
