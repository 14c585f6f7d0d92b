/**
 * Which commands this device has begun and how each ended. The intent is on the disk before the effect and the result before
 * it is sent, so a command is carried out at most once, whatever dies in between (DEV-07).
 */
import type { AgentCommand, CommandResultRequest } from '@gatehouse/contracts/agent.ts';
import type { StateDirectory } from './state-directory.ts';

export interface JournalEntry {
  readonly id: string;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expiresAt: number;
  readonly beganAt: number;
  /** Absent while it is being carried out. */
  readonly result?: CommandResultRequest;
  /** The server has the result. */
  readonly delivered?: true;
}

/** A command that has expired is not begun any more, so nothing need be remembered of it for long. */
const rememberAfterExpiryMs = 7 * 86_400_000;

export class CommandJournal {
  readonly #folder: StateDirectory;
  readonly #entries: Map<string, JournalEntry>;

  private constructor(folder: StateDirectory, entries: Map<string, JournalEntry>) {
    this.#folder = folder;
    this.#entries = entries;
  }

  static async open(state: StateDirectory, now: number): Promise<CommandJournal> {
    const folder = await state.folder('commands');
    const entries = new Map<string, JournalEntry>();
    for (const name of await folder.names()) {
      const entry = await folder.readJson(name);
      // A file that cannot be read is kept: it proves that the command was begun.
      if (!isEntry(entry)) continue;
      if (entry.delivered === true && entry.expiresAt + rememberAfterExpiryMs < now)
        await folder.remove(name);
      else entries.set(entry.id, entry);
    }
    return new CommandJournal(folder, entries);
  }

  find(id: string): JournalEntry | undefined {
    return this.#entries.get(id);
  }

  /** Records the intent. False when the command was begun before: then it must not be begun again. */
  async begin(command: AgentCommand, now: number): Promise<boolean> {
    if (this.#entries.has(command.id) || (await this.#folder.read(`${command.id}.json`)) !== undefined)
      return false;
    const { id, name, params, expiresAt } = command;
    await this.#put({ id, name, params, expiresAt, beganAt: now });
    return true;
  }

  async finish(id: string, result: CommandResultRequest): Promise<void> {
    const entry = this.#entries.get(id);
    // The parameters may hold what concerns nobody later, such as a message; they have served their purpose.
    if (entry !== undefined) await this.#put({ ...entry, params: {}, result });
  }

  async markDelivered(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry !== undefined) await this.#put({ ...entry, delivered: true });
  }

  /** Begun and not finished: the agent was stopped in the middle. */
  get interrupted(): readonly JournalEntry[] {
    return [...this.#entries.values()].filter(({ result }) => result === undefined);
  }

  get undelivered(): readonly (JournalEntry & { readonly result: CommandResultRequest })[] {
    return [...this.#entries.values()].flatMap((entry) =>
      entry.result !== undefined && entry.delivered !== true ? [{ ...entry, result: entry.result }] : [],
    );
  }

  async clear(): Promise<void> {
    await this.#folder.removeAll();
    this.#entries.clear();
  }

  async #put(entry: JournalEntry): Promise<void> {
    await this.#folder.writeJson(`${entry.id}.json`, entry);
    this.#entries.set(entry.id, entry);
  }
}

function isEntry(value: unknown): value is JournalEntry {
  const entry = value as Partial<JournalEntry> | undefined;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.id === 'string' &&
    typeof entry.name === 'string' &&
    typeof entry.expiresAt === 'number' &&
    typeof entry.params === 'object'
  );
}
