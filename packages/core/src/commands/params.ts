/**
 * Parameters of commands: a small table of bounded shapes, the parser over it and the TypeScript type derived from it.
 * Unknown parameters are refused, so a misspelt one cannot silently change what a command does.
 */
import { DomainError } from '../errors.ts';

export type ParamShape = (
  | { readonly type: 'text'; readonly maximumLength: number }
  | { readonly type: 'digits'; readonly minimumLength: number; readonly maximumLength: number }
  | { readonly type: 'choices'; readonly choices: readonly string[] }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  /** A word of a fixed form, such as a bundle identifier; `says` completes "must be …". */
  | { readonly type: 'word'; readonly pattern: RegExp; readonly maximumLength: number; readonly says: string }
  | { readonly type: 'https-url' }
  /** A file as base64. */
  | { readonly type: 'file'; readonly maximumBytes: number }
  /** Any JSON object, for what only the platform can judge. */
  | { readonly type: 'object'; readonly maximumBytes: number }
) & { readonly optional?: true };

export type ParamShapes = Readonly<Record<string, ParamShape>>;

type ValueOf<S> = S extends { type: 'choices'; choices: infer C extends readonly string[] }
  ? readonly C[number][]
  : S extends { type: 'choice'; choices: infer C extends readonly string[] }
    ? C[number]
    : S extends { type: 'boolean' }
      ? boolean
      : S extends { type: 'integer' }
        ? number
        : S extends { type: 'object' }
          ? Readonly<Record<string, unknown>>
          : string;

type OptionalNames<P> = { [N in keyof P]: P[N] extends { optional: true } ? N : never }[keyof P];

export type ParamsOf<P> = { readonly [N in Exclude<keyof P, OptionalNames<P>>]: ValueOf<P[N]> } & {
  readonly [N in OptionalNames<P>]?: ValueOf<P[N]>;
};

/** Controls other than line feed, and the invisible characters that turn the direction of text (DEV-12). */
const forbidden = /[[\p{Cc}\p{Bidi_Control}\ufeff]--[\n]]/v;

/** @returns what is wrong with the value, as a sentence's end; undefined when nothing is. */
function complaint(shape: ParamShape, value: unknown): string | undefined {
  switch (shape.type) {
    case 'text':
      if (typeof value !== 'string' || value.trim() === '') return 'must be text';
      if ([...value].length > shape.maximumLength)
        return `must have at most ${shape.maximumLength} characters`;
      if (forbidden.test(value) || !value.isWellFormed()) return 'must not contain control characters';
      return undefined;
    case 'digits': {
      const { minimumLength: from, maximumLength: to } = shape;
      const good =
        typeof value === 'string' && /^[0-9]+$/.test(value) && value.length >= from && value.length <= to;
      return good ? undefined : `must be ${from} to ${to} digits`;
    }
    case 'choices': {
      const good =
        Array.isArray(value) &&
        value.length > 0 &&
        new Set(value).size === value.length &&
        value.every((choice) => shape.choices.includes(choice));
      return good ? undefined : `must be a list of different words out of: ${shape.choices.join(', ')}`;
    }
    case 'choice':
      return typeof value === 'string' && shape.choices.includes(value)
        ? undefined
        : `must be one of: ${shape.choices.join(', ')}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'integer': {
      const { minimum, maximum } = shape;
      const good =
        Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return good ? undefined : `must be a whole number from ${minimum} to ${maximum}`;
    }
    case 'word': {
      const good =
        typeof value === 'string' && value.length <= shape.maximumLength && shape.pattern.test(value);
      return good ? undefined : `must be ${shape.says}`;
    }
    case 'https-url': {
      const good = typeof value === 'string' && value.length <= 2_048 && isHttps(value);
      return good ? undefined : 'must be an https address';
    }
    case 'file': {
      const good =
        typeof value === 'string' &&
        value.length > 0 &&
        value.length <= 4 * Math.ceil(shape.maximumBytes / 3) &&
        /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
      return good ? undefined : `must be a file of at most ${shape.maximumBytes} bytes, in base64`;
    }
    case 'object': {
      const good =
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        isShallow(value, deepestObject) &&
        bytesOf(value) <= shape.maximumBytes;
      return good
        ? undefined
        : `must be an object of at most ${shape.maximumBytes} bytes and ${deepestObject} levels`;
    }
    default:
      return shape satisfies never;
  }
}

const deepestObject = 16;

function bytesOf(value: object): number {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).length;
  } catch {
    // Not JSON at all, such as a number without bounds.
    return Infinity;
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** With a host and without credentials, which would stand in the open. */
function isHttps(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[\s\p{Cc}]/u.test(text)
  );
}

/** @throws DomainError `invalid-input` with one problem per parameter in `detail.problems`. */
export function parseParams<const P extends ParamShapes>(shapes: P, input: unknown): ParamsOf<P> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new DomainError('invalid-input', 'The parameters of a command are an object.');
  }
  const problems: string[] = [];
  const given = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  for (const [name, shape] of Object.entries(shapes)) {
    const value: unknown = given.get(name);
    if (value === undefined) {
      if (!shape.optional) problems.push(`${name} is missing`);
      continue;
    }
    const wrong = complaint(shape, value);
    if (wrong !== undefined) problems.push(`${name} ${wrong}`);
  }
  for (const name of given.keys()) {
    if (!Object.hasOwn(shapes, name))
      problems.push(`${JSON.stringify(name.slice(0, 64))} is not a parameter`);
  }
  if (problems.length > 0) {
    throw new DomainError('invalid-input', `The parameters are wrong: ${problems.join('; ')}.`, {
      detail: { problems },
    });
  }
  return Object.fromEntries(given) as ParamsOf<P>;
}
