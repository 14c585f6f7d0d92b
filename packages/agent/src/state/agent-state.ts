/** What the agent remembers between two lives besides its identity: contact, schedule, policy, messages. One small file. */
import type { AgentPolicy, AgentPosture } from '@gatehouse/contracts/agent.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import { type ConnectionSchedule, defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { StateDirectory } from './state-directory.ts';

export interface StoredMessage {
  readonly id: string;
  /** ms since the epoch. */
  readonly receivedAt: number;
  readonly text: string;
}

export interface AgentState {
  /** ms since the epoch; null before the first. */
  readonly lastSuccessAt: number | null;
  readonly lastAttemptAt: number | null;
  readonly failures: number;
  readonly lastError: string | null;
  readonly lastScanAt: Readonly<Partial<Record<Scan, number>>>;
  readonly schedule: ConnectionSchedule;
  readonly policy: AgentPolicy | null;
  /** The policy version that is in force here. */
  readonly appliedPolicyVersion: string | null;
  readonly posture: AgentPosture | null;
  readonly messages: readonly StoredMessage[];
  /** Last try to renew the certificate, whatever came of it. */
  readonly lastRenewalAt: number | null;
  /** Set when management has ended and only telling the server is left. */
  readonly leaving: 'command' | 'user' | null;
}

export const freshState: AgentState = {
  lastSuccessAt: null,
  lastAttemptAt: null,
  failures: 0,
  lastError: null,
  lastScanAt: {},
  schedule: defaultSchedule,
  policy: null,
  appliedPolicyVersion: null,
  posture: null,
  messages: [],
  lastRenewalAt: null,
  leaving: null,
};

const file = 'state.json';
const maximumMessages = 50;

export class StateStore {
  readonly #directory: StateDirectory;
  #state: AgentState;

  private constructor(directory: StateDirectory, state: AgentState) {
    this.#directory = directory;
    this.#state = state;
  }

  static async open(directory: StateDirectory): Promise<StateStore> {
    const stored = await directory.readJson(file);
    const known = typeof stored === 'object' && stored !== null ? (stored as Partial<AgentState>) : {};
    return new StateStore(directory, { ...freshState, ...known });
  }

  get current(): AgentState {
    return this.#state;
  }

  async update(change: Partial<AgentState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#directory.writeJson(file, this.#state);
  }

  /** Once per id, however often it is delivered. */
  async addMessage(message: StoredMessage): Promise<void> {
    const others = this.#state.messages.filter(({ id }) => id !== message.id);
    await this.update({ messages: [...others, message].slice(-maximumMessages) });
  }

  async reset(): Promise<void> {
    this.#state = freshState;
    await this.#directory.remove(file);
  }
}
