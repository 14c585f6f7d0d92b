/** Commands: queued under a guard, handed to devices, answered once. */
export type { CommandDeps } from './command-deps.ts';
export {
  type CommandSupport,
  type PlatformSupport,
  supportOf,
  type SupportQuestion,
} from './command-support.ts';
export type { CommandOrder } from './enqueue-commands.ts';
export { withdrawCommand } from './cancel-command.ts';
export { carryOutApproved } from './carry-out-approved.ts';
export {
  type CommandAnswer,
  concludeExchange,
  exchange,
  type ExchangeDeps,
  type Exchanged,
  exchangeInside,
  type ExchangeRequest,
  planExchange,
  type PlannedExchange,
} from './exchange.ts';
export {
  type ExchangeAnswer,
  type ExchangeOrder,
  type ExchangeRow,
  exchangeValues,
  readExchange,
} from './exchange-queries.ts';
export { closeCommands, expireCommands } from './expire-commands.ts';
export { HandedOverMemory } from './handed-over.ts';
export { loadCommand, type LoadedCommand } from './load-command.ts';
export { getCommand, listCommands } from './list-commands.ts';
export { principalLater } from './principal-later.ts';
export {
  type BulkCommandRequest,
  type CommandRequest,
  queueCommand,
  queueCommands,
  queueInTransaction,
  type QueueOptions,
  type QueueOutcome,
  queueSystemCommands,
} from './queue-command.ts';
export { commandJobs, commandSubscriptions, commandTasks } from './reactions.ts';
export type { CommandResult } from './record-command-result.ts';
export { systemRights } from './system-rights.ts';
export { type TakenCommand, takeCommands, takeCommandsOfMany, type Taking } from './take-commands.ts';
