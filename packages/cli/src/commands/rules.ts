import { type CliCommand, type CommandContext, UsageError } from '../command.ts';
import { input } from '../input.ts';

const rule = { name: 'ID', description: 'the compliance rule' };
const device = { name: 'DEVICE', description: 'the device' };

const content = {
  demand: {
    description: 'what it demands, as JSON or @FILE; or from-policies',
    placeholder: `'{"versions":{"ios":"18.0"}}'`,
  },
  severity: { description: 'how much it weighs', choices: ['critical', 'high', 'medium', 'low'] },
  purpose: { description: 'what it guards', choices: ['security', 'cost'] },
  gates: {
    description: 'for which gates it counts, with commas; none for none',
    placeholder: 'network,mail',
  },
  'grace-minutes': { description: 'time to mend before gates shut', placeholder: 'N' },
  'fact-age-hours': { description: 'how old facts may be; policies say by default', placeholder: 'N' },
  'when-unknown': {
    description: 'what it means that nothing is known',
    choices: ['quarantine', 'compliant', 'not-compliant'],
  },
  stages: {
    description: 'what follows with time, as JSON or @FILE',
    placeholder: `'[{"afterMinutes":60,"actions":[{"kind":"quarantine"}]}]'`,
  },
} as const;

/** What was given, in the words of the API. */
function bodyOf({ options }: CommandContext): Record<string, unknown> {
  const { demand, gates, stages, severity, purpose } = options;
  const body: Record<string, unknown> = {
    demand: demand === undefined || demand === 'from-policies' ? demand : input.json('demand', demand),
    severity,
    purpose,
    gates: gates === undefined ? undefined : gates === 'none' ? [] : gates.split(','),
    graceMinutes: numberOf('grace-minutes', options['grace-minutes']),
    maximumFactAgeHours: numberOf('fact-age-hours', options['fact-age-hours']),
    whenUnknown: options['when-unknown'],
    stages: stages === undefined ? undefined : input.json('stages', stages),
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} is a whole number`);
  return Number(text);
}

export const ruleCommands: readonly CliCommand[] = [
  {
    words: ['rule', 'list'],
    summary: 'List compliance rules.',
    run: ({ api }) => api().list('/compliance-rules'),
  },
  {
    words: ['rule', 'kinds'],
    summary: 'List the kinds of compliance rules and what each may demand.',
    run: ({ api }) => api().request('GET', '/compliance-rule-kinds'),
  },
  {
    words: ['rule', 'show'],
    summary: 'Show a compliance rule.',
    positionals: [rule],
    run: ({ api, positionals }) => api().request('GET', `/compliance-rules/${positionals[0]}`),
  },
  {
    words: ['rule', 'versions'],
    summary: 'List the versions of a compliance rule, newest first.',
    positionals: [rule],
    run: ({ api, positionals }) => api().list(`/compliance-rules/${positionals[0]}/versions`),
  },
  {
    words: ['rule', 'create'],
    summary: 'Create a compliance rule; it does nothing until it is assigned.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      kind: { required: true, description: 'its kind; see rule kinds', placeholder: 'KIND' },
      ...content,
    },
    run: (context) =>
      context.api().request('POST', '/compliance-rules', {
        body: {
          name: context.options['name'],
          kind: context.options['kind'],
          demand: {},
          ...bodyOf(context),
        },
      }),
  },
  {
    words: ['rule', 'update'],
    summary: 'Change a compliance rule; makes a new version.',
    positionals: [rule],
    options: {
      name: { description: 'another name', placeholder: 'NAME' },
      enabled: { description: 'whether it is in force', choices: ['yes', 'no'] },
      ...content,
    },
    run(context) {
      const { name, enabled } = context.options;
      const body = {
        ...bodyOf(context),
        ...(name === undefined ? {} : { name }),
        ...(enabled === undefined ? {} : { enabled: enabled === 'yes' }),
      };
      return context.api().request('PATCH', `/compliance-rules/${context.positionals[0]}`, { body });
    },
  },
  {
    words: ['rule', 'delete'],
    summary: 'Delete a compliance rule and its assignments.',
    positionals: [rule],
    run: ({ api, positionals }) => api().request('DELETE', `/compliance-rules/${positionals[0]}`),
  },
  {
    words: ['exception', 'list'],
    summary: 'List the exceptions of a device from compliance rules.',
    positionals: [device],
    run: ({ api, positionals }) => api().list(`/devices/${positionals[0]}/exceptions`),
  },
  {
    words: ['exception', 'create'],
    summary: 'Except a device from a compliance rule.',
    positionals: [device],
    options: {
      rule: {
        required: true,
        description: 'the rule, or a kind for what policies demand',
        placeholder: 'ID|KIND',
      },
      reason: { required: true, description: 'why', placeholder: 'TEXT' },
      until: { description: 'when it ends; without, it lasts until it is taken back', placeholder: 'TIME' },
    },
    run: ({ api, positionals, options: { rule: of, reason, until } }) =>
      api().request('POST', `/devices/${positionals[0]}/exceptions`, {
        body: { rule: of, reason, ...(until === undefined ? {} : { expiresAt: until }) },
      }),
  },
  {
    words: ['exception', 'delete'],
    summary: 'Take an exception back.',
    positionals: [device, { name: 'ID', description: 'the exception' }],
    run: ({ api, positionals: [of, id] }) => api().request('DELETE', `/devices/${of}/exceptions/${id}`),
  },
];
