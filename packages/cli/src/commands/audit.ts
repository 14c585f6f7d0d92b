import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import type { CheckpointKey } from '@gatehouse/core/audit/export.ts';
import { verifyExport, type VerificationResult } from '@gatehouse/core/audit/verify.ts';
import { type CliCommand, CommandError, UsageError } from '../command.ts';
import { table } from '../output.ts';

/** The keys that an export's own header names: good against accidents, not against somebody who rewrites the file. */
async function keysInHeader(file: string): Promise<CheckpointKey[]> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    try {
      return (JSON.parse(line) as { keys?: CheckpointKey[] }).keys ?? [];
    } catch {
      return [];
    }
  }
  return [];
}

function describe(result: VerificationResult & { trusted: boolean }): string {
  if (!result.ok) {
    return `${table(result.problems as never, ['kind', 'seq', 'line', 'message'])}\n\nThe record was altered: ${result.problemCount} problem(s).`;
  }
  return [
    `The record is whole: ${result.entries} entries, the last is number ${result.lastSeq}.`,
    `${result.checkpoints} signed checkpoint(s) hold, up to number ${result.checkpointedSeq}.`,
    ...(result.trusted
      ? []
      : [
          'The signatures were checked with the keys in the file itself. To rule out that the whole file was written anew,',
          'give a key kept elsewhere with --key, or a checkpoint from the log with --checkpoint.',
        ]),
  ].join('\n');
}

export const auditCommands: readonly CliCommand[] = [
  {
    words: ['audit', 'export'],
    summary: 'Export the audit record with its proofs, as JSON lines.',
    options: { out: { description: 'file to write; default: standard output', placeholder: 'FILE' } },
    async run({ api, options, progress }) {
      const body = await api().download('/audit/export');
      if (options['out'] === undefined) {
        await pipeline(body, process.stdout, { end: false });
        return undefined;
      }
      await pipeline(body, createWriteStream(options['out'], { mode: 0o600 }));
      progress(`written to ${options['out']}`);
      return { file: options['out'] };
    },
  },
  {
    words: ['audit', 'verify'],
    summary: 'Verify an export, without a server: finds any edit, drop or reordering.',
    positionals: [{ name: 'FILE', description: 'the export' }],
    options: {
      checkpoint: { description: 'a file of checkpoints kept elsewhere, one per line', placeholder: 'FILE' },
      key: {
        description: 'public key (JWK) kept elsewhere, instead of the ones in the file',
        placeholder: 'FILE',
      },
    },
    async run({ positionals, options }) {
      const file = positionals[0] ?? '';
      let keys: CheckpointKey[];
      try {
        keys =
          options['key'] === undefined
            ? await keysInHeader(file)
            : [JSON.parse(readFileSync(options['key'], 'utf8')) as CheckpointKey].flat();
      } catch (error) {
        throw new UsageError((error as Error).message);
      }
      const checkpoints =
        options['checkpoint'] === undefined
          ? []
          : readFileSync(options['checkpoint'], 'utf8')
              .split('\n')
              .flatMap((line) => /[\w-]+\.[\w-]+\.[\w-]{86}/.exec(line)?.[0] ?? []);
      const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
      const result = await verifyExport(lines, { verifySignature: checkpointVerifier(keys), checkpoints });
      const trusted = options['key'] !== undefined || checkpoints.length > 0;
      if (!result.ok) throw new CommandError(describe({ ...result, trusted }), result);
      return { ...result, trusted };
    },
    print: describe,
  },
  {
    words: ['job', 'list'],
    summary: 'List background work that has failed for good.',
    run: ({ api }) => api().list('/jobs/dead'),
  },
  {
    words: ['job', 'retry'],
    summary: 'Try failed background work again.',
    positionals: [{ name: 'ID', description: 'the job' }],
    run: ({ api, positionals }) => api().request('POST', `/jobs/dead/${positionals[0]}/retry`),
  },
];
