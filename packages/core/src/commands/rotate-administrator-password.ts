import { days, defineCommand } from './define-command.ts';

/** A new random password for the administrator account that set-up made on the computer; kept in escrow. */
export const rotateAdministratorPassword = defineCommand({
  name: 'rotate-administrator-password',
  title: 'Replace the password of the administrator account',
  permission: 'devices.secrets.rotate',
  params: {
    /** Which account, where the device has not told it. */
    accountId: {
      type: 'word',
      pattern: /^[0-9A-Fa-f-]{8,64}$/,
      maximumLength: 64,
      says: 'the id of the account, hexadecimal',
      optional: true,
    },
  },
  audit: { show: ['accountId'], redact: [] },
  expiresAfterMs: days(7),
});
