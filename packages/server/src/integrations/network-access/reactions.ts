// What follows from a changed decision at the gates of the network: those who have to be told are noted in a batch, in one
// transaction for many devices; loops of their own tell them after the commit. RADIUS servers are answered by more than the
// decision where rules look at ownership and groups, so these are told of too, where there are such rules.
import type { TenantTx } from '../../kernel/db/database.ts';
import type { DomainEvent, Subscription, Subscriptions } from '../../kernel/events.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { BatchedJob } from '../../kernel/jobs/jobs.ts';
import type { GateDeps } from './gate-deps.ts';
import { noteEndpoints } from './ise-push/ise-queries.ts';
import { selectSettings } from './radius/answer-queries.ts';
import { rulesOf } from './radius/settings.ts';
import { devicesOfUsers, forgetAnswers, noteChanges } from './radius/tell-queries.ts';
import { tellGatesKind } from './tell-gates-kind.ts';

const causes = ['decision', 'ownership', 'groups', 'groups-of-user'] as const;
type Cause = (typeof causes)[number];

interface Changed {
  readonly cause: Cause;
  /** The device; of `groups-of-user` the user. */
  readonly id: string;
}

function concernsNetwork({ payload }: DomainEvent): boolean {
  const { before, after } = payload as Partial<
    Record<'before' | 'after', { registered?: unknown; network?: unknown }>
  >;
  return before?.network !== after?.network || before?.registered !== after?.registered;
}

function concernsOwnership({ payload: { changed } }: DomainEvent): boolean {
  return Array.isArray(changed) && changed.includes('ownership');
}

function tell(cause: Cause, when?: (event: DomainEvent) => boolean): Subscription {
  return {
    job: tellGatesKind,
    ifWanted: true,
    ...(when === undefined ? {} : { when }),
    // The newest state counts, not the way there.
    key: ({ subjectId }) => `${cause}:${subjectId}`,
    payload: ({ subjectId }) => ({ cause, id: subjectId }),
  };
}

export const networkAccessSubscriptions: Subscriptions = {
  'device.posture-changed': [tell('decision', concernsNetwork)],
  'device.changed': [tell('ownership', concernsOwnership)],
  'device.groups-changed': [tell('groups')],
  'user.groups-changed': [tell('groups-of-user')],
};

export interface TellGatesDeps extends Pick<GateDeps, 'clock'> {
  /** Told after the commit that an organization has something to tell. */
  readonly wake: (organizationId: string) => void;
}

export function tellGatesJob(deps: TellGatesDeps): BatchedJob<Changed> {
  return {
    batch: { most: 200, inTurn: true },
    parse(input) {
      const { cause, id } = (input ?? {}) as { cause?: unknown; id?: unknown };
      const known = causes.find((each) => each === cause);
      if (known === undefined) throw new TypeError('cause is none of those known');
      if (typeof id !== 'string' || !isUuid(id)) throw new TypeError('id is not an id');
      return { cause: known, id };
    },
    async runBatch(tx, jobs) {
      const now = new Date(deps.clock.now());
      const all = jobs.map(({ payload }) => payload);
      const decided = idsOf(all, 'decision');
      const answeredAnew = await devicesAnsweredAnew(tx, all);
      await forgetAnswers(tx, answeredAnew);
      const [sessions, endpoints] = await Promise.all([
        noteChanges(tx, [...new Set([...decided, ...answeredAnew])], now),
        noteEndpoints(tx, decided, now),
      ]);
      if (sessions + endpoints > 0) tx.afterCommit(() => deps.wake(tx.organizationId));
      return undefined;
    },
  };
}

const idsOf = (all: readonly Changed[], cause: Cause) =>
  all.filter((changed) => changed.cause === cause).map(({ id }) => id);

/** Whose answer may be another by ownership or groups; nobody's where no rule looks at them. */
async function devicesAnsweredAnew(tx: TenantTx, all: readonly Changed[]): Promise<string[]> {
  if (all.every(({ cause }) => cause === 'decision')) return [];
  const rules = rulesOf(await selectSettings(tx));
  const byOwnership = rules.some(({ ownerships }) => ownerships !== undefined);
  const byGroup = rules.some(({ groupIds }) => groupIds !== undefined);
  return [
    ...(byOwnership ? idsOf(all, 'ownership') : []),
    ...(byGroup ? idsOf(all, 'groups') : []),
    ...(byGroup ? await devicesOfUsers(tx, idsOf(all, 'groups-of-user')) : []),
  ];
}
