/** Runs scans and puts their reports into the outbox; remembers what each found, to tell whether anything has changed. */
import { createHash } from 'node:crypto';
import type { ScanReport as WireReport } from '@gatehouse/contracts/agent.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { ManagedItems } from '../scans/scan-context.ts';
import { runScan, type ScanReport } from '../scans/scan.ts';
import type { StateStore } from '../state/agent-state.ts';
import type { Outbox } from '../state/outbox.ts';
import { readLine, type System } from '../system/system.ts';
import { Exclusive } from '../exclusive.ts';

export interface ScannerDependencies {
  readonly system: System;
  readonly store: StateStore;
  readonly outbox: Outbox;
  readonly agentVersion: string;
  readonly now: () => number;
  managed(): ManagedItems;
}

export class Scanner {
  readonly #of: ScannerDependencies;
  readonly #one = new Exclusive();
  readonly #lastDigest = new Map<Scan, string>();

  constructor(dependencies: ScannerDependencies) {
    this.#of = dependencies;
  }

  /** Runs the scans and queues one report with all of them. */
  run(scans: readonly Scan[]): Promise<void> {
    return this.#one.run(async () => {
      const reports = await this.#scan(scans);
      await this.#queue(reports);
    });
  }

  /** Runs the scans and queues a report only of those that found something new; true if any did. */
  runForChanges(scans: readonly Scan[]): Promise<boolean> {
    return this.#one.run(async () => {
      const before = new Map(this.#lastDigest);
      const reports = await this.#scan(scans);
      const changed = reports.filter(({ scan }) => before.get(scan) !== this.#lastDigest.get(scan));
      if (changed.length > 0) await this.#queue(changed);
      return changed.length > 0;
    });
  }

  async bootId(): Promise<string> {
    const id = await readLine(this.#of.system, '/proc/sys/kernel/random/boot_id');
    // Without one, the start of this process is the nearest thing to a start of the machine.
    return id !== undefined && /^[\x21-\x7e]{1,64}$/.test(id) ? id : processStart;
  }

  async #scan(scans: readonly Scan[]): Promise<readonly ScanReport[]> {
    const { system, agentVersion, now } = this.#of;
    const reports: ScanReport[] = [];
    for (const scan of new Set(scans)) {
      const report = await runScan(scan, { system, agentVersion, managed: this.#of.managed() }, { now });
      const digest = createHash('sha256').update(JSON.stringify(report.facts)).digest('base64');
      this.#lastDigest.set(scan, digest);
      reports.push(report);
    }
    return reports;
  }

  async #queue(reports: readonly ScanReport[]): Promise<void> {
    const { outbox, store } = this.#of;
    await outbox.add(await this.bootId(), reports.map(toWire));
    const times = Object.fromEntries(reports.map(({ scan, observedAt }) => [scan, observedAt]));
    await store.update({ lastScanAt: { ...store.current.lastScanAt, ...times } });
  }
}

const processStart = `process-${Math.round(Date.now() - process.uptime() * 1000)}`;

function toWire({ scan, observedAt, facts, truncated }: ScanReport): WireReport {
  return { scan, observedAt, facts: { ...facts }, ...(truncated ? { truncated } : {}) };
}
