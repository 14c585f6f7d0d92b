/**
 * What the evaluator says. Times are ms since the epoch; everything is plain data, because the evaluation is stored with
 * the device and shown to whoever asks why.
 */
import type { FactName } from '../facts/catalogue.ts';
import type { FactSource, FactStatement, FactValue } from '../facts/types.ts';
import type { SettingName } from '../settings/catalogue.ts';
import type { AssignmentPath } from '../settings/resolve.ts';
import type { Action } from './action.ts';
import type { Gate } from './gate.ts';
import type { RuleKind } from './rule-kind.ts';
import type { Message } from './wording/message.ts';

/**
 * compliant: the rule is met. in-grace: it is broken, and time remains to mend it; the gates treat the device as not
 * compliant meanwhile (PWD-05). not-compliant: broken. unknown: nothing known, or known too long ago, to say that it is
 * met; not compliant for the gates (CEL-02, GAP-08).
 */
export const ruleStatuses = ['compliant', 'in-grace', 'not-compliant', 'unknown'] as const;
export type RuleStatus = (typeof ruleStatuses)[number];

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** Security rules guard data; cost rules guard money and cut the network only where somebody says so (CMP-03, GAP-03). */
export const rulePurposes = ['security', 'cost'] as const;
export type RulePurpose = (typeof rulePurposes)[number];

/** What a rule must know at the next evaluation that no fact says, such as since when a device has been outside. */
export type RuleMemory = Readonly<Record<string, string | number | boolean>>;

/** What the server knows by itself. */
export type RecordedFact = 'last-check-in' | 'management-state' | 'acknowledged-policy';

/** A fact that a verdict rests on, as it was at the time of the evaluation. */
export interface Evidence {
  readonly fact: FactName | RecordedFact;
  readonly value: FactValue;
  readonly source: FactSource | 'server';
  readonly observedAt: number;
  readonly ageMs: number;
  /** Too old to show that the rule is met. */
  readonly stale: boolean;
  readonly contradictedBy?: readonly FactStatement[];
}

export interface RuleVerdict {
  /** The kind, of rules that policies bring about; else the id of the assigned rule. One verdict a device has this id. */
  readonly id: string;
  readonly rule: RuleKind;
  /** The assigned rule that demands it, or that tunes what policies demand; null: none. */
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly name: string | null;
  /** Along which assignment that rule reaches the device. */
  readonly assignedTo: AssignmentPath | null;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  readonly gates: readonly Gate[];
  /** The settings that the rule comes from. */
  readonly settings: readonly SettingName[];
  readonly status: RuleStatus;
  /** Why, in messages that hold no text from the device; made words by wording/render.ts. */
  readonly says: readonly Message[];
  /** What would mend it; none when nothing needs mending. */
  readonly mends: readonly Message[];
  readonly evidence: readonly Evidence[];
  /** Since when the rule is known to be broken without having been met in between; grace counts from here. */
  readonly failingSince: number | null;
  readonly graceEndsAt: number | null;
  /** When this verdict changes though nothing is reported: grace ends, a fact grows too old. null: it does not. */
  readonly changesAt: number | null;
  /** Not null: the facts meet the rule, but changed so often that it counts as broken until then. */
  readonly settlesAt: number | null;
  /** When it was last broken after having been met, oldest first. */
  readonly brokenAt: readonly number[];
  /** How many stages are reached; their actions, stage by stage. */
  readonly stage: number;
  readonly reached: readonly (readonly Action[])[];
  /** What the stages reached do to gates and to the device. */
  readonly restricts: readonly Gate[];
  readonly quarantines: boolean;
  readonly removesProfiles: boolean;
  /** Not null: the status is as it is, and has no effect. */
  readonly exception: VerdictException | null;
  readonly memory: RuleMemory | null;
}

export interface VerdictException {
  readonly exceptionId: string;
  readonly until: number | null;
  readonly reason: string;
}

export interface Evaluation {
  /** In the order of the rule catalogue. */
  readonly verdicts: readonly RuleVerdict[];
  /** Every security rule is met, right now, by facts that are young enough, or excepted. */
  readonly compliant: boolean;
  /** The earliest `changesAt`: evaluate again then, at the latest. */
  readonly nextChangeAt: number | null;
  readonly evaluatedAt: number;
}
