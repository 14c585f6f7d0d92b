// What commands do by themselves: reactions to events (for subscriptions.ts), the jobs behind them, and what runs by the clock.
import type { Subscriptions } from '../../kernel/events.ts';
import type { JobDefinition } from '../../kernel/jobs/jobs.ts';
import { closeCommandsJob, closeCommandsKind, expireCommands, type ExpiryDeps } from './expire-commands.ts';

export const commandSubscriptions: Subscriptions = {
  'device.unmanaged': [
    {
      job: closeCommandsKind,
      key: ({ subjectId }) => subjectId ?? '',
      payload: ({ subjectId }) => ({ deviceId: subjectId }),
    },
  ],
};

export function commandJobs(
  deps: Omit<ExpiryDeps, 'database'>,
): Readonly<Record<string, JobDefinition<never>>> {
  return { [closeCommandsKind]: closeCommandsJob(deps) as JobDefinition<never> };
}

export const commandTasks: readonly {
  readonly name: string;
  readonly everyMs: number;
  run(deps: ExpiryDeps): Promise<unknown>;
}[] = [{ name: 'expire-commands', everyMs: 15_000, run: expireCommands }];
