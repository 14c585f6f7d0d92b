// A resource with everything put in, read by field; and the certificates that it names, which stand in the same profile
// because payloads can refer only to their neighbours.
import type { FieldValue } from '@gatehouse/core/resources/define-resource.ts';
import type { Filled } from '@gatehouse/core/resources/fill.ts';
import type { PlistDictionary, PlistValue } from '@gatehouse/protocols/plist/index.ts';
import type { OpenResource } from './desired.ts';

export class FilledResource {
  readonly resource: OpenResource;
  readonly #values: Readonly<Record<string, FieldValue>>;
  readonly subjects: Filled['subjects'];

  constructor(resource: OpenResource, { values, subjects }: Filled) {
    this.resource = resource;
    this.#values = values;
    this.subjects = subjects;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Of a field that the catalogue demands or has a default for. */
  get(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new TypeError(`${this.resource.kind} has no ${name}`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.#values[name];
    return typeof value === 'number' ? value : undefined;
  }

  is(name: string): boolean {
    return this.#values[name] === true;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  bytes(name: string): Uint8Array | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Uint8Array.from(Buffer.from(value, 'base64'));
  }

  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.#values[name];
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  }
}

/** Only what has a value. */
export function dictionary(content: Readonly<Record<string, PlistValue | undefined>>): PlistDictionary {
  return Object.fromEntries(
    Object.entries(content).filter((entry): entry is [string, PlistValue] => entry[1] !== undefined),
  );
}
