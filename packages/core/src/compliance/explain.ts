/**
 * Why a device has or lacks access, as one chain from what was seen to what follows: fact (value, source, age) -> rule ->
 * policy or assigned rule, and version -> assignment -> verdict -> stages and their actions -> effect on each gate, with what
 * mends it and when it changes by itself. What the device owes, and what the network is told, are told apart (CMP-22, NAC-41).
 * It decides nothing: verdicts come from the evaluation, effects from decideAccess.
 */
import { type FactName, isFactName } from '../facts/catalogue.ts';
import { type SettingName, settingDefinition, type SettingValue } from '../settings/catalogue.ts';
import type { ResolvedSettings, SettingCandidate, SettingOrigin } from '../settings/resolve.ts';
import { type AccessDecision, type AccessSubject, decideAllAccess, effectOn } from './access.ts';
import type { Action } from './compliance-rule.ts';
import { type Access, type Gate, gates } from './gate.ts';
import { formatDuration, formatMoment, formatValue } from './plain-language.ts';
import { ruleCatalogue } from './rules.ts';
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
export interface ExplainedRule extends Omit<RuleVerdict, 'settings' | 'evidence' | 'memory' | 'brokenAt'> {
  readonly title: string;
  readonly evidence: readonly ExplainedEvidence[];
  readonly demands: readonly ExplainedDemand[];
  /** The assigned rule that demands or tunes it, its version and its assignment; null: policies alone bring it about. */
  readonly origin: string | null;
  /** Whether the network learns of it at all (NAC-41): the rule counts for that gate, or a stage reached shuts it. */
  readonly countsForNetwork: boolean;
  /** What this verdict alone does to each gate. */
  readonly effects: Readonly<Record<Gate, Access>>;
}

export interface Explanation {
  readonly gates: Readonly<Record<Gate, AccessDecision>>;
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
}

export function explain({ subject, resolved, now, mayShow = () => true }: ExplainInput): Explanation {
  const decisions = decideAllAccess(subject);
  const verdicts = subject.evaluation?.verdicts ?? [];
  const failingFirst = (verdict: RuleVerdict): number => Number(verdict.status === 'compliant');
  const rules = verdicts
    .toSorted((a, b) => failingFirst(a) - failingFirst(b))
    .map((verdict) => explainRule(verdict, resolved, now, mayShow));
  const nextChangeAt = subject.evaluation?.nextChangeAt ?? null;
  const compliant = subject.evaluation?.compliant ?? false;
  const networkCompliant = decisions.network.access === 'allow';
  return {
    gates: decisions,
    rules,
    compliant,
    networkCompliant,
    evaluatedAt: subject.evaluation?.evaluatedAt ?? null,
    nextChangeAt,
    settingsVersion: resolved.version,
    text: [
      ...gateLines(decisions),
      ...(compliant === networkCompliant || subject.evaluation === null
        ? []
        : [differenceLine(networkCompliant, rules)]),
      ...rules.flatMap((rule) => ruleLines(rule, now)),
      ...(nextChangeAt === null
        ? []
        : [`Without any report, this changes at ${formatMoment(nextChangeAt)}.`]),
    ],
  };
}

function explainRule(
  verdict: RuleVerdict,
  resolved: ResolvedSettings,
  now: number,
  mayShow: (fact: FactName) => boolean,
): ExplainedRule {
  const { settings, evidence, memory: _memory, brokenAt: _brokenAt, ...rest } = verdict;
  return {
    ...rest,
    title: verdict.name ?? ruleCatalogue[verdict.rule].title,
    evidence: evidence.map((item) => {
      const shown = !isFactName(item.fact) || mayShow(item.fact) ? item : hidden(item);
      return explainEvidence({ ...shown, ageMs: Math.max(0, now - item.observedAt) });
    }),
    demands: settings.flatMap((setting) => explainDemand(setting, resolved)),
    origin: ruleOrigin(verdict),
    countsForNetwork:
      verdict.gates.includes('network') || verdict.quarantines || verdict.restricts.includes('network'),
    effects: Object.fromEntries(gates.map((gate) => [gate, effectOn(verdict, gate)])) as Record<Gate, Access>,
  };
}

/** Who may ask why need not be allowed to see what: the fact is named, its value is not. */
function hidden({ contradictedBy: _contradictedBy, ...evidence }: Evidence): Evidence {
  return { ...evidence, value: 'not shown' };
}

function ruleOrigin({ ruleId, ruleVersion, name, assignedTo }: RuleVerdict): string | null {
  if (ruleId === null) return null;
  const rule = `rule ${formatValue(name ?? ruleId)} version ${ruleVersion ?? '?'}`;
  if (assignedTo === null) return rule;
  return `${rule}, assigned to ${assignedTo.targetKind} ${formatValue(assignedTo.targetName)}`;
}

/** Device policy and network policy are two (CMP-22): where they differ, that is said before everything else. */
function differenceLine(networkCompliant: boolean, rules: readonly ExplainedRule[]): string {
  const others = rules.filter(({ status, countsForNetwork }) => status !== 'compliant' && !countsForNetwork);
  const names = others.map(({ title }) => formatValue(title)).join(', ');
  return networkCompliant
    ? `The device is not compliant, but the network is told that it is: ${names || 'what fails'} does not count for the network.`
    : 'The device is compliant, but the network is told that it is not.';
}

