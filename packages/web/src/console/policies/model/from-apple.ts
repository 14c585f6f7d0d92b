/** Keys of Apple's schema as fields. */
import type {
  AppleKey,
  ApplePayload,
  ApplePlatformSupport,
} from '@gatehouse/contracts/admin/policy-catalogue.ts';
import { type Field, humanized, type Node, type Support } from './field.ts';

/** The largest file that fits into a payload given key by key. */
const largestFile = 40 * 1024;

export function fieldsOfPayload(payload: ApplePayload): readonly Field[] {
  return payload.keys.filter(({ wildcard }) => !wildcard).map((key) => fieldOf(key, payload.support));
}

function fieldOf(key: AppleKey, around: readonly ApplePlatformSupport[]): Field {
  const support = key.support ?? around;
  return {
    name: key.name,
    title: humanized(key.name),
    help: '',
    words: [key.name, ...namesBelow(key)].join(' '),
    group: '',
    node: nodeOf(key, support),
    required: key.required ?? false,
    // An array is laid over as a whole: with a secret in one of its items all of it is kept secret.
    secret: key.secret === true || (key.type === 'array' && holdsSecret(key)),
    variables: key.type === 'string' && key.secret !== true,
    support: support.map(supportOf),
    ...(key.default === undefined ? {} : { default: key.default }),
  };
}

const supportOf = ({ platform, since, deprecated, removed, supervised }: ApplePlatformSupport): Support => ({
  platform,
  since,
  ...(deprecated === undefined ? {} : { deprecated }),
  ...(removed === undefined ? {} : { removed }),
  ...(supervised === undefined ? {} : { supervised }),
});

function nodeOf(key: AppleKey, around: readonly ApplePlatformSupport[]): Node {
  if (key.like !== undefined) return { kind: 'json' };
  const { minimum, maximum, values } = key;
  const range = {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
  const choices = values?.filter((value) => typeof value !== 'boolean');
  switch (key.type) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'integer':
      return choices?.length ? { kind: 'choice', choices } : { kind: 'integer', ...range };
    case 'real':
      return { kind: 'real', ...range };
    case 'date':
      return { kind: 'date' };
    case 'data':
      return { kind: 'file', maximumBytes: largestFile, wrapped: true };
    case 'string': {
      // A string's keys are the values that it may have, where they differ in support.
      const named = choices ?? key.keys?.map(({ name }) => name);
      if (named?.length) return { kind: 'choice', choices: named };
      const form = key.subtype === 'url' ? 'url' : key.subtype === 'hostname' ? 'host' : key.subtype;
      return {
        kind: 'text',
        maximumLength: 4_000,
        ...(key.pattern === undefined ? {} : { pattern: key.pattern }),
        ...(form === undefined ? {} : { form }),
      };
    }
    case 'array': {
      const [first, ...others] = key.keys ?? [];
      if (first === undefined) return { kind: 'json' };
      if (others.length === 0) return { kind: 'list', of: nodeOf(first, around) };
      const options = [first, ...others].map((item) => fieldOf(item, around));
      return { kind: 'list', of: { kind: 'union', options } };
    }
    case 'dictionary': {
      const open = key.keys?.find(({ wildcard }) => wildcard);
      const fields = (key.keys ?? [])
        .filter(({ wildcard }) => !wildcard)
        .map((inner) => fieldOf(inner, around));
      if (fields.length === 0) return { kind: 'json' };
      return { kind: 'object', fields, ...(open === undefined ? {} : { others: nodeOf(open, around) }) };
    }
    case 'any':
      return { kind: 'json' };
    default:
      return key.type satisfies never;
  }
}

const namesBelow = (key: AppleKey): readonly string[] =>
  (key.keys ?? []).flatMap((inner) => [inner.name, ...namesBelow(inner)]);

const holdsSecret = (key: AppleKey): boolean =>
  (key.keys ?? []).some((inner) => inner.secret === true || holdsSecret(inner));

export interface SplitContent {
  readonly content: Readonly<Record<string, unknown>>;
  readonly secret: Readonly<Record<string, unknown>>;
}

/** What may be shown again, and what may not, by the same paths. */
export function splitSecrets(
  fields: readonly Field[],
  values: Readonly<Record<string, unknown>>,
): SplitContent {
  const content: Record<string, unknown> = {};
  const secret: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = fields.find((each) => each.name === name);
    if (field?.secret) secret[name] = value;
    else if (field?.node.kind === 'object' && isRecord(value)) {
      const inner = splitSecrets(field.node.fields, value);
      content[name] = inner.content;
      if (Object.keys(inner.secret).length > 0) secret[name] = inner.secret;
    } else content[name] = value;
  }
  return { content, secret };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
