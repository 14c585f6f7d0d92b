import { type CliCommand, type CommandContext, UsageError } from '../command.ts';
import { input } from '../input.ts';
import { findUser } from './users.ts';

/** The organization needs no id; users are also found by e-mail address. */
export async function targetId(context: CommandContext, kind: string): Promise<string> {
  if (kind === 'organization')
    return (await context.api().request<{ id: string }>('GET', '/organization')).id;
  const id = context.options['id'];
  if (id === undefined) throw new UsageError(`--id is missing: which ${kind}?`);
  return kind === 'user' ? findUser(context, id) : id;
}

/** Of whoever saves a change: what he knows of what it will do. */
const bindingOptions = {
  simulation: { description: 'save only if it does what this simulation said', placeholder: 'ID' },
  bound: { description: 'by how many devices each number may differ by now', placeholder: 'N' },
  confirmed: { description: 'save although many devices would be shut out', flag: true },
} as const;

function binding({ options, flags }: CommandContext): Record<string, unknown> {
  const { simulation, bound } = options;
  return {
    ...(simulation === undefined ? {} : { simulationId: simulation }),
    ...(bound === undefined ? {} : { bound: Number(bound) }),
    ...(flags.has('confirmed') ? { confirmed: true } : {}),
  };
}

function asQuery(given: Record<string, unknown>): string {
  const query = new URLSearchParams(
    Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return query.size === 0 ? '' : `?${query}`;
}

export const policyCommands: readonly CliCommand[] = [
  { words: ['policy', 'list'], summary: 'List policy suites.', run: ({ api }) => api().list('/policies') },
  {
    words: ['policy', 'show'],
    summary: 'Show a policy suite.',
    positionals: [{ name: 'ID', description: 'the policy suite' }],
    run: ({ api, positionals }) => api().request('GET', `/policies/${positionals[0]}`),
  },
  {
    words: ['policy', 'create'],
    summary: 'Create a policy suite.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      settings: {
        required: true,
        description: 'its settings, as JSON or @FILE',
        placeholder: `'{"passcode.required":true}'`,
      },
    },
    run: ({ api, options }) =>
      api().request('POST', '/policies', {
        body: { name: options['name'], settings: input.json('settings', options['settings'] ?? '') },
      }),
  },
  {
    words: ['policy', 'update'],
    summary: 'Change a policy suite’s settings; makes a new version.',
    positionals: [{ name: 'ID', description: 'the policy suite' }],
    options: {
      settings: { required: true, description: 'all its settings, as JSON or @FILE', placeholder: 'JSON' },
      ...bindingOptions,
    },
    run: (context) =>
      context.api().request('PATCH', `/policies/${context.positionals[0]}`, {
        body: { settings: input.json('settings', context.options['settings'] ?? ''), ...binding(context) },
      }),
  },
  {
    words: ['schedule', 'list'],
    summary: 'List connection schedules.',
    run: ({ api }) => api().list('/schedules'),
  },
  {
    words: ['schedule', 'create'],
    summary: 'Create a connection schedule.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      schedule: {
        required: true,
        description: 'check-in and scan intervals, as JSON or @FILE',
        placeholder: 'JSON',
      },
    },
    run: ({ api, options }) =>
      api().request('POST', '/schedules', {
        body: { name: options['name'], schedule: input.json('schedule', options['schedule'] ?? '') },
      }),
  },
  {
    words: ['assign'],
    summary:
      'Assign a policy suite, resource, schedule or compliance rule to the organization, a group, a user or a device.',
    options: {
      policy: { description: 'the policy suite', placeholder: 'ID' },
      schedule: { description: 'or the connection schedule', placeholder: 'ID' },
      resource: { description: 'or the resource', placeholder: 'ID' },
      rule: { description: 'or the compliance rule', placeholder: 'ID' },
      target: {
        required: true,
        description: 'to whom',
        choices: ['organization', 'group', 'user', 'device'],
      },
      id: { description: 'which group, user or device', placeholder: 'ID' },
      platform: {
        description: 'only for this platform',
        choices: ['linux', 'macos', 'ios', 'android', 'windows'],
      },
      ...bindingOptions,
    },
    async run(context) {
      const { api, options } = context;
      const { target, platform } = options;
      const given = ['policy', 'schedule', 'resource', 'rule'].filter((kind) => options[kind] !== undefined);
      const [kind] = given;
      if (kind === undefined || given.length > 1)
        throw new UsageError('give one of --policy, --schedule, --resource and --rule');
      const item = { kind, id: options[kind] };
      return api().request('POST', '/assignments', {
        body: {
          item,
          target: { kind: target, id: await targetId(context, target ?? '') },
          ...(platform === undefined ? {} : { platform }),
          ...binding(context),
        },
      });
    },
  },
  {
    words: ['assignment', 'list'],
    summary: 'List assignments.',
    run: ({ api }) => api().list('/assignments'),
  },
  {
    words: ['assignment', 'delete'],
    summary: 'Take an assignment back.',
    positionals: [{ name: 'ID', description: 'the assignment' }],
    options: bindingOptions,
    run: (context) =>
      context.api().request('DELETE', `/assignments/${context.positionals[0]}${asQuery(binding(context))}`),
  },
];
