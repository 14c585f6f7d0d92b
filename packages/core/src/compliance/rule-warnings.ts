/** What an administrator should hear when saving a rule: that it cannot be met, contradicts another, or does more than it may seem. */
import { compileExpression } from '../expressions/compile.ts';
import { deviceEnvironment } from '../expressions/device-environment.ts';
import type { ActionKind } from './compliance-rule.ts';
import type { AppPattern, Demands } from './demands.ts';
import type { RuleContent } from './parse-rule.ts';
import { fits } from './pattern.ts';

export interface NamedContent extends RuleContent {
  readonly name: string;
}

const destructive: readonly ActionKind[] = ['selective-wipe', 'full-wipe'];

/** @param others the enabled rules of the organization, this one not among them. @returns full sentences. */
export function ruleWarnings(rule: RuleContent, others: readonly NamedContent[] = []): readonly string[] {
  return [...ofItself(rule), ...others.flatMap((other) => between(rule, other))];
}

function ofItself(rule: RuleContent): readonly string[] {
  const { kind, demand, purpose, gates, stages, whenUnknown } = rule;
  const warnings: string[] = [];
  const actions = stages.flatMap((stage) => stage.actions);
  if (gates.length === 0 && stages.length === 0)
    warnings.push('The rule counts for no gate and has no stages: it is judged, and nothing follows.');
  if (purpose === 'cost') {
    const cuts = [...gates, ...actions.flatMap((each) => (each.kind === 'restrict' ? each.gates : []))];
    if (cuts.includes('network') || actions.some((each) => each.kind === 'quarantine'))
      warnings.push('The rule is about cost, and cuts devices off the network.');
    if (actions.some((each) => destructive.includes(each.kind)))
      warnings.push('The rule is about cost, and removes data.');
  }
  if (whenUnknown === 'not-compliant' && actions.some((each) => destructive.includes(each.kind)))
    warnings.push('A device that merely reports nothing comes to have its data removed.');
  if (kind === 'access-restriction' && gates.length > 0)
    warnings.push(`Every device that it is assigned to loses ${gates.join(', ')}.`);
  if (kind === 'apps') warnings.push(...ofApps(demand as Demands['apps']));
  if (kind === 'custom') warnings.push(...ofExpression((demand as Demands['custom']).expression));
  return warnings;
}

function ofApps({ required = [], forbidden = [], allowedOnly }: Demands['apps']): readonly string[] {
  return required.flatMap((app) => {
    if (forbidden.some((other) => collide(app, other)))
      return [`“${nameOf(app)}” is required and forbidden: no device can meet that.`];
    return allowedOnly === undefined || allowedOnly.some(({ id }) => fits(id, app.id))
      ? []
      : [`“${nameOf(app)}” is required and not among what is allowed: no device can meet that.`];
  });
}

function ofExpression(expression: string): readonly string[] {
  const { reads } = compileExpression(expression, deviceEnvironment);
  return reads.length === 0 ? ['The expression asks nothing of a device: all meet it, or none does.'] : [];
}

function between(rule: RuleContent, other: NamedContent): readonly string[] {
  if (rule.kind !== other.kind || rule.demand === 'from-policies' || other.demand === 'from-policies') {
    return rule.demand === 'from-policies' && other.demand === 'from-policies' && rule.kind === other.kind
      ? [`“${other.name}” tunes the same rule of policies: of both, the nearer one counts.`]
      : [];
  }
  const clash = (what: string) =>
    `It contradicts “${other.name}”: ${what}. A device that has both cannot meet them.`;
  if (rule.kind === 'apps') {
    const [mine, theirs] = [rule.demand as Demands['apps'], other.demand as Demands['apps']];
    const both = [...clashes(mine, theirs), ...clashes(theirs, mine)];
    return [...new Set(both)].map((name) => clash(`“${name}” is required by one and forbidden by the other`));
  }
  if (rule.kind === 'geofence') {
    const [mine, theirs] = [rule.demand as Demands['geofence'], other.demand as Demands['geofence']];
    const areas = (demand: Demands['geofence']) => JSON.stringify(demand.areas);
    return mine.must !== theirs.must && areas(mine) === areas(theirs)
      ? [clash('one demands that devices be inside the area, the other outside')]
      : [];
  }
  return [];
}

function clashes({ required = [] }: Demands['apps'], { forbidden = [], allowedOnly }: Demands['apps']) {
  return required
    .filter(
      (app) =>
        forbidden.some((other) => collide(app, other)) ||
        (allowedOnly !== undefined && !allowedOnly.some(({ id }) => fits(id, app.id))),
    )
    .map(nameOf);
}

/** Only old versions forbidden leaves new ones to be required. */
function collide(required: AppPattern, forbidden: AppPattern): boolean {
  return forbidden.version === undefined && fits(forbidden.id, required.id);
}

const nameOf = ({ id, name }: AppPattern): string => name ?? id;
