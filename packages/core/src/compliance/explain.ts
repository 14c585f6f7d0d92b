/**
 * Why a device has or lacks access, as one chain from what was seen to what follows: fact (value, source, age) -> rule ->
 * policy or assigned rule, and version -> assignment -> verdict -> stages and their actions -> effect on each gate, with what
 * mends it and when it changes by itself. What the device owes, and what the network is told, are told apart (CMP-22, NAC-41).
 * It decides nothing: verdicts come from the evaluation, effects from decideAccess. The words are in wording/narrate.ts.
 */
import { type FactName, isFactName } from '../facts/catalogue.ts';
import type { Language } from '../languages.ts';
import type { SettingName } from '../settings/catalogue.ts';
import type { ResolvedSettings } from '../settings/resolve.ts';
import { type AccessDecision, type AccessSubject, decideAllAccess, effectOn } from './access.ts';
import type { ExplainedDecision, ExplainedDemand, ExplainedRule } from './explained.ts';
import { type Access, type Gate, gates } from './gate.ts';
import type { Evidence, RuleVerdict } from './verdict.ts';
import { type Narrator, narratorIn } from './wording/narrate.ts';

export interface Explanation {
  readonly language: Language;
  readonly gates: Readonly<Record<Gate, ExplainedDecision>>;
  /** What fails comes first. */
  readonly rules: readonly ExplainedRule[];
  /** By everything that the device owes. */
  readonly compliant: boolean;
  /** By what counts for the network, and nothing else (CMP-22). */
  readonly networkCompliant: boolean;
  readonly evaluatedAt: number | null;
  readonly nextChangeAt: number | null;
  /** Names the settings that the evaluation should rest on. */
  readonly settingsVersion: string;
  /** The same, to be read aloud; one line each. */
  readonly text: readonly string[];
}

export interface ExplainInput {
  readonly subject: AccessSubject;
  readonly resolved: ResolvedSettings;
  readonly now: number;
  /** Facts whose values the reader may see; absent: all. */
  readonly mayShow?: (fact: FactName) => boolean;
  /** Absent: English. */
  readonly language?: Language;
}

export function explain(input: ExplainInput): Explanation {
  const { subject, resolved, now, mayShow = () => true, language = 'en' } = input;
  const narrator = narratorIn(language);
  const decisions = explainDecisions(decideAllAccess(subject), narrator);
  const verdicts = subject.evaluation?.verdicts ?? [];
  const failingFirst = (verdict: RuleVerdict): number => Number(verdict.status === 'compliant');
  const rules = verdicts
    .toSorted((a, b) => failingFirst(a) - failingFirst(b))
    .map((verdict) => explainRule(verdict, { resolved, now, mayShow, narrator }));
  const nextChangeAt = subject.evaluation?.nextChangeAt ?? null;
  const compliant = subject.evaluation?.compliant ?? false;
  const networkCompliant = decisions.network.access === 'allow';
  return {
    language,
    gates: decisions,
    rules,
    compliant,
    networkCompliant,
    evaluatedAt: subject.evaluation?.evaluatedAt ?? null,
    nextChangeAt,
    settingsVersion: resolved.version,
    text: [
      ...narrator.gates(decisions),
      ...(compliant === networkCompliant || subject.evaluation === null
        ? []
        : [narrator.difference(networkCompliant, rules)]),
      ...rules.flatMap((rule) => narrator.rule(rule, now)),
      ...(nextChangeAt === null ? [] : [narrator.nextChange(nextChangeAt)]),
    ],
  };
}

function explainDecisions(
  decisions: Readonly<Record<Gate, AccessDecision>>,
  narrator: Narrator,
): Readonly<Record<Gate, ExplainedDecision>> {
  const explained = gates.map((gate) => {
    const { access, reasons } = decisions[gate];
    return [
      gate,
      { access, reasons: reasons.map(({ says, ...reason }) => ({ ...reason, text: narrator.render(says) })) },
    ];
  });
  return Object.fromEntries(explained) as Record<Gate, ExplainedDecision>;
}

interface RuleInput {
  readonly resolved: ResolvedSettings;
  readonly now: number;
  readonly mayShow: (fact: FactName) => boolean;
  readonly narrator: Narrator;
}

function explainRule(verdict: RuleVerdict, { resolved, now, mayShow, narrator }: RuleInput): ExplainedRule {
  const { settings, evidence, memory: _memory, brokenAt: _brokenAt, says, mends, ...rest } = verdict;
  return {
    ...rest,
    title: narrator.title(verdict),
    summary: narrator.render(says),
    remedy: mends.length === 0 ? null : narrator.render(mends),
    evidence: evidence.map((item) => {
      const shown = !isFactName(item.fact) || mayShow(item.fact) ? item : hidden(item);
      const aged = { ...shown, ageMs: Math.max(0, now - item.observedAt) };
      return { ...aged, text: narrator.evidence(aged) };
    }),
    demands: settings.flatMap((setting) => explainDemand(setting, resolved, narrator)),
    origin: narrator.ruleOrigin(verdict),
    countsForNetwork:
      verdict.gates.includes('network') || verdict.quarantines || verdict.restricts.includes('network'),
    effects: Object.fromEntries(gates.map((gate) => [gate, effectOn(verdict, gate)])) as Record<Gate, Access>,
  };
}

/** Who may ask why need not be allowed to see what: the fact is named, its value is not. */
function hidden({ contradictedBy: _contradictedBy, ...evidence }: Evidence): Evidence {
  return { ...evidence, value: 'not shown' };
}

function explainDemand(
  setting: SettingName,
  resolved: ResolvedSettings,
  narrator: Narrator,
): readonly ExplainedDemand[] {
  const value = resolved.values[setting];
  const origin = resolved.origins[setting] ?? null;
  return value === undefined
    ? []
    : [{ setting, value, origin, text: narrator.demand(setting, value, origin) }];
}
