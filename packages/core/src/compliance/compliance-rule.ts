/**
 * The rule as it is stored and assigned, like a policy: to the organization, groups, users and devices. What it demands
 * depends on its kind (demands.ts); how much it weighs, where it counts and what follows is the same for all.
 */
import type { Action } from './action.ts';
import type { DemandOf } from './demands.ts';
import type { Gate } from './gate.ts';
import type { RuleKind } from './rule-kind.ts';
import type { RulePurpose, Severity } from './verdict.ts';

export {
  type Action,
  type ActionKind,
  actionKinds,
  type MessageChannel,
  messageChannels,
} from './action.ts';

/** Reached when the device has been failing the rule for this long; later stages add to earlier ones. */
export interface Stage {
  /** From the moment since which the rule is broken. */
  readonly afterMinutes: number;
  readonly actions: readonly Action[];
}

/** What it means that nothing is known, or known too long ago. */
export const unknownMeanings = ['quarantine', 'compliant', 'not-compliant'] as const;
export type UnknownMeaning = (typeof unknownMeanings)[number];

export interface ComplianceRule<K extends RuleKind = RuleKind> {
  readonly ruleId: string;
  readonly name: string;
  /** Every change makes a new one. */
  readonly version: number;
  readonly enabled: boolean;
  readonly kind: K;
  readonly demand: DemandOf<K>;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  /** For which gates it counts: the others never learn of it (GAP-03). */
  readonly gates: readonly Gate[];
  readonly graceMinutes: number;
  /** null: what the policies say for all facts. */
  readonly maximumFactAgeHours: number | null;
  readonly whenUnknown: UnknownMeaning;
  /** By rising time. */
  readonly stages: readonly Stage[];
}

/** That one rule has no effect for one device, for a reason and mostly for a time. */
export interface RuleException {
  readonly exceptionId: string;
  /** The id of a rule, or a kind: then the rules of that kind that policies bring about. */
  readonly rule: string;
  readonly reason: string;
  /** ms since the epoch; null: until it is taken back. */
  readonly until: number | null;
}
