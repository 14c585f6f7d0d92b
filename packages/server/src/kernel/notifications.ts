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
}

export type Topic =
  | 'command-queued' // a device has a command waiting
  | 'device-refused' // a device's certificates were revoked or it was blocked: close what it holds open
  | 'policy-changed' // what applies to a device is another now: let it come and fetch it
  | 'credential-changed' // an account's or token's rights changed
  | 'posture-changed';

export interface Notifications {
  subscribe(topic: Topic, listener: (notice: Notice) => void): () => void;
  /** Tells the listeners of this process at once. Others hear it by {@link announce}. */
  publish(topic: Topic, notice: Notice): void;
  /** False while the connection is down: caches that rely on news must not be trusted then. */
  readonly connected: boolean;
  close(): Promise<void>;
}

const channel = 'gatehouse';
const notifyStatement = sql('notify', `select pg_notify('gatehouse', $1)`);

/** Announces to every server when the transaction commits; to this process right after the commit. */
export function announce(
  tx: {
    run(statement: Sql, values: readonly unknown[]): Promise<number>;
    afterCommit(hook: () => void): void;
  },
  notifications: Pick<Notifications, 'publish'>,
  topic: Topic,
  notice: Notice,
): void {
  void tx.run(notifyStatement, [JSON.stringify([origin, topic, notice.organizationId, notice.id])]);
  tx.afterCommit(() => notifications.publish(topic, notice));
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
      const [from, topic, organizationId, id] = JSON.parse(payload) as [string, Topic, string, string];
      if (from !== origin) publish(topic, { organizationId, id });
    });
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      connected = true;
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
    get connected() {
      return connected;
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
