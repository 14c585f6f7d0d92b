/**
 * Parameters of commands: a small table of bounded shapes, the parser over it and the TypeScript type derived from it.
 * Unknown parameters are refused, so a misspelt one cannot silently change what a command does.
 */
import { DomainError } from '../errors.ts';

export type ParamShape = (
  | { readonly type: 'text'; readonly maximumLength: number }
  | { readonly type: 'digits'; readonly minimumLength: number; readonly maximumLength: number }
  | { readonly type: 'choices'; readonly choices: readonly string[] }
) & { readonly optional?: true };

export type ParamShapes = Readonly<Record<string, ParamShape>>;

type ValueOf<S> = S extends { type: 'choices'; choices: infer C extends readonly string[] }
  ? readonly C[number][]
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
    default:
      return shape satisfies never;
  }
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
