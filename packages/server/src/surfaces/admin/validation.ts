// Checks requests against the schemas of the contracts, compiled once per route, when it is first asked. Query and path are text and
// are converted to what the schema asks for; bodies are taken as they are.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import { whenFirstUsed } from '../../kernel/http/when-first-used.ts';

interface ValidationEntry {
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  whenFirstUsed(() => {
    const validator = Compile(schema);
    return (given: unknown) => {
      const unstorable = findUnstorable(given, '', 0);
      if (unstorable !== undefined) return { error: [unstorable] as never };
      const value = httpPart === 'body' ? given : fromText(schema, given);
      return validator.Check(value) ? { value } : { error: explain(validator.Errors(value)[1]) as never };
    };
  });

interface PropertySchema {
  readonly type?: string;
  readonly items?: PropertySchema;
}

/** Text to the types of the schema, strictly: what is not exactly a number stays text and is refused. */
function fromText(schema: TSchema, given: unknown): unknown {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, PropertySchema>> };
  const entries = Object.entries((given ?? {}) as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.map(([name, text]) => [
      name,
      Object.hasOwn(properties, name) ? convert(properties[name], text) : text,
    ]),
  );
}

function convert(schema: PropertySchema | undefined, text: unknown): unknown {
  if (schema?.type === 'array') return [text].flat().map((each) => convert(schema.items, each));
  if (typeof text !== 'string') return text;
  if (schema?.type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (schema?.type === 'number') return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
  if (schema?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** The schema library reports every branch; callers get what helps: the field, and the member that does not belong. */
function explain(errors: readonly ValidationEntry[]): ValidationEntry[] {
  return errors
    .filter(({ message }) => message !== 'schema is false')
    .map(({ instancePath, message, params }) => {
      const unknown = params['additionalProperties'];
      return {
        instancePath,
        message,
        params: Array.isArray(unknown) ? { additionalProperty: String(unknown[0]) } : params,
      };
    });
}

/** Text that neither the database nor the audit record can hold. */
function findUnstorable(value: unknown, path: string, depth: number): ValidationEntry | undefined {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return undefined;
    return { instancePath: path, message: 'must be well-formed text without NUL', params: {} };
  }
  if (typeof value !== 'object' || value === null || depth > 64) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const found =
      findUnstorable(key, path, depth) ?? findUnstorable(child, `${path}/${key}`.slice(0, 200), depth + 1);
    if (found) return found;
  }
  return undefined;
}
