// What this process has handed to whom and what follows from the answer, so that most answers can be recorded without reading the
// command again. It is a hint: what is not remembered is read.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';

export interface ExpectedAnswer {
  readonly deviceId: string;
  readonly name: CommandName;
  /** It is the last of the command's messages, and nobody reads what the device says beyond yes. */
  readonly isPlain: boolean;
}

const most = 50_000;

export class ExpectedAnswers {
  readonly #byUuid = new Map<string, ExpectedAnswer>();

  remember(commandUuid: string, expected: ExpectedAnswer): void {
    this.#byUuid.delete(commandUuid);
    this.#byUuid.set(commandUuid, expected);
    if (this.#byUuid.size <= most) return;
    for (const oldest of this.#byUuid.keys()) {
      this.#byUuid.delete(oldest);
      return;
    }
  }

  find(commandUuid: string, deviceId: string): ExpectedAnswer | undefined {
    const expected = this.#byUuid.get(commandUuid);
    return expected?.deviceId === deviceId ? expected : undefined;
  }

  /** An answer is expected once. */
  forget(commandUuid: string): void {
    this.#byUuid.delete(commandUuid);
  }
}
