// Ownership in bulk (OWN-05, OWN-06, ACT-19): a CSV file of identifier and ownership, answered line by line.
import type { Readable } from 'node:stream';
import { isOwnership, type Ownership, ownerships } from '@gatehouse/core/devices/device.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { type CsvLine, readCsv } from '../../kernel/csv/read-csv.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { DeviceDeps } from './device-deps.ts';
import { identifierKinds, normalizeIdentifier } from './identifiers.ts';
import { matchLines } from './list-queries.ts';
import { applyChanges } from './update-device.ts';

export interface ImportedLine {
  readonly line: number;
  readonly identifier: string;
  readonly outcome: 'changed' | 'unchanged' | 'not-found' | 'ambiguous' | 'invalid';
  readonly deviceId?: string;
  readonly problem?: string;
}

export interface OwnershipImport {
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly lines: readonly ImportedLine[];
}

/** Lines in one transaction: a failure of the server keeps the batches before it, and the report says which. */
const batch = 100;

const columns = ['identifier', 'ownership'] as const;
type Line = CsvLine<(typeof columns)[number]>;

/**
 * The columns are `identifier` (serial number, MAC, UDID, IMEI, MEID, GUID or host name) and `ownership`.
 * @throws DomainError `invalid-input` when it is no such file, `too-large` beyond the limits.
 */
export async function importOwnership(
  deps: DeviceDeps,
  principal: TenantPrincipal,
  file: Readable,
): Promise<OwnershipImport> {
  requirePermission(principal, 'devices.ownership');
  const lines: ImportedLine[] = [];
  let waiting: Line[] = [];
  const flush = async () => {
    const work = waiting;
    waiting = [];
    const done = await deps.database.withTenant(principal.organizationId, (tx) =>
      applyLines(deps, tx, principal, work),
    );
    lines.push(...done);
  };
  for await (const line of readCsv(file, { columns, required: columns })) {
    waiting.push(line);
    if (waiting.length >= batch) await flush();
  }
  await flush();
  const count = (outcome: ImportedLine['outcome']) => lines.filter((line) => line.outcome === outcome).length;
  const [changed, unchanged] = [count('changed'), count('unchanged')];
  return { changed, unchanged, failed: lines.length - changed - unchanged, lines };
}

async function applyLines(
  deps: DeviceDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  lines: readonly Line[],
): Promise<ImportedLine[]> {
  const asked = lines.flatMap(({ line, values }) =>
    identifierKinds.flatMap((kind) => {
      const value = normalizeIdentifier(kind, values.identifier ?? '');
      return value === undefined ? [] : [{ line, kind, value }];
    }),
  );
  const matches = Map.groupBy(await matchLines(tx, asked), (match) => match.line);
  const plans = lines.map((line) =>
    plan(line, matches.get(line.line)?.map((match) => match.device_id) ?? []),
  );
  // In the order of their ids, as every batch that locks devices.
  const ready = plans.flatMap((each) => ('ownership' in each ? [each] : []));
  const changed = new Set<number>();
  for (const { line, deviceId, ownership } of ready.toSorted(compareByDevice)) {
    if (await applyChanges(deps, tx, principal, deviceId, { ownership })) changed.add(line);
  }
  return plans.map((each) => {
    if (!('ownership' in each)) return each;
    const { line, identifier, deviceId } = each;
    return { line, identifier, deviceId, outcome: changed.has(line) ? 'changed' : 'unchanged' };
  });
}

interface Plan {
  readonly line: number;
  readonly identifier: string;
  readonly deviceId: string;
  readonly ownership: Ownership;
}

function plan({ line, values, problem }: Line, devices: readonly string[]): ImportedLine | Plan {
  const identifier = (values.identifier ?? '').slice(0, 253);
  const ownership = values.ownership?.toLowerCase();
  if (problem !== undefined) return { line, identifier, outcome: 'invalid', problem };
  if (!isOwnership(ownership)) {
    return { line, identifier, outcome: 'invalid', problem: `ownership is none of ${ownerships.join(', ')}` };
  }
  const [deviceId, ...others] = devices;
  if (deviceId === undefined) return { line, identifier, outcome: 'not-found' };
  // Claimed by several devices: which one is meant, only a person can say (DEV-11).
  if (others.length > 0) return { line, identifier, outcome: 'ambiguous' };
  return { line, identifier, deviceId, ownership };
}

function compareByDevice(a: Plan, b: Plan): number {
  return a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.line - b.line;
}
