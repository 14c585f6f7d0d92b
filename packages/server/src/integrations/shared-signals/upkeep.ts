// What runs by the clock: streams whose receivers do not take their events are paused, keys are renewed, parked events end.
import { type SignalDeps, signalLimits } from './deps.ts';
import { countOf, dropParkedBefore } from './event-queries.ts';
import { keepKeys } from './keys.ts';
import { findOrganizationsWithStreams, readStreamForChange, readStreams } from './stream-queries.ts';
import { changeStatus } from './stream-status.ts';

const day = 86_400_000;

/** SSF-06: a queue is bounded by age and by count; when it is full the stream is paused, and of each device the newest is kept. */
export async function pauseWhatWaits(deps: SignalDeps): Promise<void> {
  for (const organizationId of await deps.database.withSystem(
    'find-due-work',
    findOrganizationsWithStreams,
  )) {
    const now = deps.clock.now();
    await deps.database.withTenant(organizationId, async (tx) => {
      for (const { stream_id: streamId, status } of await readStreams(tx)) {
        if (status !== 'enabled') continue;
        const { waiting, oldest } = await countOf(tx, streamId, signalLimits.waiting + 1);
        const stale = oldest !== null && now - oldest.getTime() >= signalLimits.waitingMs;
        const stream = await readStreamForChange(tx, streamId);
        if (stream?.status !== 'enabled') continue;
        const lastHeard = (stream.last_contact_at ?? stream.created_at).getTime();
        const silent = stream.method === 'poll' && now - lastHeard >= signalLimits.inactivitySeconds * 1_000;
        if (!stale && !silent && waiting <= signalLimits.waiting) continue;
        await changeStatus(deps, tx, stream, {
          to: 'paused',
          reason: silent ? 'the receiver has not polled' : 'the receiver does not take its events',
          by: 'transmitter',
          actor: { kind: 'system', id: 'shared-signals' },
        });
      }
    });
  }
}

export async function renewKeys(deps: SignalDeps): Promise<void> {
  for (const organizationId of await deps.database.withSystem('find-due-work', findOrganizationsWithStreams))
    await keepKeys(deps, organizationId);
}

export async function purgeParked(deps: SignalDeps): Promise<void> {
  const before = new Date(deps.clock.now() - signalLimits.parkedDays * day);
  for (const organizationId of await deps.database.withSystem('find-due-work', findOrganizationsWithStreams))
    await deps.database.withTenant(organizationId, (tx) => dropParkedBefore(tx, before));
}
