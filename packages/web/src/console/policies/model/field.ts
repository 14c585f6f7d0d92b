/**
 * One way to describe what can be set, whether it comes from the catalogue of settings, a kind of resource or Apple's schema: the
 * editors know nothing else.
 */

export type Node =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly minimum?: number; readonly maximum?: number; readonly unit?: string }
  | { readonly kind: 'real'; readonly minimum?: number; readonly maximum?: number }
  | {
      readonly kind: 'text';
      readonly maximumLength?: number;
      readonly pattern?: string;
      readonly form?: TextForm;
    }
  | {
      readonly kind: 'choice';
      readonly choices: readonly (string | number)[];
      /** What they are called, where the value itself is no word. */
      readonly labels?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'date' }
  /** Bytes: base64, or `{"$data": base64}` where it stands inside JSON. */
  | { readonly kind: 'file'; readonly maximumBytes: number; readonly wrapped: boolean }
  | { readonly kind: 'list'; readonly of: Node; readonly maximum?: number }
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly others?: Node }
  /** What is to be said depends on which it is. */
  | { readonly kind: 'union'; readonly options: readonly Field[] }
  | { readonly kind: 'reference'; readonly kinds: readonly string[] }
  | { readonly kind: 'json'; readonly maximumBytes?: number };

export type TextForm =
  | 'line'
  | 'path'
  | 'host'
  | 'domain'
  | 'url'
  | 'https-url'
  | 'identifier'
  | 'number'
  | 'fingerprint'
  | 'subject'
  | 'version'
  | 'email';

/** Where something holds on one platform. */
export interface Support {
  readonly platform: string;
  readonly how?: 'enforced' | 'told' | 'judged' | 'served';
  readonly key?: string;
  readonly since?: string;
  readonly deprecated?: string;
  readonly removed?: string;
  readonly supervised?: true;
}

export interface Field {
  /** What it is called in the value: a setting's name, a field, a key. */
  readonly name: string;
  readonly title: string;
  readonly help: string;
  /** Other words that people look for. */
  readonly words: string;
  readonly group: string;
  readonly node: Node;
  readonly required: boolean;
  readonly secret: boolean;
  /** May hold `%username%` and its kin. */
  readonly variables: boolean;
  readonly default?: unknown;
  readonly when?: { readonly field: string; readonly is: readonly (string | boolean)[] };
  /** Which of several suites wins. */
  readonly merge?: 'most-secure' | 'first';
  /** Absent: no platform says anything about it. */
  readonly support?: readonly Support[];
}

export type Values = Readonly<Record<string, unknown>>;

/** Whether a field has a say, given the others. */
export function applies(field: Field, values: Values, all: readonly Field[]): boolean {
  const { when } = field;
  if (when === undefined) return true;
  const decider = all.find(({ name }) => name === when.field);
  return when.is.includes((values[when.field] ?? decider?.default) as string | boolean);
}

/** What a key that was just added begins with; undefined: somebody has to say it. */
export function firstValue(node: Node): unknown {
  switch (node.kind) {
    case 'boolean':
      return true;
    case 'list':
      return [];
    case 'object':
      return {};
    default:
      return undefined;
  }
}

const names: Readonly<Record<string, string>> = {
  'air drop': 'AirDrop',
  'air print': 'AirPrint',
  'air play': 'AirPlay',
  'face time': 'FaceTime',
  'i tunes': 'iTunes',
  'i cloud': 'iCloud',
  'i message': 'iMessage',
  'wi fi': 'Wi-Fi',
};

/** `allowAirDrop` and `SSID_STR` as words. */
export function humanized(name: string): string {
  const words = name
    .replace(/[_.-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .trim()
    .split(/\s+/)
    .map((word) => (/^[A-Z]{2,}\d*$/.test(word) ? word : word.toLowerCase()));
  const text = words
    .join(' ')
    .replace(
      /\b(?:air drop|air print|air play|face time|i tunes|i cloud|i message|wi fi)\b/g,
      (name) => names[name] ?? name,
    );
  return text.charAt(0).toUpperCase() + text.slice(1);
}
