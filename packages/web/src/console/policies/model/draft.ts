/** What somebody has changed and not published: kept in this browser window, so that neither a reload nor a new sign-in loses it. */

export type Values = Readonly<Record<string, unknown>>;

export interface Draft {
  /** The version that was open when the first key was changed. */
  readonly baseVersion: number;
  readonly base: Values;
  /** A key that is there with undefined has been added and not filled yet. */
  readonly values: Values;
}

export const draftOf = (version: number, values: Values): Draft => ({
  baseVersion: version,
  base: values,
  values,
});

export function withValue(draft: Draft, key: string, value: unknown): Draft {
  return { ...draft, values: { ...draft.values, [key]: value } };
}

/** Not configured is something else than off: the key is gone, and others decide. */
export function withoutKey(draft: Draft, key: string): Draft {
  return {
    ...draft,
    values: Object.fromEntries(Object.entries(draft.values).filter(([name]) => name !== key)),
  };
}

export function isChanged({ base, values }: Draft): boolean {
  return writtenForm(base) !== writtenForm(values);
}

/** Keys that the published version has and the draft has not. */
export function removedKeys({ base, values }: Draft): readonly string[] {
  return Object.keys(base).filter((key) => !Object.hasOwn(values, key));
}

/** The order in which keys were added says nothing. */
function writtenForm(values: Values): string {
  return JSON.stringify(
    Object.entries(values)
      .map(([key, value]) => [key, value ?? null])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}

/** An undefined value has no JSON of its own. */
const nothingYet = '\u0000nothing yet';
const longest = 500_000;

export function writeDraft(draft: Draft): string {
  return JSON.stringify(draft, (_key, value: unknown) => (value === undefined ? nothingYet : value));
}

/** @returns undefined for whatever is no draft: storage may hold anything. */
export function readDraft(text: string | null): Draft | undefined {
  if (text === null || text.length > longest) return undefined;
  try {
    const read = JSON.parse(text, (_key, value: unknown) => value) as Partial<Draft> | null;
    const { baseVersion, base, values } = read ?? {};
    if (!Number.isSafeInteger(baseVersion) || !isRecord(base) || !isRecord(values)) return undefined;
    return { baseVersion: baseVersion ?? 0, base, values: restored(values) };
  } catch {
    return undefined;
  }
}

const restored = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value === nothingYet ? undefined : value]),
  );

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
