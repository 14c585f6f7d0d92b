/** What an address of this area says; whatever it says, something comes of it. */

export const suiteTabs = ['settings', 'versions', 'assignments'] as const;
export type SuiteTab = (typeof suiteTabs)[number];

export interface SuiteSearch {
  readonly tab?: SuiteTab;
  /** A version to look at, and the one to hold it against. */
  readonly version?: number;
  readonly compare?: number;
  /** The key that stands on the right. */
  readonly key?: string;
  readonly q?: string;
}

export function readSuiteSearch(search: Readonly<Record<string, unknown>>): SuiteSearch {
  const tab = suiteTabs.find((each) => each === search['tab']);
  const version = positive(search['version']);
  const compare = positive(search['compare']);
  const key = text(search['key'], 300);
  const q = text(search['q'], 100);
  return {
    ...(tab === undefined || tab === 'settings' ? {} : { tab }),
    ...(version === undefined ? {} : { version }),
    ...(compare === undefined ? {} : { compare }),
    ...(key === undefined ? {} : { key }),
    ...(q === undefined ? {} : { q }),
  };
}

export interface ResourcesSearch {
  readonly kind?: string;
  readonly q?: string;
}

export function readResourcesSearch(search: Readonly<Record<string, unknown>>): ResourcesSearch {
  const kind = text(search['kind'], 40);
  const q = text(search['q'], 100);
  return { ...(kind === undefined ? {} : { kind }), ...(q === undefined ? {} : { q }) };
}

export interface NewResourceSearch {
  readonly kind?: string;
  /** Of Apple's schema: which payload, and the key that was looked for. */
  readonly type?: string;
  readonly key?: string;
}

export function readNewResourceSearch(search: Readonly<Record<string, unknown>>): NewResourceSearch {
  const kind = text(search['kind'], 40);
  const type = text(search['type'], 200);
  const key = text(search['key'], 300);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(type === undefined ? {} : { type }),
    ...(key === undefined ? {} : { key }),
  };
}

function positive(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

const text = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, most) : undefined;
