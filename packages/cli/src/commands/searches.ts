// `gatehouse device search`, `watch-list …` and the devices of groups: expressions over what is known of devices.
import type { CliCommand } from '../command.ts';
import { table } from '../output.ts';

const expression = {
  name: 'EXPRESSION',
  description: 'in CEL, such as \'os.name == "iPadOS" && !posture.compliant\'',
} as const;
const found = (rows: Record<string, unknown>[]) => table(rows, ['id', 'name', 'platform', 'since']);

export const searchCommands: readonly CliCommand[] = [
  {
    words: ['device', 'search'],
    summary: 'List the devices of which an expression holds.',
    positionals: [expression],
    run: ({ api, positionals }) => api().list('/device-searches', { expression: positionals[0] }, 10_000),
    print: found as never,
  },
  {
    words: ['device', 'count'],
    summary: 'Count the devices of which an expression holds, by platform.',
    positionals: [expression],
    run: ({ api, positionals }) =>
      api().request('POST', '/device-searches/count', { body: { expression: positionals[0] } }),
  },
  {
    words: ['group', 'devices'],
    summary: 'List the devices in a group.',
    positionals: [{ name: 'ID', description: 'the group' }],
    run: ({ api, positionals }) => api().list(`/groups/${positionals[0]}/devices`, {}, 10_000),
    print: found as never,
  },
  {
    words: ['watch-list', 'create'],
    summary: 'Have administrators told when a device enters, or leaves, those of which an expression holds.',
    positionals: [expression],
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      'tell-exit': { description: 'tell also when a device leaves', flag: true },
      silent: { description: 'keep the list without telling who enters', flag: true },
    },
    run: ({ api, positionals, options, flags }) =>
      api().request('POST', '/watch-lists', {
        body: {
          name: options['name'],
          expression: positionals[0],
          tellEntry: !flags.has('silent'),
          tellExit: flags.has('tell-exit'),
        },
      }),
  },
  {
    words: ['watch-list', 'list'],
    summary: 'List watch lists, and how many devices are in each.',
    run: ({ api }) => api().list('/watch-lists'),
    print: ((rows: Record<string, unknown>[]) =>
      table(rows, ['id', 'name', 'devices', 'expression'])) as never,
  },
  {
    words: ['watch-list', 'devices'],
    summary: 'List the devices that are in a watch list now.',
    positionals: [{ name: 'ID', description: 'the watch list' }],
    run: ({ api, positionals }) => api().list(`/watch-lists/${positionals[0]}/devices`, {}, 10_000),
    print: found as never,
  },
  {
    words: ['watch-list', 'delete'],
    summary: 'Delete a watch list.',
    positionals: [{ name: 'ID', description: 'the watch list' }],
    run: ({ api, positionals }) => api().request('DELETE', `/watch-lists/${positionals[0]}`),
  },
];
