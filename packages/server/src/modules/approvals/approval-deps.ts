// What approvals need, and the port through which what was approved is carried out: commands stand to the right.
import type { Actor } from '@gatehouse/core/actor.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { Command } from '@gatehouse/core/commands/catalogue.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';

/** For whoever asks inside a transaction of its own. */
export interface AskDeps {
  readonly clock: Clock;
  readonly events: Events;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
}

export interface ApprovalDeps extends AskDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly carryOut: CarryOut;
}

/** What a request for a command comes to once it may be done. */
export interface ApprovedOrder {
  readonly approvalId: string;
  /** mail-wipe: the command is one that a mail device is to do, and the ids are those of mail devices. */
  readonly action: 'command' | 'mail-wipe';
  readonly requestedBy: string;
  readonly command: Command;
  readonly deviceIds: readonly string[];
  readonly permission: Permission;
  readonly reason: string | undefined;
  readonly cause: Cause | null;
  /**
   * approved: another person has said yes, so the budget does not stand against it. within-budget: nobody had to, so it is counted
   * now like any other order.
   */
  readonly standing: 'approved' | 'within-budget';
}

export interface OrderOutcome {
  readonly deviceId: string;
  readonly commandId: string | null;
  /** Why there is no command: a sentence. */
  readonly refusal: string | null;
}

/**
 * The commands module's. Whoever asked must still hold the right, for each of the devices as it is now (JOB-02, TEN-14); devices
 * that were not named are not touched (ADM-19).
 */
export type CarryOut = (tx: TenantTx, order: ApprovedOrder) => Promise<readonly OrderOutcome[]>;

/** What made the system ask: a rule, a playbook. Shown to whoever decides. */
export type Cause = Readonly<Record<string, Json>>;

export interface CommandQuestion {
  /** What the ids are of: devices, when absent. */
  readonly action?: 'command' | 'mail-wipe';
  readonly actor: Actor;
  readonly command: Command;
  readonly deviceIds: readonly string[];
  readonly permission: Permission;
  readonly reason?: string | undefined;
  readonly cause?: Cause | undefined;
}

export const approvalLimits = {
  /** How long a request waits for a decision. */
  pendingMs: 24 * 3_600_000,
  /** How long the others of a batch wait for the first device. */
  canaryMs: 7 * 24 * 3_600_000,
  /** Open requests of one asker; whoever asks for more is refused without a request. */
  openPerAsker: 20,
  /** A larger budget holds only after this: time for somebody to notice. */
  looserAfterMs: 24 * 3_600_000,
  /** In so long, emergencies may add the budget once more. */
  overrideWindowMs: 24 * 3_600_000,
} as const;
