/** An explanation as people read it, in their language: each part in a sentence, and the whole line by line. */
import type { FactValue } from '../../facts/types.ts';
import type { Language } from '../../languages.ts';
import { type SettingName, settingDefinition, type SettingValue } from '../../settings/catalogue.ts';
import type { AssignmentPath, SettingCandidate, SettingOrigin } from '../../settings/resolve.ts';
import type { Action } from '../compliance-rule.ts';
import type { ExplainedDecision, ExplainedRule } from '../explained.ts';
import { type Gate, gates } from '../gate.ts';
import { formatMoment, formatValue } from '../plain-language.ts';
import type { Evidence, RuleVerdict } from '../verdict.ts';
import type { Lines } from './english-lines.ts';
import type { Message } from './message.ts';
import { isOwnValue, isSettingUnit } from './own-value.ts';
import { linesIn, render } from './render.ts';

export interface Narrator {
  render(messages: readonly Message[]): string;
  title(verdict: Pick<RuleVerdict, 'rule' | 'name'>): string;
  evidence(evidence: Evidence): string;
  demand(setting: SettingName, value: SettingValue, origin: SettingOrigin | null): string;
  /** null: policies alone bring the rule about. */
  ruleOrigin(verdict: Pick<RuleVerdict, 'ruleId' | 'ruleVersion' | 'name' | 'assignedTo'>): string | null;
  /** One line a group of gates with the same answer: "network, mail: shut." */
  gates(decisions: Readonly<Record<Gate, ExplainedDecision>>): readonly string[];
  /** Device policy and network policy are two (CMP-22): where they differ, that is said before everything else. */
  difference(networkCompliant: boolean, rules: readonly ExplainedRule[]): string;
  rule(rule: ExplainedRule, now: number): readonly string[];
  nextChange(at: number): string;
}

export function narratorIn(language: Language): Narrator {
  const lines = linesIn(language);
  return {
    render: (messages) => render(messages, language),
    title: ({ rule, name }) => name ?? lines.titles[rule],
    evidence: (evidence) => evidenceText(lines, evidence),
    demand: (setting, value, origin) =>
      `${setting} = ${settingText(lines, setting, value)}, ${originText(lines, origin)}`,
    ruleOrigin: ({ ruleId, ruleVersion, name, assignedTo }) =>
      ruleId === null
        ? null
        : lines.rule({
            name: formatValue(name ?? ruleId),
            version: ruleVersion ?? '?',
            assignedTo: assignedTo && assignment(assignedTo),
          }),
    gates: (decisions) => gateLines(lines, decisions),
    difference: (networkCompliant, rules) => differenceLine(lines, networkCompliant, rules),
    rule: (rule, now) => ruleLines(lines, rule, now),
    nextChange: (at) => lines.changes(formatMoment(at)),
  };
}

function valueText(lines: Lines, value: FactValue): string {
  return formatValue(isOwnValue(value) ? lines.ownValues[value] : value, undefined, lines.values);
}

function evidenceText(lines: Lines, evidence: Evidence): string {
  const { fact, value, source, ageMs, stale, contradictedBy = [] } = evidence;
  const others = contradictedBy.map((other) => ({
    source: other.source,
    value: valueText(lines, other.value),
  }));
  return lines.evidence({ fact, value: valueText(lines, value), source, ageMs, stale, others });
}

function settingText(lines: Lines, setting: SettingName, value: SettingValue): string {
  const { unit } = settingDefinition(setting);
  return typeof value === 'number' && isSettingUnit(unit)
    ? lines.units[unit](value)
    : formatValue(value, unit, lines.values);
}

const assignment = ({ targetKind, targetName }: AssignmentPath) => ({
  kind: targetKind,
  name: formatValue(targetName),
});

