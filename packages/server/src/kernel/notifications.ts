// News between the servers of one database: LISTEN on one connection, topics inside. A notification carries ids only
// (it is not tenant-scoped); whoever hears it reads the truth inside the tenant. Nothing may depend on it being heard:
// it only makes things sooner.
import pg from 'pg';
import { connectAs, type DatabaseAddress } from './db/address.ts';
import { type Sql, sql } from './db/sql.ts';

export interface Notice {
  readonly organizationId: string;
  /** What the news is about: a device's id, a credential's id. */
  readonly id: string;
  /** Another server told us; what need be done only once is done there. */
  readonly fromElsewhere?: true;
}

export type Topic =
  | 'command-queued' // a device has a command waiting
  | 'device-refused' // a device's certificates were revoked or it was blocked: close what it holds open
  | 'policy-changed' // what applies to a device is another now: let it come and fetch it
  | 'credential-changed' // an account's or token's rights changed, or the organization has another push certificate
  | 'posture-changed'
  | 'mail-access' // what decides on mail changed for a mail device, a user, or everybody (the organization's id)
  | 'signal-waits'; // a stream of Shared Signals has something to tell its receiver

export interface Notifications {
  subscribe(topic: Topic, listener: (notice: Notice) => void): () => void;
  /** Tells the listeners of this process at once. Others hear it by {@link announce}. */
  publish(topic: Topic, notice: Notice): void;
  /** Tells the other servers, together with what else there is to tell in these milliseconds. Absent: there are none. */
  spread?(topic: Topic, notice: Notice): void;
  /** False while the connection is down: caches that rely on news must not be trusted then. */
  readonly connected: boolean;
  close(): Promise<void>;
}

const channel = 'gatehouse';
const gatherMs = 20;
/** PostgreSQL takes less than 8,000 bytes. */
const idsPerNotification = 150;
const mostGathered = 100_000;
const notifyStatement = sql('notify', `select pg_notify('gatehouse', $1)`);

/**
 * Topics whose news must leave with the commit itself: others hold back somebody who has been shut out, and there are few.
 * All other news of a process are gathered for a moment and leave together: PostgreSQL lets only one transaction that
 * notifies commit at a time, so that a `NOTIFY` in each would make all of them wait for each other's disk.
 */
const urgent: ReadonlySet<Topic> = new Set(['device-refused', 'credential-changed']);

/** To this process right after the commit; to every other server with the commit, or within some milliseconds after it. */
export function announce(
  tx: {
    run(statement: Sql, values: readonly unknown[]): Promise<number>;
    afterCommit(hook: () => void): void;
  },
  notifications: Pick<Notifications, 'publish' | 'spread'>,
  topic: Topic,
  notice: Notice,
): void {
  const { organizationId, id } = notice;
  if (urgent.has(topic)) void tx.run(notifyStatement, [JSON.stringify([origin, topic, organizationId, id])]);
  tx.afterCommit(() => {
    notifications.publish(topic, notice);
    if (!urgent.has(topic)) notifications.spread?.(topic, notice);
  });
}

/** Tells our own echoes from others' news. */
const origin = `${process.pid}.${Math.trunc(performance.timeOrigin)}`;

export async function openNotifications(
  address: DatabaseAddress,
  onError: (error: Error) => void = () => undefined,
): Promise<Notifications> {
  const listeners = new Map<Topic, Set<(notice: Notice) => void>>();
  let client: pg.Client | undefined;
  let connected = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  const gathered = new Map<string, Set<string>>();
  let leaving: NodeJS.Timeout | undefined;

  /** What cannot leave now, because the connection is down, leaves when it is back. */
  async function leave(): Promise<void> {
    leaving = undefined;
    if (!connected || client === undefined) return;
    const parcels = [...gathered];
    gathered.clear();
    for (const [of, ids] of parcels) {
      const [topic, organizationId] = of.split('/');
      for (const some of batchesOf([...ids], idsPerNotification)) {
        await client?.query('select pg_notify($1, $2)', [
          channel,
          JSON.stringify([origin, topic, organizationId, some]),
        ]);
      }
    }
  }
  const leaveSoon = () => {
    leaving ??= setTimeout(() => void leave().catch(onError), gatherMs);
  };

  function publish(topic: Topic, notice: Notice): void {
    for (const listener of listeners.get(topic) ?? []) {
      try {
        listener(notice);
      } catch (error) {
        onError(error as Error);
      }
    }
  }

  async function connect(): Promise<void> {
    const next = new pg.Client({ ...connectAs(address, 'gh_app'), keepAlive: true });
    client = next;
    const lost = (error?: Error) => {
      if (client !== next || closed) return;
      client = undefined;
      connected = false;
      if (error) onError(error);
      next.end().catch(() => undefined);
      retry = setTimeout(() => void connect().catch(lost), 500);
    };
    next.on('error', lost);
    next.on('end', () => lost());
    next.on('notification', ({ payload }) => {
      if (payload === undefined) return;
      const [from, topic, organizationId, told] = JSON.parse(payload) as [
        string,
        Topic,
        string,
        string | string[],
      ];
      if (from === origin) return;
      for (const id of [told].flat()) publish(topic, { organizationId, id, fromElsewhere: true });
    });
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      connected = true;
      if (gathered.size > 0) leaveSoon();
    } catch (error) {
      lost(error as Error);
    }
  }

  await connect();
  return {
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => set.delete(listener);
    },
    publish,
    spread(topic, { organizationId, id }) {
      const key = `${topic}/${organizationId}`;
      const ids = gathered.get(key) ?? new Set();
      // While nobody can be told, news pile up; whoever has missed so much looks again by itself.
      if (ids.size < mostGathered) gathered.set(key, ids.add(id));
      leaveSoon();
    },
    get connected() {
      return connected;
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearTimeout(leaving);
      await leave().catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
