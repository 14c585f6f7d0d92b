/** The one validator of resources: what an administrator sends, read against the catalogue of kinds. */
import { DomainError } from '../errors.ts';
import {
  type ResourceFields,
  type ResourceKind,
  type ResourceSecrets,
  resourceDefinition,
} from './catalogue.ts';
import type { FieldDefinition, FieldShape, FieldValue, TextForm } from './define-resource.ts';
import { parseSubject } from './subject.ts';
import { textsIn } from './texts.ts';
import { parseTemplate, substitute, type VariableValues, variableNames } from './variables.ts';

export interface ParsedResource {
  readonly fields: ResourceFields;
  /** What is to be sealed, by field. */
  readonly secrets: ResourceSecrets;
  /** Secret fields that keep what is stored. */
  readonly kept: readonly string[];
  /** Ids of the resources that it names, with the kinds that they may have. */
  readonly references: readonly {
    readonly field: string;
    readonly id: string;
    readonly kinds: readonly string[];
  }[];
}

const forms: Readonly<Record<TextForm, { readonly pattern: RegExp; readonly words: string }>> = {
  line: { pattern: /^[^\p{Cc}\p{Bidi_Control}]*$/u, words: 'must be one line of text' },
  path: { pattern: /^[^\s\p{Cc}"<>\\^`{|}?#]+$/u, words: 'must be a path such as /principals/ann' },
  host: {
    pattern: /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*|\[?[0-9a-f:]{2,39}\]?)$/i,
    words: 'must be a host name or an address',
  },
  domain: {
    pattern: /^(?:\*\.|\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i,
    words: 'must be a domain such as acme.example',
  },
  url: {
    pattern: /^(?:https?|webcal):\/\/[^\s\p{Cc}"<>\\^`{|}@/]+(?:[/?#][^\s\p{Cc}"<>\\^`{|}]*)?$/iu,
    words: 'must be a web address',
  },
  'https-url': {
    pattern: /^https:\/\/[^\s\p{Cc}"<>\\^`{|}@/]+(?:[/?#][^\s\p{Cc}"<>\\^`{|}]*)?$/iu,
    words: 'must be an address that begins with https://',
  },
  identifier: { pattern: /^[A-Za-z0-9._-]+$/, words: 'must be letters, digits, dots and dashes' },
  number: { pattern: /^[0-9]+$/, words: 'must be a number' },
  subject: { pattern: /^[^\p{Cc}\p{Bidi_Control}]+$/u, words: 'must be a subject such as CN=ann,O=Acme' },
  fingerprint: { pattern: /^(?:[0-9a-f]{2}:?){20,64}$/i, words: 'must be hexadecimal digits' },
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns what is wrong with a value, as a sentence's end; undefined when nothing is. Variables are put in before. */
export function fieldComplaint(shape: FieldShape, value: unknown): string | undefined {
  switch (shape.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'integer': {
      const good =
        Number.isInteger(value) && (value as number) >= shape.minimum && (value as number) <= shape.maximum;
      return good ? undefined : `must be a whole number from ${shape.minimum} to ${shape.maximum}`;
    }
    case 'choice':
      return shape.choices.includes(value as string)
        ? undefined
        : `must be one of ${shape.choices.join(', ')}`;
    case 'text': {
      const { pattern, words } = forms[shape.form ?? 'line'];
      if (typeof value !== 'string' || value.trim() === '' || !value.isWellFormed()) return words;
      if ([...value].length > shape.maximumLength)
        return `must have at most ${shape.maximumLength} characters`;
      const sound = pattern.test(value) && (shape.form !== 'subject' || parseSubject(value) !== undefined);
      return sound ? undefined : words;
    }
    case 'data': {
      if (
        typeof value !== 'string' ||
        value.length === 0 ||
        !/^[A-Za-z0-9+/]+={0,2}$/.test(value) ||
        value.length % 4 !== 0
      )
        return 'must be base64';
      return (value.length / 4) * 3 - 2 > shape.maximumBytes
        ? `must have at most ${shape.maximumBytes} bytes`
        : undefined;
    }
    case 'reference':
      return typeof value === 'string' && uuid.test(value) ? undefined : 'must be the id of another resource';
    case 'list': {
      if (!Array.isArray(value) || value.length === 0) return 'must be a list';
      if (value.length > shape.maximum) return `must have at most ${shape.maximum} entries`;
      if (new Set(value).size !== value.length) return 'must not repeat an entry';
      return value.map((entry) => fieldComplaint(shape.of, entry)).find((wrong) => wrong !== undefined);
    }
    case 'json': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
      if (!isShallow(value, deepestObject)) return `must have at most ${deepestObject} levels`;
      const text = JSON.stringify(value);
      if (unkept.test(text)) return 'must not hold control characters or half a character';
      return new TextEncoder().encode(text).length > shape.maximumBytes
        ? `must have at most ${shape.maximumBytes} bytes`
        : undefined;
    }
    default:
      return shape satisfies never;
  }
}

const deepestObject = 16;

/** What neither the database nor XML holds, as JSON writes it: behind an even number of backslashes. */
const unkept = /(?<!\\)(?:\\\\)*\\(?:[bf]|u(?:00[01][0-9a-f]|d[89a-f][0-9a-f]{2}))|[\ufffe\uffff]/;

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** Stands in for every variable when a text is checked before anybody's values are known. */
const samples: VariableValues = Object.fromEntries(variableNames.map((name) => [name, 'x']));

function complaint({ shape, variables }: FieldDefinition, value: unknown): string | undefined {
  if (variables && shape.type === 'json') {
    return fieldComplaint(shape, value) ?? templateComplaint(value);
  }
  if (!variables || typeof value !== 'string') return fieldComplaint(shape, value);
  const template = parseTemplate(value);
  if ('problem' in template) return template.problem;
  const filled = substitute(value, samples);
  return fieldComplaint(shape, 'text' in filled ? filled.text : value);
}

/** Texts anywhere in an object. */
function templateComplaint(value: unknown): string | undefined {
  for (const text of textsIn(value)) {
    const template = parseTemplate(text);
    if ('problem' in template) return template.problem;
  }
  return undefined;
}

/** Whether a field has a say, given the others. */
export function applies(
  { when }: FieldDefinition,
  values: Readonly<Record<string, unknown>>,
  all: Readonly<Record<string, FieldDefinition>>,
): boolean {
  if (when === undefined) return true;
  const value = values[when.field] ?? all[when.field]?.default;
  return when.is.includes(value as string | boolean);
}

/**
 * @param stored names of secret fields that have a value already: they need not be given again. A field given as null is
 * taken away.
 * @throws DomainError `invalid-input` with one problem per field in `detail.problems`; values are not repeated in it.
 */
export function parseResource(
  kind: ResourceKind,
  input: unknown,
  stored: readonly string[] = [],
): ParsedResource {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new DomainError('invalid-input', 'The fields of a resource are an object.');
  }
  const definitions = resourceDefinition(kind).fields;
  const nulled = new Set(
    Object.entries(input)
      .filter(([, value]) => value === null)
      .map(([name]) => name),
  );
  const given = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined && value !== null),
  );
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(definitions, name))
    .map((name) => `${JSON.stringify(name.slice(0, 64))} is not a field of ${kind}`);
  const fields: Record<string, FieldValue> = {};
  const secrets: Record<string, string> = {};
  const kept: string[] = [];
  const references: { field: string; id: string; kinds: readonly string[] }[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const value: unknown = given[name];
    const relevant = applies(definition, given, definitions);
    if (value === undefined) {
      const keeps = relevant && definition.secret === true && stored.includes(name) && !nulled.has(name);
      if (keeps) kept.push(name);
      else if (relevant && definition.required) problems.push(`${name} is missing`);
      continue;
    }
    const wrong = relevant ? complaint(definition, value) : 'does not apply here';
    if (wrong !== undefined) {
      problems.push(`${name} ${wrong}`);
      continue;
    }
    const { shape } = definition;
    if (definition.secret) secrets[name] = shape.type === 'json' ? JSON.stringify(value) : (value as string);
    else fields[name] = value as FieldValue;
    const kinds =
      shape.type === 'reference'
        ? shape.kinds
        : shape.type === 'list' && shape.of.type === 'reference'
          ? shape.of.kinds
          : undefined;
    if (kinds) for (const id of [value].flat() as string[]) references.push({ field: name, id, kinds });
  }
  if (problems.length > 0) {
    throw new DomainError('invalid-input', `The resource is wrong: ${problems.join('; ')}.`, {
      detail: { problems },
    });
  }
  return { fields, secrets, kept, references };
}
