/** What differs between two versions, key by key. */

type Values = Readonly<Record<string, unknown>>;

export interface KeyChange {
  readonly key: string;
  readonly what: 'added' | 'changed' | 'removed';
  readonly before: unknown;
  readonly after: unknown;
}

export function changesOf(before: Values, after: Values): readonly KeyChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key): KeyChange[] => {
    const [was, is] = [before[key], after[key]];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const what = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ key, what, before: was, after: is }];
  });
}

/** Without keys that were added and have no value yet. */
export function withoutEmpty<Value>(
  values: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}
