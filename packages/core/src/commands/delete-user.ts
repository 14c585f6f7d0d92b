import { days, defineCommand } from './define-command.ts';

/** The account of a user on a computer or shared tablet, with what is in it. Management of the device goes on. */
export const deleteUser = defineCommand({
  name: 'delete-user',
  title: 'Delete a user’s account',
  permission: 'devices.full-wipe',
  destructive: true,
  keepsManagement: true,
  personalPermission: 'devices.full-wipe.personal',
  params: {
    userName: { type: 'text', maximumLength: 255, optional: true },
    /** Of a shared tablet. */
    allUsers: { type: 'boolean', optional: true },
    /** Also where data has not been taken to the cloud yet. */
    force: { type: 'boolean', optional: true },
  },
  check: ({ userName, allUsers }) =>
    (userName === undefined) === (allUsers !== true)
      ? 'Whose account goes is said by userName, or by allUsers.'
      : undefined,
  audit: { show: ['allUsers', 'force'], redact: ['userName'] },
  expiresAfterMs: days(7),
});
