import { scans } from '../facts/types.ts';
import { days, defineCommand } from './define-command.ts';

/** Each scan is also a query on demand (SCN-06); without a list, all of them run. */
export const refreshDevice = defineCommand({
  name: 'refresh-device',
  title: 'Report now',
  permission: 'devices.refresh',
  params: { scans: { type: 'choices', choices: scans, optional: true } },
  audit: { show: ['scans'], redact: [] },
  expiresAfterMs: days(1),
});
