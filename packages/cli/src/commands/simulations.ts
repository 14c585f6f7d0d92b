// `gatehouse simulate …`: what a change would do before it is made, in numbers and sentences.
import { type CliCommand, type CommandContext, UsageError } from '../command.ts';
import { input } from '../input.ts';
import { printable, table } from '../output.ts';
import { targetId } from './policies.ts';

interface Share {
  readonly name: string;
  readonly losing: number;
  readonly gaining: number;
  readonly notCompliant: number;
  readonly compliant: number;
}

interface Simulation {
  readonly id: string;
  readonly fleet: number;
  readonly horizonHours: number;
  readonly listed: number;
  readonly counts: {
    readonly examined: number;
    readonly judged: number;
    readonly changed: number;
    readonly becomeNotCompliant: number;
    readonly becomeCompliant: number;
    readonly gates: Readonly<Record<string, { allowed: number; quarantined: number; denied: number }>>;
    readonly escalating: Readonly<Record<string, number>>;
    readonly byPlatform: readonly Share[];
    readonly byGroup: readonly Share[];
    readonly byReason: readonly Share[];
    readonly later: readonly { at: string; notCompliant: number; denied: number }[];
  };
}

const horizon = {
  hours: { description: 'how far ahead deadlines are followed; 168 when absent', placeholder: 'N' },
} as const;

function simulate(
  words: readonly string[],
  summary: string,
  rest: Pick<CliCommand, 'positionals' | 'options'>,
  change: (context: CommandContext) => Promise<object>,
): CliCommand {
  return {
    words: ['simulate', ...words],
    summary,
    ...rest,
    options: { ...rest.options, ...horizon },
    async run(context) {
      const { hours } = context.options;
      return context.api().request('POST', '/simulations', {
        body: {
          change: await change(context),
          ...(hours === undefined ? {} : { horizonHours: Number(hours) }),
        },
      });
    },
    print: print as never,
  };
}

const list = (ids: string | undefined): string[] => ids?.split(',').filter((id) => id !== '') ?? [];

