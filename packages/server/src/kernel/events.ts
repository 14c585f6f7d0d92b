// The outbox: an event is written in the transaction that caused it, together with one job per reaction. Who reacts to
// what stands on one page, subscriptions.ts; nothing is lost by a crash, because event and reactions commit together.
import type { Database, TenantTx } from './db/database.ts';
import { sql } from './db/sql.ts';
import { enqueueAll, type NewJob } from './jobs/jobs.ts';
import { purgeEvents, selectWantedKinds } from './jobs/queries.ts';

export interface DomainEvent {
  /** `device.posture-changed`: subject and what happened, in the past tense. */
  readonly name: string;
  readonly subjectId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One reaction: the job to add when the event happens. */
export interface Subscription {
  readonly job: string;
  /** Only events for which it holds; the others cost nothing. */
  readonly when?: (event: DomainEvent) => boolean;
  /** Jobs of one key coalesce; without it each event gets a job of its own. */
  readonly key?: (event: DomainEvent) => string;
  readonly payload?: (event: DomainEvent) => unknown;
  /** Only in organizations where somebody receives it: addReceiver of jobs.ts says who. */
  readonly ifWanted?: boolean;
}

export type Subscriptions = Readonly<Record<string, readonly Subscription[]>>;

export interface Events {
  emit(tx: TenantTx, event: DomainEvent): Promise<void>;
  /** Many at once, in the order given: one statement for the events and one for all jobs that follow. */
  emitAll(tx: TenantTx, events: readonly DomainEvent[]): Promise<void>;
  /** Whether anything follows from this event; given a name, from any event of that name. */
  hasReactions(event: DomainEvent | string): boolean;
}

const insertEvent = sql(
  'events-insert',
  `insert into events (organization_id, name, subject_id, payload) values ($1, $2, $3, $4)`,
);

const insertEvents = sql(
  'events-insert-many',
  `insert into events (organization_id, name, subject_id, payload)
   select $1, e.name, e.subject_id, e.payload
   from rows from (jsonb_to_recordset($2::jsonb) as (name text, "subjectId" uuid, payload jsonb)) with ordinality
     as e (name, subject_id, payload, place)
   order by e.place`,
);

/** From so many events on it is asked first what is wanted, instead of writing down jobs that nobody wants. */
const many = 20;

/** @param wake called after the commit of a transaction that added jobs. */
export function createEvents(subscriptions: Subscriptions, wake: () => void): Events {
  const jobsOf = (event: DomainEvent, wanted?: ReadonlySet<string>): NewJob[] =>
    (subscriptions[event.name] ?? []).flatMap((reaction): NewJob[] => {
      if (reaction.ifWanted === true && wanted?.has(reaction.job) === false) return [];
      if (reaction.when?.(event) === false) return [];
      const key = reaction.key?.(event);
      return [
        {
          kind: reaction.job,
          payload: reaction.payload?.(event) ?? { ...event.payload, subjectId: event.subjectId },
          ...(key === undefined ? {} : { key }),
          ...(reaction.ifWanted === true ? { ifWanted: true } : {}),
        },
      ];
    });
  const addJobs = async (tx: TenantTx, jobs: readonly NewJob[]): Promise<void> => {
    if (jobs.length === 0) return;
    tx.afterCommit(wake);
    await enqueueAll(tx, jobs);
  };
  const addJobsOf = async (tx: TenantTx, events: readonly DomainEvent[]): Promise<void> => {
    const some = events.length >= many && events.some(({ name }) => subscriptions[name]?.some(isForSome));
    const wanted = some
      ? await tx.query<{ kind: string }>(selectWantedKinds, [tx.organizationId])
      : undefined;
    const kinds = wanted && new Set(wanted.map(({ kind }) => kind));
    await addJobs(
      tx,
      events.flatMap((event) => jobsOf(event, kinds)),
    );
  };
  return {
    async emit(tx, event) {
      await Promise.all([
        tx.run(insertEvent, [tx.organizationId, event.name, event.subjectId, JSON.stringify(event.payload)]),
        addJobs(tx, jobsOf(event)),
      ]);
    },
    async emitAll(tx, events) {
      if (events.length === 0) return;
      await Promise.all([
        tx.run(insertEvents, [
          tx.organizationId,
          JSON.stringify(events.map(({ name, subjectId, payload }) => ({ name, subjectId, payload }))),
        ]),
        addJobsOf(tx, events),
      ]);
    },
    hasReactions: (event) =>
      typeof event === 'string'
        ? (subscriptions[event]?.length ?? 0) > 0
        : (subscriptions[event.name] ?? []).some(({ when }) => when?.(event) !== false),
  };
}

function isForSome({ ifWanted }: Subscription): boolean {
  return ifWanted === true;
}

const keepDays = 30;

/** Events are kept for a while for those who look back; what follows from them is done by then. */
export async function purgeOldEvents(database: Pick<Database, 'withSystem'>): Promise<number> {
  return database.withSystem('purge-expired', (tx) => tx.run(purgeEvents, [keepDays]));
}
