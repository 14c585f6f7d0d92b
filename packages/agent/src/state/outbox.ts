/**
 * Reports on their way to the server. A report is on the disk under its counter before it is sent, and leaves the disk when
 * the server has answered it; sending one twice is harmless, because the server knows the counter (DEV-07, DEV-14).
 */
import type { CheckInRequest, ScanReport } from '@gatehouse/contracts/agent.ts';
import { scans as scanKinds } from '@gatehouse/core/facts/types.ts';
import type { StateDirectory } from './state-directory.ts';

export type QueuedReport = Pick<CheckInRequest, 'counter' | 'bootId' | 'scans'>;

/** Beyond this many, scans that a later waiting report repeats are dropped, oldest first. */
const comfortable = 32;
const counterFile = 'counter.json';

export class Outbox {
  readonly #folder: StateDirectory;
  #reports: readonly QueuedReport[];
  #counter: number;

  private constructor(folder: StateDirectory, reports: readonly QueuedReport[], counter: number) {
    this.#folder = folder;
    this.#reports = reports;
    this.#counter = counter;
  }

  static async open(state: StateDirectory): Promise<Outbox> {
    const folder = await state.folder('outbox');
    const reports: QueuedReport[] = [];
    let highest = 0;
    for (const name of await folder.names()) {
      const counter = Number(/^([0-9]{1,16})\.json$/.exec(name)?.[1] ?? '0');
      highest = Math.max(highest, counter);
      if (counter === 0) continue;
      const report = await folder.readJson(name);
      if (isReport(report) && report.counter === counter) reports.push(report);
      // Broken on the disk: the scan runs again, the file is of no use.
      else await folder.remove(name);
    }
    reports.sort((a, b) => a.counter - b.counter);
    const stored = await folder.readJson(counterFile);
    const counter = typeof stored === 'number' && Number.isSafeInteger(stored) ? stored : 0;
    return new Outbox(folder, reports, Math.max(counter, highest));
  }

  /** Oldest first. */
  get waiting(): readonly QueuedReport[] {
    return this.#reports;
  }

  /** Puts a report on the disk; returns it with its counter. */
  async add(bootId: string, scans: readonly ScanReport[]): Promise<QueuedReport> {
    const report: QueuedReport = { counter: this.#counter + 1, bootId, scans: [...scans] };
    // The counter first: one that is lost is a gap, one that is used twice is a report the server never takes.
    await this.#folder.writeJson(counterFile, report.counter);
    this.#counter = report.counter;
    await this.#folder.writeJson(`${report.counter}.json`, report);
    this.#reports = [...this.#reports, report];
    if (this.#reports.length > comfortable) await this.#thin();
    return report;
  }

  /** The next report's counter is above this one. */
  async countFrom(counter: number): Promise<void> {
    if (counter <= this.#counter || counter >= Number.MAX_SAFE_INTEGER) return;
    await this.#folder.writeJson(counterFile, counter);
    this.#counter = counter;
  }

  /** The server has answered it, or will never take it. */
  async remove(counter: number): Promise<void> {
    await this.#folder.remove(`${counter}.json`);
    this.#reports = this.#reports.filter((report) => report.counter !== counter);
  }

  async clear(): Promise<void> {
    await this.#folder.removeAll();
    this.#reports = [];
  }

  async #thin(): Promise<void> {
    const [oldest, ...later] = this.#reports;
    if (oldest === undefined) return;
    const repeated = new Set(later.flatMap(({ scans }) => scans.map(({ scan }) => scan)));
    const scans = oldest.scans.filter(({ scan }) => !repeated.has(scan));
    if (scans.length === 0) return this.remove(oldest.counter);
    // What only the oldest report knows moves to the next one, so that the queue cannot grow without end.
    const [next, ...rest] = later;
    if (next === undefined) return;
    const merged: QueuedReport = { ...next, scans: [...scans, ...next.scans] };
    await this.#folder.writeJson(`${next.counter}.json`, merged);
    await this.#folder.remove(`${oldest.counter}.json`);
    this.#reports = [merged, ...rest];
  }
}

function isReport(value: unknown): value is QueuedReport {
  const report = value as Partial<QueuedReport> | undefined;
  return (
    typeof report === 'object' &&
    report !== null &&
    typeof report.bootId === 'string' &&
    Array.isArray(report.scans) &&
    report.scans.every(
      ({ scan, observedAt, facts }) =>
        scanKinds.includes(scan) &&
        Number.isSafeInteger(observedAt) &&
        typeof facts === 'object' &&
        facts !== null,
    )
  );
}