export const simulationCommands: readonly CliCommand[] = [
  simulate(
    ['policy'],
    'Say what other settings of a policy suite would do.',
    {
      positionals: [{ name: 'ID', description: 'the policy suite' }],
      options: {
        settings: { description: 'all its settings, as JSON or @FILE', placeholder: 'JSON' },
        delete: { description: 'or: the policy suite would be deleted', flag: true },
      },
    },
    async ({ positionals, options, flags }) => {
      const { settings } = options;
      if ((settings === undefined) === !flags.has('delete'))
        throw new UsageError('give either --settings or --delete');
      return {
        kind: 'policy',
        policyId: positionals[0],
        settings: settings === undefined ? null : input.json('settings', settings),
      };
    },
  ),
  simulate(
    ['assignment'],
    'Say what an assignment would do, or its end.',
    {
      options: {
        policy: { description: 'the policy suite', placeholder: 'ID' },
        schedule: { description: 'or the connection schedule', placeholder: 'ID' },
        rule: { description: 'or the compliance rule', placeholder: 'ID' },
        remove: { description: 'or the assignment that would be taken back', placeholder: 'ID' },
        target: { description: 'to whom', choices: ['organization', 'group', 'user', 'device'] },
        id: { description: 'which group, user or device', placeholder: 'ID' },
        platform: {
          description: 'only for this platform',
          choices: ['linux', 'macos', 'ios', 'android', 'windows'],
        },
      },
    },
    async (context) => {
      const { remove, target, platform } = context.options;
      if (remove !== undefined) return { kind: 'assignment-removed', assignmentId: remove };
      const given = itemKinds.filter((kind) => context.options[kind] !== undefined);
      const [kind] = given;
      if (kind === undefined || given.length > 1 || target === undefined)
        throw new UsageError('give one item and --target, or --remove');
      return {
        kind: 'assignment-added',
        item: { kind, id: context.options[kind] },
        target: { kind: target, id: await targetId(context, target) },
        ...(platform === undefined ? {} : { platform }),
      };
    },
  ),
  simulate(
    ['rule'],
    'Say what other contents of a compliance rule would do.',
    {
      positionals: [{ name: 'ID', description: 'the rule' }],
      options: {
        changes: { description: 'what would be changed of it, as JSON or @FILE', placeholder: 'JSON' },
        delete: { description: 'or: the rule would be deleted', flag: true },
      },
    },
    async ({ positionals, options, flags }) => {
      const { changes } = options;
      if ((changes === undefined) === !flags.has('delete'))
        throw new UsageError('give either --changes or --delete');
      return {
        kind: 'rule',
        ruleId: positionals[0],
        changes: changes === undefined ? null : input.json('changes', changes),
      };
    },
  ),
  simulate(
    ['new-rule'],
    'Say what a compliance rule would do that does not exist yet.',
    {
      options: {
        rule: { required: true, description: 'the rule, as JSON or @FILE', placeholder: 'JSON' },
        target: {
          required: true,
          description: 'to whom it would be assigned',
          choices: ['organization', 'group', 'user', 'device'],
        },
        id: { description: 'which group, user or device', placeholder: 'ID' },
      },
    },
    async (context) => {
      const { rule = '', target = '' } = context.options;
      return {
        kind: 'new-rule',
        rule: input.json('rule', rule),
        target: { kind: target, id: await targetId(context, target) },
      };
    },
  ),
  simulate(
    ['group'],
    'Say what other members of a group would do.',
    {
      positionals: [{ name: 'ID', description: 'the group' }],
      options: {
        add: { description: 'users who would join', placeholder: 'ID,…' },
        remove: { description: 'users who would leave', placeholder: 'ID,…' },
      },
    },
    async ({ positionals, options }) => ({
      kind: 'group-members',
      groupId: positionals[0],
      add: list(options['add']),
      remove: list(options['remove']),
    }),
  ),
  simulate(
    ['os-version'],
    'Say what it would do if all devices of a platform had a version of their system.',
    {
      positionals: [
        { name: 'PLATFORM', description: 'linux, macos, ios, android or windows' },
        { name: 'VERSION', description: 'such as 18.1' },
      ],
    },
    async ({ positionals }) => ({ kind: 'os-version', platform: positionals[0], version: positionals[1] }),
  ),
  {
    words: ['simulation', 'list'],
    summary: 'List simulations, newest first.',
    run: ({ api }) => api().list('/simulations', {}, 1_000),
    print: ((rows: (Simulation & { change: { kind: string }; createdAt: string })[]) =>
      table(
        rows.map(({ id, change, createdAt, counts: { changed, becomeNotCompliant } }) => ({
          id,
          change: change.kind,
          at: createdAt,
          changed,
          'not compliant': becomeNotCompliant,
        })),
        ['id', 'change', 'at', 'changed', 'not compliant'],
      )) as never,
  },
  {
    words: ['simulation', 'show'],
    summary: 'Show what a change would have done.',
    positionals: [{ name: 'ID', description: 'the simulation' }],
    run: ({ api, positionals }) => api().request('GET', `/simulations/${positionals[0]}`),
    print: print as never,
  },
  {
    words: ['simulation', 'devices'],
    summary: 'List the devices that a change would concern, and how.',
    positionals: [{ name: 'ID', description: 'the simulation' }],
    options: {
      effect: {
        description: 'only those',
        choices: [
          'becomes-not-compliant',
          'becomes-compliant',
          'loses-access',
          'gains-access',
          'escalates',
          'later',
        ],
      },
    },
    run: ({ api, positionals, options }) =>
      api().list(`/simulations/${positionals[0]}/devices`, { effect: options['effect'] }, 10_000),
    print: ((rows: { effects: string[]; reasons: { name: string }[] }[]) =>
      table(
        rows.map((row) => ({
          ...row,
          effects: row.effects.join(', '),
          reasons: row.reasons.map(({ name }) => name).join(', '),
        })),
        ['deviceId', 'name', 'platform', 'effects', 'reasons'],
      )) as never,
  },
];

const itemKinds = ['policy', 'schedule', 'rule'] as const;

function print(result: Simulation): string {
  const { counts, fleet, horizonHours, id } = result;
  const number = (value: number) => value.toLocaleString('en');
  const share = (rows: readonly Share[], title: string) =>
    rows.length === 0
      ? []
      : [
          '',
          table(
            rows.map((row) => ({ ...row, [title]: row.name })),
            [title, 'losing', 'gaining', 'notCompliant', 'compliant'],
          ),
        ];
  const gates = Object.entries(counts.gates)
    .filter(([, { allowed, quarantined, denied }]) => allowed + quarantined + denied > 0)
    .map(([gate, count]) => ({ gate, ...count }));
  const escalating = Object.entries(counts.escalating).filter(([, devices]) => devices > 0);
  const lines = [
    `Of ${number(fleet)} devices under management the decision about ${number(counts.changed)} would change at once:`,
    `${number(counts.becomeNotCompliant)} would no longer be compliant, ${number(counts.becomeCompliant)} would become so.`,
    ...(gates.length === 0 ? [] : ['', printable(gates)]),
    ...share(counts.byReason, 'rule'),
    ...share(counts.byPlatform, 'platform'),
    ...share(counts.byGroup, 'group'),
    ...escalating.map(([action, devices]) => `\n${number(devices)} would move towards: ${action}.`),
    ...(counts.later.length === 0
      ? []
      : [
          `\nIf devices stay as they are, deadlines within ${horizonHours} hours would do this:`,
          table(counts.later, ['at', 'notCompliant', 'denied']),
        ]),
    '',
    `Simulation ${id}: save the change with --simulation ${id} to be sure that it does this.`,
  ];
  return lines.join('\n');
}
