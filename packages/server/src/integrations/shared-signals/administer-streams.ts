// What administrators see of streams, and what they may do that receivers may not.
import type { ParkedSignal, SignalStream, SignalStreamChange } from '@gatehouse/contracts/admin/signals.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  type PageRequest,
  pageOfRows,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { announce } from '../../kernel/notifications.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { type ChangeDeps, type SignalDeps, signalLimits } from './deps.ts';
import { countOf, parkedSignals, revive } from './event-queries.ts';
import { delivered } from './present-stream.ts';
import {
  readStream,
  readStreamForChange,
  readStreams,
  storeSubjectsLocked,
  type StreamRow,
} from './stream-queries.ts';
import { changeStatus } from './stream-status.ts';
import { endStream, noSuchStream } from './streams.ts';

export interface StreamAdministrationDeps extends ChangeDeps, Pick<SignalDeps, 'database'> {}

async function present(tx: TenantTx, row: StreamRow): Promise<SignalStream> {
  const { waiting, parked, oldest } = await countOf(tx, row.stream_id, signalLimits.waiting + 1);
  return {
    id: row.stream_id,
    description: row.description,
    method: row.method,
    endpoint: row.endpoint_url,
    events: delivered(row.events_requested),
    status: row.status,
    statusReason: row.status_reason,
    statusBy: row.status_by,
    subjectsLocked: row.subjects_locked,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    lastContactAt: row.last_contact_at?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
    lastFailure: row.last_failure,
    waiting,
    parked,
    oldestWaiting: oldest?.toISOString() ?? null,
  };
}

/** All on one page: there are few. */
export async function listStreams(
  deps: StreamAdministrationDeps,
  actor: TenantPrincipal,
): Promise<PageAnswer<SignalStream>> {
  requirePermission(actor, 'gates.read');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const items: SignalStream[] = [];
      for (const row of await readStreams(tx)) items.push(await present(tx, row));
      return { items };
    },
    { readOnly: true },
  );
}

async function held(tx: TenantTx, streamId: string): Promise<StreamRow> {
  const row = await readStreamForChange(tx, streamId);
  if (!row) throw noSuchStream();
  return row;
}

export async function administerStream(
  deps: StreamAdministrationDeps,
  actor: TenantPrincipal,
  streamId: string,
  { status, subjectsLocked }: SignalStreamChange,
): Promise<SignalStream> {
  requirePermission(actor, 'gates.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, streamId);
    if (subjectsLocked !== undefined && subjectsLocked !== row.subjects_locked) {
      await storeSubjectsLocked(tx, streamId, subjectsLocked);
      await recordAudit(tx, {
        actor,
        action: 'signals.lock-subjects',
        target: { kind: 'signal-stream', id: streamId },
        outcome: 'done',
        show: { locked: subjectsLocked },
      });
      await deps.events.emit(tx, {
        name: 'signals.stream-changed',
        subjectId: streamId,
        payload: { streamId, what: 'lock-subjects' },
      });
    }
    if (status !== undefined)
      await changeStatus(deps, tx, row, {
        to: status,
        reason: status === 'enabled' ? null : 'stopped by an administrator',
        by: 'administrator',
        actor,
      });
    const after = await readStream(tx, streamId);
    if (!after) throw noSuchStream();
    return present(tx, after);
  });
}

export async function endStreamOf(
  deps: StreamAdministrationDeps,
  actor: TenantPrincipal,
  streamId: string,
): Promise<void> {
  requirePermission(actor, 'gates.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, streamId);
    await endStream(deps, tx, actor, row.stream_id);
  });
}

export async function listParked(
  deps: StreamAdministrationDeps,
  actor: TenantPrincipal,
  streamId: string,
  page: PageRequest,
): Promise<PageAnswer<ParkedSignal>> {
  requirePermission(actor, 'gates.read');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      if (!(await readStream(tx, streamId))) throw noSuchStream();
      const rows = await parkedSignals(tx, streamId, String(page.after?.[0] ?? 0), page.limit + 1);
      return pageOfRows(
        rows,
        page.limit,
        (row) => ({
          id: row.jti,
          eventType: row.event_type,
          deviceId: row.subject_id,
          problem: row.problem,
          issuedAt: row.issued_at.toISOString(),
        }),
        (row) => [row.event_no],
      );
    },
    { readOnly: true },
  );
}

export async function retryParked(
  deps: StreamAdministrationDeps,
  actor: TenantPrincipal,
  streamId: string,
): Promise<{ retried: number }> {
  requirePermission(actor, 'gates.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await held(tx, streamId);
    const retried = await revive(tx, streamId);
    await recordAudit(tx, {
      actor,
      action: 'signals.retry-parked',
      target: { kind: 'signal-stream', id: streamId },
      outcome: 'done',
      show: { retried },
    });
    await deps.events.emit(tx, {
      name: 'signals.stream-changed',
      subjectId: streamId,
      payload: { streamId, what: 'retry-parked' },
    });
    announce(tx, deps.notifications, 'signal-waits', { organizationId: tx.organizationId, id: streamId });
    return { retried };
  });
}
