import { days, defineCommand } from './define-command.ts';

/** A new key that opens the disk when its user cannot; it is kept in escrow, and the old one no longer opens anything. */
export const rotateDiskRecoveryKey = defineCommand({
  name: 'rotate-disk-recovery-key',
  title: 'Replace the recovery key of the disk',
  permission: 'devices.secrets.rotate',
  params: {
    /** What opens the disk now, where it is not in escrow. */
    currentKey: { type: 'text', maximumLength: 200, optional: true },
  },
  audit: { show: [], redact: ['currentKey'] },
  expiresAfterMs: days(7),
});
