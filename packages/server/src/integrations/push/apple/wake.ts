// Wakes Apple devices: right after something was queued for them, and again at growing intervals while it waits. Nothing that
// happens here delays whoever queued it; what is lost by a crash is found by the sweep.
import {
  beginWakes,
  type ChannelRow,
  claimWakes,
  noteForgotten,
  organizationsThatPush,
  organizationsWithDue,
} from './wake-queries.ts';
import { call, type CallDeps, noteLack, openMagics } from './call.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { Notifications } from '../../../kernel/notifications.ts';

export interface WakeDeps extends CallDeps {
  readonly notifications: Pick<Notifications, 'publish' | 'spread' | 'subscribe'>;
}

export const wakeLimits = {
  /** What is queued for many devices within this time is one look-up. */
  gatherMs: 30,
  devices: 1_000,
  /** Devices that wait to be looked up; more are left to the sweep. */
  gathered: 200_000,
  /** Re-pushes of an organization in one round. */
  again: 500,
} as const;

export interface Waker {
  /** Calls those who are due again. */
  callAgain(): Promise<void>;
  /** Finds whom a crash has left waiting. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export function startWaker(deps: WakeDeps): Waker {
  const gathered = new Map<string, Set<string>>();
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const unsubscribe = deps.notifications.subscribe(
    'command-queued',
    ({ organizationId, id, fromElsewhere }) => {
      // The server that queued it calls.
      if (fromElsewhere === true || closed) return;
      const devices = gathered.get(organizationId) ?? new Set();
      if (devices.size < wakeLimits.gathered) gathered.set(organizationId, devices.add(id));
      timer ??= setTimeout(flush, wakeLimits.gatherMs);
    },
  );

  const unsubscribeCredentials = deps.notifications.subscribe('credential-changed', ({ organizationId }) =>
    deps.senders.forget(organizationId),
  );

  function track(work: Promise<void>): void {
    const quiet = work
      .catch((error: unknown) =>
        deps.log.warn({ err: error }, 'devices could not be woken; they are called again'),
      )
      .finally(() => underWay.delete(quiet));
    underWay.add(quiet);
  }

  function flush(): void {
    timer = undefined;
    for (const [organizationId, devices] of gathered) track(wake(organizationId, [...devices]));
    gathered.clear();
  }

  async function wake(organizationId: string, deviceIds: readonly string[]): Promise<void> {
    for (let at = 0; at < deviceIds.length; at += wakeLimits.devices) {
      const some = deviceIds.slice(at, at + wakeLimits.devices);
      // Looking up the next ones does not wait for Apple.
      await callThose(organizationId, (tx, outcome) =>
        beginWakes(tx, some, new Date(deps.clock.now()), outcome),
      );
    }
  }

  async function callThose(
    organizationId: string,
    find: (tx: TenantTx, outcome?: string) => Promise<readonly ChannelRow[]>,
  ): Promise<void> {
    const lack = await deps.senders.lackOf(organizationId);
    if (lack === undefined) {
      const callees = await deps.database.withTenant(organizationId, async (tx) =>
        openMagics(deps, tx, await find(tx)),
      );
      track(call(deps, organizationId, callees));
      return;
    }
    const uncalled = noteLack(
      deps,
      await deps.database.withTenant(organizationId, (tx) => find(tx, lack.outcome)),
      lack,
    );
    if (uncalled > 0) await deps.problems.begin(organizationId, lack.outcome, lack.reason);
  }

  function claim(organizationId: string, now: Date): Promise<void> {
    return callThose(organizationId, (tx, outcome) => claimWakes(tx, wakeLimits.again, now, outcome));
  }

  return {
    async callAgain() {
      const now = new Date(deps.clock.now());
      const due = await deps.database.withSystem('find-due-work', (tx) => organizationsWithDue(tx, now));
      // One after the other, so that live traffic finds connections; none keeps the others from their turn.
      for (const organizationId of due) {
        const claimed = claim(organizationId, now);
        track(claimed);
        await Promise.allSettled([claimed]);
      }
    },
    async sweep() {
      const organizations = await deps.database.withSystem('find-due-work', organizationsThatPush);
      for (const organizationId of organizations) {
        const now = new Date(deps.clock.now());
        await deps.database.withTenant(organizationId, (tx) => noteForgotten(tx, now));
      }
    },
    async close() {
      closed = true;
      unsubscribe();
      unsubscribeCredentials();
      clearTimeout(timer);
      gathered.clear();
      await deps.senders.close();
      await Promise.all(underWay);
    },
  };
}
