/**
 * Keeps what the machine says within the bounds of the fact catalogue (DEV-10): the server refuses more, and a hostile
 * package list must not make the agent's report unsendable. Text is cut by characters, never inside a surrogate pair.
 */
import type { FactShape, ScalarShape } from '@gatehouse/core/facts/catalogue.ts';
import type { FactValue } from '@gatehouse/core/facts/types.ts';

export interface Capped {
  readonly value: FactValue;
  readonly truncated: boolean;
}

/** Undefined when the value cannot be made to fit: a number out of range, a word outside a choice. */
export function withinCaps(value: FactValue, shape: FactShape): Capped | undefined {
  if (shape.type !== 'list') return scalarWithinCaps(value, shape);
  if (!Array.isArray(value)) return undefined;
  let truncated = value.length > shape.maximumCount;
  const items: FactValue[] = [];
  for (const item of (value as readonly FactValue[]).slice(0, shape.maximumCount)) {
    const fields: Record<string, FactValue> = {};
    let sound = true;
    for (const [field, fieldShape] of Object.entries(shape.item)) {
      const given = (item as Readonly<Record<string, FactValue | undefined>>)[field];
      if (given === undefined) {
        sound &&= fieldShape.optional === true;
        continue;
      }
      const capped = scalarWithinCaps(given, fieldShape);
      if (capped === undefined) {
        sound = false;
        continue;
      }
      truncated ||= capped.truncated;
      fields[field] = capped.value;
    }
    if (sound) items.push(fields);
    else truncated = true;
  }
  return { value: items, truncated };
}

function scalarWithinCaps(value: FactValue, shape: ScalarShape): Capped | undefined {
  switch (shape.type) {
    case 'string': {
      if (typeof value !== 'string') return undefined;
      const text = cutText(printable(value), shape.maximumLength);
      return { value: text, truncated: value.length > shape.maximumLength };
    }
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined;
      return value < shape.minimum || value > shape.maximum ? undefined : { value, truncated: false };
    case 'decimal':
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      return value < shape.minimum || value > shape.maximum ? undefined : { value, truncated: false };
    case 'boolean':
      return typeof value === 'boolean' ? { value, truncated: false } : undefined;
    case 'choice':
      return typeof value === 'string' && shape.choices.includes(value)
        ? { value, truncated: false }
        : undefined;
    default:
      return shape satisfies never;
  }
}

function cutText(text: string, maximumLength: number): string {
  if (text.length <= maximumLength) return text;
  const cut = text.slice(0, maximumLength);
  const last = cut.charCodeAt(cut.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}

/** Control characters and lone surrogates have no place in a fact; JSON and PostgreSQL disagree about them. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is to be replaced
  return text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\u{fffd}');
}
