import { days, defineCommand } from './define-command.ts';

/**
 * Any command of the platform's own protocol, checked against its schema, for what has no command of ours. What destroys or
 * locks is refused here: it has one of ours, and its guard.
 */
export const platformCommand = defineCommand({
  name: 'platform-command',
  title: 'Send a command of the platform’s own',
  permission: 'commands.platform',
  params: {
    requestType: { type: 'word', pattern: /^[A-Za-z]+$/, maximumLength: 64, says: 'the name of a command' },
    /** Bytes are written `{"$data": base64}`, times `{"$date": ISO 8601}`, whole numbers with a fraction `{"$real": 1}`. */
    payload: { type: 'object', maximumBytes: 131_072, optional: true },
  },
  privateResult: true,
  audit: { show: ['requestType'], redact: ['payload'] },
  expiresAfterMs: days(7),
});
