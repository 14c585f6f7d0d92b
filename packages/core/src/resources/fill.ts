/**
 * A resource made ready for one device: variables put in, defaults in place, every text checked once more. Either all of it
 * or reasons: nothing half filled is ever sent.
 */
import {
  type ResourceFields,
  type ResourceKind,
  type ResourceSecrets,
  resourceDefinition,
} from './catalogue.ts';
import type { FieldValue } from './define-resource.ts';
import { applies, fieldComplaint } from './parse.ts';
import { parseSubject, type SubjectPart } from './subject.ts';
import { mapTexts } from './texts.ts';
import { substitute, variableCatalogue, type VariableName, type VariableValues } from './variables.ts';

export interface Filled {
  /** Secret fields included; what does not apply is absent. */
  readonly values: Readonly<Record<string, FieldValue>>;
  /** Of fields that hold a subject, parted before anything was put in. */
  readonly subjects: Readonly<Record<string, readonly SubjectPart[]>>;
}

export function fillResource(
  kind: ResourceKind,
  fields: ResourceFields,
  secrets: ResourceSecrets,
  variables: VariableValues,
): Filled | { readonly problems: readonly string[] } {
  const definitions = resourceDefinition(kind).fields;
  const values: Record<string, FieldValue> = {};
  const subjects: Record<string, readonly SubjectPart[]> = {};
  const missing = new Set<VariableName>();
  const problems: string[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    if (!applies(definition, fields, definitions)) continue;
    const { shape } = definition;
    const kept = definition.secret ? secrets[name] : (fields[name] ?? definition.default);
    const stated =
      definition.secret && shape.type === 'json' && typeof kept === 'string'
        ? (JSON.parse(kept) as FieldValue)
        : kept;
    if (stated === undefined) {
      if (definition.required) problems.push(`${name} is missing`);
      continue;
    }
    if (definition.variables && shape.type === 'json') {
      values[name] = mapTexts(stated, (text) => {
        const put = substitute(text, variables);
        if ('missing' in put) for (const each of put.missing) missing.add(each);
        return 'text' in put ? put.text : '';
      }) as FieldValue;
      continue;
    }
    if (!definition.variables || typeof stated !== 'string') {
      values[name] = stated;
      continue;
    }
    const form = shape.type === 'text' ? shape.form : undefined;
    if (form === 'subject') {
      const parts = (parseSubject(stated) ?? []).map(({ attribute, value }) => {
        const put = substitute(value, variables);
        if ('missing' in put) for (const each of put.missing) missing.add(each);
        return { attribute, value: 'text' in put ? put.text : '' };
      });
      if (parts.some(({ value }) => /\p{Cc}/u.test(value))) problems.push(`${name} holds control characters`);
      subjects[name] = parts;
      continue;
    }
    const inAddress = form === 'url' || form === 'https-url' || form === 'path';
    const put = substitute(stated, inAddress ? encoded(variables) : variables);
    if ('missing' in put) for (const each of put.missing) missing.add(each);
    else {
      const wrong = fieldComplaint(shape, put.text);
      if (wrong !== undefined) problems.push(`${name} ${wrong}`);
      values[name] = put.text;
    }
  }
  for (const name of missing)
    problems.push(`%${name}% has no value here: ${lowerFirst(variableCatalogue[name])}`);
  return problems.length > 0 ? { problems } : { values, subjects };
}

/** In an address a value is one piece of it, whatever it holds. */
function encoded(variables: VariableValues): VariableValues {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      value === undefined ? undefined : encodeURIComponent(value.toWellFormed()),
    ]),
  );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
