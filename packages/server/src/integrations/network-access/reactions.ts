// What follows from a changed decision at the gates of the network: those who have to be told are noted in a batch, in one
// transaction for many devices; loops of their own tell them after the commit.
import type { DomainEvent, Subscriptions } from '../../kernel/events.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { BatchedJob } from '../../kernel/jobs/jobs.ts';
import type { GateDeps } from './gate-deps.ts';
import { noteEndpoints } from './ise-push/ise-queries.ts';
import { noteChanges } from './radius/tell-queries.ts';
import { tellGatesKind } from './tell-gates-kind.ts';

interface DeviceChanged {
  readonly deviceId: string;
}

function concernsNetwork({ payload }: DomainEvent): boolean {
  const { before, after } = payload as Partial<
    Record<'before' | 'after', { registered?: unknown; network?: unknown }>
  >;
  return before?.network !== after?.network || before?.registered !== after?.registered;
}

export const networkAccessSubscriptions: Subscriptions = {
  'device.posture-changed': [
    {
      job: tellGatesKind,
      ifWanted: true,
      when: concernsNetwork,
      // The newest state counts, not the way there.
      key: ({ subjectId }) => subjectId ?? '',
      payload: ({ subjectId }) => ({ deviceId: subjectId }),
    },
  ],
};

export interface TellGatesDeps extends Pick<GateDeps, 'clock'> {
  /** Told after the commit that an organization has something to tell. */
  readonly wake: (organizationId: string) => void;
}

export function tellGatesJob(deps: TellGatesDeps): BatchedJob<DeviceChanged> {
  return {
    batch: { most: 200, inTurn: true },
    parse(input) {
      const { deviceId } = (input ?? {}) as { deviceId?: unknown };
      if (typeof deviceId !== 'string' || !isUuid(deviceId)) throw new TypeError('deviceId is not an id');
      return { deviceId };
    },
    async runBatch(tx, jobs) {
      const deviceIds = jobs.map(({ payload }) => payload.deviceId);
      const now = new Date(deps.clock.now());
      const [sessions, endpoints] = await Promise.all([
        noteChanges(tx, deviceIds, now),
        noteEndpoints(tx, deviceIds, now),
      ]);
      if (sessions + endpoints > 0) tx.afterCommit(() => deps.wake(tx.organizationId));
      return undefined;
    },
  };
}
