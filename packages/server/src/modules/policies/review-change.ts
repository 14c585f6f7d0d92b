// A port: what a change would do is known to the right of us. Whoever saves a change has it reviewed first: held against the
// simulation that he looked at, or counted when he looked at none (CEL-05).
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { ItemKind } from './queries.ts';
import type { Binding } from '../rules/index.ts';

/** What is about to be saved, in the words of a simulation. */
export type ReviewedChange =
  | { readonly kind: 'policy'; readonly policyId: string; readonly settings: Settings | null }
  | {
      readonly kind: 'assignment-added';
      /** Resources change what a device has, not how it is judged. */
      readonly item: { readonly kind: Exclude<ItemKind, 'resource'>; readonly id: string };
      readonly target: { readonly kind: TargetKind; readonly id: string };
      readonly platform?: Platform | null | undefined;
      readonly priority?: number | undefined;
    }
  | { readonly kind: 'assignment-removed'; readonly assignmentId: string };

/**
 * @returns the version that the simulation started from: the change is made to this one or not at all.
 * @throws DomainError `conflict`
 */
export type ReviewChange = (
  principal: TenantPrincipal,
  change: ReviewedChange,
  binding: Binding,
) => Promise<{ readonly baseVersion: number | null }>;
