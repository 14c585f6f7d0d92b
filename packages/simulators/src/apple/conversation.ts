/** How a channel of a device talks to its server once it was called: Idle, then a result for each command, until there are no more. */
import {
  type AppleCommand,
  type CommandReport,
  decodeCommand,
  encodeReport,
  type EnrolmentIdentity,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import { type CommandOutcome, notNow, refused } from './command-outcome.ts';
import { type MdmConnection, ServerRefusal } from './mdm-connection.ts';
import type { Mischief } from './misbehaviour.ts';

export interface ConversationReach {
  identity(): EnrolmentIdentity;
  connected(): MdmConnection;
  mischief(): Mischief;
  /** A push for this channel has this magic. */
  magic(): string;
  isEnrolled(): boolean;
  carryOut(command: AppleCommand): Promise<CommandOutcome>;
  carriedOut(command: AppleCommand, outcome: CommandOutcome): void;
  /** What an outcome does once its answer has arrived is done. */
  settled(): Promise<void>;
  /** The server does not know this device any more. */
  unrecognized(): Promise<void>;
}

export class Conversation {
  readonly #reach: ConversationReach;
  #polling: Promise<void> | undefined;
  #pushedAgain = false;

  constructor(reach: ConversationReach) {
    this.#reach = reach;
  }

  /** A push came. Only the right magic counts; pushes during a conversation make one more. */
  pushed(magic: string): Promise<void> {
    if (!this.#reach.isEnrolled() || magic !== this.#reach.magic()) return Promise.resolve();
    if (this.#polling !== undefined) {
      this.#pushedAgain = true;
      return this.#polling;
    }
    this.#polling = this.#pollUntilQuiet().finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  async #pollUntilQuiet(): Promise<void> {
    do {
      this.#pushedAgain = false;
      await this.poll();
    } while (this.#pushedAgain && this.#reach.isEnrolled());
  }

  async poll(): Promise<void> {
    let held: CommandReport | undefined;
    let report: CommandReport = this.#report('Idle');
    for (;;) {
      const answer = await this.#send(report);
      if (answer === undefined) return;
      if (answer.length === 0) {
        if (held === undefined) return;
        [report, held] = [held, undefined];
        continue;
      }
      const command = decodeCommand(answer);
      const outcome = await this.#answer(command);
      const next: CommandReport = {
        ...this.#report(outcome.status),
        commandUuid: command.commandUuid,
        errorChain: outcome.errors,
        response: outcome.response,
      };
      this.#reach.carriedOut(command, outcome);
      if (outcome.afterwards !== undefined) {
        await this.#send(next);
        await outcome.afterwards();
        await this.#reach.settled();
        return;
      }
      // Out of order: this result waits, and the device asks for more as if it had nothing to say.
      if (this.#reach.mischief().reorder && held === undefined) [held, report] = [next, this.#report('Idle')];
      else report = next;
    }
  }

  #answer(command: AppleCommand): Promise<CommandOutcome> | CommandOutcome {
    const mischief = this.#reach.mischief();
    if (mischief.saysNotNow(command.requestType)) return notNow;
    const error = mischief.error(command.requestType);
    if (error !== undefined) return refused(12_000, 'MCMDMErrorDomain', error);
    return this.#reach.carryOut(command);
  }

  /** @returns undefined when the server let go of this device. */
  async #send(report: CommandReport): Promise<Uint8Array | undefined> {
    const body = encodeReport(report);
    const mischief = this.#reach.mischief();
    try {
      const connection = this.#reach.connected();
      for (let extra = 0; extra < mischief.duplicates && report.status !== 'Idle'; extra += 1)
        await connection.report(body);
      const answer = await connection.report(body);
      return report.status !== 'Idle' && mischief.losesAnswer() ? await connection.report(body) : answer;
    } catch (error) {
      if (!(error instanceof ServerRefusal) || !error.isUnrecognized) throw error;
      await this.#reach.unrecognized();
      return undefined;
    }
  }

  #report(status: CommandReport['status']): CommandReport {
    return { identity: this.#reach.identity(), status, commandUuid: undefined, errorChain: [], response: {} };
  }
}
