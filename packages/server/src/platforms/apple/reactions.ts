// What the Apple platform does by itself, and what it does when something happened.
import type { Subscriptions } from '../../kernel/events.ts';
import type { JobDefinition } from '../../kernel/jobs/jobs.ts';
import {
  endSilentDevices,
  forgetChannelsJob,
  forgetChannelsKind,
  type SilenceDeps,
} from './end-of-management.ts';

export const appleSubscriptions: Subscriptions = {
  'device.unmanaged': [
    {
      job: forgetChannelsKind,
      key: ({ subjectId }) => String(subjectId),
      payload: ({ subjectId }) => ({ deviceId: subjectId }),
    },
  ],
};

export const appleJobs = (): Readonly<Record<string, JobDefinition<never>>> => ({
  [forgetChannelsKind]: forgetChannelsJob() as JobDefinition<never>,
});

export const appleTasks = [
  {
    name: 'end-silent-apple-devices',
    everyMs: 600_000,
    run: (deps: SilenceDeps) => endSilentDevices(deps),
  },
] as const;
