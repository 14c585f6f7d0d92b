// What use-cases of rules need, and the port through which what stands to the right is told.
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';

/** Policies own the assignments: they are told in the same transaction. */
export interface RuleAssignments {
  /** The devices that have it are to be evaluated again. */
  announce(tx: TenantTx, ruleId: string): Promise<void>;
  /** Its assignments end, and the devices concerned are evaluated without it. */
  withdraw(tx: TenantTx, ruleId: string): Promise<void>;
}

export interface RuleDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly events: Events;
  readonly clock: Clock;
  readonly ruleAssignments: RuleAssignments;
}
