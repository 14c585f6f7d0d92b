/** Takes commands in, carries them out one after the other, and sends results until the server has them. */
import type { AgentCommand } from '@gatehouse/contracts/agent.ts';
import { carryOut } from '../commands/carry-out.ts';
import type { CommandContext } from '../commands/command-handler.ts';
import { RefusedError } from '../protocol/errors.ts';
import type { CommandJournal } from '../state/command-journal.ts';
import { Exclusive } from '../exclusive.ts';
import type { Link } from './link.ts';

export interface CommandRunnerDependencies {
  readonly link: Link;
  readonly journal: CommandJournal;
  readonly log: (line: string) => void;
  /** Management has ended, or is about to: nothing is begun any more. */
  isOver(): boolean;
  context(): Omit<CommandContext, 'commandId'>;
}

/** The server will not take this result, now or later. */
const settled = new Set([404, 409, 410]);
/** How long a command with an aftermath, such as a full wipe, waits for its result to get through. */
const farewellMs = 30_000;

export class CommandRunner {
  readonly #of: CommandRunnerDependencies;
  readonly #one = new Exclusive();
  readonly #sending = new Exclusive();

  constructor(dependencies: CommandRunnerDependencies) {
    this.#of = dependencies;
  }

  /** Ends when all of them have been carried out and their results sent, or could not be sent. */
  take(commands: readonly AgentCommand[]): Promise<void> {
    return this.#one.run(async () => {
      for (const command of commands) await this.#carryOut(command);
    });
  }

  /** @throws UnreachableError when the server cannot be reached; the results stay. */
  sendResults(): Promise<void> {
    return this.#sending.run(async () => {
      for (const { id, result } of this.#of.journal.undelivered) {
        try {
          this.#takeNext(await this.#of.link.call((client) => client.sendResult(id, result)));
        } catch (error) {
          if (!(error instanceof RefusedError) || !settled.has(error.status)) throw error;
        }
        await this.#of.journal.markDelivered(id);
      }
    });
  }

  /** The answer to a result brings what is next: it is taken behind what is being carried out. */
  #takeNext(commands: readonly AgentCommand[]): void {
    if (commands.length === 0) return;
    void this.take(commands).catch((error: unknown) => this.#of.log(String(error)));
  }

  async #carryOut(command: AgentCommand): Promise<void> {
    const { journal, link, log } = this.#of;
    // What is handed over twice may be waiting here while the first one ends management; the journal is gone then.
    if (this.#of.isOver()) return;
    const outcome = await carryOut(command, journal, this.#of.context());
    if (outcome === undefined) {
      // Done before, and the server asks again: it has lost the answer, or it is on its way.
      const known = journal.find(command.id);
      if (known?.result !== undefined && known.delivered === true) {
        const { result } = known;
        const next = await link.call((client) => client.sendResult(command.id, result)).catch(() => []);
        this.#takeNext(next);
      }
    } else {
      log(`${command.name} ${outcome.state}${outcome.reason === undefined ? '' : `: ${outcome.reason}`}`);
    }
    const sent = this.sendResults().catch((error: unknown) => log(`the result waits: ${String(error)}`));
    if (outcome?.afterwards === undefined) return sent;
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, farewellMs))]);
    await outcome.afterwards();
  }
}
