// Verdicts that change by themselves: grace ends, a fact grows too old, a device stays silent. Each row says when.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type EvaluationDeps, evaluateDevices } from './evaluate-devices.ts';
import { findDue } from './queries.ts';

export interface DueDeps extends EvaluationDeps {
  readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
  readonly clock: Clock;
}

/** Devices in one transaction: few enough that a check-in waits for milliseconds only. */
const batch = 50;
const mostPerRound = 1_000;

/** Evaluates every device whose time has come. Several servers may do so at once: the second finds nothing to change. */
export async function evaluateDue(deps: DueDeps): Promise<{ evaluated: number }> {
  let evaluated = 0;
  for (;;) {
    const now = deps.clock.now();
    const due = await deps.database.withSystem('find-due-work', (tx) =>
      findDue(tx, new Date(now), mostPerRound),
    );
    for (const [organizationId, rows] of Map.groupBy(due, (row) => row.organization_id)) {
      for (let from = 0; from < rows.length; from += batch) {
        const deviceIds = rows.slice(from, from + batch).map((row) => row.device_id);
        await deps.database.withTenant(organizationId, (tx) =>
          evaluateDevices(deps, tx, deviceIds, now, 'rules'),
        );
      }
    }
    evaluated += due.length;
    if (due.length < mostPerRound) return { evaluated };
  }
}
