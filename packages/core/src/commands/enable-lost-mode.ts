import { days, defineCommand } from './define-command.ts';

/** Locks the device, shows whom to call, and lets it be located (LST-02, LST-03): tracking, so private devices are protected. */
export const enableLostMode = defineCommand({
  name: 'enable-lost-mode',
  title: 'Declare the device lost',
  permission: 'devices.lost-mode',
  personalPermission: 'devices.locate.personal',
  params: {
    message: { type: 'text', maximumLength: 500, optional: true },
    phoneNumber: { type: 'text', maximumLength: 32, optional: true },
    footnote: { type: 'text', maximumLength: 200, optional: true },
  },
  check: ({ message, phoneNumber }) =>
    message === undefined && phoneNumber === undefined
      ? 'Whoever finds the device needs a message or a telephone number.'
      : undefined,
  audit: { show: [], redact: ['message', 'phoneNumber', 'footnote'] },
  expiresAfterMs: days(30),
});
