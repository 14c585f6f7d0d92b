/** A rule as one sentence, read from top to bottom as its editor is. */
import type { Form } from '@gatehouse/core/compliance/form.ts';
import { linesIn } from '@gatehouse/core/compliance/wording/render.ts';
import { formatDuration, formatNumber } from '../../../language/format.ts';
import type { Language, Say } from '../../../language/texts.ts';
import type { complianceTexts } from '../texts.ts';
import { isObject } from './demand-values.ts';
import { type Action, formOf, type RuleDraft, type RuleKindInfo } from './rule-draft.ts';
import type { RuleText } from './texts.ts';

export type SayRule = Say<RuleText>;
export type SayShared = Say<Parameters<typeof complianceTexts.say>[0]>;

interface Saying {
  readonly rule: SayRule;
  readonly shared: SayShared;
  readonly language: Language;
}

const minute = 60_000;

export const kindTitle = (kind: RuleDraft['kind'], language: Language): string =>
  linesIn(language).titles[kind];

export function minutesText(minutes: number, language: Language): string {
  return formatDuration(minutes * minute, language);
}

/** The parts of the sentence, in order. @param whom to whom it is assigned, in words; none: nobody yet */
export function sentenceOf(
  draft: RuleDraft,
  kind: RuleKindInfo,
  whom: readonly string[],
  { rule, shared, language }: Saying,
): readonly string[] {
  const how =
    draft.demand === 'from-policies'
      ? shared('fromPolicies')
      : describeValue(formOf(kind), draft.demand, rule);
  const gates = draft.gates.map((gate) => shared(gate)).join(', ');
  const as = rule(draft.whenUnknown === 'quarantine' ? 'short_quarantine' : `as-${draft.whenUnknown}`);
  return [
    rule('sentence.if', { what: kindTitle(draft.kind, language), how: how === '' ? '' : ` (${how})` }),
    rule('sentence.for', { whom: whom.length === 0 ? rule('nobody') : whom.join(', ') }),
    `${
      draft.graceMinutes === 0
        ? rule('sentence.thenAtOnce')
        : rule('sentence.thenAfter', { grace: minutesText(draft.graceMinutes, language) })
    } ${gates === '' ? rule('sentence.noGates') : rule('sentence.gates', { gates })}`,
    ...draft.stages.map(({ afterMinutes, actions }) => {
      const list = actions.map((action) => actionText(action, shared)).join(', ');
      return afterMinutes === 0
        ? rule('sentence.stageAtOnce', { actions: list })
        : rule('sentence.stage', { time: minutesText(afterMinutes, language), actions: list });
    }),
    draft.maximumFactAgeHours === null
      ? rule('sentence.unknown', { as })
      : rule('sentence.unknownOld', { as, age: minutesText(draft.maximumFactAgeHours * 60, language) }),
  ];
}

export function actionText(action: Action, shared: SayShared): string {
  const name = shared(action.kind);
  if (action.by !== undefined && action.by.length > 0)
    return `${name} (${action.by.map((way) => shared(way === 'mail' ? 'byMail' : way)).join(', ')})`;
  if (action.gates !== undefined && action.gates.length > 0)
    return `${name} (${action.gates.map((gate) => shared(gate)).join(', ')})`;
  return name;
}

/** What is demanded, short: names and values; of long lists how many. */
function describeValue(form: Form, value: unknown, say: SayRule): string {
  switch (form.type) {
    case 'boolean':
      return say(value === true ? 'yes' : 'no');
    case 'integer':
    case 'decimal':
      return typeof value === 'number' ? formatNumber(value) : '';
    case 'text':
    case 'source':
    case 'version':
      return typeof value === 'string' ? value : '';
    case 'choice':
      return typeof value === 'string' ? choiceText(value, say) : '';
    case 'list': {
      const items = Array.isArray(value) ? value : [];
      const shown = items.slice(0, 3).map((item) => itemText(form.of, item, say));
      const more = items.length - shown.length;
      const last = shown.join(', ');
      return more > 0 ? say('andMore', { first: last, count: more }) : last;
    }
    case 'variant':
      return itemText(form, value, say);
    case 'object': {
      if (!isObject(value)) return '';
      return Object.entries(form.fields)
        .flatMap(([name, field]) => {
          // What people are told of an expression is not what it demands.
          const spoken = Object.hasOwn(form.fields, 'expression') && name !== 'expression';
          const text = spoken || value[name] === undefined ? '' : describeValue(field, value[name], say);
          if (text === '') return [];
          return [nameless.has(name) ? text : `${fieldText(name, say)} ${text}`];
        })
        .join(' · ');
    }
    default:
      return form satisfies never;
  }
}

/** What these hold says enough. */
const nameless = new Set([
  'text',
  'remedy',
  'expression',
  'versions',
  'id',
  'name',
  'model',
  'when',
  'areas',
  'must',
]);

function itemText(form: Form, item: unknown, say: SayRule): string {
  if (!isObject(item)) return describeValue(form, item, say);
  const { name, id, model, version } = item;
  const called = [name, id, model].find((each) => typeof each === 'string' && each !== '');
  return `${String(called ?? '')}${typeof version === 'string' && version !== '' ? ` ${version}` : ''}`.trim();
}

export const fieldText = (name: string, say: SayRule): string => say(`field.${name}` as RuleText);
export const choiceText = (name: string, say: SayRule): string => say(`choice.${name}` as RuleText);
