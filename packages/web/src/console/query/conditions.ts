/** One condition of the short form as an expression: what `key:value` means depends on what the key names. */
import { quoteText } from '@gatehouse/core/expressions/print.ts';
import { parseSpan } from '@gatehouse/core/expressions/spans.ts';
import { type NameInfo, nearestKey, resolveKey } from './known.ts';

export type Operator = ':' | '=' | '<' | '>' | '<=' | '>=';

export interface Trouble {
  readonly kind:
    | 'unknown-name'
    | 'not-allowed'
    | 'number'
    | 'truth'
    | 'span'
    | 'gate'
    | 'order'
    | 'value'
    | 'empty'
    | 'bracket'
    | 'quote';
  readonly slots: Readonly<Record<string, string>>;
}

const trouble = (kind: Trouble['kind'], slots: Trouble['slots'] = {}): Trouble => ({ kind, slots });

const yes = ['yes', 'true', 'on', 'ja', 'ok'];
const no = ['no', 'false', 'off', 'nein'];
const gates = ['network', 'mail', 'vpn'] as const;
/** What people call the three answers. */
const answers: Readonly<Record<string, string>> = {
  allow: 'allow',
  allowed: 'allow',
  frei: 'allow',
  quarantine: 'quarantine',
  quarantäne: 'quarantine',
  deny: 'deny',
  blocked: 'deny',
};

type Names = ReadonlyMap<string, NameInfo>;

export function conditionOf(key: string, operator: Operator, value: string, names: Names): string | Trouble {
  if (value === '') return trouble('empty', { key });
  if (key === 'gate') return anyGate(value);
  if (key.startsWith('gate.')) return oneGate(key.slice('gate.'.length), value);
  if (key === 'seen') return aged('contact.made', operator, value);
  if (key === 'changed') return aged('posture.changed', operator, value);
  if (key === 'has' || key === 'unknown') {
    const known = resolveKey(value.toLowerCase(), names);
    if (known === undefined) return unknown(value, names);
    return `${key === 'has' ? '' : '!'}has(${known.name})`;
  }
  const name = resolveKey(key, names);
  if (name === undefined) return unknown(key, names);
  if (!name.allowed) return trouble('not-allowed', { name: name.name });
  return ofType(name, operator, value);
}

function unknown(key: string, names: Names): Trouble {
  const nearest = nearestKey(key.toLowerCase(), names);
  return trouble('unknown-name', { key, ...(nearest === undefined ? {} : { nearest }) });
}

function anyGate(value: string): string | Trouble {
  const wanted = value.toLowerCase();
  if (no.includes(wanted)) return gates.map((gate) => `posture.${gate} != "allow"`).join(' || ');
  if (yes.includes(wanted)) return gates.map((gate) => `posture.${gate} == "allow"`).join(' && ');
  const answer = answers[wanted];
  if (answer === undefined) return trouble('gate', { value });
  return gates.map((gate) => `posture.${gate} == "${answer}"`).join(' || ');
}

function oneGate(gate: string, value: string): string | Trouble {
  const known = gates.find((each) => each === gate || (gate === 'net' && each === 'network'));
  if (known === undefined) return trouble('unknown-name', { key: `gate.${gate}`, nearest: 'gate.network' });
  const wanted = value.toLowerCase();
  if (no.includes(wanted)) return `posture.${known} != "allow"`;
  const answer = yes.includes(wanted) ? 'allow' : answers[wanted];
  return answer === undefined ? trouble('gate', { value }) : `posture.${known} == "${answer}"`;
}

function aged(name: string, operator: Operator, value: string): string | Trouble {
  const wanted = value.toLowerCase();
  if (wanted === 'never' || wanted === 'nie') return `!${name}`;
  if (parseSpan(wanted) === undefined) return trouble('span', { value });
  const compared = operator === ':' || operator === '=' ? '<' : operator;
  return `age("${name}") ${compared} duration("${wanted}")`;
}

function ofType(known: NameInfo, operator: Operator, value: string): string | Trouble {
  const { name, type, values } = known;
  switch (type) {
    case 'bool': {
      const wanted = value.toLowerCase();
      if (yes.includes(wanted)) return name;
      return no.includes(wanted) ? `!${name}` : trouble('truth', { name, value });
    }
    case 'int':
    case 'double': {
      const number = Number(value.replace(',', '.'));
      if (value.trim() === '' || !Number.isFinite(number)) return trouble('number', { name, value });
      return `${name} ${operator === ':' || operator === '=' ? '==' : operator} ${number}`;
    }
    case 'string':
      return text(name, operator, value, values);
    case 'list':
      return inList(known, operator, value);
    default:
      return type satisfies never;
  }
}

function text(
  name: string,
  operator: Operator,
  value: string,
  values: readonly string[] | null,
): string | Trouble {
  const isVersion = name.endsWith('version');
  if (operator !== ':' && operator !== '=') {
    if (!isVersion) return trouble('order', { name });
    if (!/^\d+(?:\.\d+)*$/.test(value)) return trouble('number', { name, value });
    return `version(${name}) ${operator} version(${quoteText(value)})`;
  }
  if (values !== null) {
    const wanted = value.toLowerCase();
    if (!values.includes(wanted)) return trouble('value', { name, values: values.join(', ') });
    return `${name} == ${quoteText(wanted)}`;
  }
  if (operator === '=' || name === 'user.name') return `${name} == ${quoteText(value)}`;
  if (isVersion) return `${name}.startsWith(${quoteText(value)})`;
  return `${name}.lowerAscii().contains(${quoteText(value.toLowerCase())})`;
}

function inList({ name, fields, values }: NameInfo, operator: Operator, value: string): string | Trouble {
  if (operator !== ':' && operator !== '=') return trouble('order', { name });
  if (fields === null) {
    // The id of a rule is a value too, which no list has.
    if (values !== null && !values.includes(value) && !/^[0-9a-f-]{36}$/.test(value))
      return trouble('value', { name, values: values.join(', ') });
    return `${quoteText(value)} in ${name}`;
  }
  const texts = fields.filter((field) => field.type === 'string');
  if (texts.length === 0) return trouble('order', { name });
  const tests = texts.map((field) =>
    operator === '='
      ? `x.${field.name} == ${quoteText(value)}`
      : `x.${field.name}.lowerAscii().contains(${quoteText(value.toLowerCase())})`,
  );
  return `${name}.exists(x, ${tests.join(' || ')})`;
}
