// What mail does by itself: devices without a link look up their policies again when these change, a device that gets through its
// enrolment is recognized, users are told of strangers, and old counts go.
import type { DomainEvent, Subscriptions } from '../../kernel/events.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { JobDefinition, SingleJob } from '../../kernel/jobs/jobs.ts';
import type { Database } from '../../kernel/db/database.ts';
import { reachChanged } from '../policies/index.ts';
import { announceMailAccess } from './access-news.ts';
import { type InstructDeps, instructMailUserJob } from './instruct-user.ts';
import {
  announceDeadlineKind,
  announceMailUserKind,
  instructMailUserKind,
  linkMailDevicesKind,
  refreshMailPoliciesKind,
} from './job-kinds.ts';
import { selectUnlinkedOf, selectUserOf } from './link-queries.ts';
import { linkByEvidence } from './links.ts';
import type { MailDeps } from './mail-deps.ts';
import { purgeMailPolicies, raisePolicyEpoch } from './mail-policy-queries.ts';
import { deleteAssignmentsTo } from './server-queries.ts';
import { selectOrganizationsWithMail } from './settings-queries.ts';
import { purgeOldMailTraffic } from './traffic.ts';

const ofUser = ({ subjectId }: DomainEvent) => ({ userId: subjectId });
const ofDevice = ({ subjectId }: DomainEvent) => ({ deviceId: subjectId });
const keyOf = ({ subjectId }: DomainEvent) => String(subjectId);

const refresh = {
  job: refreshMailPoliciesKind,
  key: () => 'all',
  payload: () => ({}),
  ifWanted: true,
} as const;
const announceUser = { job: announceMailUserKind, key: keyOf, payload: ofUser, ifWanted: true } as const;
const link = { job: linkMailDevicesKind, key: keyOf, payload: ofDevice, ifWanted: true } as const;

const mailOf = (side: unknown): unknown => (side as Readonly<Record<string, unknown>> | undefined)?.['mail'];

/** Only in organizations that have to do with mail. */
export const mailSubscriptions: Subscriptions = {
  // What reaches one enrolled device is told by its evaluation.
  [reachChanged]: [{ ...refresh, when: ({ payload }) => payload['targetKind'] !== 'device' }],
  'user.groups-changed': [refresh, announceUser],
  'user.updated': [announceUser],
  'user.password-changed': [announceUser],
  'user.deleted': [{ ...announceUser, payload: (event) => ({ ...ofUser(event), gone: 'user' }) }],
  'group.deleted': [{ ...announceUser, payload: (event) => ({ ...ofUser(event), gone: 'group' }) }],
  // By then it has told what it is called by its mail.
  'device.posture-changed': [
    {
      ...link,
      when: ({ payload }) => mailOf(payload['after']) === 'allow' && mailOf(payload['before']) !== 'allow',
    },
  ],
  'device.changed': [link],
};

function idIn(input: unknown, name: string): string {
  const value = ((input ?? {}) as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== 'string' || !isUuid(value)) throw new TypeError(`${name} is not an id`);
  return value;
}

export function mailJobs(deps: MailDeps & InstructDeps): Readonly<Record<string, JobDefinition<never>>> {
  const refreshPolicies: SingleJob<null> = {
    parse: () => null,
    async run(tx) {
      await raisePolicyEpoch(tx);
      announceMailAccess(tx, deps, tx.organizationId);
    },
  };
  const announceDeadline: SingleJob<null> = {
    parse: () => null,
    run: async (tx) => announceMailAccess(tx, deps, tx.organizationId),
  };
  const announceUserChange: SingleJob<{ readonly userId: string; readonly gone: unknown }> = {
    parse: (input) => ({
      userId: idIn(input, 'userId'),
      gone: ((input ?? {}) as Readonly<Record<string, unknown>>)['gone'],
    }),
    async run(tx, { userId, gone }) {
      if (gone === 'user' || gone === 'group') await deleteAssignmentsTo(tx, gone, userId);
      announceMailAccess(tx, deps, gone === 'group' ? tx.organizationId : userId);
    },
  };
  const linkDevices: SingleJob<{ readonly deviceId: string }> = {
    parse: (input) => ({ deviceId: idIn(input, 'deviceId') }),
    async run(tx, { deviceId }) {
      const userId = await selectUserOf(tx, deviceId);
      if (userId === null) return;
      for (const mailDeviceId of await selectUnlinkedOf(tx, userId))
        await linkByEvidence(deps, tx, mailDeviceId);
    },
  };
  return {
    [refreshMailPoliciesKind]: refreshPolicies as JobDefinition<never>,
    [announceDeadlineKind]: announceDeadline as JobDefinition<never>,
    [announceMailUserKind]: announceUserChange as JobDefinition<never>,
    [linkMailDevicesKind]: linkDevices as JobDefinition<never>,
    [instructMailUserKind]: instructMailUserJob(deps) as JobDefinition<never>,
  };
}

const keepPoliciesMs = 7 * 24 * 3_600_000;

/** Versions of mail policies that nobody has any more. */
async function purgePolicies(deps: {
  readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
  readonly clock: { now(): number };
}): Promise<void> {
  const organizations = await deps.database.withSystem('list-organizations', selectOrganizationsWithMail);
  for (const organizationId of organizations) {
    await deps.database.withTenant(organizationId, (tx) =>
      purgeMailPolicies(tx, new Date(deps.clock.now() - keepPoliciesMs)),
    );
  }
}

export const mailTasks = [
  { name: 'purge-mail-traffic', everyMs: 3_600_000, run: purgeOldMailTraffic },
  { name: 'purge-mail-policies', everyMs: 24 * 3_600_000, run: purgePolicies },
] as const;
