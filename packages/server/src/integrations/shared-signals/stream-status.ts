// The one place where a stream's status changes, with what belongs to it: the record, the news for administrators, the event for
// the receiver, and what becomes of events that wait.
import type { Actor } from '@gatehouse/core/actor.ts';
import { eventTypes, type StreamStatus, streamSubject } from '@gatehouse/protocols/shared-signals/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { addReceiver, removeReceiver } from '../../kernel/jobs/jobs.ts';
import { announce } from '../../kernel/notifications.ts';
import { raiseAlert } from '../../modules/alerts/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import type { ChangeDeps } from './deps.ts';
import { compact, dropEverySignal, storeSignals } from './event-queries.ts';
import { type StreamRow, storeStatus } from './stream-queries.ts';
import { transmitKind } from './transmit.ts';

export interface StatusChange {
  readonly to: StreamStatus;
  readonly reason: string | null;
  readonly by: StreamRow['status_by'];
  readonly actor: Pick<Actor, 'kind' | 'id' | 'requestId'>;
}

/** @param stream held for change. */
export async function changeStatus(
  deps: ChangeDeps,
  tx: TenantTx,
  stream: Pick<StreamRow, 'stream_id' | 'status'>,
  { to, reason, by, actor }: StatusChange,
): Promise<void> {
  const { stream_id: streamId, status: from } = stream;
  const now = new Date(deps.clock.now());
  await storeStatus(tx, streamId, to, reason, by, now);
  if (from === to) return;
  if (to === 'paused') await compact(tx, streamId);
  if (to === 'disabled') {
    await dropEverySignal(tx, streamId);
    await removeReceiver(tx, transmitKind, streamId);
  } else if (from === 'disabled') await addReceiver(tx, transmitKind, streamId);
  // The receiver knows what it did itself.
  if (by !== 'receiver')
    await storeSignals(tx, [
      {
        streamId,
        jti: newId(),
        subjectId: null,
        type: eventTypes.streamUpdated,
        content: {
          subject: streamSubject(streamId),
          claims: { status: to, ...(reason === null ? {} : { reason }) },
        },
        issuedAt: now,
      },
    ]);
  await recordAudit(tx, {
    actor,
    action: 'signals.change-status',
    target: { kind: 'signal-stream', id: streamId },
    outcome: 'done',
    show: { from, to, by },
  });
  await deps.events.emit(tx, {
    name: 'signals.status-changed',
    subjectId: streamId,
    payload: { streamId, from, to, by },
  });
  // Somebody is blind from now on, by whose will ever (SSF-03).
  if (to !== 'enabled')
    await raiseAlert(deps, tx, {
      kind: 'signals-interrupted',
      severity: 'warning',
      subject: { kind: 'signal-stream', id: streamId },
      detail: { what: by === 'transmitter' ? 'receiver-silent' : 'stopped', receiver: '' },
      more: { to, by },
      sameAs: `signals ${streamId}`,
    });
  announce(tx, deps.notifications, 'signal-waits', { organizationId: tx.organizationId, id: streamId });
}
