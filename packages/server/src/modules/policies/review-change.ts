// A port: what a change would do is known to the right of us. Whoever saves a change has it reviewed first: held against the
// simulation that he looked at, or counted when he looked at none (CEL-05).
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { ItemKind } from './queries.ts';
import type { NewAssignment } from './policy-assignments.ts';

/** What is about to be saved, in the words of a simulation. */
export type ReviewedChange =
  | { readonly kind: 'policy'; readonly policyId: string; readonly settings: Settings | null }
  | ({
      readonly kind: 'assignment-added';
      /** Resources change what a device has, not how it is judged. */
      readonly item: { readonly kind: Exclude<ItemKind, 'resource'>; readonly id: string };
    } & Pick<NewAssignment, 'target' | 'platform' | 'priority'>)
  | { readonly kind: 'assignment-removed'; readonly assignmentId: string };

/** How the caller stands to what the change will do. */
export interface Binding {
  /** The change does what this simulation said, or is not made. */
  readonly simulationId?: string | undefined;
  /** By how many devices each number may differ by now; 0 when absent. */
  readonly bound?: number | undefined;
  /** He knows that many devices will be shut out. */
  readonly confirmed?: boolean | undefined;
}

/**
 * @returns the version that the simulation started from: the change is made to this one or not at all.
 * @throws DomainError `conflict`
 */
export type ReviewChange = (
  principal: TenantPrincipal,
  change: ReviewedChange,
  binding: Binding,
) => Promise<{ readonly baseVersion: number | null }>;
