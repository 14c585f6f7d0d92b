// What compliance does by itself: reactions to events (for subscriptions.ts), the jobs behind them, and what runs by the clock.
import type { DomainEvent, Subscriptions } from '../../kernel/events.ts';
import type { JobDefinition } from '../../kernel/jobs/jobs.ts';
import { type Reach, reachChanged, ruleReachChanged } from '../policies/index.ts';
import { searchesChanged } from '../searches/index.ts';
import { smartGroupChanged } from '../users/index.ts';
import { type DueDeps, evaluateDue } from './evaluate-due.ts';
import { advanceRolloutJob, advanceRolloutKind } from './rollouts.ts';
import { reevaluateDevicesJob, reevaluateDevicesKind, reevaluateKey } from './reevaluate-devices.ts';

function reevaluate(reach: (event: DomainEvent) => Reach) {
  const payload = (event: DomainEvent) => ({ ...reach(event), after: '0' });
  return { job: reevaluateDevicesKind, payload, key: (event: DomainEvent) => reevaluateKey(payload(event)) };
}

function ofUser({ subjectId }: DomainEvent): Reach {
  return { targetKind: 'user', targetId: subjectId ?? '', platform: null };
}

/** Its event has the organization as its subject. */
function ofOrganization({ subjectId }: DomainEvent): Reach {
  return { targetKind: 'organization', targetId: subjectId ?? '', platform: null };
}

/** Changes that concern several devices; what concerns one is evaluated where it happens. */
export const complianceSubscriptions: Subscriptions = {
  [reachChanged]: [reevaluate(({ payload }) => payload as unknown as Reach)],
  [ruleReachChanged]: [reevaluate(({ payload }) => payload as unknown as Reach)],
  // Other groups bring other policies; the user's name is part of what gates report.
  'user.groups-changed': [reevaluate(ofUser)],
  'user.updated': [reevaluate(ofUser)],
  // Every device is held against what it asks for.
  [smartGroupChanged]: [reevaluate(ofOrganization)],
  [searchesChanged]: [reevaluate(ofOrganization)],
};

export function complianceJobs(deps: DueDeps): Readonly<Record<string, JobDefinition<never>>> {
  return {
    [reevaluateDevicesKind]: reevaluateDevicesJob(deps) as JobDefinition<never>,
    [advanceRolloutKind]: advanceRolloutJob(deps) as JobDefinition<never>,
  };
}

export interface ScheduledTask<Deps> {
  readonly name: string;
  readonly everyMs: number;
  run(deps: Deps): Promise<unknown>;
}

export const complianceTasks: readonly ScheduledTask<DueDeps>[] = [
  { name: 'evaluate-due', everyMs: 1_000, run: evaluateDue },
];
