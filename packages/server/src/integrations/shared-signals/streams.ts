// What a receiver does with its streams: SSF 1.0 section 8.1.1 to 8.1.4. Each is one transaction in the receiver's organization,
// with an entry in the record.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  eventTypes,
  type StreamRequest,
  type StreamStatus,
  streamSubject,
  type Subject,
} from '@gatehouse/protocols/shared-signals/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { addReceiver, removeReceiver } from '../../kernel/jobs/jobs.ts';
import { announce } from '../../kernel/notifications.ts';
import { OutboundError } from '../../kernel/outbound/outbound-error.ts';
import { receiverUrl } from '../../kernel/outbound/outbound.ts';
import { raiseAlert } from '../../modules/alerts/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { type ChangeDeps, issuerOf, type SignalDeps, signalLimits } from './deps.ts';
import { storeSignals } from './event-queries.ts';
import { keepKeys } from './keys.ts';
import { presentStream, transmitterMembers } from './present-stream.ts';
import { changeStatus } from './stream-status.ts';
import {
  changeStream,
  countStreams,
  dropRemovedSubject,
  dropStream,
  readStream,
  readStreamForChange,
  readStreams,
  storeRemovedSubject,
  storeStream,
  storeVerification,
  type StreamRow,
  type StreamValues,
} from './stream-queries.ts';
import { subjectHash, transmitKind } from './transmit.ts';

type Presented = Record<string, unknown>;

export const noSuchStream = () => new DomainError('not-found', 'There is no such stream');

const issuer = async (deps: SignalDeps, organizationId: string) =>
  issuerOf(deps.publicUrl, await deps.slugOf(organizationId));

/** A stream's id is a UUID; anything else names none. */
export function isStreamId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}

async function held(tx: TenantTx, streamId: string | undefined): Promise<StreamRow> {
  if (streamId === undefined)
    throw new DomainError('invalid-input', 'The stream must be named', { reason: 'stream-required' });
  const row = isStreamId(streamId) ? await readStreamForChange(tx, streamId) : undefined;
  if (!row) throw noSuchStream();
  return row;
}

export async function createStream(
  deps: SignalDeps,
  actor: TenantPrincipal,
  request: StreamRequest,
): Promise<Presented> {
  requirePermission(actor, 'signals.receive');
  await keepKeys(deps, actor.organizationId);
  const iss = await issuer(deps, actor.organizationId);
  const streamId = newId();
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    if ((await countStreams(tx)) >= signalLimits.streams)
      throw new DomainError('conflict', `An organization has at most ${signalLimits.streams} streams`, {
        reason: 'too-many-streams',
      });
    const values = await valuesOf(deps, tx, streamId, request, undefined);
    const at = new Date(deps.clock.now());
    await storeStream(tx, streamId, values, { by: `${actor.kind}:${actor.id}`, at });
    await addReceiver(tx, transmitKind, streamId);
    await record(deps, tx, actor, 'create', streamId, { method: values.method });
    const row = await readStream(tx, streamId);
    if (!row) throw noSuchStream();
    return presentStream(iss, row);
  });
}

export async function showStreams(
  deps: SignalDeps,
  actor: TenantPrincipal,
  streamId: string | undefined,
): Promise<Presented | Presented[]> {
  requirePermission(actor, 'signals.receive');
  const iss = await issuer(deps, actor.organizationId);
  const rows = await deps.database.withTenant(actor.organizationId, readStreams, { readOnly: true });
  if (streamId === undefined) return rows.map((row) => presentStream(iss, row));
  const row = rows.find((each) => each.stream_id === streamId);
  if (!row) throw noSuchStream();
  return presentStream(iss, row);
}

