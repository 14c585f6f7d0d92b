// `gatehouse mail-server …`, `mail-device …`, `mail-settings …` and `mail-traffic`: the mail gateway.
import { readFile } from 'node:fs/promises';
import { type CliCommand, type CommandContext, UsageError } from '../command.ts';
import { table } from '../output.ts';

type Row = Record<string, unknown>;
const server = { name: 'ID', description: 'the mail server' } as const;
const device = { name: 'ID', description: 'the mail device' } as const;
const reason = { reason: { description: 'why, for the record', placeholder: 'TEXT' } } as const;

const serverOptions = {
  url: { description: 'of its ActiveSync endpoint', placeholder: 'URL' },
  'trust-file': { description: 'certificates (PEM) that it is held against', placeholder: 'FILE' },
  'login-form': {
    description: 'how it wants to be told who logs in',
    choices: ['as-given', 'address', 'user-name', 'windows'],
  },
  'windows-domain': { description: 'what stands before the \\ of a log-in', placeholder: 'DOMAIN' },
  'protocol-versions': { description: 'only these, with commas between', placeholder: 'LIST' },
  'redirect-hosts': { description: 'other hosts of the same service', placeholder: 'LIST' },
  'autodiscover-url': { description: 'where it tells clients its address', placeholder: 'URL' },
  'lockout-attempts': { description: 'wrong passwords that its directory takes', placeholder: 'N' },
  'lockout-minutes': { description: 'within so many minutes', placeholder: 'N' },
  'timeout-seconds': { description: 'how long it may take to answer', placeholder: 'N' },
  'user-header': { description: 'in which it takes our word for who a client is', placeholder: 'NAME' },
  'secret-header': { description: 'in which we prove ourselves to it', placeholder: 'NAME' },
  'secret-stdin': { description: 'read that secret from standard input', flag: true },
  disable: { description: 'let it serve nobody for now', flag: true },
  enable: { description: 'let it serve again', flag: true },
} as const;

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function count(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new UsageError(`${text} is not a number`);
  return Number(text);
}

/** What was given, in the words of the API. */
async function serverBody({ options, flags, readStandardInput }: CommandContext): Promise<Row> {
  const { 'trust-file': trustFile } = options;
  const texts = {
    url: 'url',
    'login-form': 'loginForm',
    'windows-domain': 'windowsDomain',
    'autodiscover-url': 'autodiscoverUrl',
    'user-header': 'userHeader',
    'secret-header': 'secretHeader',
  } as const;
  const numbers = {
    'lockout-attempts': 'lockoutAttempts',
    'lockout-minutes': 'lockoutMinutes',
    'timeout-seconds': 'timeoutSeconds',
  } as const;
  const lists = { 'protocol-versions': 'protocolVersions', 'redirect-hosts': 'redirectHosts' } as const;
  const given = <Value>(names: Readonly<Record<string, string>>, read: (text: string) => Value) =>
    Object.fromEntries(
      Object.entries(names).flatMap(([option, name]) => {
        const text = options[option];
        return text === undefined ? [] : [[name, read(text)]];
      }),
    );
  return {
    ...given(texts, (text) => text),
    ...given(numbers, count),
    ...given(lists, list),
    ...(trustFile === undefined ? {} : { trust: await readFile(trustFile, 'utf8') }),
    ...(flags.has('secret-stdin') ? { secret: (await readStandardInput()).trim() } : {}),
    ...(flags.has('disable') ? { enabled: false } : flags.has('enable') ? { enabled: true } : {}),
  };
}

const serverTable = (rows: Row[]) => table(rows, ['id', 'name', 'enabled', 'url', 'loginForm', 'version']);
const deviceTable = (rows: Row[]) =>
  table(rows, ['id', 'mailId', 'type', 'login', 'state', 'access', 'deviceId', 'lastSeenAt', 'accessReason']);

const targets = ['user', 'group', 'domain', 'organization'] as const;

const decisions: readonly (readonly [verb: string, summary: string])[] = [
  ['approve', 'Let a mail device in although it is no enrolled one.'],
  ['quarantine', 'Hold back mail on a device.'],
  ['block', 'Block mail on a device.'],
  ['reset', 'Take back what was decided of a mail device by hand.'],
];

const act = (path: string, body: (context: CommandContext) => Row): CliCommand['run'] => {
  return (context) =>
    context.api().request('POST', `/mail-devices/${context.positionals[0]}/${path}`, { body: body(context) });
};
const withReason = ({ options }: CommandContext): Row =>
  options['reason'] === undefined ? {} : { reason: options['reason'] };

