/** What is wrong with a rule, in the reader’s language: the forms know what each place takes. */
import type { ObjectForm } from '@gatehouse/core/compliance/form.ts';
import { formAt, pathOf } from './demand-values.ts';
import type { Complaint } from './rule-draft.ts';
import { fieldText, type SayRule } from './rule-sentence.ts';
import type { RuleText } from './texts.ts';

/** Places beside the demand, by the text that names them. */
const places: Readonly<Record<string, RuleText>> = {
  name: 'name',
  gates: 'stepGates',
  graceMinutes: 'grace',
  maximumFactAgeHours: 'factAge',
  severity: 'severity',
  purpose: 'purpose',
  whenUnknown: 'whenUnknown',
  stages: 'stages',
};

export function complaintText({ place, says, at }: Complaint, form: ObjectForm, say: SayRule): string {
  if (at !== undefined) return say('expressionAt', { line: at.line, column: at.column, problem: says });
  if (place === 'name') return say('problem.name');
  if (place.startsWith('stages') && says.includes('later')) return say('problem.stages');
  const [first, ...path] = pathOf(place);
  if (first === 'demand' && path.length === 0) return say('problem.nothing');
  if (first !== 'demand') return other(String(first ?? ''), says, say);
  const last = path.findLast((step) => typeof step === 'string');
  const field = last === undefined ? '' : fieldText(String(last), say);
  if (says.startsWith('is missing')) return say('problem.missing', { field });
  const found = formAt(form, path);
  switch (found?.type) {
    case 'integer':
    case 'decimal':
      return say(`problem.${found.type}`, { field, minimum: found.minimum, maximum: found.maximum });
    case 'text':
    case 'source':
      return say(`problem.${found.type}`, { field, maximum: found.maximumLength });
    case 'list':
      return say('problem.list', { field, minimum: found.minimum ?? 0, maximum: found.maximum });
    case 'version':
    case 'choice':
    case 'boolean':
      return say(`problem.${found.type}`, { field });
    default:
      return other(place, says, say);
  }
}

function other(place: string, problem: string, say: SayRule): string {
  const name = places[place.split(/[.[]/)[0] ?? ''];
  return say('problem.other', { place: name === undefined ? place : say(name), problem });
}

/** The complaint about one field: of the field itself and of what is within it. */
export function complaintAt(
  complaints: readonly Complaint[],
  place: string,
  { within = false }: { readonly within?: boolean } = {},
): Complaint | undefined {
  return complaints.find(
    (each) =>
      each.place === place ||
      (within && (each.place.startsWith(`${place}.`) || each.place.startsWith(`${place}[`))),
  );
}
