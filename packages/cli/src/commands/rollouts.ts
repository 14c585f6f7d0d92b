// `gatehouse rollout …`: changes that reach the fleet ring by ring.
import { type CliCommand, UsageError } from '../command.ts';
import { input } from '../input.ts';
import { table } from '../output.ts';

const id = [{ name: 'ID', description: 'the rollout' }] as const;

function act(verb: 'resume' | 'abort', summary: string): CliCommand {
  return {
    words: ['rollout', verb],
    summary,
    positionals: id,
    run: ({ api, positionals }) => api().request('POST', `/rollouts/${positionals[0]}/${verb}`),
  };
}

/** `5,25,100`, or a group's id in the place of a share. */
function ringsOf(words: string): object[] {
  return words
    .split(',')
    .map((word) => (/^\d{1,3}$/.test(word) ? { percent: Number(word) } : { groupId: word.trim() }));
}

export const rolloutCommands: readonly CliCommand[] = [
  {
    words: ['rollout', 'start'],
    summary: 'Change a policy suite or a compliance rule, and let the change take effect ring by ring.',
    options: {
      policy: { description: 'the policy suite', placeholder: 'ID' },
      settings: { description: 'all its settings, as JSON or @FILE', placeholder: 'JSON' },
      rule: { description: 'or the compliance rule', placeholder: 'ID' },
      changes: { description: 'what changes of it, as JSON or @FILE', placeholder: 'JSON' },
      rings: {
        required: true,
        description: 'shares of a hundred devices, rising, or groups; the last is 100',
        placeholder: '5,25,100',
      },
      'soak-minutes': { description: 'how long each ring has it before the next; 60', placeholder: 'N' },
      tolerance: {
        description: 'how many more devices than simulated may stop being compliant; 10',
        placeholder: 'N',
      },
    },
    async run({ api, options }) {
      const { policy, settings, rule, changes, rings = '', tolerance } = options;
      const soak = options['soak-minutes'];
      if ((policy === undefined) === (rule === undefined))
        throw new UsageError('give either --policy and --settings, or --rule and --changes');
      return api().request('POST', '/rollouts', {
        body: {
          ...(policy === undefined
            ? { item: { kind: 'rule', id: rule }, changes: input.json('changes', changes ?? '') }
            : { item: { kind: 'policy', id: policy }, settings: input.json('settings', settings ?? '') }),
          rings: ringsOf(rings),
          ...(soak === undefined ? {} : { soakMinutes: Number(soak) }),
          ...(tolerance === undefined ? {} : { tolerance: Number(tolerance) }),
        },
      });
    },
  },
  {
    words: ['rollout', 'list'],
    summary: 'List rollouts, newest first.',
    run: ({ api }) => api().list('/rollouts', {}, 1_000),
    print: ((rows: { rings: unknown[]; ring: number }[]) =>
      table(
        rows.map((row) => ({ ...row, ring: `${row.ring} of ${row.rings.length}` })),
        ['id', 'item', 'state', 'ring', 'notCompliant', 'nextAt'],
      )) as never,
  },
  {
    words: ['rollout', 'show'],
    summary: 'Show how far a rollout is.',
    positionals: id,
    run: ({ api, positionals }) => api().request('GET', `/rollouts/${positionals[0]}`),
  },
  act('resume', 'Go on with a rollout that has halted.'),
  act('abort', 'End a rollout: everybody gets back what was before.'),
];
