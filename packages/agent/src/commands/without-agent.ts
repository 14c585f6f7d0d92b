/** Commands that are words of a system's own management; a computer with an agent is configured by its policy. */
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import { type CommandHandler, failed } from './command-handler.ts';

export function withoutAgent<N extends CommandName>(): CommandHandler<N> {
  return {
    afterInterruption: 'again',
    run: async () => failed('a computer with an agent takes its configuration from the policy'),
  };
}
