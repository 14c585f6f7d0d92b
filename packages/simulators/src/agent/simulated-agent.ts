/**
 * A simulated computer under management: it enrols, reports, holds its line for commands, carries each out once and answers
 * until it is heard. What must survive a restart is in `memory`, which is written down before anything is sent.
 */
import type {
  AgentCommand,
  AgentPosture,
  AgentSchedule,
  CheckInRequest,
  CheckInResponse,
  CommandResultRequest,
} from '@gatehouse/contracts/agent.ts';
import { type Scan, scans as allScans } from '@gatehouse/core/facts/types.ts';
import { applyPolicy } from './apply-policy.ts';
import { carryOut } from './carry-out.ts';
import { type Computer, restartComputer } from './computer.ts';
import { enroll, type EnrollmentTicket, type Identity, renewIdentity } from './enroll.ts';
import { Gateway, Refusal } from './gateway.ts';
import { enrollmentClaims, scanComputer } from './scan-computer.ts';

/** One command as the device remembers it: begun once, answered until the server has heard. */
export interface LedgerEntry {
  readonly id: string;
  readonly name: string;
  readonly answer: CommandResultRequest;
  /** The server has confirmed the answer. */
  answered: boolean;
  /** How often it was handed over after that: always 0 with a server that forgets nothing. */
  deliveredAfterwards: number;
}

export interface AgentMemory {
  identity: Identity | null;
  /** Of the last report that was made. */
  counter: number;
  /** Made and not yet confirmed; sent again as it is. */
  pending: Pick<CheckInRequest, 'counter' | 'bootId' | 'scans'> | null;
  /** Counters of the reports that the server confirmed, the last 1,000. */
  confirmed: number[];
  policyVersion: string | null;
  schedule: AgentSchedule | null;
  posture: AgentPosture | null;
  ledger: LedgerEntry[];
  leaving: 'user' | 'command' | null;
  /** Under which id it was managed before it left. */
  formerDeviceId: string | null;
}

export type AgentEvent =
  | { readonly kind: 'enrolled'; readonly deviceId: string }
  | { readonly kind: 'reported'; readonly posture: AgentPosture | null; readonly before: AgentPosture | null }
  | { readonly kind: 'carried-out'; readonly command: AgentCommand; readonly answer: CommandResultRequest }
  | { readonly kind: 'left'; readonly why: string };

export interface SimulatedAgentOptions {
  readonly computer: Computer;
  /** What an earlier life left behind. */
  readonly memory?: AgentMemory;
  /** Writes computer and memory down. */
  readonly save?: (agent: SimulatedAgent) => void;
  readonly onEvent?: (event: AgentEvent, agent: SimulatedAgent) => void;
  readonly now?: () => number;
}

const ledgerLength = 1_000;

export function emptyMemory(): AgentMemory {
  return {
    identity: null,
    counter: 0,
    pending: null,
    confirmed: [],
    policyVersion: null,
    schedule: null,
    posture: null,
    ledger: [],
    leaving: null,
    formerDeviceId: null,
  };
}

export class SimulatedAgent {
  readonly computer: Computer;
  memory: AgentMemory;
  readonly #save: (agent: SimulatedAgent) => void;
  readonly #onEvent: (event: AgentEvent, agent: SimulatedAgent) => void;
  readonly #now: () => number;
  #gateway: Gateway | undefined;
  /** Reports go one after the other: a counter never overtakes another. */
  #reports: Promise<unknown> = Promise.resolve();

  constructor({ computer, memory, save, onEvent, now }: SimulatedAgentOptions) {
    this.computer = computer;
    this.memory = memory ?? emptyMemory();
    this.#save = save ?? (() => undefined);
    this.#onEvent = onEvent ?? (() => undefined);
    this.#now = now ?? Date.now;
  }

  get isEnrolled(): boolean {
    return this.memory.identity !== null;
  }

  async enroll(ticket: EnrollmentTicket): Promise<Identity> {
    const identity = await enroll(ticket, enrollmentClaims(this.computer), this.#now);
    await this.close();
    this.memory = { ...emptyMemory(), identity };
    this.#save(this);
    this.#onEvent({ kind: 'enrolled', deviceId: identity.deviceId }, this);
    return identity;
  }

  /**
   * One check-in. What an earlier attempt left unconfirmed goes first, with the counter it had (DEV-07); then a new report of
   * the scans asked for. Obeys the commands of the answer.
   */
  report(scans: readonly Scan[] = allScans, signal?: AbortSignal): Promise<CheckInResponse> {
    const run = this.#reports.then(() => this.#report(scans, signal));
    this.#reports = run.catch(() => undefined);
    return run;
  }

  async #report(scans: readonly Scan[], signal: AbortSignal | undefined): Promise<CheckInResponse> {
    if (this.memory.pending !== null) await this.#sendPending(signal);
    this.memory.counter += 1;
    this.memory.pending = {
      counter: this.memory.counter,
      bootId: this.computer.bootId,
      scans: scans.map((scan) => ({
        scan,
        observedAt: this.#now(),
        facts: scanComputer(this.computer, scan),
      })),
    };
    return this.#sendPending(signal);
  }