function explainEvidence(evidence: Evidence): ExplainedEvidence {
  const { fact, value, source, ageMs, stale, contradictedBy = [] } = evidence;
  const others = contradictedBy.map(
    (other) => `; the ${other.source} says ${formatValue(other.value)} and is trusted less`,
  );
  const age = `${formatDuration(ageMs)} ago${stale ? ', too long ago to count' : ''}`;
  return {
    ...evidence,
    text: `${fact} = ${formatValue(value)}, stated by the ${source} ${age}${others.join('')}`,
  };
}

function explainDemand(setting: SettingName, resolved: ResolvedSettings): readonly ExplainedDemand[] {
  const value = resolved.values[setting];
  const origin = resolved.origins[setting] ?? null;
  if (value === undefined) return [];
  const demand = `${setting} = ${formatValue(value, settingDefinition(setting).unit)}`;
  return [{ setting, value, origin, text: `${demand}, ${originText(origin)}` }];
}

function originText(origin: SettingOrigin | null): string {
  if (origin === null) return 'from settings that have changed since';
  switch (origin.why) {
    case 'default':
      return 'the default, because no policy states it';
    case 'only-one':
      return `from ${candidateText(origin.winner)}`;
    case 'strictest':
      return `from ${candidateText(origin.winner)}, the strictest of ${origin.candidates.length}`;
    case 'nearest':
      return `from ${candidateText(origin.winner)}, the nearest of ${origin.candidates.length}`;
    default:
      return origin satisfies never;
  }
}

function candidateText({ policyName, policyVersion, path }: SettingCandidate): string {
  const name = formatValue(policyName);
  return `policy ${name} version ${policyVersion}, assigned to ${path.targetKind} ${formatValue(path.targetName)}`;
}

const accessWords = { allow: 'open', quarantine: 'in quarantine', deny: 'shut' } as const satisfies Record<
  Access,
  string
>;

const statusWords = {
  compliant: 'met',
  'in-grace': 'broken, in grace',
  'not-compliant': 'broken',
  unknown: 'unknown',
} as const satisfies Record<RuleVerdict['status'], string>;

/** One line a group of gates with the same answer: "network, mail and vpn: shut." */
function gateLines(decisions: Readonly<Record<Gate, AccessDecision>>): readonly string[] {
  const groups = new Map<string, Gate[]>();
  for (const gate of gates) {
    const { access, reasons } = decisions[gate];
    const why = reasons.flatMap((reason) => (reason.code === 'rule' ? [] : [reason.text]));
    const answer = [`${accessWords[access]}.`, ...why].join(' ');
    groups.set(answer, [...(groups.get(answer) ?? []), gate]);
  }
  return [...groups].map(([answer, group]) => `${group.join(', ')}: ${answer}`);
}

function ruleLines(rule: ExplainedRule, now: number): readonly string[] {
  const worst = gates.filter((gate) => rule.effects[gate] !== 'allow');
  const lines = [`${rule.title}: ${statusWords[rule.status]}. ${rule.summary}`];
  lines.push(...rule.evidence.map(({ text }) => `  Seen: ${text}.`));
  lines.push(...rule.demands.map(({ text }) => `  Demanded: ${text}.`));
  if (rule.origin !== null)
    lines.push(`  ${rule.id === rule.rule ? 'Weighed' : 'Demanded'}: by ${rule.origin}.`);
  if (rule.exception !== null) {
    const { until, reason } = rule.exception;
    const end = until === null ? 'until it is taken back' : `until ${formatMoment(until)}`;
    lines.push(`  Excepted: ${end}. ${reason}`);
  }
  for (const [index, actions] of rule.reached.entries())
    lines.push(`  Stage ${index + 1}: ${actions.map(actionText).join(', ')}.`);
  if (worst.length > 0)
    lines.push(`  Effect: ${worst.map((gate) => `${gate} ${accessWords[rule.effects[gate]]}`).join(', ')}.`);
  if (rule.status !== 'compliant' && !rule.countsForNetwork)
    lines.push('  The network does not learn of this.');
  if (rule.remedy !== null) lines.push(`  Mend: ${rule.remedy}`);
  if (rule.status === 'in-grace' && rule.graceEndsAt !== null) {
    const left = formatDuration(Math.max(0, rule.graceEndsAt - now));
    lines.push(`  Grace ends at ${formatMoment(rule.graceEndsAt)}, in ${left}.`);
  } else if (rule.status !== 'compliant' && rule.changesAt !== null) {
    lines.push(`  Without any report, this changes at ${formatMoment(rule.changesAt)}.`);
  }
  return lines;
}

function actionText(action: Action): string {
  switch (action.kind) {
    case 'notify-user':
      return `the user is told by ${action.by.join(', ')}`;
    case 'alert-administrators':
      return 'the administrators are told';
    case 'restrict':
      return `${action.gates.join(', ')} shut`;
    case 'quarantine':
      return 'quarantine';
    case 'remove-profiles':
      return 'profiles of the organization removed';
    case 'lock':
      return 'the device is locked';
    case 'selective-wipe':
      return 'data of the organization removed';
    case 'full-wipe':
      return 'the device is reset';
    default:
      return action satisfies never;
  }
}
