// What use-cases of rules need, and the port through which what stands to the right is told.
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';

/** Policies own the assignments: they are told in the same transaction. */
export interface RuleAssignments {
  /** The devices that have it are to be evaluated again. */
  announce(tx: TenantTx, ruleId: string): Promise<void>;
  /** Its assignments end, and the devices concerned are evaluated without it. */
  withdraw(tx: TenantTx, ruleId: string): Promise<void>;
}

/** How whoever saves a change stands to what it will do (CEL-05). */
export interface Binding {
  /** The change does what this simulation said, or is not made. */
  readonly simulationId?: string | undefined;
  /** By how many devices each number may differ by now; 0 when absent. */
  readonly bound?: number | undefined;
  /** He knows that many devices will be shut out. */
  readonly confirmed?: boolean | undefined;
}

/** `changes` as they are sent; null: the rule goes. */
export interface ReviewedRule {
  readonly kind: 'rule';
  readonly ruleId: string;
  readonly changes: object | null;
}

/**
 * A port: what a change would do is known to the right of us. Whoever saves one has it reviewed first.
 * @returns the version that the change was looked at with: it is made to this one or not at all.
 * @throws DomainError `conflict`
 */
export type ReviewRule = (
  principal: TenantPrincipal,
  change: ReviewedRule,
  binding: Binding,
) => Promise<{ readonly baseVersion: number | null }>;

export interface RuleDeps {
  /** Absent: nobody looks at what a change would do. */
  readonly review?: ReviewRule;
  readonly database: Pick<Database, 'withTenant'>;
  readonly events: Events;
  readonly clock: Clock;
  readonly ruleAssignments: RuleAssignments;
}
