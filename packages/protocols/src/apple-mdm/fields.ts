/** Keys of a message as a small table: what it may hold, read in both directions. */
import { DecodeError } from '../decode-error.ts';
import { isDictionary, type PlistDictionary, type PlistValue } from '../plist/index.ts';

export type FieldShape = (
  | { readonly type: 'text'; readonly maximumLength: number }
  | { readonly type: 'data'; readonly maximumBytes: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'dictionary' }
) & { readonly optional?: true };

export type FieldShapes = Readonly<Record<string, FieldShape>>;

type ValueOf<S> = S extends { type: 'text' }
  ? string
  : S extends { type: 'data' }
    ? Uint8Array
    : S extends { type: 'boolean' }
      ? boolean
      : PlistDictionary;

type OptionalNames<F> = { [N in keyof F]: F[N] extends { optional: true } ? N : never }[keyof F];

export type FieldsOf<F> = { readonly [N in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[N]> } & {
  readonly [N in OptionalNames<F>]?: ValueOf<F[N]>;
};

export const text = (maximumLength = 1024) => ({ type: 'text', maximumLength }) as const;
export const data = (maximumBytes: number) => ({ type: 'data', maximumBytes }) as const;
export const optional = <S extends FieldShape>(shape: S) => ({ ...shape, optional: true }) as const;

/** @throws DecodeError naming the key that is missing, of another type, or too long. */
export function readFields<const F extends FieldShapes>(
  message: PlistDictionary,
  shapes: F,
  path: string,
): FieldsOf<F> {
  const fields: Record<string, PlistValue> = {};
  for (const name in shapes) {
    const shape: FieldShape = shapes[name] as FieldShape;
    const value = message[name];
    if (value === undefined) {
      if (shape.optional !== true) throw refuse('is missing', path, name);
    } else {
      requireShape(value, shape, path, name);
      fields[name] = value;
    }
  }
  return fields as FieldsOf<F>;
}

function requireShape(value: PlistValue, shape: FieldShape, path: string, name: string): void {
  switch (shape.type) {
    case 'text':
      if (typeof value !== 'string') throw refuse('is not a string', path, name);
      if (value.length > shape.maximumLength) throw refuse('is too long', path, name, 'too-large');
      return;
    case 'data':
      if (!(value instanceof Uint8Array)) throw refuse('is not data', path, name);
      if (value.length > shape.maximumBytes) throw refuse('is too long', path, name, 'too-large');
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw refuse('is not a boolean', path, name);
      return;
    case 'dictionary':
      if (!isDictionary(value)) throw refuse('is not a dictionary', path, name);
      return;
    default:
      shape satisfies never;
  }
}

export function refuse(problem: string, path: string, name: string, reason = 'malformed'): DecodeError {
  return new DecodeError(`${name} ${problem}`, { path: `${path}.${name}`, reason });
}

/** What a message holds beyond the keys that are known: kept, because a newer system says more than this release knows. */
export function otherKeys(message: PlistDictionary, known: ReadonlySet<string>): PlistDictionary {
  const other: Record<string, PlistValue> = Object.create(null);
  for (const name in message) {
    const value = message[name];
    if (!known.has(name) && value !== undefined) other[name] = value;
  }
  return other;
}