function originText(lines: Lines, origin: SettingOrigin | null): string {
  const { origins } = lines;
  if (origin === null) return origins.changed;
  const policy = ({ policyName, policyVersion, path }: SettingCandidate) =>
    lines.policy({ name: formatValue(policyName), version: policyVersion, assignedTo: assignment(path) });
  switch (origin.why) {
    case 'default':
      return origins.default;
    case 'only-one':
      return origins.onlyOne(policy(origin.winner));
    case 'strictest':
      return origins.strictest(policy(origin.winner), origin.candidates.length);
    case 'nearest':
      return origins.nearest(policy(origin.winner), origin.candidates.length);
    default:
      return origin satisfies never;
  }
}

function gateLines(lines: Lines, decisions: Readonly<Record<Gate, ExplainedDecision>>): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const gate of gates) {
    const { access, reasons } = decisions[gate];
    const why = reasons.flatMap((reason) => (reason.code === 'rule' ? [] : [reason.text]));
    const answer = [`${lines.access[access]}.`, ...why].join(' ');
    groups.set(answer, [...(groups.get(answer) ?? []), lines.gates[gate]]);
  }
  return [...groups].map(([answer, group]) => `${group.join(', ')}: ${answer}`);
}

function differenceLine(
  { networkDiffers }: Lines,
  networkCompliant: boolean,
  rules: readonly ExplainedRule[],
): string {
  if (!networkCompliant) return networkDiffers.toldNot;
  const others = rules.filter(({ status, countsForNetwork }) => status !== 'compliant' && !countsForNetwork);
  return networkDiffers.toldCompliant(others.map(({ title }) => formatValue(title)).join(', '));
}

function ruleLines(lines: Lines, rule: ExplainedRule, now: number): readonly string[] {
  return [
    `${rule.title}: ${lines.statuses[rule.status]}. ${rule.summary}`,
    ...detailsOf(lines, rule, now).map((line) => `  ${line}`),
  ];
}

function detailsOf(lines: Lines, rule: ExplainedRule, now: number): readonly string[] {
  const { origin, exception } = rule;
  const shut = gates.filter((gate) => rule.effects[gate] !== 'allow');
  const details = [
    ...rule.evidence.map(({ text }) => lines.seen(text)),
    ...rule.demands.map(({ text }) => lines.demanded(text)),
  ];
  if (origin !== null)
    details.push(rule.id === rule.rule ? lines.weighedBy(origin) : lines.demandedBy(origin));
  if (exception !== null) {
    const until = exception.until === null ? null : formatMoment(exception.until);
    details.push(lines.excepted(until, exception.reason));
  }
  for (const [index, actions] of rule.reached.entries())
    details.push(lines.stage(index + 1, actions.map((action) => actionText(lines, action)).join(', ')));
  if (shut.length > 0) {
    const effects = shut.map((gate) => `${lines.gates[gate]} ${lines.access[rule.effects[gate]]}`);
    details.push(lines.effect(effects.join(', ')));
  }
  if (rule.status !== 'compliant' && !rule.countsForNetwork) details.push(lines.networkDoesNotLearn);
  if (rule.remedy !== null) details.push(lines.mend(rule.remedy));
  if (rule.status === 'in-grace' && rule.graceEndsAt !== null)
    details.push(lines.graceEnds(formatMoment(rule.graceEndsAt), Math.max(0, rule.graceEndsAt - now)));
  else if (rule.status !== 'compliant' && rule.changesAt !== null)
    details.push(lines.changes(formatMoment(rule.changesAt)));
  return details;
}

function actionText({ actions, channels, gates: gateWords }: Lines, action: Action): string {
  switch (action.kind) {
    case 'notify-user':
      return actions.notifyUser(action.by.map((channel) => channels[channel]).join(', '));
    case 'alert-administrators':
      return actions.alertAdministrators;
    case 'restrict':
      return actions.restrict(action.gates.map((gate) => gateWords[gate]).join(', '));
    case 'quarantine':
      return actions.quarantine;
    case 'remove-profiles':
      return actions.removeProfiles;
    case 'lock':
      return actions.lock;
    case 'selective-wipe':
      return actions.selectiveWipe;
    case 'full-wipe':
      return actions.fullWipe;
    default:
      return action satisfies never;
  }
}
