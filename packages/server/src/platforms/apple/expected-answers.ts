// What this process has handed to whom and what follows from the answer, so that most answers can be recorded without reading the
// command again. A command of several messages has a name for each of them, so these are remembered apart from the commands.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { HandedOverMemory } from '../../modules/commands/index.ts';

interface ExpectedAnswer {
  readonly deviceId: string;
  readonly name: CommandName;
  /** It is the last of the command's messages, and nobody reads what the device says beyond yes. */
  readonly isPlain: boolean;
}

/** By CommandUUID. */
export type ExpectedAnswers = HandedOverMemory<ExpectedAnswer>;
