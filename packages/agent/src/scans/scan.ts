/**
 * Runs one scan kind (SCN-01 … SCN-05) on this machine. Whatever a gatherer meets, the scan ends: an error or a passed
 * deadline costs the facts of that gatherer and leaves a note.
 */
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import type { FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import { type FactNote, Findings } from './findings.ts';
import { linuxGatherers } from './linux/gatherers.ts';
import { macosGatherers } from './macos/gatherers.ts';
import type { Gatherer, ScanContext } from './scan-context.ts';

export interface ScanReport {
  readonly scan: Scan;
  /** ms since the epoch, by this machine's clock. */
  readonly observedAt: number;
  readonly facts: Readonly<Partial<Record<FactName, FactValue>>>;
  readonly truncated: boolean;
  /** For people and `agent scan`; not sent. */
  readonly notes: readonly FactNote[];
}

/** How long all gatherers of one scan may take together, in ms. */
export const scanTimeLimits: Readonly<Record<Scan, number>> = {
  'device-information': 15_000,
  security: 30_000,
  profiles: 15_000,
  apps: 60_000,
  certificates: 30_000,
};

const gatherersOf: Readonly<Partial<Record<NodeJS.Platform, Readonly<Record<Scan, readonly Gatherer[]>>>>> = {
  linux: linuxGatherers,
  darwin: macosGatherers,
};

export interface ScanOptions {
  readonly platform?: NodeJS.Platform;
  readonly now?: () => number;
  readonly timeLimitMs?: number;
  readonly gatherers?: readonly Gatherer[];
}

export async function runScan(
  scan: Scan,
  context: ScanContext,
  options: ScanOptions = {},
): Promise<ScanReport> {
  const now = options.now ?? Date.now;
  const observedAt = now();
  const gatherers = options.gatherers ?? gatherersOf[options.platform ?? process.platform]?.[scan] ?? [];
  const findings = new Findings();

  const deadline = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => deadline.resolve('late'), options.timeLimitMs ?? scanTimeLimits[scan]);
  try {
    for (const gatherer of gatherers) {
      const own = new Findings();
      const outcome = await Promise.race([attempt(gatherer, context, own), deadline.promise]);
      if (outcome === 'late') {
        findings.note(gatherer.name, 'the scan ran out of time here');
        break;
      }
      if (outcome !== 'done') findings.note(gatherer.name, outcome);
      merge(own, findings);
    }
  } finally {
    clearTimeout(timer);
  }
  return { scan, observedAt, facts: findings.facts, truncated: findings.truncated, notes: findings.notes };
}

async function attempt(gatherer: Gatherer, context: ScanContext, findings: Findings): Promise<string> {
  try {
    await gatherer.gather(context, findings);
    return 'done';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A gatherer that is cut off half-way must not write into a report that has been sent. */
function merge(from: Findings, into: Findings): void {
  for (const [name, value] of Object.entries(from.facts)) into.set(name as FactName, value as never);
  for (const note of from.notes) into.note(note.about, note.why);
  if (from.truncated) into.markTruncated();
}
