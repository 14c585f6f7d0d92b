// What pages of the console ask the server, one by one, and how soon each should be answered.
import type { Caller } from './ask.ts';

interface Question {
  readonly name: string;
  /** Milliseconds that half of the answers may take; null: told only. */
  readonly most: number | null;
  ask(caller: Caller): Promise<unknown>;
}

/** Of one device, as the list tells it. */
export interface Known {
  readonly id: string;
  readonly name: string;
  readonly serialNumber: string;
  readonly macs: readonly string[];
  readonly user: { readonly userName: string };
}

export const lists = (query: Readonly<Record<string, string>>) =>
  `/device-searches?${new URLSearchParams({ limit: '100', sort: 'name', ...query })}`;

/** A tenth of a second is soon to whoever typed; half a second is what the list of a large fleet may take. */
const [soon, listed] = [100, 500];

const sorts = [
  'name',
  '-name',
  'seen',
  '-seen',
  'os',
  '-os',
  'standing',
  'owner',
  '-owner',
  'enrolled',
  '-enrolled',
];

const expressions = {
  'platform:ios': 'device.platform == "ios"',
  'is:bad': 'posture.standing == "bad"',
  'seen>7d': 'age("contact.made") > duration("7d")',
  'failing:compromised': '"compromised" in posture.failing',
  'platform:ios os<17.4': 'device.platform == "ios" && version(os.version) < version("17.4")',
  'os<17.4': 'version(os.version) < version("17.4")',
  'encrypted:no': '!storage.encrypted',
  'ownership:personal': 'device.ownership == "personal"',
} as const;

export function questions(known: Known): readonly Question[] {
  const mac = known.macs[0] ?? '';
  const pairs = mac.match(/../g) ?? [];
  const words = {
    'part of a name': 'Pixel 9 77',
    'word of a name that many have': 'anna',
    'serial number': known.serialNumber,
    'MAC with colons': pairs.join(':'),
    'MAC with dashes': pairs.join('-').toLowerCase(),
    'MAC in groups of four': (mac.match(/..../g) ?? []).join('.').toLowerCase(),
    owner: known.user.userName,
    'word that nothing has': 'zzqqxx',
  };
  const reading = (name: string, most: number | null, path: string): Question => ({
    name,
    most,
    ask: (caller) => caller.ask('GET', path),
  });
  const counting = (name: string, body: object, most: number | null = listed): Question => ({
    name: `count: ${name}`,
    most,
    ask: (caller) => caller.ask('POST', '/device-searches/count', body),
  });
  const device = `/devices/${known.id}`;
  return [
    ...sorts.map((sort) => reading(`list by ${sort}`, listed, lists({ sort }))),
    ...Object.entries(words).map(([name, search]) => reading(`find ${name}`, listed, lists({ search }))),
    ...Object.entries(expressions).map(([name, expression]) =>
      reading(`filter ${name}`, listed, lists({ expression })),
    ),
    reading(
      'filter platform:ios by -seen',
      listed,
      lists({ expression: expressions['platform:ios'], sort: '-seen' }),
    ),
    counting('all', {}),
    ...Object.entries(expressions).map(([name, expression]) => counting(name, { expression, patience: 400 })),
    counting('os<17.4, to the end', { expression: expressions['os<17.4'] }, null),
    counting('word of a name that many have', { search: words['word of a name that many have'] }),
    reading('overview, what needs somebody', soon, '/overview/attention'),
    reading('rules, counted', listed, '/compliance-rule-counts'),
    reading('rules', soon, '/compliance-rules?limit=100'),
    ...['', '/facts', '/explain', '/commands?limit=50', '/posture-changes?limit=50', '/effective-policy'].map(
      (part) =>
        reading(
          `device page: ${part === '' ? 'device' : part.slice(1).replace(/\?.*/, '')}`,
          soon,
          `${device}${part}`,
        ),
    ),
    reading('audit', soon, '/audit?limit=100'),
    reading('audit by action', soon, '/audit?limit=100&action=devices'),
    reading('audit by device', soon, `/audit?limit=100&target=${known.id}`),
    reading(
      'audit of the last hour',
      soon,
      `/audit?limit=100&since=${encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString())}`,
    ),
  ];
}
