/** Fields of a resource as an editor handles them, and back. Payloads of Apple are edited by their own keys, one level down. */
import type { Field, Values } from './field.ts';
import { splitSecrets } from './from-apple.ts';

/** Kinds whose fields are a type and the keys that it has. */
const contentField: Readonly<Record<string, string>> = {
  'apple-payload': 'content',
  'custom-declaration': 'payload',
};

export const isApplePayload = (kind: string): boolean => Object.hasOwn(contentField, kind);

/** What the editor shows of a stored resource. */
export function valuesOf(kind: string, fields: Values): Values {
  const content = contentField[kind];
  if (content === undefined) return fields;
  const inner = fields[content];
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Values) : {};
}

/** What is sent: values that are undefined are left out; null takes a secret away. */
export function fieldsToSend(
  kind: string,
  type: string | undefined,
  schema: readonly Field[],
  values: Values,
): Values {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const content = contentField[kind];
  if (content === undefined) return given;
  if (kind === 'custom-declaration') return { type, [content]: given };
  const parts = splitSecrets(schema, given);
  return {
    type,
    [content]: parts.content,
    ...(Object.keys(parts.secret).length > 0 ? { secretContent: parts.secret } : {}),
  };
}

/** Without what may not be kept anywhere: drafts lie in the browser’s storage. */
export function storableValues(schema: readonly Field[], values: Values): Values {
  return splitSecrets(schema, values).content;
}

export interface SecretOrigin {
  readonly at: string;
  readonly author: string | null;
  readonly createdBy: string;
}

/** When each secret was last set, and by whom. @param versions newest first */
export function secretOrigins(
  versions: readonly {
    readonly changedSecrets: readonly string[];
    readonly createdAt: string;
    readonly author: string | null;
    readonly createdBy: string;
  }[],
): ReadonlyMap<string, SecretOrigin> {
  const origins = new Map<string, SecretOrigin>();
  for (const { changedSecrets, createdAt, author, createdBy } of versions) {
    for (const name of changedSecrets)
      if (!origins.has(name)) origins.set(name, { at: createdAt, author, createdBy });
  }
  return origins;
}
