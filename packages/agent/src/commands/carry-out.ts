/**
 * Carries a command out exactly once: checked, written down, done, its result written down. The list of commands is closed;
 * no command names a program or a script (AGT-T01).
 */
import type { AgentCommand, CommandResultRequest } from '@gatehouse/contracts/agent.ts';
import {
  type Command,
  type CommandName,
  isCommandName,
  parseCommand,
} from '@gatehouse/core/commands/catalogue.ts';
import type { CommandJournal } from '../state/command-journal.ts';
import { type CommandContext, type CommandHandler, type CommandOutcome, failed } from './command-handler.ts';
import { fullWipe } from './full-wipe.ts';
import { locateDevice } from './locate-device.ts';
import { lockDevice } from './lock-device.ts';
import { refreshDevice } from './refresh-device.ts';
import { renewIdentity } from './renew-identity.ts';
import { requestLogs } from './request-logs.ts';
import { selectiveWipe } from './selective-wipe.ts';
import { sendMessage } from './send-message.ts';
import { withoutAgent } from './without-agent.ts';

/** What this device can do; anything else it refuses, as the server does before it asks. */
export const commandHandlers = {
  'lock-device': lockDevice,
  'send-message': sendMessage,
  'refresh-device': refreshDevice,
  'locate-device': locateDevice,
  'selective-wipe': selectiveWipe,
  'full-wipe': fullWipe,
  'renew-identity': renewIdentity,
  'request-logs': requestLogs,
  'install-profile': withoutAgent<'install-profile'>(),
  'remove-profile': withoutAgent<'remove-profile'>(),
  'sync-declarations': withoutAgent<'sync-declarations'>(),
} as const satisfies { [N in CommandName]?: CommandHandler<N> };

/** The table ties each name to its own parameters; indexing by a union loses that tie. */
function handlerOf(name: CommandName): CommandHandler<CommandName> | undefined {
  return Object.hasOwn(commandHandlers, name)
    ? (commandHandlers[name as keyof typeof commandHandlers] as CommandHandler<CommandName>)
    : undefined;
}

type Context = Omit<CommandContext, 'commandId'>;

/** Undefined when the command has been begun before; its result, if any, is in the journal. */
export async function carryOut(
  command: AgentCommand,
  journal: CommandJournal,
  context: Context,
): Promise<CommandOutcome | undefined> {
  if (!(await journal.begin(command, context.now()))) return undefined;
  const outcome =
    command.expiresAt <= context.now()
      ? failed('the command had expired when it arrived')
      : await attempt(command, context);
  await journal.finish(command.id, withoutAfterwards(outcome));
  return outcome;
}

/** What an earlier life of the agent began and did not finish. */
export async function resumeInterrupted(journal: CommandJournal, context: Context): Promise<void> {
  for (const entry of journal.interrupted) {
    const again = isCommandName(entry.name) && handlerOf(entry.name)?.afterInterruption === 'again';
    const outcome = again
      ? await attempt({ ...entry, params: { ...entry.params } }, context)
      : failed('the agent was stopped while it carried this out; whether it took effect is not known');
    await journal.finish(entry.id, withoutAfterwards(outcome));
  }
}

async function attempt(
  given: Pick<AgentCommand, 'id' | 'name' | 'params'>,
  context: Context,
): Promise<CommandOutcome> {
  let command: Command;
  try {
    command = parseCommand(given.name, given.params);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  try {
    const handler = handlerOf(command.name);
    if (handler === undefined) return failed('the agent cannot do this on a computer');
    return await handler.run(command.params, { ...context, commandId: given.id });
  } catch (error) {
    return failed(`it could not be carried out: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The part that is sent. */
function withoutAfterwards({ state, reason, result }: CommandOutcome): CommandResultRequest {
  return { state, ...(reason === undefined ? {} : { reason }), ...(result === undefined ? {} : { result }) };
}
