/** What carrying out a command needs, and what it gives. One file per command; the table is in carry-out.ts. */
import type { CommandResultRequest } from '@gatehouse/contracts/agent.ts';
import type { CommandName, CommandParams } from '@gatehouse/core/commands/catalogue.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { ManagedLedger } from '../files/managed-ledger.ts';
import type { StateStore } from '../state/agent-state.ts';
import type { System } from '../system/system.ts';
import type { RunProgram } from '../system/run-program.ts';

export interface CommandContext {
  readonly commandId: string;
  readonly system: System;
  /** For programs that take input; scans only read. */
  readonly run: RunProgram;
  readonly ledger: ManagedLedger;
  readonly store: StateStore;
  readonly now: () => number;
  /** Resolved settings of the policy in force. */
  readonly settings: Readonly<Record<string, boolean | number | string>>;
  /** What the agent itself said since a time, ms since the epoch, as far as it remembers. */
  recentLog(from: number): string;
  /** Runs the scans and puts their report on its way. */
  refresh(scans: readonly Scan[]): Promise<void>;
}

export interface CommandHandler<N extends CommandName> {
  /**
   * What to do with a command whose carrying-out was cut off: `again` when doing it twice is the same as doing it once,
   * `report` when nobody can know whether it took effect.
   */
  readonly afterInterruption: 'again' | 'report';
  run(params: CommandParams<N>, context: CommandContext): Promise<CommandOutcome>;
}

export interface CommandOutcome extends CommandResultRequest {
  /** To be done once the server has the result, or has not taken it for half a minute. */
  readonly afterwards?: () => Promise<void>;
}

export const acknowledged = (result: Record<string, unknown> = {}): CommandOutcome => ({
  state: 'acknowledged',
  result,
});
export const failed = (reason: string): CommandOutcome => ({ state: 'failed', reason: reason.slice(0, 500) });