/** @param whole PUT: what is left out is gone; else PATCH: what is left out stays. */
export async function updateStream(
  deps: SignalDeps,
  actor: TenantPrincipal,
  request: StreamRequest,
  { whole }: { readonly whole: boolean },
): Promise<Presented> {
  requirePermission(actor, 'signals.receive');
  const iss = await issuer(deps, actor.organizationId);
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, request.streamId);
    requireUnchanged(iss, row, request);
    const values = await valuesOf(deps, tx, row.stream_id, request, whole ? undefined : row);
    await changeStream(tx, row.stream_id, values);
    await record(deps, tx, actor, 'change', row.stream_id, { method: values.method });
    const changed = await readStream(tx, row.stream_id);
    if (!changed) throw noSuchStream();
    return presentStream(iss, changed);
  });
}

/** SSF 8.1.1.3: members that the transmitter sets may come along, but not as others than they are. */
function requireUnchanged(iss: string, row: StreamRow, { transmitters }: StreamRequest): void {
  const ours: Record<string, unknown> = transmitterMembers(iss, row);
  for (const [name, value] of Object.entries(transmitters)) {
    // What follows from what the receiver asks for is not compared: it may change with this very request.
    if (name === 'events_delivered' || JSON.stringify(ours[name] ?? null) === JSON.stringify(value)) continue;
    throw new DomainError('invalid-input', `${name} is set by the transmitter`, {
      reason: 'transmitter-member',
    });
  }
}

async function valuesOf(
  deps: SignalDeps,
  tx: TenantTx,
  streamId: string,
  { eventsRequested, description, delivery }: StreamRequest,
  before: StreamRow | undefined,
): Promise<StreamValues> {
  const method = delivery?.method ?? before?.method ?? 'poll';
  const sameEndpoint = delivery === undefined ? before : undefined;
  let endpointUrl: string | null = sameEndpoint?.endpoint_url ?? null;
  if (method === 'push' && delivery !== undefined) {
    if (delivery.endpointUrl === undefined)
      throw new DomainError('invalid-input', 'Push needs an endpoint_url', { reason: 'endpoint-required' });
    endpointUrl = checkedUrl(delivery.endpointUrl);
  }
  const header = delivery?.authorizationHeader;
  return {
    description: description ?? before?.description ?? '',
    eventsRequested: eventsRequested ?? before?.events_requested ?? [],
    method,
    endpointUrl: method === 'push' ? endpointUrl : null,
    authorizationHeader:
      header === undefined || method !== 'push'
        ? method === 'push'
          ? (sameEndpoint?.authorization_header ?? null)
          : null
        : await deps.sealer.seal(tx, 'signal_streams.authorization_header', streamId, Buffer.from(header)),
  };
}

function checkedUrl(text: string): string {
  try {
    return receiverUrl(text).href;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new DomainError('invalid-input', error.message, { reason: 'endpoint-refused' });
  }
}

export async function deleteStream(
  deps: SignalDeps,
  actor: TenantPrincipal,
  streamId: string | undefined,
): Promise<void> {
  requirePermission(actor, 'signals.receive');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, streamId);
    await endStream(deps, tx, actor, row.stream_id);
  });
}

/** @param actor who ends it: the receiver, or an administrator. */
export async function endStream(
  deps: ChangeDeps,
  tx: TenantTx,
  actor: Principal,
  streamId: string,
): Promise<void> {
  await dropStream(tx, streamId);
  await removeReceiver(tx, transmitKind, streamId);
  await record(deps, tx, actor, 'delete', streamId, {});
  await raiseAlert(deps, tx, {
    kind: 'signals-interrupted',
    severity: 'warning',
    subject: { kind: 'signal-stream', id: streamId },
    detail: { what: 'deleted', receiver: '' },
    sameAs: `signals ${streamId}`,
  });
}

export async function showStatus(deps: SignalDeps, actor: TenantPrincipal, streamId: string | undefined) {
  requirePermission(actor, 'signals.receive');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const row = streamId !== undefined && isStreamId(streamId) ? await readStream(tx, streamId) : undefined;
      if (!row) throw noSuchStream();
      return presentStatus(row.stream_id, row.status, row.status_reason);
    },
    { readOnly: true },
  );
}

