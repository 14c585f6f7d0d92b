import { text } from 'node:stream/consumers';
import { escrowKinds } from '@gatehouse/core/devices/escrow.ts';
import { languages } from '@gatehouse/core/languages.ts';
import type { CliCommand } from '../command.ts';
import { table } from '../output.ts';
import { sendCommand } from './send-command.ts';
import { printImport, upload } from './users.ts';

const device = { name: 'ID', description: 'the device' } as const;

interface Facts {
  readonly facts: readonly {
    readonly name: string;
    readonly value: unknown;
    readonly source: string;
    readonly observedAt: string;
  }[];
  readonly withheld: readonly string[];
}

/** A list of hundreds of packages is counted, not shown; --json has it whole. */
function printFacts({ facts, withheld }: Facts): string {
  const rows = facts.map((fact) => {
    const text = JSON.stringify(fact.value);
    const long = Array.isArray(fact.value) && text.length > 100;
    return { ...fact, value: long ? `${(fact.value as unknown[]).length} entries` : fact.value };
  });
  const shown = table(rows, ['name', 'value', 'source', 'observedAt']);
  return withheld.length === 0 ? shown : `${shown}\n\nnot for your eyes: ${withheld.join(', ')}`;
}

export const deviceCommands: readonly CliCommand[] = [
  {
    words: ['device', 'list'],
    summary: 'List devices.',
    options: {
      search: { description: 'any identifier, name or user', placeholder: 'TEXT' },
      compliant: { description: 'only compliant or only other devices', choices: ['true', 'false'] },
    },
    run: ({ api, options }) =>
      api().list('/devices', { search: options['search'], compliant: options['compliant'] }, 10_000),
    print: (rows: Record<string, unknown>[]) =>
      table(rows, ['id', 'name', 'platform', 'ownership', 'state', 'compliant', 'lastCheckInAt']),
  },
  {
    words: ['device', 'show'],
    summary: 'Show a device.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('GET', `/devices/${positionals[0]}`),
  },
  {
    words: ['device', 'facts'],
    summary: 'Show what is known of a device, with source and age.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('GET', `/devices/${positionals[0]}/facts`),
    print: printFacts as never,
  },
  {
    words: ['device', 'explain'],
    summary: 'Explain why a device has or lacks access, from fact to gate.',
    positionals: [device],
    options: {
      gate: { description: 'one gate only', choices: ['network', 'mail', 'vpn', 'apps', 'content'] },
      at: { description: 'as it was at that moment', placeholder: 'TIME' },
      language: { description: 'in this language; else English', choices: [...languages] },
    },
    async run({ api, positionals, options, json }) {
      const path = `/devices/${positionals[0]}/explain`;
      const query = { gate: options['gate'], at: options['at'], language: options['language'] };
      if (json) return api().request('GET', path, { query });
      return (await text(await api().download(path, { ...query, format: 'text' }))).trimEnd();
    },
  },
  {
    words: ['device', 'desired-state'],
    summary: 'Show what a device should have, what it has, and why they differ.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('GET', `/devices/${positionals[0]}/desired-state`),
    print: ({ items }: { items: (Record<string, unknown> & { source: { name: string } })[] }) =>
      table(
        items.map((item) => ({ ...item, name: item.source.name })),
        ['name', 'form', 'channel', 'state', 'since', 'reason'],
      ),
  },
  {
    words: ['device', 'update'],
    summary: 'Change a device’s name, asset number, user or ownership.',
    positionals: [device],
    options: {
      name: { description: 'its name', placeholder: 'NAME' },
      'asset-number': { description: 'its asset number', placeholder: 'NUMBER' },
      ownership: { description: 'whose property', choices: ['corporate', 'personal', 'unspecified'] },
    },
    run: ({ api, positionals, options }) =>
      api().request('PATCH', `/devices/${positionals[0]}`, {
        body: {
          ...(options['name'] === undefined ? {} : { name: options['name'] }),
          ...(options['asset-number'] === undefined ? {} : { assetNumber: options['asset-number'] }),
          ...(options['ownership'] === undefined ? {} : { ownership: options['ownership'] }),
        },
      }),
  },
  {
    words: ['device', 'import-ownership'],
    summary: 'Set ownership in bulk from CSV: an identifier (serial, MAC, …) and ownership per line.',
    positionals: [{ name: 'FILE', description: 'the CSV file' }],
    run: (context) => upload(context, '/devices/ownership-import'),
    print: printImport,
  },
  ...(['block', 'unblock', 'unmanage', 'bar', 'unbar'] as const).map(
    (verb): CliCommand => ({
      words: ['device', verb],
      summary: {
        block: 'Block a device: every gate shuts, and it cannot enrol again until it is unblocked.',
        unblock: 'Unblock a device: it may enrol again.',
        unmanage: 'Release a device from management; its certificates end.',
        bar: 'Shut every gate for a device that may still be talked to.',
        unbar: 'Let a device that was barred pass the gates again.',
      }[verb],
      positionals: [device],
      options: { reason: { description: 'why; kept in the audit record', placeholder: 'TEXT' } },
      run: ({ api, positionals, options }) =>
        api().request('POST', `/devices/${positionals[0]}/${verb}`, {
          body: options['reason'] === undefined ? {} : { reason: options['reason'] },
        }),
    }),
  ),
  {
    words: ['device', 'escrow'],
    summary: 'List which keys and passwords of a device are in escrow.',
    positionals: [device],
    async run({ api, positionals }) {
      const { items } = (await api().request('GET', `/devices/${positionals[0]}/escrow`)) as {
        items: Record<string, unknown>[];
      };
      return items;
    },
    print: (rows: Record<string, unknown>[]) => table(rows, ['kind', 'count', 'newestAt', 'confirmedAt']),
  },
  {
    words: ['device', 'reveal'],
    summary: 'Read a key or password of a device that is in escrow; the reading is recorded.',
    positionals: [device],
    options: {
      kind: { required: true, description: 'what to read', choices: [...escrowKinds] },
      reason: { required: true, description: 'why; kept in the audit record', placeholder: 'TEXT' },
    },
    run: ({ api, positionals, options }) =>
      api().request('POST', `/devices/${positionals[0]}/escrow/${options['kind']}/reveal`, {
        body: { reason: options['reason'] },
      }),
  },
  {
    words: ['device', 'delete'],
    summary: 'Remove a device from management without touching it.',
    positionals: [device],
    run: ({ api, positionals }) => api().request('DELETE', `/devices/${positionals[0]}`),
  },
  sendCommand,
  {
    words: ['command', 'list'],
    summary: 'List a device’s commands.',
    options: { device: { required: true, description: 'the device', placeholder: 'ID' } },
    run: ({ api, options }) => api().list(`/devices/${options['device']}/commands`),
    print: (rows: Record<string, unknown>[]) =>
      table(rows, ['id', 'name', 'state', 'reason', 'requestedBy', 'createdAt', 'finishedAt']),
  },
  {
    words: ['command', 'show'],
    summary: 'Show a command and its result.',
    positionals: [{ name: 'ID', description: 'the command' }],
    run: ({ api, positionals }) => api().request('GET', `/commands/${positionals[0]}`),
  },
  {
    words: ['command', 'cancel'],
    summary: 'Cancel a command that no device has received.',
    positionals: [{ name: 'ID', description: 'the command' }],
    run: ({ api, positionals }) => api().request('POST', `/commands/${positionals[0]}/cancel`, { body: {} }),
  },
];
