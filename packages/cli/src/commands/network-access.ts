// The gate of the network: devices and ISE servers that are told of changes, sessions, and what RADIUS servers are answered.
import { readFileSync } from 'node:fs';
import { type CliCommand, type CommandContext, CommandError, UsageError } from '../command.ts';
import { input } from '../input.ts';
import { table } from '../output.ts';

const nas = '/network-access/nas';
const ise = '/network-access/ise';

const id = (what: string) => [{ name: 'ID', description: what }] as const;

/** Only what was given. */
function given(context: CommandContext, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([option, member]) => {
      const value = context.options[option];
      return value === undefined ? [] : [[member, value]];
    }),
  );
}

function numbers(context: CommandContext, names: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given(context, names)).map(([member, text]) => {
      if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${text} is not a number`);
      return [member, Number(text)];
    }),
  );
}

async function firstLine(context: CommandContext): Promise<string> {
  const line = (await context.readStandardInput()).split('\n')[0]?.trim() ?? '';
  if (line === '') throw new CommandError('Standard input is empty.');
  return line;
}

interface Tried {
  readonly works: boolean;
  readonly text: string;
}
const printTried = ({ works, text }: Tried) => `${works ? 'It works.' : 'It does not work.'} ${text}`;

const nasOptions = {
  port: { description: 'where it listens; default: as usual for its template', placeholder: 'PORT' },
  tell: { description: 'how a change is told', choices: ['reauthenticate', 'disconnect'] },
  interim: { description: 'how often it reports a session, in seconds', placeholder: 'SECONDS' },
  'per-second': { description: 'most changes that it is told in a second', placeholder: 'COUNT' },
  'secret-stdin': { flag: true, description: 'read the shared secret from standard input' },
} as const;

async function nasBody(context: CommandContext): Promise<Record<string, unknown>> {
  return {
    ...given(context, { name: 'name', address: 'address', template: 'template', tell: 'tell' }),
    ...numbers(context, { port: 'port', interim: 'interimSeconds', 'per-second': 'mostPerSecond' }),
    ...(context.flags.has('secret-stdin') ? { secret: await firstLine(context) } : {}),
    ...(context.flags.has('no-message-authenticator') ? { messageAuthenticator: false } : {}),
    ...(context.flags.has('new-secret') ? { newSecret: true } : {}),
    ...(context.flags.has('disable') ? { enabled: false } : {}),
    ...(context.flags.has('enable') ? { enabled: true } : {}),
  };
}

export const networkAccessCommands: readonly CliCommand[] = [
  {
    words: ['network', 'nas', 'list'],
    summary: 'List the network devices that are told of changes.',
    run: ({ api }) => api().list(nas),
    print: (items: Record<string, unknown>[]) =>
      table(items, ['id', 'name', 'address', 'template', 'sessions', 'answeredAt', 'problem']),
  },
  {
    words: ['network', 'nas', 'templates'],
    summary: 'List the makers whose network devices can be told, and how.',
    run: ({ api }) => api().request('GET', '/network-access/nas-templates'),
  },
  {
    words: ['network', 'nas', 'add'],
    summary: 'Add a network device; prints its shared secret, once, unless one is given.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      address: { required: true, description: 'as it names itself in NAS-IP-Address', placeholder: 'IP' },
      template: { required: true, description: 'its maker’s way of being told', placeholder: 'TEMPLATE' },
      ...nasOptions,
      'no-message-authenticator': { flag: true, description: 'only for devices that do not know it' },
    },
    run: async (context) => context.api().request('POST', nas, { body: await nasBody(context) }),
  },
  {
    words: ['network', 'nas', 'update'],
    summary: 'Change a network device, or give it another secret.',
    positionals: id('the network device'),
    options: {
      name: { description: 'its name', placeholder: 'NAME' },
      template: { description: 'its maker’s way of being told', placeholder: 'TEMPLATE' },
      ...nasOptions,
      'new-secret': { flag: true, description: 'make another secret and print it, once' },
      enable: { flag: true, description: 'tell it of changes' },
      disable: { flag: true, description: 'tell it nothing, and believe none of its reports' },
    },
    run: async (context) =>
      context.api().request('PATCH', `${nas}/${context.positionals[0]}`, { body: await nasBody(context) }),
  },
  {
    words: ['network', 'nas', 'remove'],
    summary: 'Remove a network device.',
    positionals: id('the network device'),
    run: ({ api, positionals }) => api().request('DELETE', `${nas}/${positionals[0]}`),
  },
  {
    words: ['network', 'nas', 'try'],
    summary: 'Ask a network device whether it can be told; changes nothing.',
    positionals: id('the network device'),
    run: ({ api, positionals }) => api().request('POST', `${nas}/${positionals[0]}/try`),
    print: printTried,
  },
  {
    words: ['network', 'sessions'],
    summary: 'List who is on the network where.',
    options: {
      nas: { description: 'only at this network device', placeholder: 'ID' },
      device: { description: 'only of this device', placeholder: 'ID' },
    },
    run: (context) =>
      context.api().list('/network-access/sessions', given(context, { nas: 'nas', device: 'device' })),
    print: (items: Record<string, unknown>[]) =>
      table(items, ['nasName', 'mac', 'deviceIds', 'startedAt', 'toldAt', 'waiting']),
  },
  {
    words: ['network', 'reauthorize'],
    summary: 'Have all sessions of a device authorized anew, now.',
    positionals: id('the device'),
    run: ({ api, positionals }) => api().request('POST', `/devices/${positionals[0]}/reauthorize`),
  },
  {
    words: ['network', 'replies', 'show'],
    summary: 'Show what RADIUS servers are answered.',
    run: ({ api }) => api().request('GET', '/network-access/settings'),
  },
  {
    words: ['network', 'replies', 'set'],
    summary: 'Replace what RADIUS servers are answered.',
    options: {
      rules: { required: true, description: 'the rules in order, as JSON or @FILE', placeholder: '@FILE' },
      quiet: { description: 'seconds between two tellings of one session', placeholder: 'SECONDS' },
      version: { description: 'only if this is the version that is replaced', placeholder: 'NUMBER' },
    },
    run: (context) =>
      context.api().request('PUT', '/network-access/settings', {
        body: {
          rules: input.json('rules', context.options['rules'] ?? ''),
          ...numbers(context, { quiet: 'quietSeconds', version: 'version' }),
        },
      }),
  },
  {
    words: ['network', 'ise', 'list'],
    summary: 'List the Cisco ISE servers that are told of changes.',
    run: ({ api }) => api().list(ise),
    print: (items: Record<string, unknown>[]) =>
      table(items, ['id', 'name', 'mntUrl', 'ersUrl', 'enabled', 'answeredAt', 'problem']),
  },
  {
    words: ['network', 'ise', 'add'],
    summary: 'Add a Cisco ISE server; reads its password from standard input.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      user: { required: true, description: 'its account', placeholder: 'NAME' },
      mnt: { description: 'the monitoring node', placeholder: 'https://HOST' },
      psn: { description: 'the policy service node; left out, it is asked for', placeholder: 'NAME' },
      coa: { description: 'what a change brings about', choices: ['none', 'reauthenticate', 'disconnect'] },
      again: { description: 'tell it once more after so many seconds', placeholder: 'SECONDS' },
      ers: { description: 'the administration node, for quarantine', placeholder: 'https://HOST:9060' },
      'anc-policy': { description: 'the ANC policy of the quarantine', placeholder: 'NAME' },
      trust: { description: 'file of the authorities of its certificate, PEM', placeholder: 'FILE' },
    },
    run: async (context) =>
      context.api().request('POST', ise, {
        body: {
          ...given(context, {
            name: 'name',
            user: 'userName',
            mnt: 'mntUrl',
            psn: 'psn',
            coa: 'coa',
            ers: 'ersUrl',
            'anc-policy': 'ancPolicy',
          }),
          ...numbers(context, { again: 'againSeconds' }),
          ...(context.options['trust'] === undefined ? {} : { trust: read(context.options['trust']) }),
          password: await firstLine(context),
        },
      }),
  },
  {
    words: ['network', 'ise', 'remove'],
    summary: 'Remove a Cisco ISE server.',
    positionals: id('the ISE server'),
    run: ({ api, positionals }) => api().request('DELETE', `${ise}/${positionals[0]}`),
  },
  {
    words: ['network', 'ise', 'try'],
    summary: 'Ask a Cisco ISE server something that changes nothing.',
    positionals: id('the ISE server'),
    run: ({ api, positionals }) => api().request('POST', `${ise}/${positionals[0]}/try`),
    print: printTried,
  },
];

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
