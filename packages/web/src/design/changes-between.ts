/** What differs between two values of JSON, field by field. */

export interface FieldChange {
  /** `settings.passcode.minimum` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Deeper than people read. */
const deepest = 8;

export function changesBetween(before: unknown, after: unknown, path = '', depth = 0): FieldChange[] {
  if (Object.is(before, after)) return [];
  if (depth < deepest && isPlain(before) && isPlain(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) =>
        changesBetween(before[key], after[key], path === '' ? key : `${path}.${key}`, depth + 1),
      );
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before, after }];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as people read it in a table. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
