/** What a kind of resource declares: its fields, and when several of one kind cannot stand beside each other. */

/** How a text must look beyond being one line. */
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
  | 'subject';

export interface TextShape {
  readonly type: 'text';
  readonly maximumLength: number;
  readonly form?: TextForm;
}
export interface ReferenceShape {
  readonly type: 'reference';
  /** Kinds of resources that may be named. */
  readonly kinds: readonly string[];
}
export type FieldShape =
  | TextShape
  | ReferenceShape
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  /** Bytes, written as base64. */
  | { readonly type: 'data'; readonly maximumBytes: number }
  | { readonly type: 'list'; readonly of: TextShape | ReferenceShape | ChoiceShape; readonly maximum: number }
  /** A JSON object that the platform reads. */
  | { readonly type: 'json'; readonly maximumBytes: number };
export interface ChoiceShape {
  readonly type: 'choice';
  readonly choices: readonly string[];
}

export interface FieldDefinition {
  readonly shape: FieldShape;
  readonly description: string;
  /** Where the field applies, it must be given. */
  readonly required?: true;
  /** Sealed at rest and never shown again. */
  readonly secret?: true;
  /** May hold `%username%` and its kin; an object in any of its texts. */
  readonly variables?: true;
  readonly default?: boolean | number | string;
  /** The field applies only where another field (a choice or a boolean) has one of these values. */
  readonly when?: { readonly field: string; readonly is: readonly (string | boolean)[] };
}

export type FieldValue = boolean | number | string | readonly string[] | Readonly<Record<string, unknown>>;

export interface ResourceDefinition {
  /** "Wi-Fi network" */
  readonly title: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, FieldDefinition>>;
  /**
   * Of those that are equal in this field only the first reaches a device (POL-09: several VPNs, but one of a name); `true`:
   * of all of this kind. Absent: any number stand beside each other.
   */
  readonly uniqueBy?: string | true;
  /** Only devices of the organization that are fully managed take it; for people who assign. */
  readonly note?: string;
}

export function defineResource<const D extends ResourceDefinition>(definition: D): D {
  return definition;
}

export const line = (maximumLength = 255, form: TextForm = 'line') =>
  ({ type: 'text', maximumLength, form }) as const;
export const host = { type: 'text', maximumLength: 253, form: 'host' } as const;
export const url = { type: 'text', maximumLength: 2_000, form: 'url' } as const;
export const httpsUrl = { type: 'text', maximumLength: 2_000, form: 'https-url' } as const;
export const boolean = { type: 'boolean' } as const;
export const port = { type: 'integer', minimum: 1, maximum: 65_535 } as const;
export const choice = <const C extends readonly string[]>(...choices: C) =>
  ({ type: 'choice', choices }) as const;
export const reference = (...kinds: string[]) => ({ type: 'reference', kinds }) as const;
export const domains = {
  type: 'list',
  of: { type: 'text', maximumLength: 253, form: 'domain' },
  maximum: 200,
} as const;
