// `gatehouse command send`: to one device, or to any number of them, a thousand in a call.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { commandNames } from '@gatehouse/core/commands/catalogue.ts';
import { type CliCommand, type CommandContext, UsageError } from '../command.ts';
import { duration } from '../duration.ts';
import { input } from '../input.ts';
import { fields, table } from '../output.ts';

interface Outcome {
  readonly deviceId: string;
  readonly command: { readonly id: string; readonly state: string } | null;
  readonly refusal: { readonly message: string } | null;
}

const devicesPerCall = 1_000;

export const sendCommand: CliCommand = {
  words: ['command', 'send'],
  summary: 'Send a command to a device, or to many.',
  positionals: [
    {
      name: 'COMMAND',
      description: `one of: ${commandNames.join(', ')}`,
    },
  ],
  options: {
    device: { description: 'the device; several with commas between them', placeholder: 'ID[,ID…]' },
    'devices-from': {
      description: 'a file with one device per line; - is standard input',
      placeholder: 'FILE',
    },
    params: { description: 'its parameters, as JSON', placeholder: `'{"text":"Hello"}'` },
    reason: { description: 'why; kept in the audit record', placeholder: 'TEXT' },
    expires: { description: 'give up after', placeholder: '7d' },
  },
  async run(context) {
    const deviceIds = await devicesOf(context);
    const [only] = deviceIds;
    if (only === undefined) throw new UsageError('name a device with --device, or many with --devices-from');
    if (deviceIds.length === 1 && context.options['devices-from'] === undefined) {
      return send(context, `/devices/${only}/commands`, {});
    }
    const items: Outcome[] = [];
    for (let from = 0; from < deviceIds.length; from += devicesPerCall) {
      const some = deviceIds.slice(from, from + devicesPerCall);
      const answer = (await send(context, '/commands', { deviceIds: some })) as { items: Outcome[] };
      items.push(...answer.items);
      if (deviceIds.length > devicesPerCall) context.progress(`${items.length} of ${deviceIds.length}`);
    }
    return { items };
  },
  print: ((result: { readonly items?: readonly Outcome[]; readonly id?: string }) => {
    if (result.items === undefined) return fields({ ...result });
    const refused = result.items.filter(({ refusal }) => refusal !== null);
    const shown = table(
      result.items.map(({ deviceId, command, refusal }) => ({
        device: deviceId,
        command: command?.id ?? null,
        outcome: refusal?.message ?? command?.state ?? null,
      })),
      ['device', 'command', 'outcome'],
    );
    return `${shown}\n\n${result.items.length - refused.length} sent, ${refused.length} refused`;
  }) as never,
};

async function devicesOf({ options, readStandardInput }: CommandContext): Promise<string[]> {
  const { device, 'devices-from': file } = options;
  const listed =
    file === undefined ? '' : file === '-' ? await readStandardInput() : readFileSync(file, 'utf8');
  const ids = [...(device ?? '').split(','), ...listed.split(/\r?\n/)].map((id) => id.trim());
  return [...new Set(ids.filter((id) => id !== ''))];
}

/** Each call with a key of its own, so that one that breaks can be sent again without doing anything twice. */
function send(
  { api, options, positionals }: CommandContext,
  path: string,
  to: { readonly deviceIds?: readonly string[] },
): Promise<unknown> {
  const { params, reason, expires } = options;
  return api().request('POST', path, {
    headers: { 'idempotency-key': randomUUID() },
    body: {
      ...to,
      name: positionals[0],
      params: params === undefined ? {} : input.json('params', params),
      ...(reason === undefined ? {} : { reason }),
      ...(expires === undefined ? {} : { expiresInSeconds: duration(expires, 'expires') }),
    },
  });
}
