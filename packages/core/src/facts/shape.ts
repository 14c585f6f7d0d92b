/** Whether a value has the shape that the catalogue demands. */
import type { FactShape, ListShape, ScalarShape } from './catalogue.ts';
import type { FactValue } from './types.ts';

export function conforms(shape: FactShape, value: unknown): value is FactValue {
  if (shape.type !== 'list') return conformsScalar(shape, value);
  return (
    Array.isArray(value) &&
    value.length <= shape.maximumCount &&
    value.every((item: unknown) => conformsItem(shape.item, item))
  );
}

export function conformsScalar(shape: ScalarShape, value: unknown): boolean {
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' && value.length <= shape.maximumLength;
    case 'choice':
      return typeof value === 'string' && shape.choices.includes(value);
    case 'integer':
      return (
        Number.isSafeInteger(value) &&
        (value as number) >= shape.minimum &&
        (value as number) <= shape.maximum
      );
    case 'decimal':
      return (
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value >= shape.minimum &&
        value <= shape.maximum
      );
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return shape satisfies never;
  }
}

function conformsItem(fields: ListShape['item'], item: unknown): boolean {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  const given = item as Readonly<Record<string, unknown>>;
  for (const name in given) {
    if (given[name] !== undefined && !Object.hasOwn(fields, name)) return false;
  }
  for (const name in fields) {
    const shape = fields[name];
    if (shape === undefined) return false;
    const value = given[name];
    const good = value === undefined ? shape.optional === true : conformsScalar(shape, value);
    if (!good) return false;
  }
  return true;
}
