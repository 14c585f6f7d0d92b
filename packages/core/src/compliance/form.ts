/** Forms of plain values, as data: what a demand may hold is a table, and one function reads any value against it. */
import { parseVersion } from '../version.ts';

export type Form =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer' | 'decimal'; readonly minimum: number; readonly maximum: number }
  /** One line. */
  | { readonly type: 'text'; readonly maximumLength: number }
  /** Any text; it is read elsewhere. */
  | { readonly type: 'source'; readonly maximumLength: number }
  | { readonly type: 'version' }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'list'; readonly of: Form; readonly minimum?: number; readonly maximum: number }
  | ObjectForm
  /** Objects that say by one field which of several forms they have. */
  | { readonly type: 'variant'; readonly by: string; readonly forms: Readonly<Record<string, ObjectForm>> };

export interface ObjectForm {
  readonly type: 'object';
  readonly fields: Readonly<Record<string, Form>>;
  /** Fields that may be absent; the others must be there. */
  readonly optional?: readonly string[];
}

/** @returns sentences' ends, each beginning with the place: "demand.areas[0].name must be …"; empty: the value has the form. */
export function complaints(form: Form, value: unknown, place: string): readonly string[] {
  switch (form.type) {
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${place} must be true or false`];
    case 'integer':
    case 'decimal': {
      const isNumber = form.type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
      const good = isNumber && (value as number) >= form.minimum && (value as number) <= form.maximum;
      const kind = form.type === 'integer' ? 'a whole number' : 'a number';
      return good ? [] : [`${place} must be ${kind} from ${form.minimum} to ${form.maximum}`];
    }
    case 'text': {
      const good = isText(value, form.maximumLength) && !/[\p{Cc}\p{Bidi_Control}]/u.test(value);
      return good ? [] : [`${place} must be one line of text of at most ${form.maximumLength} characters`];
    }
    case 'source':
      return isText(value, form.maximumLength)
        ? []
        : [`${place} must be text of at most ${form.maximumLength} characters`];
    case 'version':
      return typeof value === 'string' && parseVersion(value) !== undefined
        ? []
        : [`${place} must be a version number such as 18.1`];
    case 'choice':
      return form.choices.includes(value as string)
        ? []
        : [`${place} must be one of ${form.choices.join(', ')}`];
    case 'list':
      return listComplaints(form, value, place);
    case 'object':
      return objectComplaints(form, value, place);
    case 'variant': {
      const name = isObject(value) && Object.hasOwn(value, form.by) ? value[form.by] : undefined;
      const chosen =
        typeof name === 'string' && Object.hasOwn(form.forms, name) ? form.forms[name] : undefined;
      if (chosen === undefined)
        return [`${place}.${form.by} must be one of ${Object.keys(form.forms).join(', ')}`];
      const fields = { ...chosen.fields, [form.by]: { type: 'choice', choices: [String(name)] } as const };
      return objectComplaints({ ...chosen, fields }, value, place);
    }
    default:
      return form satisfies never;
  }
}

function listComplaints(form: Form & { type: 'list' }, value: unknown, place: string): readonly string[] {
  const { minimum = 0, maximum } = form;
  if (!Array.isArray(value) || value.length < minimum || value.length > maximum)
    return [`${place} must be a list of ${minimum} to ${maximum}`];
  return value
    .flatMap((item: unknown, index) => complaints(form.of, item, `${place}[${index}]`))
    .slice(0, 20);
}

function objectComplaints(form: ObjectForm, value: unknown, place: string): readonly string[] {
  if (!isObject(value)) return [`${place} must be an object`];
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(form.fields, name));
  return [
    ...unknown.map((name) => `${place} has no ${JSON.stringify(name.slice(0, 64))}`),
    ...Object.entries(form.fields).flatMap(([name, field]) => {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (given !== undefined) return complaints(field, given, `${place}.${name}`);
      return form.optional?.includes(name) ? [] : [`${place}.${name} is missing`];
    }),
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, maximumLength: number): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    [...value].length <= maximumLength &&
    value.isWellFormed() &&
    !value.includes('\0')
  );
}
