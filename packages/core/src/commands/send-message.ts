import { days, defineCommand } from './define-command.ts';

/** A message from the administrator, or from the network, to the user (AGT-09). */
export const sendMessage = defineCommand({
  name: 'send-message',
  title: 'Send a message to the user',
  permission: 'devices.message',
  params: { text: { type: 'text', maximumLength: 500 } },
  audit: { show: [], redact: ['text'] },
  expiresAfterMs: days(7),
});
