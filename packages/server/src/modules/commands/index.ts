/** Commands: queued under a guard, handed to devices, answered once. */
export type { CommandDeps } from './command-deps.ts';
export { closeCommands, expireCommands } from './expire-commands.ts';
export { getCommand, listCommands } from './list-commands.ts';
export { type CommandRequest, queueCommand, type QueueOptions } from './queue-command.ts';
export { commandJobs, commandSubscriptions, commandTasks } from './reactions.ts';
export { type CommandResult, recordCommandResult } from './record-command-result.ts';
export { type TakenCommand, takeCommands } from './take-commands.ts';
