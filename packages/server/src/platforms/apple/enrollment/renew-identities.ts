// Renews the identities of Apple devices before they end; one that has ended can only be mended by enrolling anew. Devices do not
// ask by themselves: they are sent their enrolment profile again. Spread over two months by device, and a few hundred at a time,
// so that a fleet that enrolled on one day does not come for its certificates on one day.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import { mdmRenewBeforeEndMs } from '../../../modules/certificates/index.ts';
import { type CommandDeps, queueSystemCommands } from '../../../modules/commands/index.ts';
import { markRenewalAsked, selectDueDevices, selectOrganizations } from './enrollment-queries.ts';

/** Of one organization in one round. */
const atOnce = 200;
/** A device that has been asked and did not do it is asked again after a week. */
const patienceMs = 7 * 86_400_000;

/** One round over all organizations. @returns how many devices were asked. */
export async function renewIdentities(
  deps: CommandDeps & { readonly database: Database; readonly clock: Clock },
): Promise<number> {
  const organizations = await deps.database.withSystem('list-organizations', selectOrganizations);
  let count = 0;
  for (const organizationId of organizations) {
    count += await deps.database.withTenant(organizationId, async (tx) => {
      const now = deps.clock.now();
      const due = await selectDueDevices(tx, {
        endsBefore: new Date(now + mdmRenewBeforeEndMs),
        notAskedSince: new Date(now - patienceMs),
        limit: atOnce,
      });
      if (due.length === 0) return 0;
      await queueSystemCommands(
        deps,
        tx,
        systemActor('renew-identities', organizationId),
        due.map((deviceId) => ({
          deviceId,
          command: { name: 'renew-identity', params: {} },
          coalesceKey: 'renew-identity',
        })),
      );
      await markRenewalAsked(tx, due, new Date(now));
      return due.length;
    });
  }
  return count;
}

export const appleEnrollmentTasks = [
  { name: 'renew-apple-identities', everyMs: 3_600_000, run: renewIdentities },
] as const;
