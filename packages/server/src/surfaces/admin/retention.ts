// What the admin surface keeps for a while only: answers to idempotency keys and empty throttle buckets.
import type { Database } from '../../kernel/db/database.ts';
import { purgeAdminRows } from './queries.ts';

export const adminTasks = [
  {
    name: 'purge-admin-rows',
    everyMs: 600_000,
    run: ({ database }: { readonly database: Database }): Promise<void> =>
      database.withSystem('purge-expired', purgeAdminRows),
  },
] as const;
