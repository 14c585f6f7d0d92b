// `gatehouse playbook …`: lost, stolen and found devices; what rules did to devices; hardware that is shut out.
import { playbookNames } from '@gatehouse/core/playbooks/playbook.ts';
import { type CliCommand, type CommandContext, UsageError } from '../command.ts';
import { table } from '../output.ts';

interface Run {
  readonly steps: readonly {
    readonly kind: string;
    readonly title: string;
    readonly state?: string;
    readonly outlook?: string;
    readonly note?: string | null;
    readonly why?: string | null;
  }[];
}

const printSteps = ((result: Run & Readonly<Record<string, unknown>>) => {
  const rows = result.steps.map((step) => ({
    step: step.kind,
    state: step.state ?? step.outlook ?? '',
    what: step.title,
    note: step.note ?? step.why ?? '',
  }));
  const shown = table(rows, ['step', 'state', 'what', 'note']);
  const { id, state } = result;
  return id === undefined ? shown : `${String(id)}: ${String(state)}\n\n${shown}`;
}) as never;

const device = [{ name: 'ID', description: 'the device' }] as const;

const orderOptions = {
  playbook: { required: true, description: 'what happened', choices: [...playbookNames] },
  option: {
    description: 'of a corporate device: 1 secured group, 2 selective wipe, 3 full wipe',
    choices: ['1', '2', '3'],
  },
  reason: { required: true, description: 'why; kept in the audit record', placeholder: 'TEXT' },
  message: { description: 'shown on the device', placeholder: 'TEXT' },
  phone: { description: 'shown on the device', placeholder: 'NUMBER' },
  'wait-hours': { description: 'how long a lost device is looked for; default 24', placeholder: 'N' },
  blacklist: { description: 'whether it is shut out of the network as well', choices: ['yes', 'no'] },
  policy: { description: 'the lock-down policy of the secured group', placeholder: 'ID' },
} as const;

function orderOf({ options }: CommandContext) {
  const wait = options['wait-hours'];
  if (wait !== undefined && !/^[0-9]{1,3}$/.test(wait)) throw new UsageError('--wait-hours takes a number');
  return {
    playbook: options['playbook'],
    reason: options['reason'],
    ...(options['option'] === undefined ? {} : { option: Number(options['option']) }),
    ...(options['message'] === undefined ? {} : { message: options['message'] }),
    ...(options['phone'] === undefined ? {} : { phoneNumber: options['phone'] }),
    ...(wait === undefined ? {} : { waitHours: Number(wait) }),
    ...(options['blacklist'] === undefined ? {} : { blacklist: options['blacklist'] === 'yes' }),
    ...(options['policy'] === undefined ? {} : { policyId: options['policy'] }),
  };
}

export const playbookCommands: readonly CliCommand[] = [
  {
    words: ['playbook', 'preview'],
    summary: 'Show what the procedure for a lost, stolen or found device would do.',
    positionals: device,
    options: orderOptions,
    run: (context) =>
      context.api().request('POST', `/devices/${context.positionals[0]}/playbooks/preview`, {
        body: orderOf(context),
      }),
    print: printSteps,
  },
  {
    words: ['playbook', 'start'],
    summary: 'Start the procedure for a lost, stolen or found device.',
    positionals: device,
    options: orderOptions,
    run: (context) =>
      context.api().request('POST', `/devices/${context.positionals[0]}/playbooks`, {
        body: orderOf(context),
      }),
    print: printSteps,
  },
  {
    words: ['playbook', 'list'],
    summary: 'List procedures, newest first.',
    options: { device: { description: 'only of this device', placeholder: 'ID' } },
    run: ({ api, options }) =>
      api().list(
        options['device'] === undefined ? '/playbook-runs' : `/devices/${options['device']}/playbooks`,
      ),
  },
  {
    words: ['playbook', 'show'],
    summary: 'Show a procedure with its steps.',
    positionals: [{ name: 'RUN', description: 'the run' }],
    run: ({ api, positionals }) => api().request('GET', `/playbook-runs/${positionals[0]}`),
    print: printSteps,
  },
  {
    words: ['playbook', 'continue'],
    summary: 'Go on without waiting any longer for the device to be found.',
    positionals: [{ name: 'RUN', description: 'the run' }],
    run: ({ api, positionals }) => api().request('POST', `/playbook-runs/${positionals[0]}/continue`),
    print: printSteps,
  },
  {
    words: ['playbook', 'stop'],
    summary: 'Stop a procedure; what the device has not received yet is taken back.',
    positionals: [{ name: 'RUN', description: 'the run' }],
    options: { reason: { required: true, description: 'why', placeholder: 'TEXT' } },
    run: ({ api, positionals, options }) =>
      api().request('POST', `/playbook-runs/${positionals[0]}/stop`, { body: { reason: options['reason'] } }),
    print: printSteps,
  },
  {
    words: ['action', 'list'],
    summary: 'List what compliance rules did, with the cause and what came of it.',
    options: {
      device: { description: 'only to this device', placeholder: 'ID' },
      rule: { description: 'only by this rule', placeholder: 'ID' },
      since: { description: 'only since then', placeholder: '2026-01-31T00:00:00Z' },
    },
    run: ({ api, options }) =>
      api().list(
        options['device'] === undefined ? '/compliance-actions' : `/devices/${options['device']}/actions`,
        {
          rule: options['rule'],
          since: options['since'],
        },
      ),
  },
  {
    words: ['action', 'report'],
    summary: 'Report how often each rule did what, with what outcome.',
    options: { days: { description: 'to look back; default 30', placeholder: 'N' } },
    run: ({ api, options }) =>
      api().request('GET', '/compliance-actions/summary', { query: { days: options['days'] } }),
    print: (({ items }: { readonly items: readonly Readonly<Record<string, unknown>>[] }) =>
      table([...items], ['rule', 'ruleName', 'kind', 'state', 'count', 'devices'])) as never,
  },
  {
    words: ['hardware', 'list'],
    summary: 'List hardware that may not enrol.',
    run: ({ api }) => api().list('/hardware-blocks'),
  },
  {
    words: ['hardware', 'block'],
    summary: 'Shut hardware out: it cannot enrol, and passes no gate if it does.',
    options: {
      kind: {
        required: true,
        description: 'what the value is',
        choices: ['serial', 'udid', 'imei', 'meid', 'mac'],
      },
      value: { required: true, description: 'the identifier', placeholder: 'TEXT' },
      reason: { required: true, description: 'why', placeholder: 'TEXT' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/hardware-blocks', {
        body: { kind: options['kind'], value: options['value'], reason: options['reason'] },
      }),
  },
  {
    words: ['hardware', 'unblock'],
    summary: 'Let hardware enrol again.',
    positionals: [{ name: 'ID', description: 'the entry' }],
    run: ({ api, positionals }) => api().request('DELETE', `/hardware-blocks/${positionals[0]}`),
  },
];
