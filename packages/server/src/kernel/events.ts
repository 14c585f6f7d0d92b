// The outbox: an event is written in the transaction that caused it, together with one job per reaction. Who reacts to
// what stands on one page, subscriptions.ts; nothing is lost by a crash, because event and reactions commit together.
import type { Database, TenantTx } from './db/database.ts';
import { sql } from './db/sql.ts';
import { enqueue } from './jobs/jobs.ts';
import { purgeEvents } from './jobs/queries.ts';

export interface DomainEvent {
  /** `device.posture-changed`: subject and what happened, in the past tense. */
  readonly name: string;
  readonly subjectId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One reaction: the job to add when the event happens. */
export interface Subscription {
  readonly job: string;
  /** Jobs of one key coalesce; without it each event gets a job of its own. */
  readonly key?: (event: DomainEvent) => string;
  readonly payload?: (event: DomainEvent) => unknown;
}

export type Subscriptions = Readonly<Record<string, readonly Subscription[]>>;

export interface Events {
  emit(tx: TenantTx, event: DomainEvent): Promise<void>;
}

const insertEvent = sql(
  'events-insert',
  `insert into events (organization_id, name, subject_id, payload) values ($1, $2, $3, $4)`,
);

/** @param wake called after the commit of a transaction that added jobs. */
export function createEvents(subscriptions: Subscriptions, wake: () => void): Events {
  return {
    async emit(tx, event) {
      const writes = [
        tx.run(insertEvent, [tx.organizationId, event.name, event.subjectId, JSON.stringify(event.payload)]),
      ];
      const reactions = subscriptions[event.name] ?? [];
      for (const reaction of reactions) {
        const payload = reaction.payload?.(event) ?? { ...event.payload, subjectId: event.subjectId };
        const key = reaction.key?.(event);
        writes.push(
          enqueue(tx, {
            kind: reaction.job,
            payload,
            ...(key === undefined ? {} : { key }),
          }) as Promise<never>,
        );
      }
      if (reactions.length > 0) tx.afterCommit(wake);
      await Promise.all(writes);
    },
  };
}

const keepDays = 30;

/** Events are kept for a while for those who look back; what follows from them is done by then. */
export async function purgeOldEvents(database: Pick<Database, 'withSystem'>): Promise<number> {
  return database.withSystem('purge-expired', (tx) => tx.run(purgeEvents, [keepDays]));
}
