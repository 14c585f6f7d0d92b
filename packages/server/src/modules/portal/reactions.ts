// What the portal leaves behind: letters, and rows that are needed for a while.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { graveWindowMs } from '@gatehouse/core/portal/own-actions.ts';
import { purgeUserSessions } from '../users/index.ts';
import type { PortalDeps } from './portal-deps.ts';
import { purgeGraveDeeds } from './queries.ts';
import { tellOfDeedJob, tellOfDeedKind } from './tell-of-deed.ts';

export function portalJobs(
  deps: Pick<PortalDeps, 'database' | 'sendMail' | 'publicUrl'>,
): Readonly<Record<string, SingleJob<never>>> {
  return { [tellOfDeedKind]: tellOfDeedJob(deps) as SingleJob<never> };
}

export const portalTasks = [
  {
    name: 'purge-portal-rows',
    everyMs: 600_000,
    run: ({ database, clock }: { readonly database: Database; readonly clock: Clock }): Promise<void> =>
      database.withSystem('purge-expired', async (tx) => {
        const now = clock.now();
        await purgeUserSessions(tx, new Date(now));
        await purgeGraveDeeds(tx, new Date(now - 2 * graveWindowMs));
      }),
  },
] as const;
