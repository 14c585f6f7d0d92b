/** The parts of an explanation: what explain.ts finds out and wording/narrate.ts tells. */
import type { SettingName, SettingValue } from '../settings/catalogue.ts';
import type { SettingOrigin } from '../settings/resolve.ts';
import type { AccessReason } from './access.ts';
import type { Access, Gate } from './gate.ts';
import type { Evidence, RuleVerdict } from './verdict.ts';

export interface ExplainedDemand {
  readonly setting: SettingName;
  readonly value: SettingValue;
  /** Which policy won, against whom and why; null when the settings changed since the evaluation. */
  readonly origin: SettingOrigin | null;
  readonly text: string;
}

export interface ExplainedEvidence extends Evidence {
  readonly text: string;
}

/** What a verdict notes for the next evaluation is for the evaluator alone. */
export interface ExplainedRule
  extends Omit<RuleVerdict, 'settings' | 'evidence' | 'memory' | 'brokenAt' | 'says' | 'mends'> {
  readonly title: string;
  /** Why, in full sentences. */
  readonly summary: string;
  /** What would mend it; null when nothing needs mending. */
  readonly remedy: string | null;
  readonly evidence: readonly ExplainedEvidence[];
  readonly demands: readonly ExplainedDemand[];
  /** The assigned rule that demands or tunes it, its version and its assignment; null: policies alone bring it about. */
  readonly origin: string | null;
  /** Whether the network learns of it at all (NAC-41): the rule counts for that gate, or a stage reached shuts it. */
  readonly countsForNetwork: boolean;
  /** What this verdict alone does to each gate. */
  readonly effects: Readonly<Record<Gate, Access>>;
}

export type ExplainedReason = Omit<AccessReason, 'says'> & { readonly text: string };

export interface ExplainedDecision {
  readonly access: Access;
  /** Everything that stands against `allow`; empty exactly when access is allowed. */
  readonly reasons: readonly ExplainedReason[];
}
