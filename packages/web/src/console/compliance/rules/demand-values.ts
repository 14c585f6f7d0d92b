/** Values of a demand while it is being written: the form says which fields there are, what is left empty is absent. */
import type { Form, ObjectForm } from '@gatehouse/core/compliance/form.ts';

type FormValue = unknown;
export type FormObject = Readonly<Record<string, FormValue>>;
export type Path = readonly (string | number)[];

/** What stands in a form before anybody has written anything: what must be there, as far as it can be guessed. */
export function emptyValue(form: Form): FormValue {
  switch (form.type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'decimal':
      return undefined;
    case 'text':
    case 'source':
    case 'version':
      return '';
    case 'choice':
      return form.choices[0];
    case 'list':
      return Array.from({ length: form.minimum ?? 0 }, () => emptyValue(form.of));
    case 'object':
      return emptyObject(form);
    case 'variant': {
      const [name, first] = Object.entries(form.forms)[0] ?? [];
      return first === undefined ? {} : { [form.by]: name, ...emptyObject(first) };
    }
    default:
      return form satisfies never;
  }
}

export function emptyObject(form: ObjectForm): FormObject {
  const needed = Object.entries(form.fields).filter(([name]) => !form.optional?.includes(name));
  return Object.fromEntries(
    needed.flatMap(([name, field]) => {
      const value = emptyValue(field);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The same object with one field set; undefined takes it away. */
export function withField(object: FormObject, name: string, value: FormValue): FormObject {
  const { [name]: _before, ...others } = object;
  return value === undefined ? others : { ...object, [name]: value };
}

export function withItem(list: readonly FormValue[], index: number, value: FormValue): readonly FormValue[] {
  return list.map((item, at) => (at === index ? value : item));
}

/** A list that is optional goes when its last item does. */
export function withoutItem(list: readonly FormValue[], index: number): readonly FormValue[] {
  return list.filter((_item, at) => at !== index);
}

/** Fields in which nothing was written and that may be absent are left out, so that the server does not meet empty text. */
export function tidied(form: Form, value: FormValue): FormValue {
  if (form.type === 'list') return Array.isArray(value) ? value.map((item) => tidied(form.of, item)) : value;
  if (form.type === 'variant') {
    const name = isObject(value) ? value[form.by] : undefined;
    const chosen = typeof name === 'string' ? form.forms[name] : undefined;
    return chosen === undefined || !isObject(value)
      ? value
      : { [form.by]: name, ...(tidied(chosen, withField(value, form.by, undefined)) as FormObject) };
  }
  if (form.type !== 'object' || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const of = form.fields[name];
      if (of === undefined) return [];
      const mayGo = form.optional?.includes(name) === true;
      const empty = field === '' || field === undefined || (Array.isArray(field) && field.length === 0);
      return mayGo && empty ? [] : [[name, tidied(of, field)]];
    }),
  );
}

/** The form that stands at a place such as `demand.areas[0].name`; undefined: there is none. */
export function formAt(form: Form, path: Path): Form | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return form;
  if (form.type === 'list') return typeof step === 'number' ? formAt(form.of, rest) : undefined;
  if (form.type === 'object') {
    const field = form.fields[String(step)];
    return field === undefined ? undefined : formAt(field, rest);
  }
  if (form.type === 'variant') {
    const fields = Object.values(form.forms).map((each) => each.fields[String(step)]);
    const found = fields.find((field) => field !== undefined);
    return found === undefined ? undefined : formAt(found, rest);
  }
  return undefined;
}

/** `demand.areas[0].name` taken apart. */
export function pathOf(place: string): Path {
  return [...place.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name ?? '') : Number(index),
  );
}

/** @returns the place that a sentence of the server begins with, and the rest of it. */
export function placeIn(problem: string): { readonly place: string; readonly rest: string } {
  const place = /^[A-Za-z][\w-]*(?:\[\d+\]|\.[\w-]+)*/.exec(problem)?.[0] ?? '';
  return { place, rest: problem.slice(place.length).trim() };
}

export function isObject(value: unknown): value is FormObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
