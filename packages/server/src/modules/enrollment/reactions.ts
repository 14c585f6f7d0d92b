// What this module does by itself: reactions to events (for subscriptions.ts), the jobs behind them, what runs by the clock.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Subscriptions } from '../../kernel/events.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { cancelEnrollmentsOfUser } from './cancel-enrollment.ts';
import { sendInvitation, sendInvitationJob } from './send-invitation.ts';
import { expireEnrollments } from './expire-enrollments.ts';

const withdrawKind = 'withdraw-enrollments';

interface WithdrawPayload {
  readonly userId: string;
}

/** A code was sent to the address of then, for the person of then: a new address or a disabled user ends it (ENR-T08). */
export const enrollmentSubscriptions: Subscriptions = {
  'user.updated': [
    { job: withdrawKind, payload: (event) => ({ userId: event.subjectId, ...event.payload }) },
  ],
  'invitation.requested': [
    { job: sendInvitationJob, payload: (event) => ({ invitationId: event.subjectId }) },
  ],
};

function parse(input: unknown): WithdrawPayload & { readonly concerns: boolean } {
  const { userId, changed } = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof userId !== 'string' || !isUuid(userId)) throw new TypeError('userId is not an id');
  if (!Array.isArray(changed)) throw new TypeError('changed is not a list');
  return { userId, concerns: changed.includes('email') || changed.includes('state') };
}

export function enrollmentJobs(
  deps: Parameters<typeof sendInvitation>[0],
): Readonly<Record<string, SingleJob<never>>> {
  const withdraw: SingleJob<ReturnType<typeof parse>> = {
    parse,
    async run(tx, { userId, concerns }) {
      if (concerns) await cancelEnrollmentsOfUser(tx, systemActor(withdrawKind, tx.organizationId), userId);
    },
  };
  return {
    [withdrawKind]: withdraw as SingleJob<never>,
    [sendInvitationJob]: sendInvitation(deps) as SingleJob<never>,
  };
}

export const enrollmentTasks = [
  { name: 'expire-enrollments', everyMs: 300_000, run: expireEnrollments },
] as const;
