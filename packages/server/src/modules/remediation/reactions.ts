// What follows from verdicts: reactions to events (for subscriptions.ts) and the jobs behind them.
import type { Subscriptions } from '../../kernel/events.ts';
import type { JobDefinition } from '../../kernel/jobs/jobs.ts';
import { type RemediationDeps, tellUserKind } from './remediation-deps.ts';
import { stageChangedJob, stageChangedKind } from './stage-changed.ts';
import { tellUserJob } from './tell-user.ts';

export const remediationSubscriptions: Subscriptions = {
  // Without a key: each entry and each recovery counts.
  'device.rule-stage-changed': [{ job: stageChangedKind, payload: ({ payload }) => payload }],
};

export function remediationJobs(deps: RemediationDeps): Readonly<Record<string, JobDefinition<never>>> {
  return {
    [stageChangedKind]: stageChangedJob(deps) as JobDefinition<never>,
    [tellUserKind]: tellUserJob(deps) as JobDefinition<never>,
  };
}
