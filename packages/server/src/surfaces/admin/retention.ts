// What the admin surface keeps for a while only: answers to idempotency keys, empty throttle buckets, used challenges.
import type { Database } from '../../kernel/db/database.ts';
import { purgeChallenges } from '../../modules/administrators/index.ts';
import { purgeAdminRows } from './queries.ts';

export const adminTasks = [
  {
    name: 'purge-admin-rows',
    everyMs: 600_000,
    run: ({ database }: { readonly database: Database }): Promise<void> =>
      database.withSystem('purge-expired', async (tx) => {
        await purgeAdminRows(tx);
        await purgeChallenges(tx);
      }),
  },
] as const;
