/** The texts within an object that may hold variables: app configurations and their like. Keys are names, never texts. */
import { type ResourceFields, type ResourceKind, resourceDefinition } from './catalogue.ts';
import { type VariableName, variablesIn } from './variables.ts';

/** Every text in a JSON value, in order. */
export function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}

/** The same value with each text made another. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((inner) => mapTexts(inner, change));
  if (typeof value !== 'object' || value === null) return value;
  // Not by assignment: `__proto__` is a name like any other.
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, change)]));
}

/** The variables that a resource as it was saved holds, of those fields that may hold any. */
export function variablesOfFields(kind: ResourceKind, fields: ResourceFields): readonly VariableName[] {
  const definitions = resourceDefinition(kind).fields;
  const named = Object.entries(fields).flatMap(([name, value]) =>
    definitions[name]?.variables ? [...textsIn(value)].flatMap(variablesIn) : [],
  );
  return [...new Set(named)];
}
