// Reads from an audit export whom an organization has shut out by its end. The old server's export, or the copy that was
// shipped elsewhere, knows what a backup cannot: what happened after it.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import type { ExportedEntry } from '@gatehouse/core/audit/export.ts';
import { readExportLine } from '@gatehouse/core/audit/read-export.ts';
import { verifyExport } from '@gatehouse/core/audit/verify.ts';
import type { KeptOut } from '../kernel/backup/keep-out.ts';

type Sets = { [Name in keyof KeptOut]: Set<string> };

/** What an entry of an action does to the sets; the last word about somebody counts. */
const effects: Readonly<Record<string, (sets: Sets, id: string, entry: ExportedEntry['entry']) => void>> = {
  'certificates.revoke': (sets, id) => sets.revokedSerials.add(id),
  'devices.block': (sets, id) => sets.blockedDevices.add(id),
  'devices.unblock': (sets, id) => sets.blockedDevices.delete(id),
  'devices.unmanage': (sets, id) => sets.unmanagedDevices.add(id),
  'devices.delete': (sets, id) => sets.unmanagedDevices.add(id),
  'administrators.delete': (sets, id) => sets.disabledAdministrators.add(id),
  'administrators.update': (sets, id, { show }) => {
    const state = show['state'] as { after?: unknown } | undefined;
    if (state === undefined) return;
    if (state.after === 'disabled') sets.disabledAdministrators.add(id);
    else sets.disabledAdministrators.delete(id);
  },
};

/** @throws when the export is not whole. */
export async function readKeptOut(
  file: string,
): Promise<{ readonly organizationId: string; readonly list: KeptOut }> {
  const header = await firstRecord(file);
  if (header?.type !== 'header') throw new Error(`${file} is not an audit export`);
  const verifySignature = checkpointVerifier(header.keys ?? []);
  const result = await verifyExport(linesOf(file), { verifySignature });
  if (!result.ok)
    throw new Error(
      `${file} is not whole: gatehouse audit verify tells more (${result.problems[0]?.message})`,
    );
  const sets: Sets = {
    revokedSerials: new Set(),
    blockedDevices: new Set(),
    unmanagedDevices: new Set(),
    disabledAdministrators: new Set(),
  };
  for await (const line of linesOf(file)) {
    const record = readExportLine(line);
    if (record.type !== 'entry' || record.entry.outcome !== 'done' || record.entry.target === null) continue;
    effects[record.entry.action]?.(sets, record.entry.target.id, record.entry);
  }
  return { organizationId: header.org, list: sets };
}

async function firstRecord(file: string): Promise<ReturnType<typeof readExportLine> | undefined> {
  for await (const line of linesOf(file)) return readExportLine(line);
  return undefined;
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
