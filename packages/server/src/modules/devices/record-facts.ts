// Stores what a source states about a device: read against the catalogue, cut by privacy, older never over newer, changes
// kept as history, identifiers kept in step.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import { type FactChange, factChanges } from '@gatehouse/core/facts/changes.ts';
import { type DropReason, type ParsedReport, parseReport } from '@gatehouse/core/facts/parse-report.ts';
import { mayCollect } from '@gatehouse/core/facts/privacy.ts';
import { type FactReport, selectFacts } from '@gatehouse/core/facts/select.ts';
import type { FactSource, FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { readCollectionPolicy } from './collection-policy.ts';
import {
  type FactsRow,
  selectCollection,
  selectFactRows,
  selectFactsBeforeReports,
  toFactReport,
  writeChanges,
  writeFacts,
  writeIdentifiers,
} from './facts-queries.ts';
import { barKnownHardware } from './hardware-blocks.ts';
import { identifiersOf, identifyingFacts } from './identifiers.ts';
import { type LockedDevice, lockDevices, noSuchDevice } from './lock-device.ts';
import { nameIfUnnamed } from './queries.ts';

/** One scan's outcome as its source states it; times by the server's clock. */
export interface StatedScan {
  readonly scan: Scan;
  /** ms since the epoch */
  readonly observedAt: number;
  readonly facts: unknown;
  readonly truncated?: boolean;
  /**
   * Beside what the source said of this scan before, which stays and is as old as it was: for sources that are asked several
   * questions for one scan. Without, the scan is all there is to know.
   */
  readonly adds?: true;
}

export interface FactsOutcome {
  /** Facts whose value is another than before, whichever source states it. */
  readonly changed: readonly FactName[];
  /** How many facts were not stored, by reason. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Scans that were left out because a newer one of the same source is stored (DEV-14). */
  readonly outdated: readonly Scan[];
  readonly device: LockedDevice;
}

/** Rows of history kept per device. */
export const factHistoryLength = 500;

/** They change with every report and tell nothing afterwards. */
const withoutHistory: ReadonlySet<string> = new Set([
  'battery.level-percent',
  'battery.charging',
  'agent.boot-id',
  'hardware.storage-free-bytes',
  'cellular.data-used-bytes',
  'activesync.last-seen',
  // Where somebody was is nobody's business once he is elsewhere.
  'location.latitude',
  'location.longitude',
  'location.accuracy-meters',
]);

/** What one device states. */
export interface FactsStatement {
  readonly deviceId: string;
  readonly scans: readonly StatedScan[];
  /** ms since the epoch */
  readonly receivedAt: number;
}

/** @throws DomainError `unprocessable` naming the facts that have the wrong type; nothing is stored then. */
export async function recordFacts(
  tx: TenantTx,
  { source, ...statement }: FactsStatement & { readonly source: FactSource },
): Promise<FactsOutcome> {
  const [outcome] = await recordFactsOfMany(tx, source, [statement], () => true);
  if (outcome === undefined || outcome instanceof DomainError) throw outcome ?? noSuchDevice();
  return outcome;
}

/**
 * The same for many devices, each once, in the statements of one. What is wrong with one of them is its outcome: nothing of it is
 * stored, and the others do not suffer for it.
 * @param accept decides on the locked device whether to go on; what it returns false for changes nothing.
 * @returns in the order of the statements
 */
export async function recordFactsOfMany<Statement extends FactsStatement>(
  tx: TenantTx,
  source: FactSource,
  statements: readonly Statement[],
  accept: (device: LockedDevice, statement: Statement) => boolean,
): Promise<readonly (FactsOutcome | DomainError)[]> {
  const stating = statements.flatMap(({ deviceId, scans }) => (scans.length === 0 ? [] : [deviceId]));
  const [devices, collection, before] = await Promise.all([
    lockDevices(
      tx,
      statements.map(({ deviceId }) => deviceId),
    ),
    stating.length === 0 ? null : selectCollection(tx),
    stating.length === 0 ? new Map<string, readonly FactsRow[]>() : selectFactsBeforeReports(tx, stating),
  ]);
  const policy = readCollectionPolicy(collection);
  const compared = await Promise.all(
    statements.map(async (statement) => {
      const { deviceId, scans } = statement;
      const device = devices.get(deviceId);
      if (device === undefined) return noSuchDevice();
      try {
        if (!accept(device, statement) || scans.length === 0)
          return { device, fresh: [], outdated: [], parsed: [] };
        const stored = await withContents(tx, deviceId, before.get(deviceId) ?? [], scans);
        return compare(statement, device, source, stored, policy);
      } catch (error) {
        if (error instanceof DomainError) return error;
        throw error;
      }
    }),
  );
  const heard = compared.flatMap((each) => (each instanceof DomainError ? [] : [each]));
  await store(tx, source, heard, before);
  return compared.map((each) =>
    each instanceof DomainError
      ? each
      : {
          changed: [...new Set(each.fresh.flatMap(({ changes }) => changes.map(({ fact }) => fact)))],
          dropped: countDropped(each.parsed),
          outdated: each.outdated.map(({ scan }) => scan),
          device: each.device,
        },
  );
}

interface FreshScan extends ParsedScan {
  readonly receivedAt: number;
  readonly stored: FactsRow | undefined;
  readonly changes: readonly FactChange[];
}

interface Compared {
  readonly device: LockedDevice;
  readonly fresh: readonly FreshScan[];
  readonly outdated: readonly ParsedScan[];
  readonly parsed: readonly ParsedScan[];
}

/** @throws DomainError `unprocessable` */
function compare(
  { scans, receivedAt }: FactsStatement,
  device: LockedDevice,
  source: FactSource,
  before: readonly FactsRow[],
  policy: ReturnType<typeof readCollectionPolicy>,
): Compared {
  const parsed = scans.map((scan) => {
    const stored = before.find((row) => row.scan === scan.scan && row.source === source);
    const read = parse(scan, source, (fact) => mayCollect(fact, device.ownership, policy));
    return { ...scan, ...(scan.adds && stored ? added(stored, read) : read), receivedAt, stored };
  });
  const isFresh = isFreshAt(receivedAt);
  return {
    device,
    fresh: parsed.filter(isFresh).map((scan) => ({ ...scan, changes: changesOf(scan) })),
    outdated: parsed.filter((scan) => !isFresh(scan)),
    parsed,
  };
}

async function store(
  tx: TenantTx,
  source: FactSource,
  heard: readonly Compared[],
  before: ReadonlyMap<string, readonly FactsRow[]>,
): Promise<void> {
  const scans = heard.flatMap(({ device: { deviceId }, fresh }) =>
    fresh.map((scan) => ({ ...scan, deviceId })),
  );
  const history = scans.flatMap(({ deviceId, observedAt, stored, changes }) =>
    stored === undefined
      ? []
      : changes.filter(belongsInHistory).map((change) => ({ ...change, deviceId, observedAt })),
  );
  const writes: Promise<unknown>[] = [];
  if (scans.length > 0) writes.push(writeFacts(tx, source, scans));
  if (history.length > 0) writes.push(writeChanges(tx, source, history, factHistoryLength));
  for (const { device, fresh } of heard) {
    if (!fresh.some(({ changes }) => changes.some(({ fact }) => identifyingFacts.has(fact)))) continue;
    const { deviceId } = device;
    const believed = selectFacts(merge(before.get(deviceId) ?? [], source, fresh));
    const identifiers = identifiersOf(believed);
    writes.push(writeIdentifiers(tx, deviceId, identifiers), barKnownHardware(tx, deviceId, identifiers));
    const hostName = believed.get('device.host-name')?.value;
    if (device.name === '' && typeof hostName === 'string')
      writes.push(nameIfUnnamed(tx, deviceId, hostName));
  }
  await Promise.all(writes);
}

interface ParsedScan {
  readonly scan: Scan;
  readonly observedAt: number;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly truncated: boolean;
  readonly dropped: ParsedReport['dropped'];
}

function parse(
  stated: StatedScan,
  source: FactSource,
  collects: (fact: FactName) => boolean,
): Omit<ParsedScan, 'scan' | 'observedAt'> {
  const { facts, dropped, truncated } = parseReport(stated.scan, source, stated.facts, collects);
  const wrong = dropped.filter(({ reason }) => reason === 'wrong-type').map(({ fact }) => fact);
  if (wrong.length > 0) {
    throw new DomainError(
      'unprocessable',
      `Facts of the scan ${stated.scan} have the wrong type: ${wrong.join(', ')}.`,
      {
        reason: 'fact-type',
        detail: { scan: stated.scan, facts: wrong },
      },
    );
  }
  return { facts, dropped, truncated: truncated || stated.truncated === true };
}

/** Inventories are not read with the rest; to add to one, it must be. */
async function withContents(
  tx: TenantTx,
  deviceId: string,
  before: readonly FactsRow[],
  scans: readonly StatedScan[],
): Promise<readonly FactsRow[]> {
  const wanted = scans.filter(({ adds }) => adds).map(({ scan }) => scan);
  const missing = before.filter((row) => row.facts === null && wanted.includes(row.scan));
  if (missing.length === 0) return before;
  const full = await selectFactRows(
    tx,
    deviceId,
    missing.map(({ scan }) => scan),
  );
  return before.map(
    (row) => full.find((each) => each.scan === row.scan && each.source === row.source) ?? row,
  );
}

function added<R extends Omit<ParsedScan, 'scan' | 'observedAt'>>(stored: FactsRow, read: R) {
  return {
    ...read,
    facts: { ...stored.facts, ...read.facts },
    truncated: read.truncated || stored.truncated,
    observedAt: stored.observed_at.getTime(),
  };
}

/** What lies ahead was stored before our clock was set back: it holds nothing up. */
const isFreshAt =
  (receivedAt: number) =>
  ({
    observedAt,
    stored,
  }: {
    readonly observedAt: number;
    readonly stored: FactsRow | undefined;
  }): boolean => {
    const before = stored?.observed_at.getTime();
    return before === undefined || before <= observedAt || before > receivedAt;
  };

/** Inventories are compared as a whole by the database; of the small scans every fact is compared here. */
function changesOf(scan: ParsedScan & { readonly stored: FactsRow | undefined }): readonly FactChange[] {
  if (scan.stored && scan.stored.facts === null) return [];
  return factChanges(scan.stored?.facts ?? {}, scan.facts);
}

function belongsInHistory({ fact, before, after }: FactChange): boolean {
  return typeof (after ?? before) !== 'object' && !withoutHistory.has(fact);
}

/** What is stored, with the new statements of this source in place of its old ones. */
function merge(before: readonly FactsRow[], source: FactSource, fresh: readonly ParsedScan[]): FactReport[] {
  const replaced = new Set(fresh.map(({ scan }) => scan));
  const kept = before.filter((row) => row.source !== source || !replaced.has(row.scan));
  return [
    ...kept.map(toFactReport),
    ...fresh.map(({ observedAt, facts }) => ({ source, observedAt, facts })),
  ];
}

function countDropped(scans: readonly ParsedScan[]): Partial<Record<DropReason, number>> {
  const counts: Partial<Record<DropReason, number>> = {};
  for (const { reason } of scans.flatMap(({ dropped }) => dropped))
    counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
