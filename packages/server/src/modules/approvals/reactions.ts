// What approvals do by themselves: the rest of a batch follows its first device, and what nobody decided expires.
import { systemActor } from '@gatehouse/core/actor.ts';
import { commandDefinition, commandNames } from '@gatehouse/core/commands/catalogue.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Subscriptions } from '../../kernel/events.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { JobDefinition } from '../../kernel/jobs/jobs.ts';
import { raiseAlert } from '../alerts/index.ts';
import type { ApprovalDeps } from './approval-deps.ts';
import { move, releaseRest } from './decide.ts';
import { findExpired, lockRequest, lockRequestOfCanary } from './queries.ts';

const followKind = 'follow-first-device';

const destructive: ReadonlySet<unknown> = new Set(
  commandNames.filter((name) => commandDefinition(name).destructive),
);

export const approvalSubscriptions: Subscriptions = {
  'command.finished': [
    {
      job: followKind,
      when: ({ payload }) => destructive.has(payload['name']),
      payload: ({ payload }) => ({ commandId: payload['commandId'], state: payload['state'] }),
    },
  ],
};

export function approvalJobs(deps: ApprovalDeps): Readonly<Record<string, JobDefinition<never>>> {
  const follow: JobDefinition<{ readonly commandId: string; readonly acknowledged: boolean }> = {
    parse(input) {
      const { commandId, state } = (input ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof commandId !== 'string' || !isUuid(commandId)) throw new TypeError('commandId is not an id');
      return { commandId, acknowledged: state === 'acknowledged' };
    },
    async run(tx, { commandId, acknowledged }) {
      const row = await lockRequestOfCanary(tx, commandId);
      if (!row) return;
      const actor = systemActor(followKind, tx.organizationId);
      if (acknowledged) {
        await releaseRest(deps, tx, row, actor, 'The first device has done it.');
        return;
      }
      await raiseAlert(deps, tx, {
        kind: 'first-device-failed',
        severity: 'warning',
        subject: { kind: 'approval', id: row.approval_id },
        detail: { devices: row.device_ids.length },
        more: { approvalId: row.approval_id, commandId },
      });
    },
  };
  return { [followKind]: follow as JobDefinition<never> };
}

const mostPerRound = 500;

async function expireRequests(
  deps: Pick<ApprovalDeps, 'clock' | 'events'> & {
    readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
  },
): Promise<void> {
  const now = new Date(deps.clock.now());
  const due = await deps.database.withSystem('find-due-work', (tx) => findExpired(tx, now, mostPerRound));
  for (const { organization_id: organizationId, approval_id: approvalId } of due) {
    await deps.database.withTenant(organizationId, async (tx) => {
      const row = await lockRequest(tx, approvalId);
      if (!row || row.expires_at > now || (row.state !== 'pending' && row.state !== 'canary')) return;
      await move(deps, tx, row, 'expire', systemActor('expire-approvals', organizationId));
    });
  }
}

export const approvalTasks: readonly {
  readonly name: string;
  readonly everyMs: number;
  run(deps: Parameters<typeof expireRequests>[0]): Promise<unknown>;
}[] = [{ name: 'expire-approvals', everyMs: 30_000, run: expireRequests }];
