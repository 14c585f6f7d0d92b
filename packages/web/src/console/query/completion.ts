/** What could come next while somebody types: keys after two letters, values after the colon. */
import { aliases, type NameInfo, resolveKey, specialKeys } from './known.ts';

export interface Suggestion {
  /** What is put in place of what was typed. */
  readonly insert: string;
  readonly from: number;
  readonly label: string;
  readonly hint: string;
}

export interface ValueCount {
  readonly value: unknown;
  readonly devices: number;
}

/** The part that the cursor is in: `key`, or `key:val`. */
export interface Typing {
  readonly from: number;
  readonly key: string;
  /** undefined: still the key. */
  readonly value: string | undefined;
  readonly valueFrom: number;
}

export function typingAt(text: string, caret: number): Typing | undefined {
  if (/^\s*=/.test(text)) return undefined;
  const before = text.slice(0, caret);
  const found = /(?:^|[\s(-])([A-Za-z_][\w.-]*)(?:(<=|>=|:|<|>|=)\(?("[^"]*|[^\s()"]*))?$/.exec(before);
  if (found === null) return undefined;
  const [, key = '', operator, value] = found;
  const length =
    key.length +
    (operator?.length ?? 0) +
    (value?.length ?? 0) +
    (/[(]$/.test(before.slice(0, caret - (value?.length ?? 0))) ? 1 : 0);
  const from = caret - (operator === undefined ? key.length : length);
  return {
    from,
    key,
    value: operator === undefined ? undefined : (value ?? '').replace(/^"/, ''),
    valueFrom: caret - (value?.length ?? 0),
  };
}

const most = 12;
const short = Object.entries(aliases).filter(
  ([, name], index, all) => all.findIndex(([, other]) => other === name) === index,
);

/** @param counts values by frequency, as the server tells them */
export function suggestionsFor(
  typing: Typing | undefined,
  names: ReadonlyMap<string, NameInfo>,
  counts: readonly ValueCount[],
): readonly Suggestion[] {
  if (typing === undefined) return [];
  return typing.value === undefined ? keys(typing, names) : values(typing, typing.value, names, counts);
}

function keys({ from, key }: Typing, names: ReadonlyMap<string, NameInfo>): readonly Suggestion[] {
  if (key.length < 2) return [];
  const wanted = key.toLowerCase();
  const all: Omit<Suggestion, 'from'>[] = [
    ...short.map(([alias, name]) => ({ insert: `${alias}:`, label: alias, hint: hintOf(names.get(name)) })),
    ...specialKeys.map((special) => ({
      insert: special === 'seen' || special === 'changed' ? `${special}>` : `${special}:`,
      label: special,
      hint: '',
    })),
    ...[...names.values()]
      .filter(({ allowed }) => allowed)
      .map((each) => ({ insert: `${each.name}${opening(each)}`, label: each.name, hint: hintOf(each) })),
  ];
  const matching = all.filter(({ label }) => label.includes(wanted));
  return matching
    .toSorted((a, b) => Number(b.label.startsWith(wanted)) - Number(a.label.startsWith(wanted)))
    .slice(0, most)
    .map((each) => ({ ...each, from }));
}

const opening = ({ type, name }: NameInfo): string =>
  type === 'int' || type === 'double' || name.endsWith('version') ? '<' : ':';

function hintOf(known: NameInfo | undefined): string {
  if (known === undefined) return '';
  return [known.description, known.unit === null ? '' : `(${known.unit})`].join(' ').trim();
}

function values(
  typing: Typing,
  value: string,
  names: ReadonlyMap<string, NameInfo>,
  counts: readonly ValueCount[],
): readonly Suggestion[] {
  const wanted = value.toLowerCase();
  const known = resolveKey(typing.key.toLowerCase(), names);
  const counted = counts.map(({ value: each, devices }) => ({ text: String(each), hint: String(devices) }));
  const named = new Set(counted.map(({ text }) => text));
  const fixed = fixedValues(typing.key.toLowerCase(), known).filter((text) => !named.has(text));
  return [...counted, ...fixed.map((text) => ({ text, hint: '' }))]
    .filter(({ text }) => text.toLowerCase().includes(wanted) && text !== value)
    .slice(0, most)
    .map(({ text, hint }) => ({
      insert: `${/[\s()]/.test(text) ? `"${text}"` : text} `,
      from: typing.valueFrom,
      label: text,
      hint,
    }));
}

function fixedValues(key: string, known: NameInfo | undefined): readonly string[] {
  if (key === 'gate' || key.startsWith('gate.')) return ['no', 'yes', 'quarantine', 'blocked'];
  if (key === 'seen' || key === 'changed') return ['1h', '1d', '7d', '30d', 'never'];
  if (known?.type === 'bool') return ['yes', 'no'];
  return known?.values ?? [];
}

/** Of which key the server is asked for values; undefined: of none. */
export function countedName(
  typing: Typing | undefined,
  names: ReadonlyMap<string, NameInfo>,
): string | undefined {
  if (typing?.value === undefined) return undefined;
  const known = resolveKey(typing.key.toLowerCase(), names);
  if (known === undefined || !known.allowed) return undefined;
  const counted = [
    'device.platform',
    'device.ownership',
    'device.state',
    'user.name',
    'device.groups',
    'posture.standing',
    'posture.failing',
  ];
  // Personal facts would leave a trace with every letter: their values are not offered.
  const isFact = known.privacy === 'technical' && known.type !== 'list';
  return isFact || counted.includes(known.name) ? known.name : undefined;
}