function presentStatus(streamId: string, status: StreamStatus, reason: string | null) {
  return { stream_id: streamId, status, ...(reason === null ? {} : { reason }) };
}

export async function setStatus(
  deps: SignalDeps,
  actor: TenantPrincipal,
  { streamId, status, reason }: { streamId: string; status: StreamStatus; reason: string | undefined },
) {
  requirePermission(actor, 'signals.receive');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, streamId);
    // What an administrator shut stays shut for the receiver.
    if (row.status_by === 'administrator' && row.status !== 'enabled' && status !== row.status)
      throw new DomainError('forbidden', 'An administrator has stopped this stream', {
        reason: 'stopped-by-administrator',
      });
    await changeStatus(deps, tx, row, { to: status, reason: reason ?? null, by: 'receiver', actor });
    return presentStatus(row.stream_id, status, reason ?? null);
  });
}

/**
 * Every device is told of from the beginning, so that adding one only takes back that it was removed. Neither looks whether there is
 * such a subject: known and unknown ones are answered alike (SSF-02).
 */
export async function changeSubject(
  deps: SignalDeps,
  actor: TenantPrincipal,
  { streamId, subject }: { streamId: string; subject: Subject },
  change: 'add' | 'remove',
): Promise<void> {
  requirePermission(actor, 'signals.receive');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, streamId);
    if (change === 'remove' && row.subjects_locked)
      throw new DomainError('forbidden', 'An administrator has fixed whom this stream tells of', {
        reason: 'subjects-locked',
      });
    const hash = subjectHash(subject);
    if (change === 'add') await dropRemovedSubject(tx, row.stream_id, hash);
    else if ((await storeRemovedSubject(tx, row.stream_id, hash, signalLimits.removedSubjects)) === 'full')
      throw new DomainError('too-many-requests', 'Too many subjects are removed from this stream', {
        retryAfterSeconds: 3_600,
      });
    await record(deps, tx, actor, `${change}-subject`, row.stream_id, { subject: hash.toString('hex') });
    if (change === 'remove')
      await raiseAlert(deps, tx, {
        kind: 'signals-interrupted',
        severity: 'info',
        subject: { kind: 'signal-stream', id: row.stream_id },
        detail: { what: 'subjects-removed', receiver: '' },
        sameAs: `signals subjects ${row.stream_id}`,
      });
  });
}

export async function verifyStream(
  deps: SignalDeps,
  actor: TenantPrincipal,
  { streamId, state }: { streamId: string; state: string | undefined },
): Promise<void> {
  requirePermission(actor, 'signals.receive');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, streamId);
    const now = new Date(deps.clock.now());
    if ((await storeVerification(tx, row.stream_id, now, signalLimits.verificationSeconds)) === 0)
      throw new DomainError('too-many-requests', 'A verification was asked for a moment ago', {
        retryAfterSeconds: signalLimits.verificationSeconds,
      });
    await storeSignals(tx, [
      {
        streamId: row.stream_id,
        jti: newId(),
        subjectId: null,
        type: eventTypes.verification,
        content: { subject: streamSubject(row.stream_id), claims: state === undefined ? {} : { state } },
        issuedAt: now,
      },
    ]);
    announce(tx, deps.notifications, 'signal-waits', {
      organizationId: tx.organizationId,
      id: row.stream_id,
    });
  });
}

type Shown = Parameters<typeof recordAudit>[1]['show'];

async function record(
  deps: Pick<SignalDeps, 'events'>,
  tx: TenantTx,
  actor: Principal,
  what: string,
  streamId: string,
  show: NonNullable<Shown>,
): Promise<void> {
  await recordAudit(tx, {
    actor,
    action: `signals.${what}`,
    target: { kind: 'signal-stream', id: streamId },
    outcome: 'done',
    show,
  });
  await deps.events.emit(tx, {
    name: 'signals.stream-changed',
    subjectId: streamId,
    payload: { streamId, what },
  });
}
