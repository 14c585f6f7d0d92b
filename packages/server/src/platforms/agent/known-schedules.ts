import type { ConnectionSchedule } from '@gatehouse/core/schedules/schedule.ts';

/** Versions name their content, so what was once resolved for a version holds for every device that has it. */
export class KnownSchedules {
  readonly #intervals = new Map<string, number>();

  remember(version: string, schedule: ConnectionSchedule): void {
    if (this.#intervals.size >= 10_000) this.#intervals.clear();
    this.#intervals.set(version, schedule.checkInMinutes * 60);
  }

  /** Seconds between check-ins. */
  find(version: string): number | undefined {
    return this.#intervals.get(version);
  }
}