  async #sendPending(signal: AbortSignal | undefined): Promise<CheckInResponse> {
    const { memory } = this;
    const report = memory.pending;
    if (report === null) throw new TypeError('there is nothing to send');
    this.#save(this);
    const { policyVersion } = memory;
    const answer = await this.#call((gateway) =>
      gateway.checkIn(
        {
          ...report,
          sentAt: this.#now(),
          ...(policyVersion === null ? {} : { acknowledgedPolicyVersion: policyVersion }),
        },
        signal,
      ),
    );
    if (answer.counter > report.counter) {
      // The server knows later reports than this machine does, e.g. after it was restored from a backup.
      memory.counter = answer.counter + 1;
      memory.pending = { ...report, counter: memory.counter };
      return this.#sendPending(signal);
    }
    memory.pending = null;
    memory.confirmed = [...memory.confirmed.slice(1 - ledgerLength), report.counter];
    if (answer.schedule !== undefined) memory.schedule = answer.schedule;
    if (answer.policy !== undefined) {
      applyPolicy(this.computer, answer.policy.settings);
      memory.policyVersion = answer.policy.version;
    }
    const before = memory.posture;
    memory.posture = answer.posture ?? null;
    this.#save(this);
    this.#onEvent({ kind: 'reported', posture: memory.posture, before }, this);
    await this.obey(answer.commands, signal);
    return answer;
  }

  /** Holds the line for up to `wait` seconds and obeys what comes. */
  async poll(wait: number, signal?: AbortSignal): Promise<readonly AgentCommand[]> {
    const { commands } = await this.#call((gateway) => gateway.commands(wait, signal));
    await this.obey(commands, signal);
    return commands;
  }

  /** Carries out what is new, in order, and answers everything that the server has not confirmed. */
  async obey(commands: readonly AgentCommand[], signal?: AbortSignal): Promise<void> {
    for (const command of commands) {
      const known = this.memory.ledger.find(({ id }) => id === command.id);
      if (known === undefined) await this.#begin(command, signal);
      else if (known.answered) known.deliveredAfterwards += 1;
      else await this.#answer(known, signal);
    }
  }

  /** Finishes what was left open, e.g. because one side fell over: answers never confirmed, a departure never made. */
  async settle(signal?: AbortSignal): Promise<void> {
    for (const entry of this.memory.ledger) if (!entry.answered) await this.#answer(entry, signal);
    if (this.memory.leaving !== null) await this.leave(this.memory.leaving);
  }

  async #begin(command: AgentCommand, signal: AbortSignal | undefined): Promise<void> {
    const outcome = carryOut(this.computer, command, this.#now());
    const entry: LedgerEntry = {
      id: command.id,
      name: command.name,
      answer: outcome.answer,
      answered: false,
      deliveredAfterwards: 0,
    };
    this.memory.ledger.push(entry);
    this.memory.ledger.splice(0, Math.max(0, this.memory.ledger.length - ledgerLength));
    if (outcome.leave !== undefined) this.memory.leaving = outcome.leave;
    this.#save(this);
    this.#onEvent({ kind: 'carried-out', command, answer: outcome.answer }, this);
    await this.#answer(entry, signal);
    outcome.afterwards?.(this.computer);
    if (outcome.leave !== undefined) await this.leave(outcome.leave);
    else if (outcome.report !== undefined) void this.report(outcome.report, signal).catch(() => undefined);
  }

  async #answer(entry: LedgerEntry, signal: AbortSignal | undefined): Promise<void> {
    await this.#call((gateway) => gateway.sendResult(entry.id, entry.answer, signal));
    entry.answered = true;
    this.#save(this);
  }

  /** A new key and certificate; the old one has done its service once the new one is used. */
  async renew(): Promise<void> {
    const { identity } = this.memory;
    if (identity === null) throw new TypeError('not enrolled');
    this.memory.identity = await this.#call((gateway) => renewIdentity(identity, gateway, this.#now()));
    this.#save(this);
    await this.close();
  }

  /** Tells the server that management ends, and forgets the enrolment. */
  async leave(cause: 'user' | 'command' = 'user'): Promise<void> {
    try {
      await this.#call((gateway) => gateway.unenroll(cause));
    } catch (error) {
      // A wipe that was acknowledged ends management by itself.
      if (!(error instanceof Refusal && error.code === 'device-unmanaged')) throw error;
    }
    await this.forget(cause === 'user' ? 'its user ended management' : 'it was wiped');
  }

  async forget(why: string): Promise<void> {
    await this.close();
    const { ledger, identity, formerDeviceId } = this.memory;
    this.memory = { ...emptyMemory(), ledger, formerDeviceId: identity?.deviceId ?? formerDeviceId };
    this.computer.appliedSettings = null;
    this.#save(this);
    this.#onEvent({ kind: 'left', why }, this);
  }

  /** The machine is switched off and on: what lived in memory is gone, connections too. */
  async restart(): Promise<void> {
    await this.close();
    restartComputer(this.computer);
    this.#save(this);
  }

  async close(): Promise<void> {
    const gateway = this.#gateway;
    this.#gateway = undefined;
    await gateway?.close();
  }

  /** @throws Refusal */
  async #call<T>(work: (gateway: Gateway) => Promise<T>): Promise<T> {
    const { identity } = this.memory;
    if (identity === null) throw new Refusal(401, 'device-unmanaged', 'the device is not enrolled');
    this.#gateway ??= new Gateway(identity, identity);
    return work(this.#gateway);
  }
}
