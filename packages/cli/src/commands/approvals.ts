// `gatehouse approval …`, `budget …` and `alert …`: what takes a second person, and what administrators are told of.
import { type CliCommand, type CommandContext, UsageError } from '../command.ts';

const id = (what: string) => [{ name: 'ID', description: what }] as const;
const reasonOption = { description: 'why; kept in the audit record', placeholder: 'TEXT' } as const;

function decide(verb: 'reject' | 'withdraw' | 'release', summary: string): CliCommand {
  return {
    words: ['approval', verb],
    summary,
    positionals: id('the request'),
    options: { reason: reasonOption },
    run: ({ api, positionals, options }) =>
      api().request('POST', `/approvals/${positionals[0]}/${verb}`, {
        body: options['reason'] === undefined ? {} : { reason: options['reason'] },
      }),
  };
}

/** Whoever decides names the request as it was shown: by its hash, or by enough of it to be no accident. */
async function decideByHash(context: CommandContext, verb: 'approve' | 'override'): Promise<unknown> {
  const { api, positionals, options } = context;
  const path = `/approvals/${positionals[0]}`;
  const seen = options['hash'] ?? '';
  if (!/^[0-9a-f]{8,64}$/.test(seen)) throw new UsageError('--hash takes at least 8 characters of the hash');
  const { hash } = await api().request<{ hash: string }>('GET', path);
  const { reason } = options;
  return api().request('POST', `${path}/${verb}`, {
    // What was not shown is sent as it was given, and the server refuses it.
    body: {
      hash: hash.startsWith(seen) ? hash : seen.padEnd(64, '0'),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}

const hashOption = {
  description: 'the hash of the request as you were shown it; its first 8 characters will do',
  placeholder: 'HASH',
  required: true,
} as const;

export const approvalCommands: readonly CliCommand[] = [
  {
    words: ['approval', 'list'],
    summary: 'List requests for what takes a second person.',
    options: {
      state: {
        description: 'only those',
        choices: ['pending', 'canary', 'done', 'rejected', 'withdrawn', 'expired'],
      },
    },
    run: ({ api, options }) => api().list('/approvals', { state: options['state'] }),
  },
  {
    words: ['approval', 'show'],
    summary: 'Show a request, with the hash that an approval has to name.',
    positionals: id('the request'),
    run: ({ api, positionals }) => api().request('GET', `/approvals/${positionals[0]}`),
  },
  {
    words: ['approval', 'approve'],
    summary: 'Say yes to what somebody else asked for.',
    positionals: id('the request'),
    options: { hash: hashOption, reason: reasonOption },
    run: (context) => decideByHash(context, 'approve'),
  },
  decide('reject', 'Say no to what somebody asked for.'),
  decide('withdraw', 'Take back what you asked for.'),
  decide('release', 'Let the rest of a batch follow without waiting for its first device.'),
  {
    words: ['approval', 'override'],
    summary: 'In an emergency, go ahead without a second person; every administrator is told.',
    positionals: id('the request'),
    options: { hash: hashOption, reason: { ...reasonOption, required: true } },
    run: (context) => decideByHash(context, 'override'),
  },
  {
    words: ['budget', 'show'],
    summary: 'Show how much may be destroyed in a window of time, and how much of it is left.',
    run: ({ api }) => api().request('GET', '/destructive-budget'),
  },
  {
    words: ['budget', 'change'],
    summary: 'Ask for another budget of destructive commands; a second person has to agree.',
    options: {
      minimum: { description: 'devices in a window, at least', placeholder: 'N' },
      'fleet-percent': { description: 'or this share of the fleet, if that is more', placeholder: 'N' },
      'window-minutes': { description: 'the window', placeholder: 'N' },
      'second-person': { description: 'asked for', choices: ['above-budget', 'always'] },
      'canary-above': {
        description: 'of more devices than this the first goes ahead alone',
        placeholder: 'N',
      },
      reason: { ...reasonOption, required: true },
    },
    async run({ api, options }) {
      const numbers = {
        minimumBudget: options['minimum'],
        fleetPercent: options['fleet-percent'],
        windowMinutes: options['window-minutes'],
        canaryAbove: options['canary-above'],
      };
      const given = Object.entries(numbers).flatMap(([name, text]) =>
        text === undefined ? [] : [[name, Number(text)] as const],
      );
      if (given.some(([, value]) => !Number.isFinite(value))) throw new UsageError('that is not a number');
      return api().request('POST', '/destructive-budget/changes', {
        body: {
          ...Object.fromEntries(given),
          ...(options['second-person'] === undefined ? {} : { secondPerson: options['second-person'] }),
          reason: options['reason'],
        },
      });
    },
  },
  {
    words: ['alert', 'list'],
    summary: 'List what administrators were told of.',
    options: { all: { description: 'also what somebody has acknowledged', flag: true } },
    run: ({ api, flags }) => api().list('/alerts', { open: flags.has('all') ? undefined : 'true' }),
  },
  {
    words: ['alert', 'acknowledge'],
    summary: 'Say that an alert has been seen.',
    positionals: id('the alert'),
    run: ({ api, positionals }) => api().request('POST', `/alerts/${positionals[0]}/acknowledge`),
  },
];
