/** For devices that are told when to renew. The agent watches its certificate itself and renews it from day 60 on. */
import { type CommandHandler, failed } from './command-handler.ts';

export const renewIdentity: CommandHandler<'renew-identity'> = {
  afterInterruption: 'again',
  run: async () => failed('the agent renews its certificate by itself when it is time'),
};
