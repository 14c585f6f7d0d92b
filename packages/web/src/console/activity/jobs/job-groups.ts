/** Failed work, together what failed alike: one cause, one decision. */
import type { DeadJob } from '../../../api/operations/activity.ts';

export interface JobGroup {
  readonly key: string;
  readonly kind: string;
  readonly error: string;
  readonly jobs: readonly DeadJob[];
  /** The earliest. */
  readonly since: string;
}

/** Numbers and ids differ in what is otherwise the same error. */
const shapeOf = (error: string) => error.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/gi, '#');

/** The largest group first. */
export function groupJobs(jobs: readonly DeadJob[]): readonly JobGroup[] {
  const groups = new Map<string, DeadJob[]>();
  for (const job of jobs) {
    const key = `${job.kind} ${shapeOf(job.lastError ?? '')}`;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups]
    .map(([key, alike]) => ({
      key,
      kind: alike[0]?.kind ?? '',
      error: alike[0]?.lastError ?? '',
      jobs: alike,
      since: alike.map((job) => job.createdAt).sort()[0] ?? '',
    }))
    .sort((a, b) => b.jobs.length - a.jobs.length);
}
