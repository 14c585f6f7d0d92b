/** What is wrong with a value, as the server would say it, before it is asked. Complaints are keys of texts with their slots. */
import { applies, type Field, type Node, type TextForm, type Values } from './field.ts';

export interface Complaint {
  /** Where: the field's name, and below it the steps to the place. */
  readonly path: readonly (string | number)[];
  readonly key: ComplaintKey;
  readonly slots: Readonly<Record<string, string | number>>;
}

export type ComplaintKey =
  | 'missing'
  | 'notWhole'
  | 'notNumber'
  | 'outOfRange'
  | 'tooLong'
  | 'notALine'
  | 'notVersion'
  | 'notHost'
  | 'notDomain'
  | 'notUrl'
  | 'notHttps'
  | 'notIdentifier'
  | 'notDigits'
  | 'notEmail'
  | 'notPattern'
  | 'notChoice'
  | 'notDate'
  | 'notFile'
  | 'fileTooLarge'
  | 'tooMany'
  | 'notObject'
  | 'repeated';

type Found = Omit<Complaint, 'path'> & { readonly path?: readonly (string | number)[] };

const say = (key: ComplaintKey, slots: Complaint['slots'] = {}): Found => ({ key, slots });

const forms: Readonly<Record<TextForm, readonly [RegExp, ComplaintKey]>> = {
  line: [/^[^\p{Cc}\p{Bidi_Control}]*$/u, 'notALine'],
  path: [/^[^\s\p{Cc}"<>\\^`{|}?#]+$/u, 'notALine'],
  host: [
    /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*|\[?[0-9a-f:]{2,39}\]?)$/i,
    'notHost',
  ],
  domain: [/^(?:\*\.|\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i, 'notDomain'],
  url: [/^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Cc}"<>\\^`{|}@/]+(?:[/?#][^\s\p{Cc}"<>\\^`{|}]*)?$/iu, 'notUrl'],
  'https-url': [/^https:\/\/[^\s\p{Cc}"<>\\^`{|}@/]+(?:[/?#][^\s\p{Cc}"<>\\^`{|}]*)?$/iu, 'notHttps'],
  identifier: [/^[A-Za-z0-9._-]+$/, 'notIdentifier'],
  number: [/^[0-9]+$/, 'notDigits'],
  subject: [/^[^\p{Cc}\p{Bidi_Control}]+=[^\p{Cc}\p{Bidi_Control}]+$/u, 'notALine'],
  fingerprint: [/^(?:[0-9a-f]{2}:?){20,64}$/i, 'notALine'],
  version: [/^[0-9]{1,9}(?:\.[0-9]{1,9}){0,7}$/, 'notVersion'],
  email: [/^[^\s@]+@[^\s@]+$/, 'notEmail'],
};

/** Variables are put in later: any value may stand there. */
const withSample = (text: string): string => text.replace(/%%/g, '%').replace(/%[a-z][a-z-]*%/g, 'x');

export function complaintsAbout(node: Node, value: unknown, variables = false): readonly Found[] {
  switch (node.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? [] : [say('missing')];
    case 'integer':
    case 'real': {
      const { minimum, maximum } = node;
      if (typeof value !== 'number' || !Number.isFinite(value))
        return [say(node.kind === 'integer' ? 'notWhole' : 'notNumber')];
      if (node.kind === 'integer' && !Number.isInteger(value)) return [say('notWhole')];
      const within = value >= (minimum ?? value) && value <= (maximum ?? value);
      return within ? [] : [say('outOfRange', { minimum: minimum ?? '–', maximum: maximum ?? '–' })];
    }
    case 'text': {
      if (typeof value !== 'string' || value.trim() === '') return [say('missing')];
      const text = variables ? withSample(value) : value;
      const { maximumLength = Number.POSITIVE_INFINITY, form = 'line', pattern } = node;
      if ([...text].length > maximumLength) return [say('tooLong', { maximum: maximumLength })];
      const [allowed, key] = forms[form];
      if (!allowed.test(text)) return [say(key)];
      return pattern === undefined || fits(pattern, text) ? [] : [say('notPattern', { pattern })];
    }
    case 'choice':
      return node.choices.includes(value as string)
        ? []
        : [say(value === undefined ? 'missing' : 'notChoice')];
    case 'date': {
      const at = typeof value === 'object' && value !== null ? Reflect.get(value, '$date') : undefined;
      return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? [] : [say('notDate')];
    }
    case 'file': {
      const text =
        node.wrapped && typeof value === 'object' && value !== null ? Reflect.get(value, '$data') : value;
      if (typeof text !== 'string' || text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
        return [say('notFile')];
      const bytes = bytesOfBase64(text);
      return bytes > node.maximumBytes ? [say('fileTooLarge', { bytes, maximum: node.maximumBytes })] : [];
    }
    case 'list':
      return complaintsAboutList(node, value, variables);
    case 'object':
      return isRecord(value) ? complaintsAboutFields(node.fields, value) : [say('notObject')];
    case 'union':
      return isRecord(value) || typeof value === 'string' ? [] : [say('missing')];
    case 'reference':
      return typeof value === 'string' && value !== '' ? [] : [say('missing')];
    case 'json':
      return value === undefined ? [say('missing')] : [];
    default:
      return node satisfies never;
  }
}

function complaintsAboutList(
  node: Extract<Node, { kind: 'list' }>,
  value: unknown,
  variables: boolean,
): readonly Found[] {
  if (!Array.isArray(value)) return [say('missing')];
  if (value.length > (node.maximum ?? value.length)) return [say('tooMany', { maximum: node.maximum ?? 0 })];
  const inner = value.flatMap((item, index) =>
    complaintsAbout(node.of, item, variables).map((found) => ({
      ...found,
      path: [index, ...(found.path ?? [])],
    })),
  );
  if (inner.length > 0) return inner;
  const plain = value.filter((item) => typeof item !== 'object');
  return new Set(plain).size === plain.length ? [] : [say('repeated')];
}

function complaintsAboutFields(fields: readonly Field[], values: Values): readonly Found[] {
  return fields.flatMap((field): readonly Found[] => {
    const value = values[field.name];
    if (value === undefined) return field.required ? [{ ...say('missing'), path: [field.name] }] : [];
    return complaintsAbout(field.node, value, field.variables).map((found) => ({
      ...found,
      path: [field.name, ...(found.path ?? [])],
    }));
  });
}

/**
 * @param stated what is given, by name; a key that is there with nothing in it is one that somebody added and has not filled.
 * @param kept names of secrets that are stored: they need not be given again.
 */
export function validate(
  fields: readonly Field[],
  stated: Values,
  options: { readonly onlyStated?: boolean; readonly kept?: ReadonlySet<string> } = {},
): readonly Complaint[] {
  return fields.flatMap((field): readonly Complaint[] => {
    const given = Object.hasOwn(stated, field.name);
    if (!applies(field, stated, fields)) return [];
    if (!given || (stated[field.name] === undefined && !options.onlyStated)) {
      const missing =
        options.onlyStated !== true &&
        field.required &&
        field.default === undefined &&
        !(field.secret && options.kept?.has(field.name));
      return missing ? [{ ...say('missing'), path: [field.name] }] : [];
    }
    return complaintsAbout(field.node, stated[field.name], field.variables).map((found) => ({
      ...found,
      path: [field.name, ...(found.path ?? [])],
    }));
  });
}

export const bytesOfBase64 = (text: string): number =>
  Math.floor((text.length * 3) / 4) - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);

/** Patterns come from Apple's schema; one that this browser cannot read binds nobody. */
function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
