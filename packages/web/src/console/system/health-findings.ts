/** What of the instance's health somebody should do something about. */
import type { SystemHealth } from '@gatehouse/contracts/admin/system.ts';

export type HealthFinding =
  | { readonly kind: 'databaseSlow' }
  | { readonly kind: 'jobsLate'; readonly milliseconds: number }
  | { readonly kind: 'jobsDead'; readonly count: number }
  | { readonly kind: 'diskLow'; readonly bytes: number };

const slowMs = 100;
const lateSeconds = 60;
const littleBytes = 5 * 1024 ** 3;

export function healthFindings(health: SystemHealth): readonly HealthFinding[] {
  const found: HealthFinding[] = [];
  if (health.freeBytes < littleBytes) found.push({ kind: 'diskLow', bytes: health.freeBytes });
  if (health.database.answersInMs > slowMs) found.push({ kind: 'databaseSlow' });
  if (health.jobs.oldestDueSeconds > lateSeconds)
    found.push({ kind: 'jobsLate', milliseconds: health.jobs.oldestDueSeconds * 1000 });
  if (health.jobs.dead > 0) found.push({ kind: 'jobsDead', count: health.jobs.dead });
  return found;
}