export const mailCommands: readonly CliCommand[] = [
  {
    words: ['mail-server', 'list'],
    summary: 'List mail servers.',
    run: ({ api }) => api().list('/mail-servers'),
    print: serverTable as never,
  },
  {
    words: ['mail-server', 'show'],
    summary: 'Show a mail server.',
    positionals: [server],
    run: ({ api, positionals }) => api().request('GET', `/mail-servers/${positionals[0]}`),
  },
  {
    words: ['mail-server', 'create'],
    summary: 'Name a mail server behind the gateway; it serves nobody until it is assigned.',
    positionals: [{ name: 'NAME', description: 'its name' }],
    options: { ...serverOptions, url: { ...serverOptions.url, required: true } },
    run: async (context) =>
      context.api().request('POST', '/mail-servers', {
        body: { name: context.positionals[0], ...(await serverBody(context)) },
      }),
  },
  {
    words: ['mail-server', 'update'],
    summary: 'Change a mail server.',
    positionals: [server],
    options: { name: { description: 'another name', placeholder: 'NAME' }, ...serverOptions },
    run: async (context) => {
      const { name } = context.options;
      const body = { ...(name === undefined ? {} : { name }), ...(await serverBody(context)) };
      return context.api().request('PATCH', `/mail-servers/${context.positionals[0]}`, { body });
    },
  },
  {
    words: ['mail-server', 'try'],
    summary: 'Ask a mail server whether it is there and proves who logs in.',
    positionals: [server],
    run: ({ api, positionals }) => api().request('POST', `/mail-servers/${positionals[0]}/try`),
    print: (({ works, text }: { works: boolean; text: string }) =>
      `${works ? 'It works.' : 'It does not work.'} ${text}`) as never,
  },
  {
    words: ['mail-server', 'delete'],
    summary: 'Delete a mail server.',
    positionals: [server],
    run: ({ api, positionals }) => api().request('DELETE', `/mail-servers/${positionals[0]}`),
  },
  {
    words: ['mail-server', 'assign'],
    summary: 'Say whose mail is on a mail server.',
    positionals: [
      server,
      { name: 'KIND', description: targets.join(', ') },
      { name: 'TARGET', description: 'the id of the user or group, or the mail domain', optional: true },
    ],
    options: { priority: { description: 'the higher wins among targets of a kind', placeholder: 'N' } },
    run({ api, positionals, options }) {
      const [id, targetKind, target] = positionals;
      if (!targets.some((kind) => kind === targetKind))
        throw new UsageError(`The kind is one of: ${targets.join(', ')}.`);
      return api().request('POST', `/mail-servers/${id}/assignments`, {
        body: {
          targetKind,
          ...(target === undefined ? {} : { target }),
          ...(options['priority'] === undefined ? {} : { priority: count(options['priority']) }),
        },
      });
    },
  },
  {
    words: ['mail-server', 'assignments'],
    summary: 'List whose mail is on a mail server.',
    positionals: [server],
    run: ({ api, positionals }) => api().list(`/mail-servers/${positionals[0]}/assignments`),
    print: ((rows: Row[]) => table(rows, ['id', 'targetKind', 'target', 'targetName', 'priority'])) as never,
  },
  {
    words: ['mail-server', 'unassign'],
    summary: 'Take a mail server away from whom it is assigned to.',
    positionals: [{ name: 'ID', description: 'the assignment' }],
    run: ({ api, positionals }) => api().request('DELETE', `/mail-server-assignments/${positionals[0]}`),
  },
  {
    words: ['mail-device', 'list'],
    summary: 'List devices that ask for mail, and what becomes of them.',
    options: {
      state: { description: 'only these', choices: ['unknown', 'allowed', 'quarantined', 'blocked'] },
      linked: { description: 'only those that are enrolled devices', choices: ['true', 'false'] },
      user: { description: 'of this user', placeholder: 'ID' },
      device: { description: 'those that this enrolled device is', placeholder: 'ID' },
      'mail-id': { description: 'with this ActiveSync id', placeholder: 'TEXT' },
    },
    run: ({ api, options }) =>
      api().list('/mail-devices', {
        state: options['state'],
        linked: options['linked'],
        userId: options['user'],
        deviceId: options['device'],
        mailId: options['mail-id'],
      }),
    print: deviceTable as never,
  },
  {
    words: ['mail-device', 'waiting'],
    summary: 'List devices that nobody knows, with the enrolled devices that they may be.',
    run: ({ api }) => api().list('/mail-devices', { state: 'unknown', linked: 'false' }),
    print: ((rows: (Row & { suggestions: { deviceId: string; score: number }[] })[]) =>
      table(
        rows.map((row) => ({
          ...row,
          maybe: row.suggestions.map(({ deviceId, score }) => `${deviceId} (${score})`).join(', '),
        })),
        ['id', 'mailId', 'type', 'login', 'access', 'firstSeenAt', 'maybe'],
      )) as never,
  },
  {
    words: ['mail-device', 'show'],
    summary: 'Show a mail device.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('GET', `/mail-devices/${positionals[0]}`),
  },
  ...decisions.map(
    ([verb, summary]): CliCommand => ({
      words: ['mail-device', verb],
      summary,
      positionals: [device],
      options: reason,
      run: act(verb, withReason),
    }),
  ),
  {
    words: ['mail-device', 'link'],
    summary: 'Say which enrolled device it is; from then on the posture of that device decides.',
    positionals: [device, { name: 'DEVICE', description: 'the enrolled device' }],
    run: act('link', ({ positionals }) => ({ deviceId: positionals[1] })),
  },
  {
    words: ['mail-device', 'unlink'],
    summary: 'Say that it is no enrolled device.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('POST', `/mail-devices/${positionals[0]}/unlink`),
  },
  {
    words: ['mail-device', 'wipe'],
    summary: 'Remove the mail account from it, or reset it to factory state.',
    positionals: [device],
    options: {
      kind: { description: 'what is wiped', choices: ['account', 'device'], required: true },
      ...reason,
    },
    run: act('wipe', (context) => ({ kind: context.options['kind'], ...withReason(context) })),
  },
  {
    words: ['mail-device', 'cancel-wipe'],
    summary: 'Take back a wipe that the client has not fetched yet.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('POST', `/mail-devices/${positionals[0]}/cancel-wipe`),
  },
  {
    words: ['mail-device', 'forget'],
    summary: 'Forget that it was ever seen; if it comes again it is a stranger.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('DELETE', `/mail-devices/${positionals[0]}`),
  },
  {
    words: ['mail-settings', 'show'],
    summary: 'Show what becomes of devices that nobody knows.',
    run: ({ api }) => api().request('GET', '/mail-settings'),
  },
  {
    words: ['mail-settings', 'set'],
    summary: 'Change what becomes of devices that nobody knows.',
    options: {
      strangers: { description: 'what they get', choices: ['allow', 'quarantine', 'block'] },
      'enrol-by': {
        description: 'from then on they are blocked; never: no such moment',
        placeholder: 'TIME',
      },
      'without-policy': { description: 'clients that apply no policy', choices: ['allow', 'block'] },
      'maximum-devices': { description: 'for one account', placeholder: 'N' },
      instruction: { description: 'what users are told besides, by mail', placeholder: 'TEXT' },
      'gateway-hosts': { description: 'names of the gateway; the operator sets them', placeholder: 'LIST' },
      'windows-domains': {
        description: 'what stands before the \\ of log-ins; the operator sets them',
        placeholder: 'LIST',
      },
    },
    run({ api, options }) {
      const { strangers, instruction } = options;
      const enrolBy = options['enrol-by'];
      const withoutPolicy = options['without-policy'];
      const most = options['maximum-devices'];
      const hosts = options['gateway-hosts'];
      const domains = options['windows-domains'];
      return api().request('PATCH', '/mail-settings', {
        body: {
          ...(strangers === undefined ? {} : { strangers }),
          ...(enrolBy === undefined ? {} : { enrolBy: enrolBy === 'never' ? null : enrolBy }),
          ...(withoutPolicy === undefined ? {} : { withoutPolicy }),
          ...(most === undefined ? {} : { maximumDevices: count(most) }),
          ...(instruction === undefined ? {} : { instruction: instruction === '' ? null : instruction }),
          ...(hosts === undefined ? {} : { gatewayHosts: list(hosts) }),
          ...(domains === undefined ? {} : { windowsDomains: list(domains) }),
        },
      });
    },
  },
  {
    words: ['mail-traffic'],
    summary: 'Show what became of requests for mail in the last hours, and the last errors.',
    options: { hours: { description: 'how many; default 24', placeholder: 'N' } },
    run: ({ api, options }) =>
      api().request('GET', '/mail-gateway/traffic', { query: { hours: options['hours'] } }),
    print: (({ outcomes, errors }: { outcomes: Row[]; errors: Row[] }) =>
      [
        table(outcomes, ['outcome', 'serverId', 'requests', 'bytesIn', 'bytesOut']),
        ...(errors.length === 0 ? [] : ['', table(errors, ['at', 'outcome', 'command', 'summary'])]),
      ].join('\n')) as never,
  },
];
